// SPDX-License-Identifier: Apache-2.0
// vmplan version.
#include "cli/cmd.h"
#include "compiler/plan/plan.h"

namespace vmplan::cli {

int cmd_version(Context& context) {
  if (context.format == Format::Json) {
    context.terminal.json(json_object({{"node_format", plan::kNodeFormat},
                                       {"plan_schema", plan::kPlanSchema},
                                       {"version", VMPLAN_VERSION}}));
  } else {
    context.terminal.out("vmplan " VMPLAN_VERSION "\n");
  }
  return kDone;
}

}  // namespace vmplan::cli
