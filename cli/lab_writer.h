// SPDX-License-Identifier: Apache-2.0
// The one writer of a lab: lock, state and the real host behind the executor's interfaces. Commands
// that only look use LabHostBundle and open the state for reading.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include "runtime/exec/await_start.h"
#include "runtime/exec/executor.h"
#include "runtime/exec/lab_host.h"
#include "runtime/exec/leftovers.h"
#include "runtime/os/cancel.h"
#include "runtime/os/file_lock.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/posix_clock.h"
#include "runtime/os/posix_file_system.h"
#include "runtime/os/posix_process.h"
#include "runtime/state/state_store.h"
#include "runtime/vm/posix_machines.h"

namespace vmplan::cli {

/// Tells what a command waits for, on standard error.
exec::SayOf say_to(Context& context);

/// The real interfaces of one lab, and the LabHost that refers to them.
class LabHostBundle {
 public:
  /// Requires: `root` outlives this.
  LabHostBundle(const os::LabRoot& root, std::string state_dir);

  const exec::LabHost& host() const { return host_; }
  os::Cancel& cancel() { return cancel_; }
  os::FileSystem& files() { return files_; }
  os::Clock& clock() { return clock_; }
  state::StateLocation state_location() const { return {root_.path(), host_.state_dir}; }

 private:
  const os::LabRoot& root_;
  os::Cancel cancel_;
  os::PosixClock clock_;
  os::PosixFileSystem files_;
  os::PosixProcessRunner processes_;
  vm::PosixMachines machines_;
  exec::LabHost host_;
};

/// The writer's lock and the state, open for writing, with what an earlier run left behind already
/// put right.
struct LabWriter {
  os::FileLock lock;
  std::unique_ptr<state::StateStore> state;
};

/// Takes the lock, opens the state and recovers, waiting for starts under way until `point`.
/// nullopt after an error message.
std::optional<LabWriter> open_writer(Context& context, const os::LabRoot& root,
                                     LabHostBundle& bundle, std::string_view command,
                                     exec::StartPoint point);

/// The state of a lab as far as there is one. Where nothing was ever applied there is nothing to
/// lock and to recover, and nothing is made before the user has agreed to a first run.
struct LabState {
  std::optional<LabWriter> writer;
  /// Empty; only without a writer.
  std::unique_ptr<state::StateReader> nothing;

  const state::StateReader& reader() const { return writer ? *writer->state : *nothing; }
};

/// open_writer() where there is a state. nullopt after an error message.
std::optional<LabState> open_existing(Context& context, const os::LabRoot& root,
                                      LabHostBundle& bundle, std::string_view command,
                                      exec::StartPoint point);

/// exec::settle(), told line by line. False after an error message.
bool settle_leftovers(Context& context, const exec::Leftovers& leftovers, LabWriter& writer,
                      LabHostBundle& bundle);

/// Runs a change set with progress as the format asks; prints the summary. Returns the exit code.
int run_change_set(Context& context, const change::ChangeSet& set, exec::ExecOptions options,
                   LabWriter& writer, LabHostBundle& bundle);

}  // namespace vmplan::cli
