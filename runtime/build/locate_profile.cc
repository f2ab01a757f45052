// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/locate_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "compiler/compile.h"
#include "runtime/build/lab_reader.h"
#include "runtime/build/parallel.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/posix_file_system.h"

namespace vmplan::build {
namespace {

/// Absolute path of the directory whose lab counts.
Result<std::string> root_of(const std::string& path) {
  if (!path.empty()) {
    Result<LabLocation> where = locate_lab(path);
    if (!where) return fail(std::move(where.error()));
    if (where->single_file)
      return fail(
          ErrorKind::Refused,
          fmt::format("{} is a file; a profile is looked up by name from a directory", path));
    return std::move(where->root);
  }
  std::error_code error;
  std::string here = std::filesystem::current_path(error).string();
  if (error) return fail(ErrorKind::NotFound, "the current directory: " + error.message());
  return lab_around(here).value_or(here);
}

/// The profiles of the lab at `root`; none when there is no lab.
Result<model::LabSources> sources_of(const std::string& root, const ScopeDirectories& scopes,
                                     SourceMap& sources, Diagnostics& diagnostics) {
  Result<os::LabRoot> opened = os::LabRoot::open(root);
  if (!opened) return fail(std::move(opened.error()));
  os::PosixFileSystem files(*opened);
  store::DigestCache unused(files, "");
  model::LabRequest request;
  request.scopes = scopes.list();
  auto on_all_cores = [](std::size_t count, const std::function<void(std::size_t)>& work) {
    for_each_parallel(count, usable_processors(), work);
  };
  return read_lab(request, LabReader(files, unused), on_all_cores, sources, diagnostics);
}

bool has_unreadable(const Diagnostics& found) {
  return std::any_of(found.all().begin(), found.all().end(), [](const Diagnostic& finding) {
    return finding.code == Code::FileNotReadable;
  });
}

}  // namespace

Result<LocatedProfile> locate_profile(const std::string& name, const std::string& path,
                                      const ScopePaths& scopes) {
  Result<std::string> root = root_of(path);
  if (!root) return fail(std::move(root.error()));
  ScopeDirectories directories(scopes);
  LocatedProfile out;
  out.root = std::move(*root);
  Diagnostics of_lab;
  Result<model::LabSources> lab = sources_of(out.root, directories, out.sources, of_lab);
  if (!lab) return fail(std::move(lab.error()));
  auto found = model::find_profile(name, *lab, directories.list(), out.diagnostics);
  // A file of the lab that cannot be read may be the one, and must not be passed over for another.
  if (!found || (found->scope != model::Scope::Project && has_unreadable(of_lab))) {
    // That there is no lab at all is no fault here.
    if (!lab->profiles.empty() || lab->lab_file) out.diagnostics.append(std::move(of_lab));
    out.diagnostics.sort(out.sources);
    return out;
  }
  out.source = model::source_name(found->scope, found->file);
  out.where = found->scope == model::Scope::Project
                  ? LabLocation{out.root, std::nullopt}
                  : LabLocation{out.root, std::move(found->file), found->scope};
  return out;
}

}  // namespace vmplan::build
