// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/open_lab.h"

#include "runtime/build/build_lab.h"
#include "runtime/os/posix_file_system.h"

namespace vmplan::build {
namespace {

constexpr std::size_t kMaxLabFile = 64U << 20U;

/// nullopt when there is none.
Result<std::optional<model::LabFile>> read_lab_file(const os::LabRoot& root) {
  Result<std::string> text =
      os::PosixFileSystem(root).read(std::string(model::kLabFile), kMaxLabFile);
  if (!text && text.error().kind == ErrorKind::NotFound) return std::nullopt;
  if (!text) return fail(std::move(text.error()));
  SourceMap sources;
  Diagnostics unused;
  return model::read_lab_file(sources, sources.add(std::string(model::kLabFile), std::move(*text)),
                              unused);
}

}  // namespace

Result<OpenLab> open_lab(const LabLocation& where) {
  // The root alone first: only the file says which places outside it are allowed.
  Result<os::LabRoot> bare = os::LabRoot::open(where.root);
  if (!bare) return fail(std::move(bare.error()));
  if (where.single_file) return OpenLab{where, std::string(stem_of(where)), {}, std::move(*bare)};
  Result<std::optional<model::LabFile>> file = read_lab_file(*bare);
  if (!file) return fail(std::move(file.error()));
  std::vector<std::string> places = allowed_places(*file);
  Result<os::LabRoot> root = os::LabRoot::open(where.root, places);
  if (!root) return fail(std::move(root.error()));
  std::string name = *file && (*file)->lab.name.has() ? *(*file)->lab.name : "lab";
  return OpenLab{where, std::move(name), std::move(places), std::move(*root)};
}

std::vector<std::string> allowed_places(const std::optional<model::LabFile>& file) {
  std::vector<std::string> places;
  if (file && file->paths.allow.has())
    for (const model::ListItem& item : *file->paths.allow) places.push_back(item.text);
  return places;
}

}  // namespace vmplan::build
