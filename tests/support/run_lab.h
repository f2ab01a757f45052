// SPDX-License-Identifier: Apache-2.0
// A whole lab in memory that a change set can be run on: files, qemu-img, machines, clock, state,
// and what was reported.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/change/diff.h"
#include "runtime/exec/executor.h"
#include "runtime/exec/observe.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_machines.h"
#include "tests/support/fake_process.h"
#include "tests/support/memory_file_system.h"
#include "tests/support/run_nodes.h"

namespace vmplan::test {

/// Keeps every event.
class RecordingObserver final : public exec::Observer {
 public:
  void on_event(const exec::Event& event) override { events_.push_back(event); }
  const std::vector<exec::Event>& events() const { return events_; }
  /// "do vm/web start", in order of their start.
  std::vector<std::string> steps() const;
  /// Names of the events, as in their JSON.
  std::vector<std::string> names() const;
  void clear() { events_.clear(); }

 private:
  std::vector<exec::Event> events_;
};

/// The bytes of an empty qcow2 file as far as vmplan and the fake qemu-img look at them.
std::string fake_qcow2(std::int64_t size, const std::string& backing = "");

struct RunLab {
  RunLab();

  /// What the executor sees. `files` may be replaced by a faulty twin.
  exec::LabHost host(os::FileSystem* files_seen = nullptr);

  /// One `apply`: recover, look, compare, settle, run.
  Result<exec::ExecResult> apply(const plan::Plan& plan);
  Result<exec::ExecResult> apply(const plan::Plan& plan, state::StateStore& store,
                                 os::FileSystem& files_seen);
  /// One `destroy` of everything.
  Result<exec::ExecResult> destroy(bool remove_disks = false);

  /// The applied node; throws when it is not applied.
  change::AppliedNode applied(const std::string& id) const;
  bool is_applied(const std::string& id) const;

  MemoryFileSystem files;
  FakeProcessRunner processes;
  FakeMachines machines;
  FakeClock clock;
  os::Cancel cancel;
  std::unique_ptr<state::StateStore> store;
  exec::ExecOptions options;
  RecordingObserver observer;
  /// The host has no network devices, and its network may not be configured, unless a test says
  /// otherwise.
  std::function<Result<std::optional<os::NetDevice>>(const std::string&)> find_net_device;
  std::function<bool()> may_configure_network;

 private:
  Result<os::ProcessExit> answer(const os::ProcessSpec& spec);
};

/// A store in memory with all tables.
std::unique_ptr<state::StateStore> memory_store();

/// "base" image, and machines "db" and "web" on disks above it; web starts after db.
plan::Plan two_machines(const std::string& web_word = "-S");
inline constexpr const char* kBaseBytes = "the bytes of a raw base image";

}  // namespace vmplan::test
