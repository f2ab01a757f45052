// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/builtin.h"

#include <array>
#include <vector>

#include "compiler/base/text.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

constexpr std::array kSteps = {
    BuiltinStep{"check", "check PATH", "exits 0 when a regular file is there, 1 when not", true,
                run_check},
    BuiltinStep{"import", "import FROM TO DIGEST",
                "copies an image into the store and checks every byte", false, run_import},
    BuiltinStep{"machine",
                "machine running RUN_DIR [ARGV_HASH] | powerdown RUN_DIR | quit RUN_DIR | wait "
                "RUN_DIR SECONDS | "
                "signal RUN_DIR TERM|KILL | clean RUN_DIR",
                "asks, ends or cleans up after the machine of a run directory", false, run_machine},
    BuiltinStep{"mkdir", "mkdir PATH MODE", "makes a directory and its parents", false, run_mkdir},
    BuiltinStep{
        "publish", "publish PATH FORMAT SIZE_BYTES BACKING",
        "gives PATH.vmplan-new its name, or adopts the disk that is there and fits; never replaces",
        false, run_publish},
    BuiltinStep{"remove", "remove PATH", "removes a file; a missing one is fine", false,
                run_remove},
    BuiltinStep{"serial", "serial mark RUN_DIR LOG | serial wait RUN_DIR LOG SECONDS TEXT",
                "notes how long a serial log is, or waits for a text that comes after", false,
                run_serial},
    BuiltinStep{"verify", "verify PATH DIGEST", "checks the SHA-256 of a file", true, run_verify},
    BuiltinStep{"verify-chain", "verify-chain NODE_ID [PATH FORMAT]",
                "checks the disk of an applied node and the base that it rests on", true,
                run_verify_chain},
    BuiltinStep{"verify-directory", "verify-directory PATH", "checks that a directory is there",
                true, run_verify_directory},
    BuiltinStep{"verify-disk", "verify-disk PATH FORMAT",
                "checks that a disk file is there and of this format", true, run_verify_disk},
};

StepReport unknown_step(std::string_view name) {
  std::vector<std::string_view> names;
  for (const BuiltinStep& step : kSteps) names.push_back(step.name);
  std::string text = fmt::format("there is no step `{}`", printable(name));
  if (std::optional<std::string_view> meant = nearest(name, names))
    text += fmt::format("; did you mean `{}`?", *meant);
  return step_usage(text + fmt::format(" (steps: {})", join(names, ", ")));
}

}  // namespace

std::span<const BuiltinStep> builtin_steps() { return kSteps; }

const BuiltinStep* find_builtin(std::string_view name) {
  for (const BuiltinStep& step : kSteps)
    if (step.name == name) return &step;
  return nullptr;
}

StepReport run_builtin(StepArgs words, StepContext& context) {
  if (words.empty()) return step_usage("which step? usage: vmplan step NAME ARGS...");
  const BuiltinStep* step = find_builtin(words.front());
  if (step == nullptr) return unknown_step(words.front());
  StepReport report = step->run(words.subspan(1), context);
  if (report.exit_code == kStepUsage)
    report.message = fmt::format("{}; usage: vmplan step {}", report.message, step->grammar);
  return report;
}

}  // namespace vmplan::exec
