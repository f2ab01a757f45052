// SPDX-License-Identifier: Apache-2.0
// One function per command; each lives in the file of its name.
#pragma once

#include "cli/command.h"

namespace vmplan::cli {

int cmd_apply(Context& context);
int cmd_build(Context& context);
int cmd_canon(Context& context);
int cmd_console(Context& context);
int cmd_destroy(Context& context);
int cmd_explain(Context& context);
int cmd_fmt(Context& context);
int cmd_graph(Context& context);
int cmd_help(Context& context);
int cmd_migrate(Context& context);
int cmd_platform(Context& context);
int cmd_schema(Context& context);
int cmd_show(Context& context);
int cmd_status(Context& context);
int cmd_step(Context& context);
int cmd_validate(Context& context);
int cmd_version(Context& context);

}  // namespace vmplan::cli
