// SPDX-License-Identifier: Apache-2.0
// Network devices of a host that is not there, and an `ip` that makes, sets and deletes them with
// the exit codes of iproute2.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/os/net_device.h"
#include "runtime/os/process.h"

namespace vmplan::test {

class FakeNetwork {
 public:
  /// What `ip` with these words does and exits with.
  os::ProcessExit run(const std::vector<std::string>& argv);

  std::optional<os::NetDevice> find(const std::string& name) const;
  /// Somebody makes a device, or changes one.
  void put(const std::string& name, os::NetDevice device);
  void remove(const std::string& name);
  /// The host reboots.
  void clear();
  std::vector<std::string> names() const;
  /// How often `ip` changed something.
  int changes() const;

 private:
  int add(const std::string& name);
  int set(const std::string& name, const std::vector<std::string>& words);

  mutable std::mutex mutex_;
  std::map<std::string, os::NetDevice> devices_;
  int changes_ = 0;
};

}  // namespace vmplan::test
