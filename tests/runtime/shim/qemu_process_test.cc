// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/qemu_process.h"

#include <fcntl.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <optional>

#include "tests/support/scratch.h"

namespace vmplan::shim {
namespace {

struct Gate {
  Gate() {
    lock.reset(::open((scratch / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    output.reset(::open((scratch / "out").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  }
  QemuSpec touch() const {
    return {.executable = "/bin/sh",
            .argv = {"sh", "-c", "echo ran; exit 5"},
            .output_fd = output.get(),
            .lock_fd = lock.get()};
  }
  test::Scratch scratch{"gate"};
  os::UniqueFd lock;
  os::UniqueFd output;
};

int exit_code(pid_t pid) {
  int status = 0;
  REQUIRE(::waitpid(pid, &status, 0) == pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a child behind the gate has its PID already and does nothing until the gate opens",
          "[shim]") {
  Gate gate;
  GatedChild child = std::move(*GatedChild::fork_child(gate.touch()));
  CHECK(child.pid() > 0);
  CHECK(::waitpid(child.pid(), nullptr, WNOHANG) == 0);
  CHECK(gate.scratch.read("out").empty());
  REQUIRE(child.open_gate());
  CHECK(exit_code(child.pid()) == 5);
  CHECK(gate.scratch.read("out") == "ran\n");
}

TEST_CASE("when the shim dies before the gate opens, QEMU is never started", "[shim]") {
  Gate gate;
  pid_t pid = 0;
  { pid = GatedChild::fork_child(gate.touch())->pid(); }
  CHECK(exit_code(pid) == 127);
  CHECK(gate.scratch.read("out").empty());
}

TEST_CASE("an exec that fails is reported through the gate with its reason", "[shim]") {
  Gate gate;
  QemuSpec spec = gate.touch();
  spec.executable = "/nonexistent/qemu";
  GatedChild child = std::move(*GatedChild::fork_child(spec));
  const Error error = child.open_gate().error();
  CHECK(error.kind == ErrorKind::NotFound);
  CHECK(error.message == "cannot run `/nonexistent/qemu`: No such file or directory");
}

}  // namespace vmplan::shim
