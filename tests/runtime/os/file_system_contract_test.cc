// SPDX-License-Identifier: Apache-2.0
// What os::FileSystem promises, asked of the real one and of its twin alike.
#include <catch2/catch.hpp>

#include "runtime/os/posix_file_system.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/never.h"
#include "tests/support/scratch.h"

namespace vmplan {
namespace {

using os::FileKind;
using os::FileSystem;
using test::kNever;

/// Both kinds with the same small lab: `lab/` is the root, `shared/` beside it is allowed,
/// `secret/` is not.
class Stage {
 public:
  virtual ~Stage() = default;
  virtual FileSystem& files() = 0;
  virtual void put(const std::string& path, const std::string& bytes) = 0;
  virtual void put_directory(const std::string& path) = 0;
  virtual void put_symlink(const std::string& path, const std::string& target) = 0;
  virtual std::string absolute(const std::string& path) = 0;
};

class RealStage final : public Stage {
 public:
  RealStage() : scratch_("contract") {
    scratch_.make_directory("lab");
    scratch_.make_directory("shared");
    scratch_.write("secret/key", "hidden");
    root_.emplace(std::move(*os::LabRoot::open(scratch_ / "lab", {"../shared"})));
    files_.emplace(*root_);
  }
  FileSystem& files() override { return *files_; }
  void put(const std::string& path, const std::string& bytes) override {
    scratch_.write("lab/" + path, bytes);
  }
  void put_directory(const std::string& path) override { scratch_.make_directory("lab/" + path); }
  void put_symlink(const std::string& path, const std::string& target) override {
    scratch_.make_symlink("lab/" + path, target);
  }
  std::string absolute(const std::string& path) override { return scratch_ / path; }

 private:
  test::Scratch scratch_;
  std::optional<os::LabRoot> root_;
  std::optional<os::PosixFileSystem> files_;
};

class MemoryStage final : public Stage {
 public:
  MemoryStage() : files_({"../shared"}) { files_.put("../secret/key", "hidden"); }
  FileSystem& files() override { return files_; }
  void put(const std::string& path, const std::string& bytes) override { files_.put(path, bytes); }
  void put_directory(const std::string& path) override { files_.put_directory(path); }
  void put_symlink(const std::string& path, const std::string& target) override {
    files_.put_symlink(path, target);
  }
  std::string absolute(const std::string& path) override { return "/" + path; }

 private:
  test::MemoryFileSystem files_;
};

template <class T>
ErrorKind kind(const Result<T>& result) {
  REQUIRE_FALSE(result);
  CHECK_FALSE(result.error().message.empty());
  return result.error().kind;
}

}  // namespace

#define BOTH_FILE_SYSTEMS(name) TEMPLATE_TEST_CASE(name, "[os]", RealStage, MemoryStage)

BOTH_FILE_SYSTEMS("a written file reads back with its bytes, size and mode") {
  TestType stage;
  FileSystem& files = stage.files();
  const std::string bytes("a\0b\n", 4);
  REQUIRE(files.write_atomic("note", bytes, 0640));
  CHECK(files.read("note", 100).value() == bytes);
  const os::FileInfo info = files.stat("note").value();
  CHECK(info.kind == FileKind::Regular);
  CHECK(info.size == 4);
  CHECK(info.mode == 0640);
  CHECK(files.digest("note", kNever).value() == sha256(bytes));
}

BOTH_FILE_SYSTEMS("the start of a file of any size can be read alone") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("big", std::string(1 << 20, 'a'));
  stage.put("small", "ab");
  stage.put_directory("d");
  CHECK(files.read_part("big", 0, 4).value() == "aaaa");
  CHECK(files.read_part("small", 0, 4).value() == "ab");
  CHECK(files.read_part("small", 0, 0).value().empty());
  CHECK(files.read_part("small", 1, 4).value() == "b");
  CHECK(files.read_part("small", 9, 4).value().empty());
  CHECK(files.read_part("none", 0, 4).error().kind == ErrorKind::NotFound);
  CHECK(files.read_part("d", 0, 4).error().kind == ErrorKind::Refused);
  CHECK(files.read_part("../secret/key", 0, 4).error().kind == ErrorKind::Denied);
}

BOTH_FILE_SYSTEMS("bytes are added to the end of a file, which is made when it is not there") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put_directory("d");
  stage.put("there", "ab");
  stage.put_symlink("link", "there");
  REQUIRE(files.append("fresh", "a"));
  REQUIRE(files.append("fresh", "bc"));
  CHECK(files.read("fresh", 100).value() == "abc");
  CHECK(files.stat("fresh")->mode == 0600);
  REQUIRE(files.append("there", "c"));
  CHECK(files.read("there", 100).value() == "abc");
  CHECK(files.append("d", "a").error().kind == ErrorKind::Refused);
  CHECK(files.append("link", "a").error().kind == ErrorKind::Refused);
  CHECK(files.append("none/fresh", "a").error().kind == ErrorKind::NotFound);
  CHECK(files.append("../secret/key", "a").error().kind == ErrorKind::Denied);
  CHECK(files.read("there", 100).value() == "abc");
}

BOTH_FILE_SYSTEMS("the mode of a regular file is set, and of nothing else") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put_directory("d");
  stage.put("there", "ab");
  stage.put_symlink("link", "there");
  REQUIRE(files.set_mode("there", 0444));
  CHECK(files.stat("there")->mode == 0444);
  CHECK(files.set_mode("d", 0700).error().kind == ErrorKind::Refused);
  CHECK(files.set_mode("link", 0700).error().kind == ErrorKind::Refused);
  CHECK(files.set_mode("none", 0700).error().kind == ErrorKind::NotFound);
  CHECK(files.set_mode("../secret/key", 0700).error().kind == ErrorKind::Denied);
  CHECK(files.stat("there")->mode == 0444);
}

BOTH_FILE_SYSTEMS("writing again replaces the file and leaves nothing else behind") {
  TestType stage;
  FileSystem& files = stage.files();
  REQUIRE(files.write_atomic("note", "old", 0600));
  REQUIRE(files.write_atomic("note", "new", 0644));
  CHECK(files.read("note", 100).value() == "new");
  CHECK(files.stat("note")->mode == 0644);
  CHECK(files.list(".").value() == std::vector<std::string>{"note"});
}

BOTH_FILE_SYSTEMS("what is missing is NotFound, by name") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("file", "");
  for (const char* path : {"none", "none/deeper", "file/below"}) {
    CAPTURE(path);
    CHECK(kind(files.stat(path)) == ErrorKind::NotFound);
    CHECK(kind(files.read(path, 10)) == ErrorKind::NotFound);
    CHECK(kind(files.digest(path, kNever)) == ErrorKind::NotFound);
    CHECK(kind(files.list(path)) == ErrorKind::NotFound);
    CHECK(files.read(path, 10).error().message.find(path) != std::string::npos);
  }
  CHECK(kind(files.remove("none")) == ErrorKind::NotFound);
  CHECK(kind(files.write_atomic("none/file", "", 0644)) == ErrorKind::NotFound);
}

BOTH_FILE_SYSTEMS("only regular files within the limit are read") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("ten", "0123456789");
  stage.put_directory("dir");
  CHECK(files.read("ten", 10).value().size() == 10);
  CHECK(kind(files.read("ten", 9)) == ErrorKind::Refused);
  CHECK(kind(files.read("dir", 10)) == ErrorKind::Refused);
  CHECK(kind(files.digest("dir", kNever)) == ErrorKind::Refused);
}

BOTH_FILE_SYSTEMS("a listing is sorted bytewise") {
  TestType stage;
  FileSystem& files = stage.files();
  for (const char* name : {"b", "a", "Z", "\xC3\xA4", "d/below"}) stage.put(name, "");
  CHECK(files.list(".").value() == std::vector<std::string>{"Z", "a", "b", "d", "\xC3\xA4"});
  CHECK(files.list("d").value() == std::vector<std::string>{"below"});
}

BOTH_FILE_SYSTEMS("paths that leave the lab are Denied, whatever they do") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("inside", "x");
  stage.put_symlink("link-up", "../secret/key");
  stage.put_symlink("link-dir", "../secret");
  stage.put_symlink("link-absolute", stage.absolute("secret/key"));
  for (const std::string& path :
       {std::string("../secret/key"), stage.absolute("secret/key"), std::string("link-up"),
        std::string("link-dir/key"), std::string("link-absolute"),
        std::string("a/../../secret/key"), std::string("../lab-not/x"), std::string("/etc/passwd"),
        std::string()}) {
    CAPTURE(path);
    CHECK(kind(files.read(path, 100)) == ErrorKind::Denied);
    CHECK(kind(files.digest(path, kNever)) == ErrorKind::Denied);
    CHECK(kind(files.check_beneath(path)) == ErrorKind::Denied);
    CHECK(kind(files.copy(path, "copy", 0644, kNever)) == ErrorKind::Denied);
  }
  for (const char* path : {"../secret/new", "link-dir/new"}) {
    CAPTURE(path);
    CHECK(kind(files.write_atomic(path, "", 0644)) == ErrorKind::Denied);
    CHECK(kind(files.make_directories(path, 0755)) == ErrorKind::Denied);
    CHECK(kind(files.copy("inside", path, 0644, kNever)) == ErrorKind::Denied);
    CHECK(kind(files.publish("inside", path)) == ErrorKind::Denied);
    CHECK(kind(files.remove(path)) == ErrorKind::Denied);
  }
  CHECK(files.read("inside", 10).value() == "x");
}

BOTH_FILE_SYSTEMS(
    "a final symbolic link is seen by stat, replaced by writing, and removed as itself") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("target", "kept");
  stage.put_symlink("link", "target");
  CHECK(files.stat("link")->kind == FileKind::Symlink);
  CHECK(files.read("link", 10).value() == "kept");
  REQUIRE(files.write_atomic("link", "own", 0644));
  CHECK(files.stat("link")->kind == FileKind::Regular);
  CHECK(files.read("target", 10).value() == "kept");
  stage.put_symlink("link2", "target");
  REQUIRE(files.remove("link2"));
  CHECK(files.read("target", 10).value() == "kept");
}

BOTH_FILE_SYSTEMS(
    "an allowed place works by lab-relative and by absolute path, and through a link") {
  TestType stage;
  FileSystem& files = stage.files();
  REQUIRE(files.write_atomic("../shared/base", "image", 0444));
  CHECK(files.read(stage.absolute("shared/base"), 10).value() == "image");
  CHECK(files.read("sub/../../shared/base", 10).value() == "image");
  stage.put_symlink("images", stage.absolute("shared"));
  CHECK(files.read("images/base", 10).value() == "image");
  CHECK(files.check_beneath("images/base"));
  CHECK(kind(files.read("../shared-not/base", 10)) == ErrorKind::Denied);
  CHECK(kind(files.read("../shared/../secret/key", 10)) == ErrorKind::Denied);
}

BOTH_FILE_SYSTEMS(
    "check_beneath takes a missing tail and refuses a link out of the lab in front of it") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put_directory("disks");
  stage.put_symlink("away", "../secret");
  CHECK(files.check_beneath("disks/new.qcow2"));
  CHECK(files.check_beneath("not/there/yet"));
  CHECK(files.check_beneath("."));
  CHECK(kind(files.check_beneath("away/new.qcow2")) == ErrorKind::Denied);
}

BOTH_FILE_SYSTEMS("real_path follows every link and says where a file is to be replaced") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("real/file", "old");
  stage.put_symlink("way", "real");
  stage.put_symlink("link", "way/file");
  stage.put_symlink("nowhere", "none");
  stage.put_symlink("away", "../secret/key");
  CHECK(files.real_path("real/file").value() == stage.absolute("lab/real/file"));
  CHECK(files.real_path("link").value() == stage.absolute("lab/real/file"));
  CHECK(files.real_path(".").value() == stage.absolute("lab"));
  CHECK(kind(files.real_path("nowhere")) == ErrorKind::NotFound);
  CHECK(kind(files.real_path("away")) == ErrorKind::Denied);
  REQUIRE(files.write_atomic(files.real_path("link").value(), "new", 0644));
  CHECK(files.stat("link")->kind == FileKind::Symlink);
  CHECK(files.read("real/file", 10).value() == "new");
}

BOTH_FILE_SYSTEMS("directories are made with their parents and keep what they were") {
  TestType stage;
  FileSystem& files = stage.files();
  REQUIRE(files.make_directories("a/b/c", 0700));
  CHECK(files.stat("a/b/c")->kind == FileKind::Directory);
  CHECK(files.stat("a/b")->mode == 0700);
  REQUIRE(files.make_directories("a/b/d", 0755));
  CHECK(files.stat("a/b")->mode == 0700);
  CHECK(files.stat("a/b/d")->mode == 0755);
  CHECK(files.make_directories("a/b/c", 0755));
  CHECK(files.make_directories(".", 0755));
  stage.put("file", "");
  CHECK(kind(files.make_directories("file", 0755)) == ErrorKind::Exists);
  CHECK(kind(files.make_directories("file/below", 0755)) == ErrorKind::Exists);
}

BOTH_FILE_SYSTEMS("publish moves and never replaces") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("disk.vmplan-new", "new");
  stage.put_directory("disks");
  REQUIRE(files.publish("disk.vmplan-new", "disks/disk"));
  CHECK(files.read("disks/disk", 10).value() == "new");
  CHECK(kind(files.stat("disk.vmplan-new")) == ErrorKind::NotFound);

  stage.put("other", "other");
  CHECK(kind(files.publish("other", "disks/disk")) == ErrorKind::Exists);
  CHECK(files.read("disks/disk", 10).value() == "new");
  CHECK(files.read("other", 10).value() == "other");
  CHECK(kind(files.publish("none", "x")) == ErrorKind::NotFound);
  CHECK(kind(files.publish("disks", "x")) == ErrorKind::Refused);
  CHECK(kind(files.publish("other", "no/where")) == ErrorKind::NotFound);
}

BOTH_FILE_SYSTEMS("a file keeps device, number and time of birth under its new name") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("disk.vmplan-new", "new");
  const os::FileInfo made = files.stat("disk.vmplan-new").value();
  CHECK(made.birth_ns > 0);
  CHECK(made.birth_ns <= made.mtime_ns);
  REQUIRE(files.publish("disk.vmplan-new", "disk"));
  const os::FileInfo named = files.stat("disk").value();
  CHECK(named.birth_ns == made.birth_ns);
  CHECK(named.inode == made.inode);
  CHECK(named.device == made.device);
  stage.put("other", "x");
  CHECK(files.stat("other")->birth_ns >= made.birth_ns);
  CHECK(files.stat("other")->inode != made.inode);
}

BOTH_FILE_SYSTEMS("copy overwrites its target and refuses to copy a file onto itself") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("from", "bytes");
  stage.put("to", "a longer text than before");
  REQUIRE(files.copy("from", "to", 0444, kNever));
  CHECK(files.read("to", 100).value() == "bytes");
  CHECK(files.stat("to")->mode == 0444);
  CHECK(files.stat("to")->inode != files.stat("from")->inode);
  CHECK(kind(files.copy("from", "from", 0644, kNever)) == ErrorKind::Refused);
  CHECK(files.read("from", 100).value() == "bytes");
  stage.put_directory("dir");
  CHECK(kind(files.copy("dir", "x", 0644, kNever)) == ErrorKind::Refused);
  CHECK(kind(files.copy("from", "dir", 0644, kNever)) == ErrorKind::Io);
  stage.put_symlink("link", "from");
  REQUIRE(files.copy("to", "link", 0644, kNever));
  CHECK(files.stat("link")->kind == FileKind::Regular);
}

BOTH_FILE_SYSTEMS("copy and digest end when they are told to, and leave no half of a copy") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("from", "bytes");
  stage.put("to", "old");
  os::Cancel cancel;
  cancel.interrupt();  // once: what runs is finished
  CHECK(files.digest("from", cancel) == sha256("bytes"));
  CHECK(files.copy("from", "copy", 0644, cancel));
  cancel.interrupt();
  CHECK(kind(files.digest("from", cancel)) == ErrorKind::Interrupted);
  CHECK(kind(files.copy("from", "to", 0644, cancel)) == ErrorKind::Interrupted);
  CHECK(kind(files.stat("to")) == ErrorKind::NotFound);
}

BOTH_FILE_SYSTEMS("remove takes files, links and empty directories only") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("dir/file", "");
  CHECK(kind(files.remove("dir")) == ErrorKind::Io);
  CHECK(files.remove("dir/file"));
  CHECK(files.remove("dir"));
  CHECK(kind(files.remove(".")) == ErrorKind::Refused);
}

BOTH_FILE_SYSTEMS("remove_tree takes a directory with all that is in it, and follows no link") {
  TestType stage;
  FileSystem& files = stage.files();
  stage.put("dir/deep/er/file", "");
  stage.put("dir/file", "");
  stage.put("beside", "kept");
  stage.put("elsewhere/file", "kept");
  stage.put_symlink("dir/link", "../elsewhere");
  CHECK(files.remove_tree("dir"));
  CHECK(kind(files.stat("dir")) == ErrorKind::NotFound);
  CHECK(files.read("beside", 100) == "kept");
  CHECK(files.read("elsewhere/file", 100) == "kept");
  CHECK(kind(files.remove_tree("dir")) == ErrorKind::NotFound);
  CHECK(kind(files.remove_tree(".")) == ErrorKind::Refused);
}

BOTH_FILE_SYSTEMS("a changed file differs in what stat says") {
  TestType stage;
  FileSystem& files = stage.files();
  REQUIRE(files.write_atomic("note", "one", 0644));
  const os::FileInfo before = files.stat("note").value();
  CHECK(files.stat("note").value() == before);
  REQUIRE(files.write_atomic("note", "two", 0644));
  CHECK_FALSE(files.stat("note").value() == before);
}

}  // namespace vmplan
