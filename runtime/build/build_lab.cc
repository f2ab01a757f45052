// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/build_lab.h"

#include <fmt/format.h>

#include "runtime/build/host_platform.h"
#include "runtime/build/lab_reader.h"
#include "runtime/build/open_lab.h"
#include "runtime/build/parallel.h"
#include "runtime/os/posix_process.h"

namespace vmplan::build {
namespace {

/// The platform that was named on the command line or, when that says nothing, in vmplan.toml.
/// nullopt: the compiler knows it by name, or chooses.
Result<std::optional<model::Platform>> choose_platform(const LabBuild& build,
                                                       const LabReader& reader,
                                                       const BuildOptions& options) {
  std::string word = options.platform;
  if (word.empty() && build.lab_sources.lab_file && build.lab_sources.lab_file->lab.platform.has())
    word = *build.lab_sources.lab_file->lab.platform;
  if (word.empty()) return std::optional<model::Platform>();
  if (word == kHostPlatform) {
    if (!options.may_probe)
      return fail(ErrorKind::Refused,
                  "platform \"host\" is probed by starting QEMU, and a dry run starts nothing; "
                  "name a platform");
    os::PosixProcessRunner processes(*build.root);
    Result<model::Platform> probed = probe_host(processes);
    if (!probed) return fail(std::move(probed.error()));
    return std::optional(std::move(*probed));
  }
  if (is_platform_file(word)) {
    Result<model::Platform> read = read_platform_file(reader, word);
    if (!read) return fail(std::move(read.error()).with("platform file"));
    return std::optional(std::move(*read));
  }
  // A name in vmplan.toml is judged by the compiler, which can point at its place.
  if (options.platform.empty()) return std::optional<model::Platform>();
  const model::Platform* named = model::find_platform(word);
  if (named == nullptr)
    return fail(ErrorKind::NotFound,
                fmt::format("there is no platform `{}`; `vmplan platform list` shows them", word));
  return std::optional(*named);
}

model::LabRequest request_of(const LabLocation& where) {
  model::LabRequest request;
  request.single_file = where.single_file.has_value();
  request.path = where.single_file.value_or("");
  return request;
}

}  // namespace

std::string_view stem_of(const LabLocation& where) {
  std::string_view file = where.single_file ? std::string_view(*where.single_file) : "";
  if (file.ends_with(".toml")) file.remove_suffix(5);
  return file;
}

std::string state_dir_of(const LabLocation& where) {
  return where.single_file ? fmt::format(".vmplan/{}", stem_of(where)) : ".vmplan";
}

std::string lock_path_of(const LabLocation& where) {
  return where.single_file ? fmt::format("{}.vmplan.lock", stem_of(where)) : "vmplan.lock";
}

Result<std::unique_ptr<LabBuild>> build_lab(const LabLocation& where, const BuildOptions& options) {
  auto build = std::make_unique<LabBuild>(where);
  ForEach for_each = [&](std::size_t count, const std::function<void(std::size_t)>& work) {
    for_each_parallel(count, options.jobs, work);
  };
  model::LabRequest request = request_of(where);

  // Sources first, from the root alone: only they say which places outside it are allowed.
  Result<os::LabRoot> bare_root = os::LabRoot::open(where.root);
  if (!bare_root) return fail(std::move(bare_root.error()));
  os::PosixFileSystem bare_files(*bare_root);
  store::DigestCache unused(bare_files, "");
  build->lab_sources = read_lab(request, LabReader(bare_files, unused), for_each, build->sources,
                                build->diagnostics);

  Result<os::LabRoot> root =
      os::LabRoot::open(where.root, allowed_places(build->lab_sources.lab_file));
  if (!root) return fail(std::move(root.error()));
  build->root.emplace(std::move(*root));
  build->files = std::make_unique<os::PosixFileSystem>(*build->root);
  build->digests = std::make_unique<store::DigestCache>(
      *build->files, store::digest_cache_path(state_dir_of(where)));
  LabReader reader(*build->files, *build->digests);

  Result<std::optional<model::Platform>> platform = choose_platform(*build, reader, options);
  if (!platform) return fail(std::move(platform.error()));
  request.platform_override = std::move(*platform);
  build->compiled =
      compile(request, build->lab_sources, reader, for_each, build->sources, build->diagnostics);
  return build;
}

}  // namespace vmplan::build
