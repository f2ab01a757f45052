// SPDX-License-Identifier: Apache-2.0
// vmplan platform list|show|probe.
#include <fmt/format.h>

#include "cli/cmd.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"
#include "compiler/model/platform.h"
#include "runtime/build/host_platform.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/posix_process.h"

namespace vmplan::cli {
namespace {

int list_platforms(Context& context) {
  JsonArray list;
  for (const model::Platform& platform : model::named_platforms()) {
    if (context.format == Format::Json) {
      list.push_back(model::to_json(platform));
    } else {
      context.terminal.out(
          fmt::format("{:<24} {}\n", platform.name, model::platform_digest(platform).text()));
    }
  }
  if (context.format == Format::Json)
    context.terminal.json(json_object({{"platforms", std::move(list)}}));
  return kDone;
}

int show_platform(Context& context, const std::string& name) {
  const model::Platform* platform = model::find_platform(name);
  if (platform == nullptr) {
    context.terminal.error(fmt::format(
        "there is no platform `{}`; `vmplan platform list` shows them", printable(name)));
    return kError;
  }
  context.terminal.json(model::to_json(*platform));
  return kDone;
}

int probe_platform(Context& context) {
  Result<os::LabRoot> here = os::LabRoot::open(".");
  if (!here) {
    context.terminal.error(here.error().text());
    return kError;
  }
  os::PosixProcessRunner processes(*here);
  Result<model::Platform> probed = build::probe_host(processes);
  if (!probed) {
    context.terminal.error(probed.error().text());
    return kError;
  }
  context.terminal.json(model::to_json(*probed));
  return kDone;
}

}  // namespace

int cmd_platform(Context& context) {
  const std::vector<std::string>& words = context.args.positionals();
  if (words.size() == 1 && words[0] == "list") return list_platforms(context);
  if (words.size() == 2 && words[0] == "show") return show_platform(context, words[1]);
  if (words.size() == 1 && words[0] == "probe") return probe_platform(context);
  context.terminal.error("usage: vmplan platform list | show NAME | probe");
  return kError;
}

}  // namespace vmplan::cli
