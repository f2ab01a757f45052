// SPDX-License-Identifier: Apache-2.0
// `vmplan.toml` as its file gives it. What each field means stands in lab_file_fields.cc.
#pragma once

#include <string>
#include <string_view>

#include "compiler/model/written.h"
#include "compiler/syntax/document.h"

namespace vmplan::model {

/// In the directory of the lab; its presence is what makes a directory a lab.
inline constexpr std::string_view kLabFile = "vmplan.toml";

/// Keys outside any table of `vmplan.toml`.
struct LabRootSection : Section {
  WrittenInteger schema_version;
};

/// `[lab]`
struct LabSection : Section {
  WrittenText name;
  WrittenText instance;
  WrittenList profiles;
  WrittenText platform;
  WrittenList scopes;
};

/// `[images.NAME]`
struct ImageSection : Section {
  /// NAME, and its place.
  std::string key;
  Span key_span;
  WrittenText path;
  WrittenText url;
  WrittenText format;
  WrittenText sha256;
  WrittenText revision;
};

/// `[[recipe]]`: one step of the recipe that makes an image.
struct RecipeSection : Section {
  WrittenText image;
  WrittenList run;
  WrittenList env;
  WrittenList inputs;
  WrittenText standard_input;
  WrittenInteger timeout_seconds;
};

/// `[networks.NAME]`
struct NetworkSection : Section {
  /// NAME, and its place.
  std::string key;
  Span key_span;
  WrittenText mode;
  WrittenText device;
  WrittenText subnet;
};

/// `[paths]`
struct PathsSection : Section {
  WrittenList allow;
};

/// `[limits]`: what the machines of the lab may take together.
struct LimitsSection : Section {
  WrittenInteger cores;
  WrittenInteger memory_mb;
  WrittenInteger disk_gb;
};

/// `[defaults]`: a table like a whole profile, laid under every profile of the lab.
struct DefaultsSection : Section {
  syntax::Value table;
};

struct LabFile {
  LabRootSection root;
  LabSection lab;
  SectionList<ImageSection> images;
  SectionList<RecipeSection> recipe;
  SectionList<NetworkSection> networks;
  PathsSection paths;
  LimitsSection limits;
  DefaultsSection defaults;
  /// False when an error was reported while the file was read.
  bool sound = true;
  /// False when the file is no TOML, or of another schema, so that its sections say nothing.
  bool readable = true;
};

}  // namespace vmplan::model
