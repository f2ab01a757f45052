// SPDX-License-Identifier: Apache-2.0
// What vmplan itself keeps in the directory of a running machine, `.vmplan/run/<vm>/`. Names only:
// the compiler keeps users' sockets off them, the runtime makes them (runtime/vm/run_directory.h).
#pragma once

#include <array>
#include <string_view>

namespace vmplan {

/// Held by QEMU for as long as it lives.
inline constexpr const char* kMachineLock = "lock";
inline constexpr const char* kShimLock = "shim.lock";
inline constexpr const char* kRunRecord = "run.json";
inline constexpr const char* kControlSocket = "shim.sock";
/// QEMU's second monitor: the first is the user's, and QEMU greets one client per monitor.
inline constexpr const char* kShimMonitor = "shim-qmp.sock";
/// How long the serial log was when the machine was last started.
inline constexpr const char* kSerialMark = "serial.mark";

inline constexpr std::array<std::string_view, 6> kRunDirectoryNames = {
    kMachineLock, kShimLock, kRunRecord, kControlSocket, kShimMonitor, kSerialMark};

}  // namespace vmplan
