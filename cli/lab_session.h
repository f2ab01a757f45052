// SPDX-License-Identifier: Apache-2.0
// What most commands begin with: find the lab, compile it, show what is wrong with it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "runtime/build/build_lab.h"
#include "runtime/build/locate_profile.h"
#include "runtime/build/open_lab.h"

namespace vmplan::cli {

/// Positionals of a command line by what they are: a word with `/` or ending in `.toml` or `.json`
/// is a path, anything else a target.
struct Words {
  /// At most one; empty: search upwards.
  std::string path;
  std::vector<std::string> targets;
};

/// nullopt after an error message: more than one path.
std::optional<Words> sort_words(Context& context);
/// For commands that take no targets, so that a bare word is a path too. nullopt after an error
/// message.
std::optional<std::string> only_path(Context& context);

/// Finds the lab of `path`, or the one that holds the profile of `--profile NAME`. nullopt after an
/// error message.
std::optional<build::LabLocation> locate(Context& context, const std::string& path);

/// locate() for commands that work on what was applied: also finds a lab of one whose file is gone.
std::optional<build::LabLocation> locate_applied(Context& context, const std::string& path);

/// Finds a profile by its name, and shows what was said about it. nullopt after that.
std::optional<build::LocatedProfile> locate_named(Context& context, const std::string& name,
                                                  const std::string& path);

/// Where this user's and this system's profiles are, as the environment says.
build::ScopePaths scope_paths();

/// Opens the lab of `path` without compiling it. nullopt after an error message.
std::optional<build::OpenLab> open_lab(Context& context, const std::string& path);

/// How a command compiles: threads, platform, scopes, as its options say. nullopt after an error
/// message.
std::optional<build::BuildOptions> build_options(Context& context);

/// Compiles and prints every diagnostic to standard error. Null after an environment error;
/// `compiled` is nullopt when the lab has errors, and then they have been shown.
std::unique_ptr<build::LabBuild> compile_lab(Context& context, const build::LabLocation& where);

/// compile_lab() for commands that can do nothing with a lab that has errors: null when there are
/// any.
std::unique_ptr<build::LabBuild> compile_sound_lab(Context& context, const std::string& path);

/// Threads for -j; the number of processors without it. nullopt after an error message.
std::optional<unsigned> jobs(Context& context);

/// Prints diagnostics, as text on standard error.
void show_diagnostics(Context& context, const Diagnostics& found, const SourceMap& sources);

}  // namespace vmplan::cli
