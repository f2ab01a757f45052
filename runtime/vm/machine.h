// SPDX-License-Identifier: Apache-2.0
// Starting, observing and ending the machine of one run directory. A machine is a QEMU process with
// a vmplan-shim beside it; its truth is run.json, the per-VM lock and the kernel's process table,
// never a guess.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/result.h"
#include "compiler/base/units.h"
#include "runtime/os/cancel.h"

namespace vmplan::vm {

enum class MachineState : std::uint8_t {
  Absent,    ///< never started here, or stopped and cleaned
  Starting,  ///< the lock is held, readiness is not reached yet
  Running,
  Stopped,  ///< ended on request, or by the guest's own power-off (see by_guest)
  Crashed,  ///< ended by a signal or a non-zero exit that nobody asked for
  Lost,     ///< the process is gone and nobody saw how: shim and QEMU killed, or a reboot
};
std::string_view to_text(MachineState state);

/// What is known about a machine at one moment. Reading it changes nothing and takes no lock that
/// could block.
struct MachineStatus {
  MachineState state = MachineState::Absent;
  /// QEMU's; 0 when there is no process.
  std::int64_t pid = 0;
  /// The shim's; 0 when there is none (it was killed: apply adopts the machine again).
  std::int64_t supervisor_pid = 0;
  /// UTC, RFC 3339; empty when absent.
  std::string since;
  /// argv_hash of the launch step that started it.
  std::optional<Digest> argv_hash;
  /// Valid for Stopped: the guest switched itself off.
  bool by_guest = false;
  /// Valid for Running and Starting: QEMU has begun to end, and holds its memory, disks and lock
  /// for a while yet. Nothing can be asked of it any more; wait_stopped() waits for it.
  bool ending = false;
  /// For people: "QEMU was killed by signal 9 (SIGKILL)".
  std::string detail;
};

/// How to start one.
struct LaunchSpec {
  /// Lab-relative.
  std::string run_dir;
  /// Absolute path of QEMU; argv[0] stays what the plan says.
  std::string executable;
  std::vector<std::string> argv;
  Digest argv_hash;
  std::map<std::string, std::string> env;
  /// Lab-relative file for QEMU's standard output and error.
  std::string output_path;
  /// Lab-relative QMP socket whose greeting makes it ready; empty: ready when the process lives
  /// after 200 ms.
  std::string ready_qmp;
  Millis timeout{60'000};
};

/// Errors: Busy (already running, or another start is under way), Failed (QEMU ended; its last
/// lines are in the message), Timeout, Interrupted, Io.
class Machines {
 public:
  Machines() = default;
  Machines(const Machines&) = delete;
  Machines& operator=(const Machines&) = delete;
  virtual ~Machines() = default;

  virtual MachineStatus observe(std::string_view run_dir) const = 0;
  /// Starts the shim, which starts QEMU, and waits until it is ready. When it does not become ready
  /// in time, it is ended before the error is returned.
  virtual Status launch(const LaunchSpec& spec, const os::Cancel& cancel) = 0;
  /// Gives a running machine whose shim died a new one.
  virtual Status adopt(std::string_view run_dir) = 0;

  /// Sends a QMP command of the closed list {"system_powerdown", "quit"} through the shim, or
  /// straight to the monitor when there is none. Errors: NotFound (no such machine runs: never a
  /// mere failure to reach it), Busy (it runs, and nobody takes the command), Timeout.
  virtual Status request(std::string_view run_dir, std::string_view qmp_command,
                         Millis timeout) = 0;
  /// Waits for the end of the process. Returns false when it still runs at the deadline.
  virtual Result<bool> wait_stopped(std::string_view run_dir, Millis timeout,
                                    const os::Cancel& cancel) = 0;
  /// Signals exactly the recorded process, by pidfd, whether or not its shim can be told before.
  /// Errors: NotFound, Denied.
  virtual Status signal(std::string_view run_dir, int signal_number) = 0;
  /// Removes sockets and run.json of a machine that does not run. Errors: Busy when it runs.
  virtual Status clean(std::string_view run_dir) = 0;
};

}  // namespace vmplan::vm
