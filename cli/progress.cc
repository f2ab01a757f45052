// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>

#include <array>

#include "compiler/base/text.h"

namespace vmplan::cli {
namespace {

/// Steps shorter than this are not worth a line of their own.
constexpr std::int64_t kWorthShowingMs = 1000;

std::string_view doing(change::Action action) {
  switch (action) {
    case change::Action::None:
    case change::Action::Hold:
      return "looking at";
    case change::Action::Record:
      return "recording";
    case change::Action::Create:
      return "creating";
    case change::Action::Update:
      return "updating";
    case change::Action::Restart:
      return "restarting";
    case change::Action::Rerun:
      return "bringing back";
    case change::Action::Replace:
      return "replacing";
    case change::Action::Destroy:
      return "destroying";
  }
  return "working on";
}

std::string_view done(change::Action action) {
  switch (action) {
    case change::Action::None:
    case change::Action::Hold:
      return "looked at";
    case change::Action::Record:
      return "recorded";
    case change::Action::Create:
      return "created";
    case change::Action::Update:
      return "updated";
    case change::Action::Restart:
      return "restarted";
    case change::Action::Rerun:
      return "brought back";
    case change::Action::Replace:
      return "replaced";
    case change::Action::Destroy:
      return "destroyed";
  }
  return "done with";
}

std::string_view outcome(state::RunStatus status) {
  switch (status) {
    case state::RunStatus::Executing:
    case state::RunStatus::Succeeded:
      return "Done";
    case state::RunStatus::Failed:
    case state::RunStatus::PartiallyFailed:
      return "Failed";
    case state::RunStatus::Cancelled:
    case state::RunStatus::Interrupted:
      return "Stopped";
  }
  return "Done";
}

/// The line for one event; empty when it is not shown.
struct Line {
  bool verbose = false;

  std::string operator()(const exec::RunStarted&) const { return ""; }
  std::string operator()(const exec::NodeStarted& event) const {
    return fmt::format("{} {}\n", doing(event.action), event.node);
  }
  std::string operator()(const exec::StepStarted& event) const {
    return verbose ? fmt::format("  {} {}: {}\n", event.node, event.step,
                                 printable(shell_quoted(event.argv)))
                   : "";
  }
  std::string operator()(const exec::StepFinished& event) const {
    if (!verbose && event.ok && event.elapsed.value < kWorthShowingMs) return "";
    return fmt::format(
        "  {} {}: {} ({:.1f} s){}{}\n", event.node, event.step, event.ok ? "ok" : "failed",
        static_cast<double>(event.elapsed.value) / 1000.0, event.message.empty() ? "" : ": ",
        printable(event.message.substr(0, event.message.find('\n'))));
  }
  std::string operator()(const exec::NodeFinished& event) const {
    return fmt::format("{} {}\n", done(event.action), event.node);
  }
  std::string operator()(const exec::NodeFailed& event) const {
    // Lines of a failing program are shown as they are, made harmless one by one.
    std::string out = fmt::format("failed: {}: ", event.node);
    bool first = true;
    for (std::string_view line : split(event.error, '\n')) {
      if (!first) out += "\n    ";
      first = false;
      out += printable(line);
    }
    return out + "\n";
  }
  std::string operator()(const exec::NodeSkipped& event) const {
    return fmt::format("not reached: {} ({})\n", event.node, change::to_text(event.action));
  }
  std::string operator()(const exec::Adopted& event) const {
    return fmt::format("adopted {}: {}\n", event.node, printable(event.detail));
  }
  std::string operator()(const exec::RunFinished&) const { return ""; }
};

}  // namespace

void TextProgress::on_event(const exec::Event& event) {
  bool bad = std::holds_alternative<exec::NodeFailed>(event.what);
  if (context_.quiet && !bad) return;
  std::string line = std::visit(Line{context_.verbose}, event.what);
  if (!line.empty()) context_.terminal.err(line);
}

void JsonProgress::on_event(const exec::Event& event) {
  terminal_.json(exec::to_json(event));
  // Whoever reads the stream wants each event when it happens.
  terminal_.flush();
}

std::string summary_text(state::RunStatus status, const exec::Counters& counters) {
  struct Part {
    std::int64_t count;
    std::string_view text;
  };
  const std::array<Part, 10> parts = {{{counters.created, "created"},
                                       {counters.updated, "updated"},
                                       {counters.restarted, "restarted"},
                                       {counters.replaced, "replaced"},
                                       {counters.rerun, "brought back"},
                                       {counters.destroyed, "destroyed"},
                                       {counters.recorded, "recorded"},
                                       {counters.adopted, "adopted"},
                                       {counters.held, "held"},
                                       {counters.failed, "failed"}}};
  std::vector<std::string> words;
  for (const Part& part : parts)
    if (part.count > 0) words.push_back(fmt::format("{} {}", part.count, part.text));
  if (words.empty())
    return fmt::format("Nothing to do: 0 changed, {} unchanged.\n", counters.unchanged);
  words.push_back(fmt::format("{} unchanged", counters.unchanged));
  return fmt::format("{}: {}.\n", outcome(status), join(words, ", "));
}

}  // namespace vmplan::cli
