// SPDX-License-Identifier: Apache-2.0
// The events of a run on standard error, one line each; or as NDJSON on standard output.
#pragma once

#include "cli/command.h"
#include "runtime/exec/events.h"

namespace vmplan::cli {

/// Lines for people: what was done, how long it took, what failed and why.
class TextProgress final : public exec::Observer {
 public:
  explicit TextProgress(const Context& context) : context_(context) {}
  void on_event(const exec::Event& event) override;

 private:
  const Context& context_;
};

/// One canonical JSON document per event; the last one is the summary.
class JsonProgress final : public exec::Observer {
 public:
  explicit JsonProgress(Terminal& terminal) : terminal_(terminal) {}
  void on_event(const exec::Event& event) override;

 private:
  Terminal& terminal_;
};

/// "Done: 3 created, 2 unchanged."; "Failed: ..." and "Stopped: ..." when not all was done;
/// "Nothing to do: ..." when there was nothing.
std::string summary_text(state::RunStatus status, const exec::Counters& counters);

}  // namespace vmplan::cli
