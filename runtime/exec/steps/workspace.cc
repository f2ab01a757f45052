// SPDX-License-Identifier: Apache-2.0
// The directory that a recipe works in. Whatever an interrupted run left there goes first.
#include "compiler/base/lexical_path.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

constexpr std::uint32_t kPrivate = 0700;

/// All that is in it is removed, so nothing else may be named.
bool is_workspace(const std::string& path, const LabHost& host) {
  const std::string normal = normal_path(path);
  return directory_of(normal) == host.state_dir + "/work";
}

}  // namespace

StepReport run_workspace(StepArgs args, StepContext& context) {
  const std::string& path = args[1];
  if (!is_workspace(path, context.host))
    return step_usage(
        fmt::format("`{}` is no directory of `{}/work`", path, context.host.state_dir));
  os::FileSystem& files = context.host.files;
  Status removed = files.remove_tree(path);
  if (!removed && removed.error().kind != ErrorKind::NotFound) return step_failed(removed.error());
  if (args[0] == "remove") return step_ok();
  if (Status made = files.make_directories(path, kPrivate); !made) return step_failed(made.error());
  return step_ok();
}

}  // namespace vmplan::exec
