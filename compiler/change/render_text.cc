// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/render_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/base/text.h"
#include "compiler/change/argv_diff.h"
#include "compiler/change/spec_diff.h"

namespace vmplan::change {
namespace {

std::string_view colour_of(Action action) {
  switch (action) {
    case Action::Create:
      return "\x1b[32m";
    case Action::Update:
    case Action::Restart:
    case Action::Rerun:
      return "\x1b[33m";
    case Action::Replace:
    case Action::Destroy:
      return "\x1b[31m";
    case Action::Hold:
      return "\x1b[36m";
    case Action::None:
    case Action::Record:
      return "";
  }
  return "";
}

/// "vm/web", "disk/web/root", "seed/web" belong to "web"; "image/x" to none.
std::string_view machine_of(std::string_view id) {
  std::string_view kind = id.substr(0, id.find('/'));
  if (kind != "vm" && kind != "disk" && kind != "seed") return "";
  std::string_view rest = id.substr(kind.size() + 1);
  return rest.substr(0, rest.find('/'));
}

bool is_shown(const Row& row) {
  return row.action != Action::None || row.kept || !row.note.empty();
}

class TextView {
 public:
  explicit TextView(const TextOptions& options) : options_(options) {}

  void row(const Row& row) {
    std::string_view colour = options_.colour == Colour::On ? colour_of(row.action) : "";
    std::string word(to_text(row.action));
    if (row.kept) word = "kept";
    fmt::format_to(std::back_inserter(out_), "  {}{:>3} {:<8}{} {}\n", colour, symbol(row.action),
                   word, colour.empty() ? "" : "\x1b[0m", row.id);
    for (const Reason& reason : row.reasons) {
      if (reason.cause == Reason::Cause::New && row.action == Action::Create) continue;
      line("because", reason.text);
    }
    for (const AttributeChange& change : row.attributes) line(change.path, change_text(change));
    if (!row.note.empty()) line("note", row.note);
    if (options_.argv) words(row);
  }

  void heading(std::string_view machine) {
    if (!out_.empty()) out_ += '\n';
    out_ += machine.empty() ? "lab" : printable(machine);
    out_ += ":\n";
  }

  std::string take() { return std::move(out_); }

 private:
  void line(std::string_view label, std::string_view text) {
    fmt::format_to(std::back_inserter(out_), "               {}: {}\n", printable(label),
                   printable(text));
  }

  void words(const Row& row) {
    static const std::vector<plan::Step> kNone;
    const std::vector<plan::Step>& before = row.before ? row.before->commands : kNone;
    const std::vector<plan::Step>& after = row.after ? row.after->commands : kNone;
    for (const plan::Step& step : after) {
      auto old = std::find_if(before.begin(), before.end(), [&](const plan::Step& candidate) {
        return candidate.step_id == step.step_id;
      });
      for (const WordChange& change :
           argv_diff(old == before.end() ? std::span<const std::string>()
                                         : std::span<const std::string>(old->argv),
                     step.argv))
        line(step.step_id, fmt::format("{} {}", change.kind == WordChange::Kind::Added ? "+" : "-",
                                       shell_quoted(change.word)));
    }
  }

  TextOptions options_;
  std::string out_;
};

}  // namespace

std::string summary_line(const ChangeSet& set) {
  struct Counter {
    Action action;
    std::string_view text;
    bool always;
  };
  static constexpr std::array<Counter, 8> kCounters = {{{Action::Create, "to create", true},
                                                        {Action::Update, "to update", false},
                                                        {Action::Restart, "to restart", false},
                                                        {Action::Rerun, "to rerun", false},
                                                        {Action::Replace, "to replace", false},
                                                        {Action::Record, "to record", false},
                                                        {Action::Hold, "held", false},
                                                        {Action::Destroy, "to destroy", true}}};
  std::vector<std::string> parts;
  for (const Counter& counter : kCounters) {
    std::size_t count = set.count(counter.action);
    if (count > 0 || counter.always) parts.push_back(fmt::format("{} {}", count, counter.text));
  }
  return fmt::format("Plan: {}.\n", join(parts, ", "));
}

std::string render_text(const ChangeSet& set, const TextOptions& options) {
  std::vector<const Row*> rows;
  for (const Row& row : set.rows)
    if (is_shown(row)) rows.push_back(&row);
  // Grouped by machine; within a machine in working order.
  std::stable_sort(rows.begin(), rows.end(), [](const Row* a, const Row* b) {
    return machine_of(a->id) < machine_of(b->id);
  });
  TextView view(options);
  const Row* previous = nullptr;
  for (const Row* row : rows) {
    if (previous == nullptr || machine_of(previous->id) != machine_of(row->id))
      view.heading(machine_of(row->id));
    view.row(*row);
    previous = row;
  }
  std::string out = view.take();
  if (!out.empty()) out += '\n';
  return out + summary_line(set);
}

std::string render_text(const std::vector<Refusal>& refusals, Colour colour) {
  std::string out;
  for (const Refusal& refusal : refusals)
    fmt::format_to(std::back_inserter(out), "{}refused{}: {}: {}\n  help: {}\n",
                   colour == Colour::On ? "\x1b[1;31m" : "", colour == Colour::On ? "\x1b[0m" : "",
                   printable(refusal.id), printable(refusal.text), printable(refusal.help));
  return out;
}

}  // namespace vmplan::change
