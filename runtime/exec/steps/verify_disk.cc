// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/disk_format.h"
#include "runtime/exec/steps/disk_header.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {

StepReport run_verify_disk(StepArgs args, StepContext& context) {
  if (!is_disk_format(args[1]))
    return step_usage(fmt::format("`{}` is no disk format ({})", args[1], kDiskFormats));
  Result<DiskHeader> header = read_disk_header(context.host.files, args[0], args[1]);
  if (!header) return step_failed(header.error());
  if (Status alone = check_rests_on_nothing(args[0], *header); !alone)
    return step_failed(alone.error());
  return step_ok();
}

}  // namespace vmplan::exec
