// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/classify.h"

#include <fmt/format.h>

#include "compiler/base/json_writer.h"
#include "compiler/change/spec_diff.h"

namespace vmplan::change {
namespace {

/// What reaches a started process; timeouts and readiness do not.
bool same_launch(const plan::Step& a, const plan::Step& b) {
  return a.argv == b.argv && a.env == b.env && a.cwd == b.cwd && a.stdin_blob == b.stdin_blob &&
         a.secrets == b.secrets && a.target == b.target;
}

std::vector<const plan::Step*> daemon_steps(const plan::CommandPlan& node) {
  std::vector<const plan::Step*> steps;
  for (const plan::Step& step : node.commands)
    if (step.mode == plan::StepMode::Daemon) steps.push_back(&step);
  return steps;
}

/// True when a process would be started with another argv, environment, input or standard input.
bool launch_differs(const plan::CommandPlan& before, const plan::CommandPlan& after) {
  if (before.inputs != after.inputs) return true;
  std::vector<const plan::Step*> old_steps = daemon_steps(before);
  std::vector<const plan::Step*> new_steps = daemon_steps(after);
  if (old_steps.size() != new_steps.size()) return true;
  for (std::size_t i = 0; i < old_steps.size(); ++i)
    if (!same_launch(*old_steps[i], *new_steps[i])) return true;
  return false;
}

std::string gibibytes(std::int64_t bytes) { return fmt::format("{} GiB", bytes >> 30); }

/// It holds nothing of its own, so taking it away and making it anew loses nothing. That is a
/// replacement, which restarts what has the old one open.
Verdict classify_artefact(const plan::CommandPlan& before, const plan::CommandPlan& after) {
  if (before.commands != after.commands || before.inputs != after.inputs)
    return {Action::Replace, "what it is made of changed; it holds no data", {}};
  return {Action::Record, "only teardown or checks changed", {}};
}

Verdict classify_process(const plan::CommandPlan& before, const plan::CommandPlan& after) {
  if (launch_differs(before, after))
    return {Action::Restart, "its command line or an input changed", {}};
  return {Action::Record, "only teardown, timeouts or checks changed", {}};
}

/// The size rule: growing is held, shrinking refused, and "not stated" never a change.
std::optional<Verdict> classify_size(const plan::CommandPlan& before,
                                     const plan::CommandPlan& after) {
  std::int64_t old_size = before.spec.int_or("size_bytes", 0);
  std::int64_t new_size = after.spec.int_or("size_bytes", 0);
  if (new_size == 0 || new_size == old_size) return std::nullopt;
  if (old_size == 0)
    return Verdict{Action::Hold,
                   fmt::format("its size was not stated before, {} is now", gibibytes(new_size)),
                   {}};
  if (new_size > old_size)
    return Verdict{Action::Hold,
                   fmt::format("growing it from {} to {} is not built yet", gibibytes(old_size),
                               gibibytes(new_size)),
                   {}};
  Refusal refusal{
      after.id,
      fmt::format(
          "size_gb would shrink the disk from {} to {}, and everything beyond would be lost",
          gibibytes(old_size), gibibytes(new_size)),
      fmt::format("set size_gb back to {}, or give a new, smaller disk another name",
                  old_size >> 30)};
  return Verdict{Action::Hold, "shrinking is refused", std::move(refusal)};
}

const Json& backing_of(const plan::CommandPlan& node) {
  static const Json kNone;
  const Json* backing = node.spec.find("backing");
  return backing == nullptr ? kNone : *backing;
}

/// True when both bases are the same bytes, read in the same way, whatever they are called.
bool same_content(const Json& a, const Json& b) {
  return !a.string_or("sha256", "").empty() &&
         a.string_or("sha256", "") == b.string_or("sha256", "") &&
         a.string_or("format", "") == b.string_or("format", "");
}

Verdict classify_data(const plan::CommandPlan& before, const plan::CommandPlan& after) {
  if (before.spec.string_or("path", "") != after.spec.string_or("path", "")) {
    Refusal refusal{
        after.id,
        fmt::format("the path of the disk changed from {} to {}, and its data would stay behind",
                    before.spec.string_or("path", ""), after.spec.string_or("path", "")),
        "set the path back, or move the file yourself and give the disk another name: it is then "
        "adopted"};
    return {Action::Hold, "another path is refused", std::move(refusal)};
  }
  if (before.spec.string_or("format", "") != after.spec.string_or("format", ""))
    return {Action::Hold,
            fmt::format("the disk holds data in format {}", before.spec.string_or("format", "")),
            {}};
  const Json& old_backing = backing_of(before);
  const Json& new_backing = backing_of(after);
  const bool same_backing = old_backing == new_backing;
  if (!same_backing && !same_content(old_backing, new_backing))
    return {Action::Hold, "the disk holds data on top of another base image", {}};
  if (std::optional<Verdict> size = classify_size(before, after)) return std::move(*size);
  // The overlay's header names the file in the store that the disk was made on. What is recorded of
  // the disk must go on saying that, so nothing may be recorded.
  if (!same_backing)
    return {Action::Hold,
            "the base image was renamed; the disk stays on the same bytes under their old name",
            {}};
  return {Action::Record, "only how it would be made changed", {}};
}

/// A device under its name and mark can be put into another bridge; else it is another device.
Verdict classify_link(const plan::CommandPlan& before, const plan::CommandPlan& after) {
  if (before.spec == after.spec) return {Action::Record, "only how it is made changed", {}};
  const bool same_device =
      before.spec.string_or("device", "") == after.spec.string_or("device", "") &&
      before.spec.string_or("mark", "") == after.spec.string_or("mark", "");
  if (same_device && !after.spec.string_or("bridge", "").empty())
    return {Action::Update, "it is put into another bridge", {}};
  return {Action::Replace, "it becomes another device", {}};
}

}  // namespace

Verdict classify_own(const plan::CommandPlan& before, const plan::CommandPlan& after) {
  if (before.kind != after.kind)
    return {
        Action::Hold, fmt::format("its kind changed from {} to {}", before.kind, after.kind), {}};
  switch (plan::kind_class(after.kind).value_or(plan::KindClass::Data)) {
    case plan::KindClass::Process:
      return classify_process(before, after);
    case plan::KindClass::Artefact:
      return classify_artefact(before, after);
    case plan::KindClass::Link:
      return classify_link(before, after);
    case plan::KindClass::Data:
      return classify_data(before, after);
    case plan::KindClass::Content:
      if (before.output_digest == after.output_digest)
        return {Action::Record, "only where it comes from changed", {}};
      if (!before.output_digest && before.outputs == after.outputs)
        return {Action::Record, "what its recipe made is recorded", {}};
      return {Action::Update, "a new version comes beside the old one", {}};
  }
  return {};
}

bool hold_blocks_dependants(const plan::CommandPlan& before, const plan::CommandPlan& after) {
  return before.spec.string_or("path", "") != after.spec.string_or("path", "") ||
         before.spec.string_or("format", "") != after.spec.string_or("format", "");
}

}  // namespace vmplan::change
