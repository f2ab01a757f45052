// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/migrations.h"

#include <algorithm>

namespace vmplan::model {
namespace {

/// Version 0 is the draft before version 1: a file without `schema_version`, or with 0.
constexpr MigrationEdit kProfileDraft[] = {
    {EditKind::Rename, "hardware.memory", "memory_mb"},
    {EditKind::Rename, "hardware.accel", "acceleration"},
    {EditKind::Rename, "hardware.cpus", "cores"},
    {EditKind::Rename, "storage.disks[].file", "path"},
    {EditKind::Rename, "storage.disks[].size", "size_gb"},
};

constexpr Migration kMigrations[] = {
    {FileKind::Profile, 0, kProfileDraft},
    {FileKind::LabFile, 0, {}},
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

bool can_migrate(FileKind file, std::int64_t version) {
  for (; version < kSchemaVersion; ++version) {
    if (std::none_of(std::begin(kMigrations), std::end(kMigrations),
                     [&](const Migration& one) { return one.file == file && one.from == version; }))
      return false;
  }
  return version == kSchemaVersion;
}

}  // namespace vmplan::model
