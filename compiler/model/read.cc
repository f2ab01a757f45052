// SPDX-License-Identifier: Apache-2.0
// Text of one file -> typed file.
#include "compiler/model/canonical_toml.h"
#include "compiler/model/decode.h"
#include "compiler/model/defaults.h"
#include "compiler/model/instances.h"
#include "compiler/model/model.h"
#include "compiler/model/templates.h"
#include "compiler/syntax/read_toml.h"

namespace vmplan::model {

namespace {

void decode_into(ProfileFile& file, const syntax::Document* document, Diagnostics found,
                 Diagnostics& diagnostics) {
  std::optional<Profile> profile;
  if (document != nullptr) profile = decode_profile(*document, file.path, found);
  file.readable = profile.has_value();
  if (profile) file.profile = std::move(*profile);
  file.sound = !found.has_errors();
  if (file.sound) {
    file.canonical = canonical_toml(file.profile);
    file.profile_hash = sha256(file.canonical);
  }
  diagnostics.append(std::move(found));
}

}  // namespace

std::optional<syntax::Document> read_profile(const SourceMap& sources, SourceId id,
                                             const DefaultsSection& defaults, ProfileFile& file,
                                             Diagnostics& diagnostics) {
  file.source = id;
  file.path = std::string(sources.path(id));
  Diagnostics found;
  auto document = syntax::read_toml(sources, id, found);
  if (document && (has_template(*document) || instances_of(*document))) {
    diagnostics.append(std::move(found));
    return document;
  }
  if (document) lay_over(defaults, *document);
  decode_into(file, document ? &*document : nullptr, std::move(found), diagnostics);
  return std::nullopt;
}

std::optional<syntax::Document> whole_profile(const syntax::Document& document,
                                              const Templates& templates,
                                              const DefaultsSection& defaults,
                                              Diagnostics& diagnostics) {
  auto whole = with_templates(document, templates, diagnostics);
  if (whole) lay_over(defaults, *whole);
  return whole;
}

void finish_profile(const syntax::Document* whole, ProfileFile& file, Diagnostics& diagnostics) {
  decode_into(file, whole, {}, diagnostics);
  // What it builds on could not be read, which was reported there.
  if (whole == nullptr) file.sound = false;
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
