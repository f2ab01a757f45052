// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/scopes.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/base/lexical_path.h"
#include "compiler/base/text.h"
#include "compiler/model/lab_frame.h"
#include "compiler/model/model.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/profile_patterns.h"

namespace vmplan::model {
namespace {

constexpr std::string_view kProfiles = "*.toml";

/// Files of one scope; none when there is no such directory. nullopt after an error.
std::optional<std::vector<std::string>> files_in(const ScopeDirectory& directory,
                                                 std::optional<Span> asked,
                                                 Diagnostics& diagnostics) {
  auto found = matching_files(kProfiles, *directory.files);
  if (found) return std::move(*found);
  if (found.error().kind == ErrorKind::NotFound) return std::vector<std::string>();
  diagnostics.add({Code::FileNotReadable,
                   fmt::format("{} cannot be read", printable(directory.path)),
                   found.error().text(),
                   asked,
                   {},
                   fmt::format("the directory of {} profiles must be readable, or absent",
                               to_text(directory.scope))});
  return std::nullopt;
}

void report_hidden(std::string_view name, std::string_view hidden, std::string_view first,
                   std::optional<Span> where, Diagnostics& diagnostics) {
  diagnostics.add({Code::ProfileHidden,
                   fmt::format("profile `{}` hides another one", name),
                   fmt::format("{} counts, {} does not", first, hidden),
                   where,
                   {},
                   "rename one of them if both are wanted"});
}

/// By machine, or by file where no machine has that name.
const ProfileFile* profile_of_lab(std::string_view name, const LabSources& lab) {
  for (const ProfileFile& file : lab.profiles)
    if (file.profile.vm.name.has() && *file.profile.vm.name == name) return &file;
  for (const ProfileFile& file : lab.profiles)
    if (stem_of(base_name_of(file.path)) == name) return &file;
  return nullptr;
}

/// The word of `[lab] scopes` that makes the profiles of a scope the lab's own.
std::optional<Span> asked_for(Scope scope, const LabFile& lab_file) {
  if (lab_file.lab.scopes.has())
    for (const ListItem& word : *lab_file.lab.scopes)
      if (word.text == to_text(scope)) return word.span;
  return std::nullopt;
}

/// What a machine is called; by its file where that does not say it.
std::string_view machine_of(const ProfileFile& file, std::string_view shown_path) {
  return file.profile.vm.name.has() ? std::string_view(*file.profile.vm.name)
                                    : stem_of(base_name_of(shown_path));
}

/// A scope's directory and the names of its profiles.
struct Listed {
  const ScopeDirectory* directory;
  std::vector<std::string> files;
};

void not_found(std::string_view name, const LabSources& lab, const std::vector<Listed>& scopes,
               Diagnostics& diagnostics) {
  std::vector<std::string> looked;
  std::vector<std::string_view> names;
  if (!lab.profiles.empty()) looked.emplace_back("this lab");
  for (const ProfileFile& file : lab.profiles) names.push_back(machine_of(file, file.path));
  for (const Listed& scope : scopes) {
    looked.push_back(printable(scope.directory->path));
    for (const std::string& file : scope.files) names.push_back(stem_of(file));
  }
  auto near = nearest(name, names);
  diagnostics.add({Code::ProfileNotFound,
                   fmt::format("there is no profile `{}`", printable(name)),
                   fmt::format("looked in {}", join(looked, ", ")),
                   std::nullopt,
                   {},
                   near ? fmt::format("did you mean `{}`?", printable(*near))
                        : "check the name, or name a file, such as `./web.toml`"});
}

}  // namespace

std::string_view to_text(Scope scope) {
  switch (scope) {
    case Scope::Project:
      return "project";
    case Scope::User:
      return "user";
    case Scope::System:
      return "system";
  }
  return "";
}

std::string ScopeDirectory::shown(std::string_view file) const {
  return printable(fmt::format("{}/{}", path, file));
}

std::string source_name(Scope scope, std::string_view file) {
  if (scope == Scope::Project) return std::string(file);
  return fmt::format("{}:{}", to_text(scope), file);
}

std::optional<NamedProfile> find_profile(std::string_view name, const LabSources& lab,
                                         const std::vector<ScopeDirectory>& scopes,
                                         Diagnostics& diagnostics) {
  std::optional<NamedProfile> first;
  std::string first_shown;
  if (const ProfileFile* file = profile_of_lab(name, lab)) {
    first = {Scope::Project, file->path};
    first_shown = file->path;
  }
  std::vector<Listed> listed;
  const std::string wanted = fmt::format("{}.toml", name);
  for (const ScopeDirectory& scope : scopes) {
    auto files = files_in(scope, std::nullopt, diagnostics);
    if (!files) return std::nullopt;
    bool is_there = std::find(files->begin(), files->end(), wanted) != files->end();
    if (is_there && first) {
      // Of profiles that are the lab's own, reading the lab says what hides what.
      if (!lab.lab_file || !asked_for(scope.scope, *lab.lab_file))
        report_hidden(name, scope.shown(wanted), first_shown, std::nullopt, diagnostics);
    } else if (is_there) {
      first = {scope.scope, wanted};
      first_shown = scope.shown(wanted);
    }
    listed.push_back({&scope, std::move(*files)});
  }
  if (!first) not_found(name, lab, listed, diagnostics);
  return first;
}

const ProfileFile* profile_of(std::string_view name, std::string_view source,
                              const std::vector<ProfileFile>& profiles) {
  const ProfileFile* only = nullptr;
  std::size_t of_file = 0;
  for (const ProfileFile& file : profiles) {
    if (!source.empty() && file.path != source) continue;
    if (file.profile.vm.name.has() && *file.profile.vm.name == name) return &file;
    only = &file;
    ++of_file;
  }
  return of_file == 1 && !source.empty() ? only : nullptr;
}

std::vector<ScopeFile> scope_files(const LabFile& lab_file,
                                   const std::vector<ScopeDirectory>& scopes, bool& sound,
                                   Diagnostics& diagnostics) {
  std::vector<ScopeFile> out;
  for (const ScopeDirectory& scope : scopes) {
    std::optional<Span> asked = asked_for(scope.scope, lab_file);
    if (!asked) continue;
    auto files = files_in(scope, asked, diagnostics);
    if (!files) sound = false;
    if (files)
      for (std::string& file : *files) out.push_back({&scope, std::move(file), *asked});
  }
  return out;
}

void drop_hidden(std::vector<ProfileFile>& profiles, std::vector<Diagnostics>& findings,
                 const LabFile& lab_file, const SourceMap& sources, Diagnostics& diagnostics) {
  auto shown = [&](std::size_t i) { return sources.path(profiles[i].source); };
  auto name_of = [&](std::size_t i) { return machine_of(profiles[i], shown(i)); };
  std::map<std::string, std::size_t, std::less<>> first;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    auto [found, fresh] = first.emplace(name_of(i), i);
    if (!fresh && profiles[i].scope < profiles[found->second].scope) found->second = i;
  }
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < profiles.size(); ++i) {
    std::size_t counts = first.find(name_of(i))->second;
    if (profiles[counts].scope == profiles[i].scope) {
      kept.push_back(i);
      continue;
    }
    report_hidden(name_of(i), shown(i), shown(counts), asked_for(profiles[i].scope, lab_file),
                  diagnostics);
  }
  for (std::size_t to = 0; to < kept.size(); ++to) {
    if (kept[to] == to) continue;
    profiles[to] = std::move(profiles[kept[to]]);
    findings[to] = std::move(findings[kept[to]]);
  }
  profiles.resize(kept.size());
  findings.resize(kept.size());
}

}  // namespace vmplan::model
