// SPDX-License-Identifier: Apache-2.0
// Machines that exist only in a map. Tests set what a machine is and how it reacts, and read what
// was done to it.
#pragma once

#include <map>
#include <mutex>
#include <optional>

#include "runtime/vm/machine.h"

namespace vmplan::test {

class FakeMachines final : public vm::Machines {
 public:
  /// One whose status says `ending` has crashed when somebody has waited for it, unless it Hangs.
  /// How a running machine takes `system_powerdown`: Obeys ends it, Ignores does not. `quit` and
  /// SIGKILL always end it; SIGTERM ends it unless Hangs, which ignores everything but SIGKILL.
  enum class Manner : std::uint8_t { Obeys, Ignores, Hangs };

  void set(std::string_view run_dir, vm::MachineStatus status);
  void set_manner(std::string_view run_dir, Manner manner);
  /// A machine that is starting gets ready as soon as it is adopted.
  void set_ready_when_adopted(std::string_view run_dir);
  /// The next launch fails with this error, and the machine stays as it was.
  void fail_next_launch(Error error);
  /// QEMU dies of this signal: the machine is Crashed.
  void kill(std::string_view run_dir, int signal_number);

  /// One line per call that is no observe(): "launch run/web", "request run/web quit", "signal
  /// run/web 15".
  std::vector<std::string> calls() const;
  std::vector<vm::LaunchSpec> launches() const;

  vm::MachineStatus observe(std::string_view run_dir) const override;
  Status launch(const vm::LaunchSpec& spec, const os::Cancel& cancel) override;
  Status adopt(std::string_view run_dir) override;
  Status request(std::string_view run_dir, std::string_view qmp_command, Millis timeout) override;
  Result<bool> wait_stopped(std::string_view run_dir, Millis timeout,
                            const os::Cancel& cancel) override;
  Status signal(std::string_view run_dir, int signal_number) override;
  Status clean(std::string_view run_dir) override;

 private:
  struct Machine {
    vm::MachineStatus status;
    Manner manner = Manner::Obeys;
    bool ready_when_adopted = false;
  };
  bool runs(std::string_view run_dir) const;
  void stop(Machine& machine);

  mutable std::mutex mutex_;
  std::map<std::string, Machine, std::less<>> machines_;
  std::vector<std::string> calls_;
  std::vector<vm::LaunchSpec> launches_;
  std::optional<Error> next_launch_error_;
  std::int64_t next_pid_ = 1000;
};

}  // namespace vmplan::test
