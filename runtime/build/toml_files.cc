// SPDX-License-Identifier: Apache-2.0
#include "runtime/build/toml_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "runtime/build/locate_lab.h"
#include "runtime/os/cancel.h"

namespace vmplan::build {
namespace {

namespace fs = std::filesystem;

/// What is larger is not read back: the file is another one by then.
constexpr std::size_t kMaxRead = 64U << 20U;
constexpr std::uint32_t kAnyWrite = 0222;

/// The compiler's reader on a file system. Texts have no digests that anybody asks for twice.
class Reader final : public FileReader {
 public:
  explicit Reader(const os::FileSystem& files) : files_(files) {}
  Result<std::string> read(std::string_view path, std::size_t limit) const override {
    return files_.read(path, limit);
  }
  Result<std::vector<std::string>> list(std::string_view directory) const override {
    return files_.list(directory);
  }
  Result<Digest> digest(std::string_view path) const override {
    return files_.digest(path, never_);
  }

 private:
  const os::FileSystem& files_;
  os::Cancel never_;
};

/// The root, opened once however many words lead to it.
Result<TomlFiles::Place*> open_place(TomlFiles& out, const std::string& root) {
  Result<os::LabRoot> opened = os::LabRoot::open(root);
  if (!opened) return fail(std::move(opened.error()));
  for (const auto& place : out.places)
    if (place->root.path() == opened->path()) return place.get();
  return out.places.emplace_back(std::make_unique<TomlFiles::Place>(std::move(*opened))).get();
}

Status add(TomlFiles& out, TomlFiles::Place& place, const model::TomlText& text) {
  Result<std::string> target = place.files.real_path(text.path);
  if (!target) return fail(target.error());
  Result<os::FileInfo> info = place.files.stat(*target);
  if (!info) return fail(info.error());
  auto same = [&](const TomlFile& other) { return other.target == *target; };
  if (std::any_of(out.files.begin(), out.files.end(), same)) return {};
  const bool is_link = *target != os::normalised(place.root.path(), text.path);
  std::string shown = is_link ? *target : std::string(out.sources.path(text.source));
  out.files.push_back(
      {text.source, text.kind, std::move(*target), std::move(shown), info->mode, &place.files});
  return {};
}

Status add_lab(TomlFiles& out, const std::string& root, const std::string& shown_root) {
  Result<TomlFiles::Place*> place = open_place(out, root);
  if (!place) return fail(place.error());
  for (const model::TomlText& text :
       model::load_lab_toml(shown_root, Reader((*place)->files), out.sources, out.diagnostics))
    if (Status added = add(out, **place, text); !added) return added;
  return {};
}

Status add_file(TomlFiles& out, const fs::path& absolute, const std::string& shown) {
  const std::string directory = absolute.parent_path().string();
  const std::string root = lab_around(directory).value_or(directory);
  Result<TomlFiles::Place*> place = open_place(out, root);
  if (!place) return fail(place.error());
  std::optional<model::TomlText> text =
      model::load_toml(absolute.lexically_relative(root).string(), shown, Reader((*place)->files),
                       out.sources, out.diagnostics);
  return text ? add(out, **place, *text) : Status();
}

/// What stands before the paths of a lab's files, so that they can be used where we are.
std::string shown_root(const std::string& root, bool is_absolute) {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  std::string out = root;
  if (!is_absolute && !error) out = fs::path(root).lexically_relative(here).string();
  if (out == ".") return "";
  return out.ends_with('/') ? out : out + "/";
}

Status add_word(TomlFiles& out, const std::string& word) {
  // Says what is wrong with the word.
  Result<LabLocation> where = locate_lab(word);
  if (!where) return fail(std::move(where.error()));
  std::error_code error;
  const fs::path absolute = fs::absolute(word, error).lexically_normal();
  if (!word.empty() && fs::is_regular_file(absolute, error))
    return add_file(out, absolute, fs::path(word).lexically_normal().string());
  return add_lab(out, where->root, shown_root(where->root, fs::path(word).is_absolute()));
}

}  // namespace

Result<std::unique_ptr<TomlFiles>> find_toml_files(const std::vector<std::string>& paths) {
  auto out = std::make_unique<TomlFiles>();
  for (const std::string& path : paths.empty() ? std::vector<std::string>{""} : paths)
    if (Status added = add_word(*out, path); !added) return fail(std::move(added.error()));
  return out;
}

Status replace_text(const TomlFile& file, const SourceMap& sources, std::string_view text) {
  // A rename needs no right to write the file itself, but somebody took that right away on purpose.
  if ((file.mode & kAnyWrite) == 0)
    return fail(
        ErrorKind::Refused,
        fmt::format("`{0}` is read-only; make it writable first: chmod u+w {0}", file.shown));
  Result<std::string> now = file.files->read(file.target, kMaxRead);
  if (!now) return fail(now.error());
  if (*now != sources.text(file.source))
    return fail(
        ErrorKind::Refused,
        fmt::format("`{}` was changed meanwhile and is left as it is; run the command again",
                    file.shown));
  return file.files->write_atomic(file.target, text, file.mode);
}

Result<bool> has_backup(const TomlFile& file, const SourceMap& sources, std::string_view suffix) {
  Result<std::string> there = file.files->read(file.target + std::string(suffix), kMaxRead);
  if (there && *there == sources.text(file.source)) return true;
  if (!there && there.error().kind == ErrorKind::NotFound) return false;
  return fail(ErrorKind::Exists,
              fmt::format("the backup `{}{}` exists already and is never overwritten; move it away "
                          "and run the command again",
                          file.shown, suffix));
}

Status make_backup(const TomlFile& file, const SourceMap& sources, std::string_view suffix) {
  Result<bool> there = has_backup(file, sources, suffix);
  if (!there) return fail(there.error());
  if (*there) return {};
  const std::string backup = file.target + std::string(suffix);
  const std::string unfinished = backup + ".vmplan-new";
  Status written = file.files->write_atomic(unfinished, sources.text(file.source), file.mode);
  if (!written)
    return fail(std::move(written.error()).with(fmt::format("no backup of `{}`", file.shown)));
  Status published = file.files->publish(unfinished, backup);
  if (!published) (void)file.files->remove(unfinished);
  return published;
}

}  // namespace vmplan::build
