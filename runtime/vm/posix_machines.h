// SPDX-License-Identifier: Apache-2.0
// vm::Machines with real QEMU processes, each beside a vmplan-shim.
#pragma once

#include <optional>
#include <string>

#include "runtime/os/lab_root.h"
#include "runtime/os/process_identity.h"
#include "runtime/vm/machine.h"
#include "runtime/vm/run_directory.h"

namespace vmplan::vm {

class PosixMachines final : public Machines {
 public:
  /// `shim`: absolute path of vmplan-shim; empty: the one beside the running program.
  /// Requires: `root` outlives this.
  explicit PosixMachines(const os::LabRoot& root, std::string shim = "");

  MachineStatus observe(std::string_view run_dir) const override;
  Status launch(const LaunchSpec& spec, const os::Cancel& cancel) override;
  Status adopt(std::string_view run_dir) override;
  Status request(std::string_view run_dir, std::string_view qmp_command, Millis timeout) override;
  Result<bool> wait_stopped(std::string_view run_dir, Millis timeout,
                            const os::Cancel& cancel) override;
  Status signal(std::string_view run_dir, int signal_number) override;
  Status clean(std::string_view run_dir) override;

 private:
  /// A machine whose recorded QEMU lives.
  struct Living {
    RunDirectory directory;
    RunRecord record;
    os::UniqueFd pidfd;
    bool has_shim = false;
  };
  Result<Living> find_living(std::string_view run_dir) const;
  bool shim_lives(const RunRecord& record) const;
  /// Whether the recorded QEMU lives. Without a shim to vouch for it, the process must also hold
  /// the machine's lock: numbers and times can be copied into a record, an inherited lock cannot.
  bool qemu_lives(const RunDirectory& directory, const RunRecord& record) const;
  Result<std::string> run_shim(std::vector<std::string> words,
                               const std::map<std::string, std::string>& env, Millis patience,
                               const os::Cancel* cancel) const;
  /// Sends a command through the shim, or straight to the monitor. Errors: NotFound, Io (nobody is
  /// there to take it), those of both ways.
  Status ask(const Living& machine, std::string_view qmp_command, Millis timeout) const;
  /// Ends a shim that has nothing to watch any more and does not go. Whether it is gone.
  bool end_shim(const RunDirectory& directory) const;
  /// Writes into the record what is about to be asked for: through the shim, or in its place.
  Status announce(const Living& machine, const std::string& requested,
                  const std::string& control_line) const;
  /// Ends what a start that failed has left running.
  void put_down(std::string_view run_dir, const Digest& argv_hash);

  const os::LabRoot& root_;
  std::string shim_;
  os::ProcessTable processes_;
};

}  // namespace vmplan::vm
