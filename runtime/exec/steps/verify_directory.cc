// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {

StepReport run_verify_directory(StepArgs args, StepContext& context) {
  Result<os::FileInfo> info = context.host.files.stat(args[0]);
  if (!info) return step_failed(info.error());
  if (info->kind == os::FileKind::Symlink)
    return step_failed(fmt::format("`{}` is a symbolic link; name the directory itself", args[0]));
  if (info->kind != os::FileKind::Directory)
    return step_failed(fmt::format("`{}` is no directory", args[0]));
  if (Status beneath = context.host.files.check_beneath(args[0]); !beneath)
    return step_failed(beneath.error());
  return step_ok();
}

}  // namespace vmplan::exec
