// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/posix_process.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <thread>

#include "runtime/os/posix_clock.h"
#include "runtime/os/process_identity.h"
#include "tests/support/scratch.h"

namespace vmplan::os {
namespace {

struct Lab {
  Lab() : scratch("process"), root(*LabRoot::open(scratch.path())), runner(root) {}
  ProcessSpec shell(const std::string& script) const {
    ProcessSpec spec;
    spec.executable = "/bin/sh";
    spec.argv = {"sh", "-c", script};
    spec.env = {{"PATH", kProgramPath}};
    return spec;
  }
  Result<ProcessExit> run(const ProcessSpec& spec) { return runner.run(spec, cancel); }

  test::Scratch scratch;
  LabRoot root;
  PosixProcessRunner runner;
  Cancel cancel;
};

}  // namespace

TEST_CASE("exit code, output and errors of a program arrive", "[os]") {
  Lab lab;
  const ProcessExit exit = lab.run(lab.shell("echo out; echo err >&2; exit 7")).value();
  CHECK(exit.code == 7);
  CHECK(exit.signal == 0);
  CHECK(exit.output == "out\n");
  CHECK(exit.error_tail == "err\n");
  CHECK_FALSE(exit.timed_out);
  CHECK_FALSE(exit.cancelled);
}

TEST_CASE("a program that dies of a signal says which", "[os]") {
  Lab lab;
  CHECK(lab.run(lab.shell("kill -9 $$"))->signal == SIGKILL);
}

TEST_CASE("a program ends with the vmplan that runs it, even when that is killed", "[os]") {
  Lab lab;
  const pid_t vmplan = ::fork();
  if (vmplan == 0) {
    (void)lab.run(lab.shell("echo $$ > new; mv new pid; exec sleep 100"));
    ::_exit(0);
  }
  for (int i = 0; i < 1000 && !lab.scratch.exists("pid"); ++i) PosixClock().sleep({10});
  const std::int64_t pid = std::stoll(lab.scratch.read("pid"));
  CHECK(ProcessTable().identify(pid));
  ::kill(vmplan, SIGKILL);
  ::waitpid(vmplan, nullptr, 0);
  for (int i = 0; i < 1000 && ProcessTable().identify(pid); ++i) PosixClock().sleep({10});
  CHECK_FALSE(ProcessTable().identify(pid));
}

TEST_CASE("a program gets exactly the environment of its step", "[os]") {
  Lab lab;
  ::setenv("VMPLAN_TEST_LEAK", "yes", 1);
  ProcessSpec spec;
  spec.executable = "/usr/bin/env";
  spec.argv = {"env"};
  spec.env = {{"B", "2"}, {"A", "1=x"}};
  CHECK(lab.run(spec)->output == "A=1=x\nB=2\n");
  spec.env.clear();
  CHECK(lab.run(spec)->output.empty());
}

TEST_CASE("a program inherits no descriptor but the three", "[os]") {
  Lab lab;
  const int leak = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC, on purpose
  const ProcessExit exit = lab.run(lab.shell("ls /proc/self/fd | tr '\\n' ' '")).value();
  ::close(leak);
  CHECK(exit.output == "0 1 2 3 ");  // 3 is the directory that ls itself has open
}

TEST_CASE("standard input is what the step says, of any size, or empty", "[os]") {
  Lab lab;
  ProcessSpec spec = lab.shell("wc -c");
  CHECK(lab.run(spec)->output == "0\n");
  spec.stdin_bytes.assign(300'000, 'x');
  CHECK(lab.run(spec)->output == "300000\n");
}

TEST_CASE("argv[0] and the working directory are those of the plan", "[os]") {
  Lab lab;
  lab.scratch.make_directory("sub");
  ProcessSpec spec = lab.shell("");
  spec.argv = {"other-name", "-c", "pwd; head -c 10 /proc/$$/cmdline"};
  spec.cwd = "sub";
  CHECK(lab.run(spec)->output == lab.scratch / "sub" + "\nother-name");
  spec.cwd = "none";
  CHECK(lab.run(spec).error().kind == ErrorKind::NotFound);
  spec.cwd = "..";
  CHECK(lab.run(spec).error().kind == ErrorKind::Denied);
}

TEST_CASE("a missing program is NotFound, one without the right is Denied", "[os]") {
  Lab lab;
  ProcessSpec spec = lab.shell("");
  spec.executable = "/nonexistent/program";
  CHECK(lab.run(spec).error().kind == ErrorKind::NotFound);
  lab.scratch.write("plain", "text");
  spec.executable = lab.scratch / "plain";
  CHECK(lab.run(spec).error().kind == ErrorKind::Denied);
  spec.argv.clear();
  CHECK(lab.run(spec).error().kind == ErrorKind::Refused);
}

TEST_CASE("output is bounded in memory and whole in the log", "[os]") {
  Lab lab;
  ProcessSpec spec = lab.shell(
      "head -c 3000000 /dev/zero; head -c 9000 /dev/zero | tr '\\0' e >&2; printf END >&2");
  spec.output_path = "step.log";
  lab.scratch.write("step.log", "before\n");
  const ProcessExit exit = lab.run(spec).value();
  CHECK(exit.output.size() == std::size_t{1} << 20U);
  CHECK(exit.error_tail.size() == 4096);
  CHECK(exit.error_tail.ends_with("eeeEND"));
  const std::string log = lab.scratch.read("step.log");
  CHECK(log.size() == 7 + 3'000'000 + 9003);
  CHECK(log.starts_with("before\n"));
}

TEST_CASE("a step that takes too long is ended with everything it started", "[os]") {
  Lab lab;
  ProcessSpec spec = lab.shell("sleep 60 & echo $!; sleep 60");
  spec.timeout = {200};
  const Millis start = monotonic_now();
  const ProcessExit exit = lab.run(spec).value();
  CHECK(exit.timed_out);
  CHECK(exit.signal == SIGTERM);
  CHECK(monotonic_now().value - start.value < 1900);
  const pid_t grandchild = std::stoi(exit.output);
  for (int i = 0; i < 100 && ProcessTable().identify(grandchild); ++i) PosixClock().sleep({10});
  CHECK_FALSE(ProcessTable().identify(grandchild));
}

TEST_CASE("a step that ignores SIGTERM gets SIGKILL two seconds later", "[os]") {
  Lab lab;
  ProcessSpec spec = lab.shell("trap '' TERM; while :; do sleep 0.1; done");
  spec.timeout = {100};
  const Millis start = monotonic_now();
  const ProcessExit exit = lab.run(spec).value();
  CHECK(exit.timed_out);
  CHECK(exit.signal == SIGKILL);
  CHECK(monotonic_now().value - start.value >= 2000);
}

TEST_CASE("a background process with our pipes does not keep the step open", "[os]") {
  Lab lab;
  const Millis start = monotonic_now();
  const ProcessExit exit = lab.run(lab.shell("setsid sleep 3 & echo done")).value();
  CHECK(exit.code == 0);
  CHECK(exit.output == "done\n");
  CHECK(monotonic_now().value - start.value < 2500);
}

TEST_CASE("cancel at level Drain lets a step finish, at Kill it ends it", "[os][threads]") {
  Lab lab;
  lab.cancel.interrupt();
  CHECK(lab.cancel.level() == Cancel::Level::Drain);
  CHECK(lab.run(lab.shell("exit 3"))->code == 3);
  std::thread second([&] {
    PosixClock().sleep({100});
    lab.cancel.interrupt();
  });
  const ProcessExit exit = lab.run(lab.shell("sleep 60")).value();
  second.join();
  CHECK(exit.cancelled);
  CHECK(exit.signal == SIGTERM);
}

TEST_CASE("many steps run at once", "[os][threads]") {
  Lab lab;
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 5; ++n) {
        Result<ProcessExit> exit = lab.run(lab.shell("exit " + std::to_string(i)));
        if (exit && exit->code == i) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 40);
}

TEST_CASE("program names are looked up in the fixed path only", "[os]") {
  CHECK(find_program("env").value() == "/usr/bin/env");
  CHECK(find_program("/bin/sh").value() == "/bin/sh");
  const Error missing = find_program("swtpm-not-there").error();
  CHECK(missing.kind == ErrorKind::NotFound);
  for (const char* name : {"", "a/b", "./sh", "/nonexistent", "/etc"}) {
    CAPTURE(name);
    CHECK(find_program(name).error().kind == ErrorKind::NotFound);
  }
}

}  // namespace vmplan::os
