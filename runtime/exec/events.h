// SPDX-License-Identifier: Apache-2.0
// What happens during a run, as one ordered stream of values. Who shows them is not known here.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/json.h"
#include "compiler/base/units.h"
#include "compiler/change/change_set.h"
#include "runtime/os/clock.h"
#include "runtime/state/records.h"

namespace vmplan::exec {

/// How many nodes ended in which way; each row of the change set is counted once.
struct Counters {
  std::int64_t created = 0;
  std::int64_t updated = 0;
  std::int64_t restarted = 0;
  std::int64_t replaced = 0;
  std::int64_t destroyed = 0;
  std::int64_t rerun = 0;
  std::int64_t recorded = 0;
  std::int64_t held = 0;
  /// Files that were there and fit, and running machines that got a new supervisor.
  std::int64_t adopted = 0;
  std::int64_t unchanged = 0;
  /// Also those that were not reached because something they need failed, or the run was stopped.
  std::int64_t failed = 0;
  friend bool operator==(const Counters&, const Counters&) = default;
};

struct RunStarted {
  state::RunId run = 0;
  Digest plan_hash;
  /// Nodes on which there is work.
  std::int64_t nodes = 0;
};
struct NodeStarted {
  std::string node;
  change::Action action = change::Action::None;
};
struct StepStarted {
  std::string node;
  state::Phase phase = state::Phase::Do;
  std::string step;
  std::vector<std::string> argv;
};
struct StepFinished {
  std::string node;
  state::Phase phase = state::Phase::Do;
  std::string step;
  int exit_code = 0;
  bool ok = true;
  Millis elapsed;
  std::string message;
};
struct NodeFinished {
  std::string node;
  change::Action action = change::Action::None;
};
struct NodeFailed {
  std::string node;
  change::Action action = change::Action::None;
  /// Does not name the node.
  std::string error;
};
/// Not reached: something it needs failed, or the run was stopped.
struct NodeSkipped {
  std::string node;
  change::Action action = change::Action::None;
};
struct Adopted {
  std::string node;
  std::string detail;
};
/// Always the last event.
struct RunFinished {
  state::RunStatus status = state::RunStatus::Succeeded;
  Counters counters;
};

using Happening = std::variant<RunStarted, NodeStarted, StepStarted, StepFinished, NodeFinished,
                               NodeFailed, NodeSkipped, Adopted, RunFinished>;

struct Event {
  /// UTC, RFC 3339.
  std::string at;
  Happening what;
};

/// `{"at","event":"run_started",...}`; RunFinished is `{"event":"summary",...}` with the counters
/// of the command line.
Json to_json(const Event& event);

/// Sees the events of a run one after the other; calls never overlap, but come from several
/// threads.
class Observer {
 public:
  Observer() = default;
  Observer(const Observer&) = delete;
  Observer& operator=(const Observer&) = delete;
  virtual ~Observer() = default;
  virtual void on_event(const Event& event) = 0;
};

/// Orders and dates what several workers report.
class EventStream {
 public:
  EventStream(Observer& observer, const os::Clock& clock) : observer_(observer), clock_(clock) {}
  void emit(Happening what);

 private:
  std::mutex mutex_;
  Observer& observer_;
  const os::Clock& clock_;
};

}  // namespace vmplan::exec
