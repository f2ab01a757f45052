// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/build_output.h"

#include "compiler/plan/plan_file.h"

namespace vmplan::build {
namespace {

constexpr std::size_t kMaxPlanSize = std::size_t{4} << 30U;

std::string plan_path(const LabBuild& build) {
  return build.compiled->lab.state_dir + "/cache/plan.json";
}

/// Replaces a file only when its bytes would differ: file systems flush on a replace.
Status write_if_different(os::FileSystem& files, const std::string& path, const std::string& bytes,
                          std::uint32_t mode) {
  Result<os::FileInfo> info = files.stat(path);
  if (info && info->kind == os::FileKind::Regular &&
      info->size == static_cast<std::int64_t>(bytes.size())) {
    Result<std::string> now = files.read(path, bytes.size());
    if (now && *now == bytes) return {};
  }
  return files.write_atomic(path, bytes, mode);
}

std::vector<ChangedNode> changed_nodes(const plan::LockFile& before, const plan::LockFile& after) {
  std::vector<ChangedNode> changed;
  for (const auto& [id, key] : after.nodes) {
    auto old = before.nodes.find(id);
    if (old == before.nodes.end()) {
      changed.push_back({id, "new"});
    } else if (old->second != key) {
      changed.push_back({id, ""});
    }
  }
  for (const auto& [id, key] : before.nodes)
    if (!after.nodes.contains(id)) changed.push_back({id, "gone"});
  return changed;
}

}  // namespace

Result<BuildReport> compare_with_lock(const LabBuild& build, bool with_previous_plan) {
  const Compiled& compiled = *build.compiled;
  BuildReport report;
  report.nodes = compiled.plan.nodes.size();
  report.plan_hash = plan::plan_hash(compiled.plan);
  plan::LockFile before;
  Result<std::string> text = build.files->read(compiled.lab.lock_path, kMaxLockSize);
  if (text) {
    Result<plan::LockFile> read = plan::read_lock(*text);
    if (read) {
      before = std::move(*read);
    } else {
      report.lock_problem = std::move(read.error()).with(compiled.lab.lock_path).text();
    }
  } else if (text.error().kind != ErrorKind::NotFound) {
    return fail(std::move(text.error()));
  }
  report.changed = changed_nodes(before, compiled.lock);
  report.lock_differences = plan::lock_differences(before, compiled.lock);
  if (text && report.lock_problem.empty() && report.lock_differences.empty() &&
      *text != plan::write_lock(compiled.lock))
    report.lock_differences.emplace_back("the same lines, not sorted as vmplan writes them");
  if (with_previous_plan) {
    Result<std::string> file = build.files->read(plan_path(build), kMaxPlanSize);
    Result<plan::Plan> plan = file ? plan::read_plan(*file) : tl::unexpected(file.error());
    if (plan) report.previous = std::move(*plan);
  }
  return report;
}

Status make_state_dir(os::FileSystem& files, const std::string& state_dir) {
  if (Status made = files.make_directories(state_dir + "/cache", 0700); !made) return made;
  return write_if_different(files, state_dir + "/.gitignore", "*\n", 0644);
}

Status write_outputs(LabBuild& build) {
  const Compiled& compiled = *build.compiled;
  if (Status made = make_state_dir(*build.files, compiled.lab.state_dir); !made) return made;
  if (Status saved = build.digests->save(); !saved) return saved;
  if (Status written =
          write_if_different(*build.files, plan_path(build), plan::write_plan(compiled.plan), 0644);
      !written)
    return written;
  return write_if_different(*build.files, compiled.lab.lock_path, plan::write_lock(compiled.lock),
                            0644);
}

}  // namespace vmplan::build
