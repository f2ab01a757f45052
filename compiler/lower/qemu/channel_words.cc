// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/channel_words.h"

#include "compiler/base/run_directory_names.h"
#include "compiler/lower/qemu/option_list.h"

namespace vmplan::lower::qemu {
namespace {

OptionList listening_socket(std::string_view id, std::string_view path) {
  return OptionList("socket")
      .add("id", id)
      .add("path", path)
      .add("server", "on")
      .add("wait", "off");
}

void append_monitor(Argv& argv, std::string_view id, std::string_view path) {
  append(argv, "-chardev", listening_socket(id, path).text());
  append(argv, "-mon", OptionList().add("chardev", id).add("mode", "control").text());
}

/// The port itself. Those of aarch64's and riscv64's `virt` are part of the board.
void append_serial_device(Argv& argv, const std::string& arch) {
  if (arch == "x86_64") {
    append_json(
        argv, "-device",
        json_object(
            {{"chardev", "serial0"}, {"driver", "isa-serial"}, {"id", "serial-0"}, {"index", 0}}));
  } else if (arch == "ppc64le") {
    append_json(argv, "-device",
                json_object({{"chardev", "serial0"},
                             {"driver", "spapr-vty"},
                             {"id", "serial-0"},
                             {"reg", 0x30000000}}));
  } else {
    append(argv, "-serial", "chardev:serial0");
  }
}

}  // namespace

std::string supervisor_monitor(const model::Vm& vm) { return vm.run_dir + "/" + kShimMonitor; }

void append_monitors(Argv& argv, const model::Vm& vm) {
  append_monitor(argv, "shim0", supervisor_monitor(vm));
  if (vm.qmp.enabled) append_monitor(argv, "qmp0", vm.qmp.socket);
}

void append_serial(Argv& argv, const model::Vm& vm) {
  const model::Serial& serial = vm.serial;
  switch (serial.mode) {
    case model::SerialMode::Off:
      return;
    case model::SerialMode::File:
      append(argv, "-chardev",
             OptionList("file")
                 .add("id", "serial0")
                 .add("path", serial.log)
                 .add("append", "on")
                 .text());
      break;
    case model::SerialMode::Pty:
      append(argv, "-chardev",
             OptionList("pty")
                 .add("id", "serial0")
                 .add("logfile", serial.log)
                 .add("logappend", "on")
                 .text());
      break;
    case model::SerialMode::Socket:
      append(argv, "-chardev",
             listening_socket("serial0", serial.socket)
                 .add("logfile", serial.log)
                 .add("logappend", "on")
                 .text());
      break;
  }
  append_serial_device(argv, vm.arch);
}

}  // namespace vmplan::lower::qemu
