// SPDX-License-Identifier: Apache-2.0
// A lab with real machines: QEMU under TCG, stopped before its first instruction (40 ms each),
// beside the real vmplan-shim. Whatever a test leaves running is ended with the lab.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/os/cancel.h"
#include "runtime/os/lab_root.h"
#include "runtime/vm/posix_machines.h"
#include "tests/support/scratch.h"

namespace vmplan::test {

/// Of the machine that most tests start, relative to the lab.
inline constexpr const char* kRunDir = ".vmplan/run/web";

class QemuLab {
 public:
  /// `below`: further directories between the scratch directory and the lab.
  explicit QemuLab(std::string_view below = "lab");
  ~QemuLab();
  QemuLab(const QemuLab&) = delete;
  QemuLab& operator=(const QemuLab&) = delete;

  vm::PosixMachines& machines() { return machines_; }
  const os::LabRoot& root() const { return root_; }
  const os::Cancel& cancel() const { return cancel_; }
  os::Cancel& cancel() { return cancel_; }
  const std::string& path() const { return root_.path(); }

  /// QEMU with a monitor for the shim and one for users.
  vm::LaunchSpec qemu(const std::string& run_dir = kRunDir) const;
  /// A program that takes QEMU's place.
  vm::LaunchSpec shell(const std::string& script) const;
  Status launch(const vm::LaunchSpec& spec) { return machines_.launch(spec, cancel_); }
  vm::MachineStatus observe(const std::string& run_dir = kRunDir) const {
    return machines_.observe(run_dir);
  }

  std::string file(std::string_view name, const std::string& run_dir = kRunDir) const;
  bool exists(std::string_view name, const std::string& run_dir = kRunDir) const;
  /// The text of run.json.
  std::string record_text() const;
  /// Requires: there is a valid run.json.
  vm::RunRecord record() const;
  /// Puts another run.json in place.
  void forge(std::string_view text) const;
  /// Names of the sockets in the run directory, sorted.
  std::vector<std::string> sockets() const;

 private:
  Scratch scratch_;
  os::LabRoot root_;
  vm::PosixMachines machines_;
  os::Cancel cancel_;
};

/// Sends a signal to a process of the lab and waits until it has ended. Requires: it was seen by
/// observe().
void kill_and_wait(std::int64_t pid, int signal_number);
/// Waits for at most two seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace vmplan::test
