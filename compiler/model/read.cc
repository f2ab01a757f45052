// SPDX-License-Identifier: Apache-2.0
// Text of one file -> typed file.
#include "compiler/model/canonical_toml.h"
#include "compiler/model/decode.h"
#include "compiler/model/model.h"
#include "compiler/syntax/read_toml.h"

namespace vmplan::model {

ProfileFile read_profile(const SourceMap& sources, SourceId id, Diagnostics& diagnostics) {
  ProfileFile file;
  file.source = id;
  file.path = std::string(sources.path(id));
  Diagnostics found;
  std::optional<Profile> profile;
  if (auto document = syntax::read_toml(sources, id, found))
    profile = decode_profile(*document, sources.path(id), found);
  file.readable = profile.has_value();
  if (profile) file.profile = std::move(*profile);
  file.sound = !found.has_errors();
  if (file.sound) {
    file.canonical = canonical_toml(file.profile);
    file.profile_hash = sha256(file.canonical);
  }
  diagnostics.append(std::move(found));
  return file;
}

LabFile read_lab_file(const SourceMap& sources, SourceId id, Diagnostics& diagnostics) {
  LabFile file;
  Diagnostics found;
  std::optional<LabFile> decoded;
  if (auto document = syntax::read_toml(sources, id, found))
    decoded = decode_lab_file(*document, sources.path(id), found);
  if (decoded) file = std::move(*decoded);
  file.readable = decoded.has_value();
  file.sound = !found.has_errors();
  diagnostics.append(std::move(found));
  return file;
}

}  // namespace vmplan::model
