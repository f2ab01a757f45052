// SPDX-License-Identifier: Apache-2.0
// The text forms that the database and the events use.
#include "runtime/state/records.h"

#include <array>
#include <span>

namespace vmplan::state {
namespace {

/// The value whose text form is `text`.
template <class Enum>
std::optional<Enum> parse(std::string_view text, std::span<const Enum> values) {
  for (Enum value : values)
    if (to_text(value) == text) return value;
  return std::nullopt;
}

constexpr std::array kRunStatuses = {RunStatus::Executing, RunStatus::Succeeded,
                                     RunStatus::Failed,    RunStatus::PartiallyFailed,
                                     RunStatus::Cancelled, RunStatus::Interrupted};
constexpr std::array kPhases = {Phase::Undo, Phase::Do};
constexpr std::array kStepEnds = {StepEnd::Done, StepEnd::Adopted, StepEnd::Failed,
                                  StepEnd::Interrupted};
using change::Action;
constexpr std::array kActions = {Action::None,   Action::Record,  Action::Hold,
                                 Action::Create, Action::Update,  Action::Restart,
                                 Action::Rerun,  Action::Replace, Action::Destroy};

}  // namespace

std::string_view to_text(RunStatus status) {
  switch (status) {
    case RunStatus::Executing:
      return "executing";
    case RunStatus::Succeeded:
      return "succeeded";
    case RunStatus::Failed:
      return "failed";
    case RunStatus::PartiallyFailed:
      return "partially_failed";
    case RunStatus::Cancelled:
      return "cancelled";
    case RunStatus::Interrupted:
      return "interrupted";
  }
  return "failed";
}

std::string_view to_text(Phase phase) {
  switch (phase) {
    case Phase::Undo:
      return "undo";
    case Phase::Do:
      return "do";
  }
  return "do";
}

std::string_view to_text(StepEnd end) {
  switch (end) {
    case StepEnd::Done:
      return "done";
    case StepEnd::Adopted:
      return "adopted";
    case StepEnd::Failed:
      return "failed";
    case StepEnd::Interrupted:
      return "interrupted";
  }
  return "failed";
}

std::optional<RunStatus> parse_run_status(std::string_view text) {
  return parse<RunStatus>(text, kRunStatuses);
}
std::optional<Phase> parse_phase(std::string_view text) { return parse<Phase>(text, kPhases); }
std::optional<StepEnd> parse_step_end(std::string_view text) {
  return parse<StepEnd>(text, kStepEnds);
}
std::optional<change::Action> parse_action(std::string_view text) {
  return parse<Action>(text, kActions);
}

}  // namespace vmplan::state
