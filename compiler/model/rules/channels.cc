// SPDX-License-Identifier: Apache-2.0
// Rules on the serial port and QEMU's control socket.
#include <fmt/format.h>

#include "compiler/base/lexical_path.h"
#include "compiler/model/decode_value.h"
#include "compiler/model/profile_fields.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

bool is_on(const WrittenFlag& flag) { return flag.has() && *flag; }

/// The row of `mode`, for its words that are not built.
const Choice* unbuilt_mode(std::string_view mode) {
  for (const Field<SerialSection>& field : section_table<SerialSection>().fields) {
    if (field.info.name != "mode") continue;
    for (const Choice& choice : field.info.choices)
      if (choice.word == mode && !choice.is_built()) return &choice;
  }
  return nullptr;
}

}  // namespace

void serial_mode(const MachineScope& vm, Diagnostics& diagnostics) {
  const SerialSection& serial = vm.profile().serial;
  if (!is_on(serial.enabled) || !serial.mode.has()) return;
  if (const Choice* choice = unbuilt_mode(*serial.mode)) {
    Diagnostic finding = choice_not_built(
        "mode", *choice, serial.mode.present ? serial.mode.span : serial.enabled.span);
    if (!serial.mode.present)
      finding.detail = "`mode` is absent here and means `pty`, which comes in a later release";
    diagnostics.add(std::move(finding));
  }
  if (*serial.mode != "file" || !serial.device.has() || !serial.logfile.has()) return;
  if (normal_path(*serial.device) == normal_path(*serial.logfile)) return;
  diagnostics.add({Code::SerialConflict,
                   fmt::format("serial port of machine {} has two files for one output", vm.label),
                   "another file than `logfile`",
                   serial.device.span,
                   {{"`logfile` is here", serial.logfile.span}},
                   "keep one of `device` and `logfile`"});
}

void channel_paths(const MachineScope& vm, Diagnostics& diagnostics) {
  const Profile& profile = vm.profile();
  bool listens = profile.serial.mode.has() && *profile.serial.mode == "socket";
  check_path(profile.serial.device, listens ? PathRole::Socket : PathRole::LogFile,
             "the serial port", policy_of(vm), diagnostics);
  check_path(profile.serial.logfile, PathRole::LogFile, "the serial log", policy_of(vm),
             diagnostics);
  check_path(profile.qmp.socket, PathRole::Socket, "the QMP socket", policy_of(vm), diagnostics);
}

void derived_sockets(const MachineScope& vm, Diagnostics& diagnostics) {
  // The longest derived name decides, so that switching a channel on later cannot break a name.
  if (!vm.places || vm.places->serial_socket.size() <= kLongestSocketPath) return;
  diagnostics.add(
      {Code::SocketTooLong,
       fmt::format("sockets of machine {} would have names that are too long", vm.label),
       fmt::format("`{}` has {} bytes; at most {} are allowed", vm.places->serial_socket,
                   vm.places->serial_socket.size(), kLongestSocketPath),
       vm.profile().vm.name.span,
       {},
       fmt::format("shorten the names of lab and machine by {} bytes together",
                   vm.places->serial_socket.size() - kLongestSocketPath)});
}

}  // namespace vmplan::model::rules
