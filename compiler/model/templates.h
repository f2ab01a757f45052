// SPDX-License-Identifier: Apache-2.0
// `extends`: the files that profiles build on, and one profile as it is with them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/file_reader.h"
#include "compiler/model/lab_file.h"
#include "compiler/syntax/document.h"

namespace vmplan::model {

/// The files that `extends` leads to, by path in normal form; nullopt where one is not readable
/// TOML, which was reported.
using Templates = std::map<std::string, std::optional<syntax::Document>, std::less<>>;

/// Whether a profile builds on another file.
bool has_template(const syntax::Document& profile);

/// Reads every file that the profiles build on, and those that these build on. Each is read once.
/// A path that may not be named is left to the rules.
/// Errors: FileNotReadable, at the `extends` that names the file first; VP01xx.
Templates load_templates(const std::vector<const syntax::Document*>& profiles,
                         const std::optional<LabFile>& lab_file, const FileReader& files,
                         SourceMap& sources, Diagnostics& diagnostics);

/// The profile laid over all it builds on. nullopt when a file it builds on could not be read.
/// Errors: ExtendsCircle.
std::optional<syntax::Document> with_templates(const syntax::Document& profile,
                                               const Templates& templates,
                                               Diagnostics& diagnostics);

}  // namespace vmplan::model
