// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {

StepReport run_verify(StepArgs args, StepContext& context) {
  std::optional<Digest> expected = Digest::parse(args[1]);
  if (!expected)
    return step_usage(fmt::format("`{}` is no digest (sha256: and 64 hex digits)", args[1]));
  if (Status verified = context.verified.verify(args[0], *expected, context.host.cancel); !verified)
    return step_failed(verified.error());
  return step_ok();
}

}  // namespace vmplan::exec
