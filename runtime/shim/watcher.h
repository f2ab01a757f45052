// SPDX-License-Identifier: Apache-2.0
// The life of a shim: one event loop over QEMU's process, its monitor, the control socket and the
// parent. Every change of the record is durable before anything is done or said because of it.
#pragma once

#include <optional>
#include <vector>

#include "runtime/shim/monitor.h"
#include "runtime/shim/reporter.h"
#include "runtime/shim/start.h"
#include "runtime/vm/shim_protocol.h"

namespace vmplan::shim {

/// When the start counts as done.
struct Readiness {
  /// Greeting of another monitor than the shim's own.
  std::optional<Monitor> greeting;
  /// It must have lived this long.
  Millis age{0};
  Millis timeout{60'000};
  /// What the timeout means: a start that is given up, or an adoption that goes on without the
  /// monitor.
  bool end_on_timeout = true;
};

class Watcher {
 public:
  /// Requires: SIGTERM, SIGINT and SIGHUP are blocked.
  Watcher(Machine machine, Readiness readiness, Reporter& reporter);

  /// Returns when QEMU has ended and everything is recorded, or when the shim was told to leave.
  void run();

 private:
  /// A request whose command has not been answered by QEMU yet.
  struct Pending {
    ClientId client = 0;
    std::string command;
    std::int64_t qmp_id = 0;  ///< 0: not sent yet
    Millis deadline{0};
  };

  void wait_and_serve();
  Millis next_deadline(Millis now) const;
  void on_timers(Millis now);
  void on_qmp(const QmpLine& line);
  void on_control(ClientId client, const std::string& line);
  void on_request(ClientId client, const std::string& command);
  void settle(std::int64_t qmp_id, std::string_view answer);
  bool is_reached(Millis now) const;
  /// Records readiness and reports it, or gives the start up.
  void check_ready(Millis now);
  /// Ends QEMU because of `why`: SIGTERM now, SIGKILL two seconds later.
  void end_qemu(std::string_view requested, Error why);
  void finish();
  Error early_end() const;
  std::string last_output() const;
  std::string status_words() const;
  Status save() const { return machine_.directory.write_record(machine_.record); }

  Machine machine_;
  Readiness readiness_;
  Reporter& reporter_;
  Monitor monitor_;
  os::UniqueFd signals_;
  std::vector<Pending> pending_;
  std::optional<Error> ending_because_;
  Millis started_;
  Millis kill_at_{0};
  /// Not before: when readiness could not be recorded.
  Millis next_save_{0};
  bool ready_ = false;
  bool leaving_ = false;
  bool ended_ = false;
};

}  // namespace vmplan::shim
