// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/step_runner.h"

#include <algorithm>
#include <array>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "runtime/exec/argv_paths.h"
#include "runtime/exec/await_start.h"
#include "runtime/exec/child_environment.h"
#include "runtime/exec/machine_node.h"
#include "runtime/exec/steps/builtin.h"
#include "runtime/exec/steps/steps.h"
#include "runtime/exec/take_over.h"

namespace vmplan::exec {
namespace {

using state::StepEnd;

bool is_expected(const plan::Step& step, int exit_code) {
  return std::ranges::find(step.expected_exit_codes, exit_code) != step.expected_exit_codes.end();
}

/// Why a program's end is not what the plan expects.
Error program_error(const plan::Step& step, const os::ProcessExit& exit,
                    const std::string& log_path) {
  std::string command = printable(shell_quoted(step.argv));
  if (exit.cancelled) return {ErrorKind::Interrupted, fmt::format("`{}` was interrupted", command)};
  if (exit.timed_out)
    return {ErrorKind::Timeout,
            fmt::format("`{}` did not end within {} s", command, step.timeout_seconds)};
  std::string how = exit.signal != 0 ? fmt::format("was killed by signal {}", exit.signal)
                                     : fmt::format("exited with {}", exit.code);
  const std::string& tail = exit.error_tail.empty() ? exit.output : exit.error_tail;
  std::string said =
      tail.empty() ? "it said nothing"
                   : printable(tail.substr(tail.size() - std::min<std::size_t>(tail.size(), 1000)));
  return {ErrorKind::Failed,
          fmt::format("`{}` {}: {} (all of it: {})", command, how, said, log_path)};
}

/// The step that makes the node's new files; programs after it work on them.
bool is_first_program(const StepCall& call) {
  auto first = std::ranges::find_if(call.node.commands,
                                    [](const plan::Step& step) { return !step.is_builtin(); });
  return call.phase == state::Phase::Do && first != call.node.commands.end() &&
         first->mode == plan::StepMode::Run && first->step_id == call.step.step_id;
}

/// A path of a step's argv as the lab sees it.
std::string from_lab(const plan::Step& step, const std::string& path) {
  return path.starts_with('/') || step.cwd == "." ? path : step.cwd + "/" + path;
}

/// Firmware and boot loaders that a platform names: packages put them there, as they put QEMU.
bool is_system_file(const std::string& path) {
  return std::ranges::any_of(
      std::array<std::string_view, 2>{"/usr/lib", "/usr/share"},
      [&](std::string_view place) { return is_within(normal_path(path), place); });
}

}  // namespace

StepResult StepResult::failed(Error error, int exit_code) {
  std::string message = error.text();
  return {StepEnd::Failed, exit_code, std::move(message), std::move(error)};
}

Status StepRunner::check(const StepCall& call) {
  if (call.step.argv_hash != argv_hash(call.step.argv))
    return fail(ErrorKind::Corrupt,
                fmt::format("step {}: argv_hash does not fit argv", call.step.step_id));
  for (const plan::Output& output : call.node.outputs)
    if (Status inside = host_.files.check_beneath(output.path); !inside) return inside;
  // A changed kernel or a moved disk must not keep a machine from being stopped: what a node rests
  // on matters on the way up only.
  if (call.phase == state::Phase::Undo) return {};
  for (const plan::Input& input : call.node.inputs) {
    if (Status inside = host_.files.check_beneath(input.path); !inside) return inside;
    if (Status same = verified_.verify(input.path, input.sha256, host_.cancel); !same) return same;
  }
  for (const std::string& dep : call.node.deps) {
    const plan::CommandPlan* node = find_node_(dep);
    if (node == nullptr) continue;
    for (const plan::Output& output : node->outputs)
      if (Status inside = host_.files.check_beneath(output.path); !inside) return inside;
  }
  return {};
}

StepResult StepRunner::run(const StepCall& call) {
  if (call.step.is_builtin()) return run_builtin_step(call);
  if (call.step.mode == plan::StepMode::Daemon) return launch(call);
  return run_program(call);
}

StepResult StepRunner::run_builtin_step(const StepCall& call) {
  StepContext context{host_, state_, verified_, call.step.secrets};
  StepReport report = run_builtin(StepArgs(call.step.argv).subspan(2), context);
  if (is_expected(call.step, report.exit_code))
    return {report.adopted ? StepEnd::Adopted : StepEnd::Done,
            report.exit_code,
            std::move(report.message),
            {}};
  std::string why =
      report.message.empty() ? fmt::format("exited with {}", report.exit_code) : report.message;
  const bool interrupted = host_.cancel.level() == os::Cancel::Level::Kill;
  return StepResult::failed(
      {interrupted ? ErrorKind::Interrupted : ErrorKind::Failed, std::move(why)}, report.exit_code);
}

Result<std::string> StepRunner::program(const plan::Step& step) const {
  auto found = programs_.find(step.argv.front());
  if (found != programs_.end()) return found->second;
  return host_.find_program(step.argv.front());
}

Status StepRunner::clear_new_names(const StepCall& call) {
  const bool makes_them = is_first_program(call);
  for (const plan::Output& output : call.node.outputs) {
    const std::string fresh = new_name(output.path);
    Result<os::FileInfo> info = host_.files.stat(fresh);
    if (!info && info.error().kind == ErrorKind::NotFound) continue;
    if (!info) return fail(info.error());
    if (info->kind != os::FileKind::Regular)
      return fail(ErrorKind::Refused,
                  fmt::format("`{}` is in the way and is no regular file; vmplan makes that name "
                              "itself, and would write wherever it leads: remove it",
                              fresh));
    if (!makes_them) continue;
    if (Status removed = host_.files.remove(fresh); !removed) return removed;
  }
  return {};
}

Status StepRunner::check_program(const StepCall& call) {
  if (Status clear = clear_new_names(call); !clear) return clear;
  for (const NamedPath& named : paths_in(call.step.argv)) {
    const std::string path = from_lab(call.step, named.path);
    if (named.use == PathUse::Reads && is_system_file(path)) continue;
    if (Status inside = host_.files.check_beneath(path); !inside) return inside;
    if (named.use == PathUse::Reads) continue;
    Result<os::FileInfo> info = host_.files.stat(path);
    if (info && info->kind == os::FileKind::Symlink)
      return fail(ErrorKind::Refused,
                  fmt::format("`{}` is a symbolic link, and {} would write wherever it leads; put "
                              "a file in its place, or remove it",
                              path, call.step.argv.front()));
    if (!info && info.error().kind != ErrorKind::NotFound) return fail(info.error());
  }
  return {};
}

StepResult StepRunner::run_program(const StepCall& call) {
  const plan::Step& step = call.step;
  if (Status safe = check_program(call); !safe) return StepResult::failed(safe.error());
  Result<std::string> executable = program(step);
  if (!executable) return StepResult::failed(executable.error());
  os::ProcessSpec spec;
  spec.executable = std::move(*executable);
  spec.argv = step.argv;
  spec.env = child_environment(host_, step.env);
  spec.cwd = step.cwd;
  spec.output_path = call.log_path;
  spec.timeout = to_millis(Seconds{step.timeout_seconds});
  if (step.stdin_blob) {
    auto blob = blobs_.find(step.stdin_blob->text());
    if (blob == blobs_.end() || sha256(blob->second) != *step.stdin_blob)
      return StepResult::failed(
          {ErrorKind::Corrupt, fmt::format("blob {} is not there", step.stdin_blob->text())});
    spec.stdin_bytes = blob->second;
  }
  Result<os::ProcessExit> exit = host_.processes.run(spec, host_.cancel);
  if (!exit) return StepResult::failed(exit.error());
  const bool ended = exit->signal == 0 && !exit->timed_out && !exit->cancelled;
  if (ended && is_expected(step, exit->code)) return {StepEnd::Done, exit->code, {}, {}};
  return StepResult::failed(program_error(step, *exit, call.log_path), ended ? exit->code : -1);
}

StepResult StepRunner::launch(const StepCall& call) {
  const plan::Step& step = call.step;
  if (Status safe = check_program(call); !safe) return StepResult::failed(safe.error());
  Result<std::string> executable = program(step);
  if (!executable) return StepResult::failed(executable.error());
  std::optional<std::string> run_dir = run_dir_of(call.node);
  if (!run_dir)
    return StepResult::failed(
        {ErrorKind::Refused, "the node has no probe that names its run directory"});
  vm::LaunchSpec spec;
  spec.run_dir = std::move(*run_dir);
  spec.executable = std::move(*executable);
  spec.argv = step.argv;
  spec.argv_hash = step.argv_hash;
  spec.env = child_environment(host_, step.env);
  spec.output_path = call.log_path;
  spec.ready_qmp = step.ready.kind == plan::Ready::Kind::Qmp ? step.ready.path : "";
  spec.timeout = start_timeout(step);
  // A predecessor that is ending holds the lock and the disks that this one needs.
  if (await_end(spec.run_dir, spec.timeout, host_, {}).ending)
    return StepResult::failed(
        {ErrorKind::Timeout,
         fmt::format("the QEMU before it is ending, and has not ended within {} ms",
                     spec.timeout.value)});
  Status started = host_.machines.launch(spec, host_.cancel);
  if (started) return {};
  if (started.error().kind == ErrorKind::Busy)
    return take_over(spec, std::move(started).error(), host_);
  return StepResult::failed(std::move(started).error());
}

}  // namespace vmplan::exec
