// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {

StepReport run_check(StepArgs args, StepContext& context) {
  Result<os::FileInfo> info = context.host.files.stat(args[0]);
  if (!info) return step_failed(info.error());
  if (info->kind != os::FileKind::Regular)
    return step_failed(fmt::format("`{}` is no regular file", args[0]));
  return step_ok();
}

}  // namespace vmplan::exec
