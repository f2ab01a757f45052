// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/builtin.h"

#include <vector>

#include "compiler/base/text.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

struct Runner {
  std::string_view name;
  StepReport (*run)(StepArgs args, StepContext& context);
};
constexpr Runner kRunners[] = {
    {"check", run_check},
    {"fetch", run_fetch},
    {"import", run_import},
    {"link", run_link},
    {"machine", run_machine},
    {"mkdir", run_mkdir},
    {"publish", run_publish},
    {"remove", run_remove},
    {"seed", run_seed},
    {"serial", run_serial},
    {"verify", run_verify},
    {"verify-chain", run_verify_chain},
    {"verify-directory", run_verify_directory},
    {"verify-disk", run_verify_disk},
    {"workspace", run_workspace},
};

StepReport run(const plan::BuiltinForm& form, StepArgs words, StepContext& context) {
  StepArgs args = plan::arguments(form, words);
  if (!form.takes(args.size())) return step_usage("the number of words is wrong");
  for (std::size_t i = 0; i < args.size(); ++i)
    if (form.words[i] == plan::WordRole::Path && args[i].empty())
      return step_usage("an empty word is no path");
  for (const Runner& runner : kRunners)
    if (runner.name == form.name) return runner.run(words.subspan(1), context);
  throw InternalError(fmt::format("nothing runs the step {}", form.name));
}

StepReport unknown_step(StepArgs words) {
  std::vector<std::string_view> names;
  std::vector<std::string_view> verbs;
  for (const plan::BuiltinForm& form : plan::builtin_forms()) {
    if (names.empty() || names.back() != form.name) names.push_back(form.name);
    if (form.name == words[0]) verbs.push_back(form.verb);
  }
  const bool is_verb = !verbs.empty();
  std::string_view word;
  if (!is_verb) {
    word = words[0];
  } else if (words.size() > 1) {
    word = words[1];
  }
  const std::vector<std::string_view>& known = is_verb ? verbs : names;
  std::string text = is_verb ? fmt::format("{} has no `{}`", words[0], printable(word))
                             : fmt::format("there is no step `{}`", printable(word));
  if (std::optional<std::string_view> meant = nearest(word, known))
    text += fmt::format("; did you mean `{}`?", *meant);
  return step_usage(text + fmt::format(" (there are: {})", join(known, ", ")));
}

}  // namespace

StepReport run_builtin(StepArgs words, StepContext& context) {
  if (words.empty()) return step_usage("which step? usage: vmplan step NAME ARGS...");
  const plan::BuiltinForm* form = plan::find_builtin(words);
  if (form == nullptr) return unknown_step(words);
  StepReport report = run(*form, words, context);
  if (report.exit_code == kStepUsage)
    report.message = fmt::format("{}; usage: vmplan step {}", report.message, form->grammar);
  return report;
}

}  // namespace vmplan::exec
