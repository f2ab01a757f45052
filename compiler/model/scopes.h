// SPDX-License-Identifier: Apache-2.0
// Profiles outside the lab: directories of the user and of the system, one `NAME.toml` each. They
// are looked up by name, or taken into a lab whose `[lab] scopes` says so; the first one of a name
// counts, whole, and nothing is merged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/file_reader.h"

namespace vmplan::model {

struct LabFile;
struct LabSources;
struct ProfileFile;

/// In order of precedence.
enum class Scope : std::uint8_t { Project, User, System };

/// "project", "user", "system".
std::string_view to_text(Scope scope);

/// The directory of one scope outside the lab.
struct ScopeDirectory {
  Scope scope = Scope::User;
  /// Absolute; for people.
  std::string path;
  /// Reads beneath the directory. Never null; must outlive the request it is part of.
  const FileReader* files = nullptr;

  std::string shown(std::string_view file) const;
};

/// How a plan names a profile of a scope, the same on every host: "user:web.toml".
std::string source_name(Scope scope, std::string_view file);

/// One profile, found by name.
struct NamedProfile {
  Scope scope = Scope::Project;
  /// Relative to the lab root, or to the directory of the scope.
  std::string file;
};

/// The profile that `name` means: one of the lab by its `[vm] name` or else its file, one of a
/// scope by its file. What it hides is reported. nullopt after an error.
/// Errors: ProfileNotFound; FileNotReadable for a directory of a scope. Warns: ProfileHidden.
std::optional<NamedProfile> find_profile(std::string_view name, const LabSources& lab,
                                         const std::vector<ScopeDirectory>& scopes,
                                         Diagnostics& diagnostics);

/// The profile of machine `name` among those of file `source`, or the only one of that file; of any
/// file where `source` is empty. Null when there is no such profile, or several and none has that
/// name.
const ProfileFile* profile_of(std::string_view name, std::string_view source,
                              const std::vector<ProfileFile>& profiles);

/// One file of a scope that the lab takes.
struct ScopeFile {
  const ScopeDirectory* directory = nullptr;
  std::string file;
  /// The word of `[lab] scopes` that asks for it.
  Span asked;
};

/// Files of the scopes that `[lab] scopes` names. `sound` turns false when something was reported.
/// Errors: FileNotReadable.
std::vector<ScopeFile> scope_files(const LabFile& lab_file,
                                   const std::vector<ScopeDirectory>& scopes, bool& sound,
                                   Diagnostics& diagnostics);

/// Removes every profile whose machine an earlier scope has too, and says so. `findings`, one per
/// profile, lose those of the removed ones. Warns: ProfileHidden.
void drop_hidden(std::vector<ProfileFile>& profiles, std::vector<Diagnostics>& findings,
                 const LabFile& lab_file, const SourceMap& sources, Diagnostics& diagnostics);

}  // namespace vmplan::model
