// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {

StepReport run_remove(StepArgs args, StepContext& context) {
  Result<os::FileInfo> info = context.host.files.stat(args[0]);
  if (!info && info.error().kind == ErrorKind::NotFound) return step_ok("was not there");
  if (!info) return step_failed(info.error());
  if (info->kind == os::FileKind::Directory)
    return step_failed(fmt::format("`{}` is a directory; remove takes away files only", args[0]));
  Status removed = context.host.files.remove(args[0]);
  if (!removed && removed.error().kind != ErrorKind::NotFound) return step_failed(removed.error());
  return step_ok();
}

}  // namespace vmplan::exec
