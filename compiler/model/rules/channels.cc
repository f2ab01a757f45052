// SPDX-License-Identifier: Apache-2.0
// Rules on the serial port and QEMU's control socket.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "compiler/base/lexical_path.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {

void serial_mode(const MachineScope& vm, Diagnostics& diagnostics) {
  const SerialSection& serial = vm.profile().serial;
  if (!is_on(serial.enabled) || !serial.mode.has()) return;
  if (*serial.mode == "pty" && serial.device.has()) {
    diagnostics.add({Code::SerialConflict,
                     fmt::format("serial port of machine {} cannot choose its terminal", vm.label),
                     "the system numbers terminals as they are opened",
                     serial.device.span,
                     {},
                     "remove `device`, or write `mode = \"socket\"` for a path of your own"});
    return;
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
  bool terminal = profile.serial.mode.has() && *profile.serial.mode == "pty";
  if (!terminal)
    check_path(profile.serial.device, listens ? PathRole::Socket : PathRole::LogFile,
               "the serial port", policy_of(vm), diagnostics);
  check_path(profile.serial.logfile, PathRole::LogFile, "the serial log", policy_of(vm),
             diagnostics);
  check_path(profile.qmp.socket, PathRole::Socket, "the QMP socket", policy_of(vm), diagnostics);
}

void derived_sockets(const MachineScope& vm, Diagnostics& diagnostics) {
  // The longest derived name decides, so that switching a channel on later cannot break a name.
  if (!vm.places) return;
  const MachinePlaces& places = *vm.places;
  const std::string& longest = std::max(
      {std::cref(places.qmp_socket), std::cref(places.serial_socket), std::cref(places.monitor)},
      [](const std::string& a, const std::string& b) { return a.size() < b.size(); });
  if (longest.size() <= kLongestSocketPath) return;
  diagnostics.add(
      {Code::SocketTooLong,
       fmt::format("sockets of machine {} would have names that are too long", vm.label),
       fmt::format("`{}` has {} bytes; at most {} are allowed", longest, longest.size(),
                   kLongestSocketPath),
       vm.profile().vm.name.span,
       {},
       fmt::format("shorten the names of lab and machine by {} bytes together",
                   longest.size() - kLongestSocketPath)});
}

}  // namespace vmplan::model::rules
