// SPDX-License-Identifier: Apache-2.0
// Finds and reads the files of a lab.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/base/text.h"
#include "compiler/model/decode_value.h"
#include "compiler/model/lab_file_fields.h"
#include "compiler/model/model.h"
#include "compiler/model/profile_patterns.h"
#include "compiler/syntax/read_toml.h"

namespace vmplan::model {
namespace {

/// Larger files are refused unread; the TOML reader's own limit is lower, and its message better.
constexpr std::size_t kMaxRead = 64U << 20U;

void unreadable(std::string_view path, const Error& error, std::optional<Span> span,
                Diagnostics& diagnostics) {
  bool absent = error.kind == ErrorKind::NotFound;
  diagnostics.add({Code::FileNotReadable,
                   fmt::format("{} {}", path, absent ? "does not exist" : "cannot be read"),
                   absent ? "" : error.text(),
                   span,
                   {},
                   absent ? "check the name" : "it must be a regular file that you may read"});
}

/// Reads one file into the source map under the name `shown`. nullopt: not there, or reported.
std::optional<SourceId> load(const std::string& path, const std::string& shown, bool must_exist,
                             const FileReader& files, SourceMap& sources,
                             Diagnostics& diagnostics) {
  auto text = files.read(path, kMaxRead);
  if (text) return sources.add(shown, std::move(*text));
  if (must_exist || text.error().kind != ErrorKind::NotFound)
    unreadable(shown, text.error(), std::nullopt, diagnostics);
  return std::nullopt;
}

struct Pattern {
  std::string text;
  std::optional<Span> span;
};

std::vector<Pattern> patterns_of(const WrittenList& profiles) {
  std::vector<Pattern> out;
  if (!profiles.present) {
    out.push_back({std::string(kDefaultProfilePattern), std::nullopt});
  } else if (profiles.has()) {
    for (const ListItem& item : *profiles) out.push_back({item.text, item.span});
  }
  return out;
}

/// What `[lab] profiles` says in a file of any version.
WrittenList profiles_in(const syntax::Document& document, Diagnostics& diagnostics) {
  WrittenList out;
  const syntax::Value* lab = document.root.find("lab");
  for (const Field<LabSection>& field : section_table<LabSection>().fields) {
    const syntax::Value* value = lab == nullptr ? nullptr : lab->find(field.info.name);
    if (value != nullptr && field.info.name == "profiles")
      decode_value(field.info, *value, out, diagnostics);
  }
  return out;
}

/// What is named and is not there must not be passed over: its machines would be destroyed.
void absent(const Pattern& pattern, Diagnostics& diagnostics) {
  bool literal = is_literal(pattern.text);
  diagnostics.add({Code::FileNotReadable,
                   literal ? fmt::format("{} does not exist", pattern.text)
                           : fmt::format("the directory of `{}` does not exist", pattern.text),
                   literal ? "there is no such profile" : "there is no such directory",
                   pattern.span,
                   {},
                   "correct the name, or take it off the list: apply destroys machines whose "
                   "profile is gone"});
}

/// Plan, lock file and terminal hold paths as text.
bool check_name(const std::string& path, const Pattern& pattern, Diagnostics& diagnostics) {
  bool utf8 = is_utf8(path);
  if (utf8 && std::none_of(path.begin(), path.end(), is_ascii_control)) return true;
  diagnostics.add({Code::FileNotReadable,
                   fmt::format("{} has a name that {}", printable(path),
                               utf8 ? "holds a control character" : "is not UTF-8"),
                   pattern.span ? "this matches it" : "",
                   pattern.span,
                   {},
                   "rename the file"});
  return false;
}

/// Paths of all profiles. `sound` turns false when something was reported.
std::set<std::string> find_profiles(const std::vector<Pattern>& patterns, const FileReader& files,
                                    bool& sound, Diagnostics& diagnostics) {
  std::set<std::string> paths;
  for (const Pattern& pattern : patterns) {
    if (auto fault = pattern_fault(pattern.text)) {
      diagnostics.add({Code::BadProfilePattern,
                       fmt::format("`{}` is no pattern of profiles", pattern.text),
                       *fault,
                       pattern.span,
                       {},
                       "write directories and one file pattern, such as `profiles/*.toml`"});
      sound = false;
      continue;
    }
    auto found = matching_files(pattern.text, files);
    bool is_there = found || found.error().kind != ErrorKind::NotFound;
    if (!is_there && !pattern.span) continue;  // nobody wrote the default
    if (!is_there || (found && found->empty() && is_literal(pattern.text))) {
      absent(pattern, diagnostics);
      sound = false;
      continue;
    }
    if (!found) {
      unreadable(fmt::format("the directory of `{}`", pattern.text), found.error(), pattern.span,
                 diagnostics);
      sound = false;
      continue;
    }
    for (std::string& path : *found) {
      if (check_name(path, pattern, diagnostics)) {
        paths.insert(std::move(path));
      } else {
        sound = false;
      }
    }
  }
  return paths;
}

void no_profiles(bool has_lab_file, const std::vector<Pattern>& patterns, const FileReader& files,
                 Diagnostics& diagnostics) {
  if (!has_lab_file && !files.list("profiles")) {
    diagnostics.add({Code::NoLabHere,
                     "there is no lab here",
                     "neither vmplan.toml nor a directory `profiles` was found",
                     std::nullopt,
                     {},
                     "run vmplan in the directory of a lab, name it with `-C DIR`, or name one "
                     "profile: `vmplan build web.toml`"});
    return;
  }
  std::vector<std::string> looked;
  std::optional<Span> span;
  for (const Pattern& pattern : patterns) {
    looked.push_back(fmt::format("`{}`", pattern.text));
    if (!span) span = pattern.span;
  }
  diagnostics.add({Code::NoProfiles,
                   "this lab has no profiles",
                   looked.empty() ? "`profiles` is empty"
                                  : fmt::format("nothing matches {}", join(looked, ", ")),
                   span,
                   {},
                   "put one file per machine below `profiles/`"});
}

void load_single(const LabRequest& request, const FileReader& files, LabTexts& texts,
                 SourceMap& sources, Diagnostics& diagnostics) {
  const FileReader* reader = &files;
  std::string shown = request.path;
  for (const ScopeDirectory& scope : request.scopes)
    if (scope.scope == request.scope) {
      reader = scope.files;
      shown = scope.shown(request.path);
    }
  if (auto id = load(request.path, shown, true, *reader, sources, diagnostics))
    texts.profiles.push_back({*id, source_name(request.scope, request.path), request.scope});
}

/// Profiles outside the lab that belong to it.
void load_scopes(const LabFile& lab_file, const LabRequest& request, bool& sound, LabTexts& texts,
                 SourceMap& sources, Diagnostics& diagnostics) {
  for (const ScopeFile& found : scope_files(lab_file, request.scopes, sound, diagnostics)) {
    const std::string shown = found.directory->shown(found.file);
    if (!check_name(found.file, {found.file, found.asked}, diagnostics)) {
      sound = false;
      continue;
    }
    const Scope scope = found.directory->scope;
    if (auto id = load(found.file, shown, true, *found.directory->files, sources, diagnostics))
      texts.profiles.push_back({*id, source_name(scope, found.file), scope});
  }
  std::sort(texts.profiles.begin(), texts.profiles.end(),
            [](const ProfileText& a, const ProfileText& b) { return a.path < b.path; });
}

}  // namespace

LabTexts load_texts(const LabRequest& request, const FileReader& files, SourceMap& sources,
                    std::optional<LabFile>& lab_file, Diagnostics& diagnostics) {
  LabTexts texts;
  if (request.single_file) {
    load_single(request, files, texts, sources, diagnostics);
    return texts;
  }
  std::size_t errors_before = diagnostics.error_count();
  const std::string lab_path(kLabFile);
  texts.lab_file = load(lab_path, lab_path, false, files, sources, diagnostics);
  if (texts.lab_file) lab_file = read_lab_file(sources, *texts.lab_file, diagnostics);
  // A file that says nothing does not say either where the profiles are; the default place is a
  // fair guess.
  std::vector<Pattern> patterns = patterns_of(lab_file ? lab_file->lab.profiles : WrittenList());
  bool sound = diagnostics.error_count() == errors_before;
  std::set<std::string> paths = find_profiles(patterns, files, sound, diagnostics);
  for (const std::string& path : paths)
    if (auto id = load(path, path, true, files, sources, diagnostics))
      texts.profiles.push_back({*id, path});
  if (lab_file) load_scopes(*lab_file, request, sound, texts, sources, diagnostics);
  if (paths.empty() && texts.profiles.empty() && sound)
    no_profiles(texts.lab_file.has_value(), patterns, files, diagnostics);
  return texts;
}

std::optional<TomlText> load_toml(const std::string& path, const std::string& shown,
                                  const FileReader& files, SourceMap& sources,
                                  Diagnostics& diagnostics) {
  std::optional<SourceId> id = load(path, shown, true, files, sources, diagnostics);
  if (!id) return std::nullopt;
  const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  return TomlText{*id, path, name == kLabFile ? FileKind::LabFile : FileKind::Profile};
}

std::vector<TomlText> load_lab_toml(const std::string& shown_root, const FileReader& files,
                                    SourceMap& sources, Diagnostics& diagnostics) {
  std::vector<TomlText> texts;
  WrittenList profiles;
  const std::size_t errors_before = diagnostics.error_count();
  const std::string lab_path(kLabFile);
  if (auto id = load(lab_path, shown_root + lab_path, false, files, sources, diagnostics)) {
    texts.push_back({*id, lab_path, FileKind::LabFile});
    if (auto document = syntax::read_toml(sources, *id, diagnostics))
      profiles = profiles_in(*document, diagnostics);
  }
  const std::vector<Pattern> patterns = patterns_of(profiles);
  bool sound = diagnostics.error_count() == errors_before;
  for (const std::string& path : find_profiles(patterns, files, sound, diagnostics))
    if (auto text = load_toml(path, shown_root + path, files, sources, diagnostics))
      texts.push_back(std::move(*text));
  if (texts.empty() && sound) no_profiles(false, patterns, files, diagnostics);
  return texts;
}

}  // namespace vmplan::model
