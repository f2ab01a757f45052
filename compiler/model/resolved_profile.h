// SPDX-License-Identifier: Apache-2.0
// A machine's profile with every value it comes down to, and where each comes from: what
// `vmplan show web` prints. For people; nothing is decided here.
#pragma once

#include <string>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/model/lab.h"
#include "compiler/model/model.h"

namespace vmplan::model {

/// One value.
struct ResolvedField {
  std::string name;
  /// As TOML.
  std::string value;
  /// "profiles/web.toml:7", "default", or how it was derived.
  std::string origin;
};

struct ResolvedSection {
  /// "[hardware]", "[[storage.disks]]"; empty for the keys above all sections.
  std::string header;
  std::vector<ResolvedField> fields;
};

/// Sections in the order of the language, fields in the order of their table.
/// Requires: `vm` was completed from `file`.
std::vector<ResolvedSection> resolved_profile(const ProfileFile& file, const Vm& vm,
                                              const Platform& platform, const SourceMap& sources);

}  // namespace vmplan::model
