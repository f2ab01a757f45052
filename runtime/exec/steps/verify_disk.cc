// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/disk_format.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {

StepReport run_verify_disk(StepArgs args, StepContext& context) {
  if (!is_disk_format(args[1]))
    return step_usage(fmt::format("`{}` is no disk format (raw, qcow2)", args[1]));
  if (Result<std::string> head = read_disk_head(context.host.files, args[0], args[1]); !head)
    return step_failed(head.error());
  return step_ok();
}

}  // namespace vmplan::exec
