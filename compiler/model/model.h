// SPDX-License-Identifier: Apache-2.0
// The front door of the model: files of a lab -> typed sources -> Lab. Every function is pure;
// files are reached through a FileReader only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/file_reader.h"
#include "compiler/model/lab.h"
#include "compiler/model/lab_file.h"
#include "compiler/model/migrations.h"
#include "compiler/model/profile.h"
#include "compiler/model/scopes.h"
#include "compiler/model/templates.h"

namespace vmplan::model {

/// Digests of what recipes made, by result_name(), as a lock file records them.
using RecordedResults = std::map<std::string, Digest, std::less<>>;

/// What the user asked to build.
struct LabRequest {
  /// True for a lab of one profile, without `vmplan.toml`.
  bool single_file = false;
  /// The profile of a single-file lab, a plain file name: "web.toml". Unused for a directory.
  std::string path;
  /// Where that profile is: in the lab, or in the directory of a scope.
  Scope scope = Scope::Project;
  /// Places of profiles outside the lab, in order of precedence. Nothing is read there unless
  /// `scope` or `[lab] scopes` names one.
  std::vector<ScopeDirectory> scopes;
  /// Wins over `[lab] platform`.
  std::optional<Platform> platform_override;
  RecordedResults recorded;
};

/// One profile, read.
struct ProfileFile {
  SourceId source;
  /// Relative to the lab root; of a profile outside it, its source_name().
  std::string path;
  Scope scope = Scope::Project;
  /// Which machine of a profile that stands for many; they follow each other.
  std::size_t instance = 0;
  Profile profile;
  /// Canonical TOML, and its SHA-256. Empty and zero unless `sound`.
  std::string canonical;
  Digest profile_hash;
  /// False when an error was reported while the file was read.
  bool sound = true;
  /// False when the file is no TOML, or of another schema, so that `profile` says nothing.
  bool readable = true;
};

/// The text of one profile.
struct ProfileText {
  SourceId source;
  /// As in ProfileFile.
  std::string path;
  Scope scope = Scope::Project;
};

/// The texts of a lab, found and read but not yet looked into.
struct LabTexts {
  std::optional<SourceId> lab_file;
  /// Sorted bytewise by path.
  std::vector<ProfileText> profiles;
};

/// Everything that was written for one lab.
struct LabSources {
  std::optional<LabFile> lab_file;
  /// Sorted bytewise by path.
  std::vector<ProfileFile> profiles;
  /// Files that profiles build on, in normal form, sorted.
  std::vector<std::string> templates;
};

/// Reads one profile into `file`, over the lab's defaults. Depends on nothing but these, so files
/// may be read in parallel. A profile that builds on another or stands for many machines is
/// returned as its tree: it waits for whole_profile() and finish_profile().
/// Errors: VP01xx, VP03xx.
std::optional<syntax::Document> read_profile(const SourceMap& sources, SourceId id,
                                             const DefaultsSection& defaults, ProfileFile& file,
                                             Diagnostics& diagnostics);

/// The whole of a profile that waited: laid over what it builds on, and that over the lab's
/// defaults. nullopt when a file it builds on could not be read. May be called in parallel.
/// Errors: ExtendsCircle.
std::optional<syntax::Document> whole_profile(const syntax::Document& document,
                                              const Templates& templates,
                                              const DefaultsSection& defaults,
                                              Diagnostics& diagnostics);

/// Reads the rest of a profile that waited; null: its whole is not known. Errors: VP03xx.
void finish_profile(const syntax::Document* whole, ProfileFile& file, Diagnostics& diagnostics);

/// Reads `vmplan.toml`. Errors: VP01xx, VP03xx.
LabFile read_lab_file(const SourceMap& sources, SourceId id, Diagnostics& diagnostics);

/// Finds and reads the files of a lab, in a fixed order. `lab_file` receives the typed
/// `vmplan.toml`, which says where the profiles are. Errors: VP01xx and VP03xx for `vmplan.toml`,
/// VP02xx.
LabTexts load_texts(const LabRequest& request, const FileReader& files, SourceMap& sources,
                    std::optional<LabFile>& lab_file, Diagnostics& diagnostics);

/// A file for those who look at its text only, whatever schema version it is of.
struct TomlText {
  SourceId source;
  /// Relative to the lab root.
  std::string path;
  FileKind kind = FileKind::Profile;
};

/// Reads one file, called `shown` in diagnostics. nullopt after an error. Errors: FileNotReadable.
std::optional<TomlText> load_toml(const std::string& path, const std::string& shown,
                                  const FileReader& files, SourceMap& sources,
                                  Diagnostics& diagnostics);

/// Reads `vmplan.toml`, if there is one, and all profiles of a lab. `shown_root` stands before
/// their paths in diagnostics. Errors: those of load_texts() about finding files, and about the
/// text of `vmplan.toml`.
std::vector<TomlText> load_lab_toml(const std::string& shown_root, const FileReader& files,
                                    SourceMap& sources, Diagnostics& diagnostics);

/// Checks every rule and completes the lab: defaults, derived values, ids instead of names, digests
/// of inputs. Reports all independent errors, also when some files are not sound. Returns nullopt
/// when there are errors, here or in `sources`. Errors: VP02xx, VP04xx, VP05xx, VP06xx.
std::optional<Lab> resolve(const LabRequest& request, const LabSources& sources,
                           const FileReader& files, Diagnostics& diagnostics);

}  // namespace vmplan::model
