// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {

StepReport run_mkdir(StepArgs args, StepContext& context) {
  const std::string& mode_text = args[1];
  const bool octal =
      mode_text.size() == 4 && mode_text[0] == '0' &&
      std::all_of(mode_text.begin(), mode_text.end(), [](char c) { return c >= '0' && c <= '7'; });
  if (!octal) return step_usage(fmt::format("`{}` is no mode such as 0755", mode_text));
  std::uint32_t mode = 0;
  std::from_chars(mode_text.data(), mode_text.data() + mode_text.size(), mode, 8);
  if (Status made = context.host.files.make_directories(args[0], mode); !made)
    return step_failed(made.error());
  return step_ok();
}

}  // namespace vmplan::exec
