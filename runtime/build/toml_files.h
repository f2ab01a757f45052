// SPDX-License-Identifier: Apache-2.0
// The TOML files that a command line names, and writing them anew. What is in them is the
// compiler's business.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/model/model.h"
#include "runtime/os/lab_root.h"
#include "runtime/os/posix_file_system.h"

namespace vmplan::build {

/// One file, read.
struct TomlFile {
  SourceId source;
  model::FileKind kind = model::FileKind::Profile;
  /// The file that is written: absolute, every symbolic link followed.
  std::string target;
  /// `target` as people know it: the path they gave, unless that is a link.
  std::string shown;
  std::uint32_t mode = 0644;
  /// Beneath the root of its lab, without allowed places.
  os::FileSystem* files = nullptr;
};

/// Owns what the files need: roots and texts.
struct TomlFiles {
  SourceMap sources;
  /// Files that could not be found or read.
  Diagnostics diagnostics;
  /// In the order of the words, `vmplan.toml` of a lab first; no file twice.
  std::vector<TomlFile> files;

  struct Place {
    explicit Place(os::LabRoot opened) : root(std::move(opened)), files(root) {}
    os::LabRoot root;
    os::PosixFileSystem files;
  };
  std::vector<std::unique_ptr<Place>> places;
};

/// `paths` are files and lab directories; none at all is the nearest lab. A file is opened beneath
/// the lab around it, if there is one, else beneath its own directory, so that a link that leads
/// further is not followed. Errors: NotFound; Refused; Denied.
Result<std::unique_ptr<TomlFiles>> find_toml_files(const std::vector<std::string>& paths);

/// Replaces the file's bytes and keeps its mode.
/// Errors: also Refused, when the file is no longer what `sources` says, or is read-only.
Status replace_text(const TomlFile& file, const SourceMap& sources, std::string_view text);

/// Whether `target + suffix` holds the bytes of the file already.
/// Errors: also Exists, when it is there and holds anything else.
Result<bool> has_backup(const TomlFile& file, const SourceMap& sources, std::string_view suffix);
/// Makes that backup, unless it is there. Never replaces a file. Errors: as has_backup().
Status make_backup(const TomlFile& file, const SourceMap& sources, std::string_view suffix);

}  // namespace vmplan::build
