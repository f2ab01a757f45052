// SPDX-License-Identifier: Apache-2.0
// Rows of `[serial]`, `[qmp]` and `[console]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr Choice kSerialModes[] = {
    {"pty"},
    {"file"},
    {"socket"},
    {"none"},
};

constexpr Field<SerialSection> kSerialFields[] = {
    {{.name = "enabled", .doc = "the machine has a serial port", .fallback = false},
     &SerialSection::enabled},
    {{.name = "mode",
      .doc = "where the port leads: `pty` is a terminal of the host that QEMU opens, `socket` "
             "listens; both keep a log; `file` only keeps a log",
      .fallback = std::string_view("pty"),
      .choices = kSerialModes},
     &SerialSection::mode},
    {{.name = "device",
      .doc = "mode socket: where QEMU listens; mode file: as `logfile`",
      .absent = "a socket below the machine\'s run directory",
      .path = PathRole::Socket},
     &SerialSection::device},
    {{.name = "logfile",
      .doc = "file that keeps the guest's output",
      .absent = "`logs/<vm>/serial.log`",
      .path = PathRole::LogFile},
     &SerialSection::logfile},
};

constexpr Field<QmpSection> kQmpFields[] = {
    {{.name = "enabled", .doc = "QEMU's control socket", .fallback = true}, &QmpSection::enabled},
    {{.name = "socket",
      .doc = "where QEMU listens",
      .absent = "a socket below the machine's run directory",
      .path = PathRole::Socket},
     &QmpSection::socket},
};

constexpr Field<ConsoleSection> kConsoleFields[] = {
    {{.name = "auto_attach",
      .doc = "`vmplan apply` at a terminal goes on with the console of the machine it has started",
      .fallback = false,
      .effect = Effect::Record},
     &ConsoleSection::auto_attach},
    {{.name = "escape_sequence",
      .doc = "key that leaves an attached console: `ctrl+` and a letter or one of `] \\ ^ _`",
      .fallback = std::string_view("ctrl+]"),
      .effect = Effect::Record},
     &ConsoleSection::escape_sequence},
};

}  // namespace

template <>
const SectionTable<SerialSection>& section_table() {
  static constexpr SectionTable<SerialSection> kTable{{.path = "serial", .doc = "the serial port"},
                                                      kSerialFields};
  return kTable;
}

template <>
const SectionTable<QmpSection>& section_table() {
  static constexpr SectionTable<QmpSection> kTable{{.path = "qmp", .doc = "QEMU's control socket"},
                                                   kQmpFields};
  return kTable;
}

template <>
const SectionTable<ConsoleSection>& section_table() {
  static constexpr SectionTable<ConsoleSection> kTable{
      {.path = "console", .doc = "how people look at the machine"}, kConsoleFields};
  return kTable;
}

}  // namespace vmplan::model
