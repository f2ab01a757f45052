// SPDX-License-Identifier: Apache-2.0
#include "tests/vm/qemu_lab.h"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "runtime/os/posix_clock.h"
#include "runtime/os/process.h"
#include "runtime/os/process_identity.h"
#include "runtime/os/spawn.h"

namespace vmplan::test {
namespace {

os::LabRoot make_root(const Scratch& scratch, std::string_view below) {
  scratch.make_directory(below);
  Result<os::LabRoot> root = os::LabRoot::open(scratch / below);
  if (!root) throw std::runtime_error(root.error().text());
  return std::move(*root);
}

}  // namespace

QemuLab::QemuLab(std::string_view below)
    : scratch_("qemu"), root_(make_root(scratch_, below)), machines_(root_) {}

QemuLab::~QemuLab() {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(path() + "/.vmplan/run", ignored)) {
    const std::string run_dir = ".vmplan/run/" + entry.path().filename().string();
    // A shim that is still there records the end and goes.
    (void)machines_.signal(run_dir, SIGKILL);
    os::Cancel never;
    (void)machines_.wait_stopped(run_dir, {5000}, never);
  }
}

vm::LaunchSpec QemuLab::qemu(const std::string& run_dir) const {
  vm::LaunchSpec spec;
  spec.run_dir = run_dir;
  spec.executable = *os::find_program("qemu-system-x86_64");
  spec.argv = {"qemu-system-x86_64",
               "-nodefaults",
               "-no-user-config",
               "-display",
               "none",
               "-machine",
               "pc-q35-7.2",
               "-accel",
               "tcg",
               "-m",
               "16M",
               "-S"};
  for (const char* name : {"qmp.sock", "shim-qmp.sock"}) {
    spec.argv.insert(spec.argv.end(),
                     {"-qmp", "unix:" + run_dir + "/" + name + ",server=on,wait=off"});
  }
  spec.argv_hash = argv_hash(spec.argv);
  spec.env = {{"PATH", os::kProgramPath}, {"LC_ALL", "C"}};
  spec.output_path = "logs/web/qemu.log";
  spec.ready_qmp = run_dir + "/shim-qmp.sock";
  spec.timeout = {20'000};
  return spec;
}

vm::LaunchSpec QemuLab::shell(const std::string& script) const {
  vm::LaunchSpec spec = qemu();
  spec.executable = "/bin/sh";
  spec.argv = {"sh", "-c", script};
  spec.argv_hash = argv_hash(spec.argv);
  spec.ready_qmp.clear();
  return spec;
}

std::string QemuLab::file(std::string_view name, const std::string& run_dir) const {
  return path() + "/" + run_dir + "/" + std::string(name);
}

bool QemuLab::exists(std::string_view name, const std::string& run_dir) const {
  return std::filesystem::exists(std::filesystem::symlink_status(file(name, run_dir)));
}

std::string QemuLab::record_text() const {
  std::ifstream in(file("run.json"), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

vm::RunRecord QemuLab::record() const {
  Result<vm::RunRecord> record = vm::decode_run_record(record_text());
  if (!record) throw std::runtime_error(record.error().text());
  return *record;
}

void QemuLab::forge(std::string_view text) const {
  std::filesystem::create_directories(path() + "/" + kRunDir);
  std::ofstream(file("run.json"), std::ios::binary) << text;
}

std::vector<std::string> QemuLab::sockets() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path() + "/" + kRunDir))
    if (entry.is_socket()) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

void kill_and_wait(std::int64_t pid, int signal_number) {
  os::UniqueFd pidfd = os::open_pidfd(static_cast<pid_t>(pid));
  if (!pidfd || os::signal_pidfd(pidfd.get(), signal_number) != 0)
    throw std::runtime_error("no such process");
  pollfd polled{pidfd.get(), POLLIN, 0};
  if (::poll(&polled, 1, 5000) != 1) throw std::runtime_error("the process did not end");
}

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 200; ++i) {
    if (condition()) return true;
    os::PosixClock().sleep({10});
  }
  return condition();
}

}  // namespace vmplan::test
