// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_network.h"

#include <stdexcept>

#include "compiler/base/text.h"

namespace vmplan::test {
namespace {

os::ProcessExit exit_with(int code) {
  os::ProcessExit exit;
  exit.code = code;
  return exit;
}

}  // namespace

os::ProcessExit FakeNetwork::run(const std::vector<std::string>& argv) {
  std::lock_guard lock(mutex_);
  const std::vector<std::string> words(argv.begin() + 1, argv.end());
  auto begins = [&](std::vector<std::string> start) {
    return words.size() > start.size() && std::equal(start.begin(), start.end(), words.begin());
  };
  if (begins({"link", "add", "name"})) return exit_with(add(words[3]) == 0 ? 0 : 2);
  if (begins({"tuntap", "add", "dev"})) return exit_with(add(words[3]));
  if (begins({"link", "set", "dev"})) return exit_with(set(words[3], words));
  if (begins({"link", "delete", "dev"})) {
    const bool was_there = devices_.erase(words[3]) > 0;
    if (was_there) ++changes_;
    return exit_with(was_there ? 0 : 1);
  }
  throw std::runtime_error("no such words of ip: " + shell_quoted(argv));
}

int FakeNetwork::add(const std::string& name) {
  if (!devices_.emplace(name, os::NetDevice{}).second) return 1;
  ++changes_;
  return 0;
}

int FakeNetwork::set(const std::string& name, const std::vector<std::string>& words) {
  auto found = devices_.find(name);
  if (found == devices_.end()) return 1;
  ++changes_;
  const std::string& what = words.at(4);
  if (what == "up") found->second.is_up = true;
  if (what == "alias") found->second.alias = words.at(5);
  if (what != "master") return 0;
  if (!devices_.contains(words.at(5))) return 1;
  found->second.bridge = words.at(5);
  return 0;
}

std::optional<os::NetDevice> FakeNetwork::find(const std::string& name) const {
  std::lock_guard lock(mutex_);
  auto found = devices_.find(name);
  if (found == devices_.end()) return std::nullopt;
  return found->second;
}

void FakeNetwork::put(const std::string& name, os::NetDevice device) {
  std::lock_guard lock(mutex_);
  devices_.insert_or_assign(name, std::move(device));
}

void FakeNetwork::remove(const std::string& name) {
  std::lock_guard lock(mutex_);
  devices_.erase(name);
}

void FakeNetwork::clear() {
  std::lock_guard lock(mutex_);
  devices_.clear();
}

std::vector<std::string> FakeNetwork::names() const {
  std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, device] : devices_) out.push_back(name);
  return out;
}

int FakeNetwork::changes() const {
  std::lock_guard lock(mutex_);
  return changes_;
}

}  // namespace vmplan::test
