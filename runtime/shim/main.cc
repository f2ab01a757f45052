// SPDX-License-Identifier: Apache-2.0
// vmplan-shim: one small process beside every running machine. Described in docs/shim.md.
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "runtime/os/system_error.h"
#include "runtime/shim/options.h"
#include "runtime/shim/watcher.h"

namespace {

using namespace vmplan;
using shim::Options;

/// Out of the terminal's and the parent's reach: a child of init, with a session of its own.
bool detach() {
  const pid_t pid = ::fork();
  if (pid > 0) ::_exit(0);
  return pid == 0 && ::setsid() > 0;
}

void prepare_signals() {
  sigset_t blocked;
  sigemptyset(&blocked);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&blocked, number);
  ::sigprocmask(SIG_BLOCK, &blocked, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

/// The directory of the public monitor stays open for the life of the watcher.
Result<os::LabRoot::Entry> monitor_entry(const os::LabRoot& root, const Options& options) {
  return root.open_entry(options.ready_qmp);
}

Status supervise(const Options& options, shim::Reporter& reporter) {
  Result<os::LabRoot> root = os::LabRoot::open(".");
  if (!root) return fail(root.error());
  const bool runs = options.command == Options::Command::Run;
  shim::Readiness readiness;
  readiness.timeout = options.ready_timeout;
  readiness.end_on_timeout = runs;
  os::LabRoot::Entry entry;
  if (runs && options.ready_qmp.empty()) readiness.age = {200};
  if (runs && !options.ready_qmp.empty() &&
      options.ready_qmp != options.run_dir + "/" + vm::kShimMonitor) {
    Result<os::LabRoot::Entry> opened = monitor_entry(*root, options);
    if (!opened) return fail(opened.error());
    entry = std::move(*opened);
    readiness.greeting.emplace(entry.directory.get(), entry.name, shim::Monitor::Purpose::Greet);
  }
  Result<shim::Machine> machine =
      runs ? start_machine(*root, options) : adopt_machine(*root, options);
  if (!machine) return fail(machine.error());
  shim::Watcher(std::move(*machine), std::move(readiness), reporter).run();
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Result<Options> options = shim::parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "vmplan-shim: %s\n", options.error().text().c_str());
    return 1;
  }
  if (options->command == Options::Command::Version) {
    std::printf("vmplan-shim %s, protocol %d\n", VMPLAN_VERSION, vm::kShimProtocol);
    return 0;
  }
  shim::Reporter reporter(options->report_fd);
  if (!detach()) {
    reporter.error(os::system_error("cannot detach", errno));
    return 1;
  }
  prepare_signals();
  ::umask(0077);  // sockets and logs of a guest are its owner's alone
  if (Status done = supervise(*options, reporter); !done) {
    reporter.error(done.error());
    return 1;
  }
  return 0;
}
