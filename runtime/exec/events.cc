// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/events.h"

namespace vmplan::exec {
namespace {

/// One overload per event: its name and members.
struct Describe {
  JsonObject operator()(const RunStarted& e) const {
    return {{"event", "run_started"},
            {"run", e.run},
            {"plan_hash", e.plan_hash.text()},
            {"nodes", e.nodes}};
  }
  JsonObject operator()(const NodeStarted& e) const {
    return {{"event", "node_started"}, {"node", e.node}, {"action", to_text(e.action)}};
  }
  JsonObject operator()(const StepStarted& e) const {
    return {{"event", "step_started"},
            {"node", e.node},
            {"phase", to_text(e.phase)},
            {"step", e.step},
            {"argv", Json::strings(e.argv)}};
  }
  JsonObject operator()(const StepFinished& e) const {
    return {{"event", "step_finished"},
            {"node", e.node},
            {"phase", to_text(e.phase)},
            {"step", e.step},
            {"ok", e.ok},
            {"exit_code", e.exit_code},
            {"message", e.message},
            {"elapsed_ms", e.elapsed.value}};
  }
  JsonObject operator()(const NodeFinished& e) const {
    return {{"event", "node_finished"}, {"node", e.node}, {"action", to_text(e.action)}};
  }
  JsonObject operator()(const NodeFailed& e) const {
    return {{"event", "node_failed"},
            {"node", e.node},
            {"action", to_text(e.action)},
            {"error", e.error}};
  }
  JsonObject operator()(const NodeSkipped& e) const {
    return {{"event", "node_skipped"}, {"node", e.node}, {"action", to_text(e.action)}};
  }
  JsonObject operator()(const Adopted& e) const {
    return {{"event", "adopted"}, {"node", e.node}, {"detail", e.detail}};
  }
  JsonObject operator()(const RunFinished& e) const {
    const Counters& c = e.counters;
    return {{"event", "summary"},       {"status", to_text(e.status)},
            {"created", c.created},     {"updated", c.updated},
            {"restarted", c.restarted}, {"replaced", c.replaced},
            {"destroyed", c.destroyed}, {"rerun", c.rerun},
            {"recorded", c.recorded},   {"held", c.held},
            {"adopted", c.adopted},     {"unchanged", c.unchanged},
            {"failed", c.failed}};
  }
};

}  // namespace

Json to_json(const Event& event) {
  JsonObject members = std::visit(Describe{}, event.what);
  members.emplace("at", event.at);
  return Json(std::move(members));
}

void EventStream::emit(Happening what) {
  std::lock_guard lock(mutex_);
  observer_.on_event(Event{clock_.utc_now(), std::move(what)});
}

}  // namespace vmplan::exec
