// SPDX-License-Identifier: Apache-2.0
// Compiling the lab in a directory: reads what the compiler asks for, on all cores. Writing results
// is build_output.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/compile.h"
#include "runtime/build/locate_lab.h"
#include "runtime/build/scope_directories.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/posix_file_system.h"
#include "runtime/store/digest_cache.h"

namespace vmplan::build {

struct BuildOptions {
  /// The word after --platform; empty: what the lab says.
  std::string platform;
  unsigned jobs = 1;
  /// Whether a program may be started, which only `--platform host` needs.
  bool may_probe = true;
  /// Results of recipes that the lock file does not hold yet.
  model::RecordedResults results;
  /// Where profiles outside the lab are, should the lab ask for any.
  ScopePaths scopes;
};

/// A lab that was read and, if it is sound, compiled. Owns everything that the results point into.
struct LabBuild {
  explicit LabBuild(LabLocation location) : where(std::move(location)) {}

  LabLocation where;
  SourceMap sources;
  Diagnostics diagnostics;
  /// The root with the lab's allowed places.
  std::optional<os::LabRoot> root;
  std::unique_ptr<os::PosixFileSystem> files;
  std::unique_ptr<store::DigestCache> digests;
  model::LabSources lab_sources;
  /// nullopt when `diagnostics` holds errors.
  std::optional<Compiled> compiled;
};

/// Errors: those of the environment (root cannot be opened, host cannot be probed). What is wrong
/// in the lab's files is in `diagnostics` of the result.
Result<std::unique_ptr<LabBuild>> build_lab(const LabLocation& where, const BuildOptions& options);

/// Units: bytes. What is longer is no lock file.
inline constexpr std::size_t kMaxLockSize = 256U << 20U;

/// "web" of the one-file lab web.toml; empty for a directory.
std::string_view stem_of(const LabLocation& where);
/// Where vmplan keeps its own files for the lab at `where`: ".vmplan", or ".vmplan/<stem>".
std::string state_dir_of(const LabLocation& where);
/// "vmplan.lock", or "<stem>.vmplan.lock".
std::string lock_path_of(const LabLocation& where);

}  // namespace vmplan::build
