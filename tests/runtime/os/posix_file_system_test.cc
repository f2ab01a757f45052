// SPDX-License-Identifier: Apache-2.0
// What only the real file system can show: sparse files, sockets, FIFOs, umask, hostile names.
#include "runtime/os/posix_file_system.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <thread>

#include "runtime/os/posix_clock.h"
#include "runtime/os/socket.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/never.h"
#include "tests/support/scratch.h"

namespace vmplan {
namespace {

using test::kNever;

struct Lab {
  explicit Lab(const std::vector<std::string>& allowed = {})
      : scratch("posix-files"), root(*os::LabRoot::open(scratch.path(), allowed)), files(root) {}
  test::Scratch scratch;
  os::LabRoot root;
  os::PosixFileSystem files;
};

}  // namespace

TEST_CASE("a copy keeps the holes of a sparse file", "[os]") {
  Lab lab;
  os::UniqueFd file(::open((lab.scratch / "sparse").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  constexpr off_t kSize = off_t{64} << 20;
  REQUIRE(::pwrite(file.get(), "head", 4, 0) == 4);
  REQUIRE(::pwrite(file.get(), "middle", 6, kSize / 2) == 6);
  REQUIRE(::ftruncate(file.get(), kSize) == 0);

  REQUIRE(lab.files.copy("sparse", "copy", 0644, kNever));
  struct ::stat info {};
  REQUIRE(::stat((lab.scratch / "copy").c_str(), &info) == 0);
  CHECK(info.st_size == kSize);
  CHECK(info.st_blocks * 512 < kSize / 8);
  CHECK(lab.files.digest("copy", kNever).value() == lab.files.digest("sparse", kNever).value());
}

TEST_CASE("a file of several blocks has the digest of its bytes", "[os]") {
  Lab lab;
  const std::string bytes(3'000'001, 'x');
  REQUIRE(lab.files.write_atomic("big", bytes, 0644));
  CHECK(lab.files.digest("big", kNever).value() == sha256(bytes));
  REQUIRE(lab.files.copy("big", "copy", 0644, kNever));
  CHECK(lab.files.read("copy", bytes.size()).value() == bytes);
}

TEST_CASE("a digest that would take minutes ends soon after it is told to", "[os][threads]") {
  Lab lab;
  {
    os::UniqueFd file(::open((lab.scratch / "huge").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    REQUIRE(::ftruncate(file.get(), off_t{1} << 40) == 0);
  }
  os::Cancel cancel;
  std::jthread user([&] {
    os::PosixClock().sleep(Millis{100});
    cancel.interrupt();
    cancel.interrupt();
  });
  CHECK(lab.files.digest("huge", cancel).error().kind == ErrorKind::Interrupted);
}

TEST_CASE("a text that was read keeps no room that it does not fill", "[os]") {
  Lab lab;
  const std::string bytes(700, 'x');
  REQUIRE(lab.files.write_atomic("profile.toml", bytes, 0644));
  const std::string read = lab.files.read("profile.toml", 4096).value();
  CHECK(read == bytes);
  CHECK(read.capacity() < 2 * bytes.size());
}

TEST_CASE("a FIFO or socket is refused at once instead of waited for", "[os]") {
  Lab lab;
  REQUIRE(::mkfifo((lab.scratch / "fifo").c_str(), 0600) == 0);
  os::UniqueFd directory(::open(lab.scratch.path().c_str(), O_PATH | O_CLOEXEC));
  os::UniqueFd listener = std::move(*os::listen_unix(directory.get(), "sock", "sock"));
  for (const char* path : {"fifo", "sock"}) {
    CAPTURE(path);
    CHECK(lab.files.read(path, 10).error().kind == ErrorKind::Refused);
    CHECK(lab.files.digest(path, kNever).error().kind == ErrorKind::Refused);
    CHECK(lab.files.copy(path, "x", 0644, kNever).error().kind == ErrorKind::Refused);
    CHECK(lab.files.publish(path, "x").error().kind == ErrorKind::Refused);
  }
  CHECK(lab.files.stat("sock")->kind == os::FileKind::Socket);
  CHECK(lab.files.stat("fifo")->kind == os::FileKind::Other);
  CHECK(lab.files.remove("sock"));
}

TEST_CASE("modes do not depend on the umask", "[os]") {
  Lab lab;
  const mode_t old = ::umask(0077);
  REQUIRE(lab.files.write_atomic("file", "", 0644));
  REQUIRE(lab.files.make_directories("a/b", 0755));
  ::umask(0);
  REQUIRE(lab.files.make_directories("private", 0700));
  REQUIRE(lab.files.copy("file", "copy", 0400, kNever));
  ::umask(old);
  CHECK(lab.files.stat("file")->mode == 0644);
  CHECK(lab.files.stat("a/b")->mode == 0755);
  CHECK(lab.files.stat("private")->mode == 0700);
  CHECK(lab.files.stat("copy")->mode == 0400);
}

TEST_CASE("magic links of proc lead nowhere", "[os]") {
  Lab lab;
  lab.scratch.make_symlink("magic", "/proc/self/cwd");
  CHECK(lab.files.read("magic/etc/passwd", 1 << 20).error().kind == ErrorKind::Denied);
  CHECK(lab.files.check_beneath("magic").error().kind == ErrorKind::Denied);
}

TEST_CASE("an allowed place may appear after the lab was opened", "[os]") {
  Lab lab({"../late-place-of-a-test"});
  CHECK(lab.files.stat("../late-place-of-a-test/x").error().kind == ErrorKind::NotFound);
}

TEST_CASE("an allowed place may be a single file", "[os]") {
  test::Scratch scratch("single");
  scratch.make_directory("lab");
  scratch.write("base.img", "base");
  scratch.write("other.img", "other");
  os::LabRoot root = std::move(*os::LabRoot::open(scratch / "lab", {scratch / "base.img"}));
  os::PosixFileSystem files(root);
  CHECK(files.read("../base.img", 10).value() == "base");
  CHECK(files.read("../other.img", 10).error().kind == ErrorKind::Denied);
}

TEST_CASE("an error names the path and the reason of the system, in no language but English",
          "[os]") {
  Lab lab;
  CHECK(lab.files.read("gone", 1).error().message ==
        "cannot open `gone`: No such file or directory");
}

TEST_CASE("a temporary file that a crash left behind is in nobody's way", "[os]") {
  Lab lab;
  for (int i = 0; i < 3; ++i)
    lab.scratch.write(".note." + std::to_string(::getpid()) + "-" + std::to_string(i) + ".tmp",
                      "left");
  REQUIRE(lab.files.write_atomic("note", "fresh", 0644));
  CHECK(lab.files.read("note", 10).value() == "fresh");
}

TEST_CASE("the faulty twin fails exactly the chosen call", "[os]") {
  test::MemoryFileSystem memory;
  test::FaultyFileSystem faulty(memory);
  const auto work = [&]() -> Status {
    if (Status made = faulty.make_directories("a", 0755); !made) return made;
    if (Status written = faulty.write_atomic("a/new", "x", 0644); !written) return written;
    return faulty.publish("a/new", "a/final");
  };
  faulty.fail_call(0);
  REQUIRE(work());
  const int calls = faulty.calls();
  CHECK(calls == 3);
  REQUIRE(memory.remove("a/final"));
  for (int n = 1; n <= calls; ++n) {
    faulty.fail_call(n);
    CHECK(work().error().kind == ErrorKind::NoSpace);
    CHECK_FALSE(memory.exists("a/final"));
  }
  faulty.fail_call(calls, {ErrorKind::Io, "late"}, test::FaultyFileSystem::When::After);
  CHECK(work().error().message == "late");
  CHECK(memory.exists("a/final"));
}

TEST_CASE("the in-memory twin keeps a diary of every call", "[os]") {
  test::MemoryFileSystem memory;
  memory.put("x", "1");
  (void)memory.read("x", 1);
  (void)memory.stat("y");
  CHECK(memory.diary() == std::vector<test::Access>{{"read", "x"}, {"stat", "y"}});
}

}  // namespace vmplan
