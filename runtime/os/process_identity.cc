// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/process_identity.h"

#include <fcntl.h>

#include <array>
#include <charconv>

#include "runtime/os/spawn.h"
#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

/// The start of a small file of /proc; empty when it cannot be read.
std::string slurp(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return "";
  std::array<char, 4096> buffer{};
  ssize_t count = retry_eintr([&] { return ::read(fd.get(), buffer.data(), buffer.size()); });
  return count <= 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(count));
}

/// A numeric field of /proc/PID/stat, counted as proc(5) does. `rest` begins with field 3.
std::optional<std::int64_t> number_at(std::string_view rest, int field) {
  for (int i = 3; i < field; ++i) {
    const std::size_t space = rest.find(' ');
    if (space == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(space + 1);
  }
  std::int64_t number = 0;
  const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (parsed.ec != std::errc() || number < 0) return std::nullopt;
  return number;
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view stat) {
  constexpr int kFlagsField = 9;
  constexpr int kThreadsField = 20;
  constexpr int kStartField = 22;
  constexpr std::int64_t kExiting = 0x4;  // PF_EXITING of include/linux/sched.h
  const std::size_t close = stat.rfind(')');
  if (close == std::string_view::npos || close + 2 >= stat.size()) return std::nullopt;
  const std::string_view rest = stat.substr(close + 2);
  const bool zombie = rest[0] == 'Z';
  if (rest[0] == 'X' || rest[0] == 'x') return std::nullopt;
  // A first thread that has ended is a zombie as long as others of its process run, and those hold
  // all that the process holds.
  if (zombie && number_at(rest, kThreadsField).value_or(0) <= 1) return std::nullopt;
  const std::optional<std::int64_t> ticks = number_at(rest, kStartField);
  if (!ticks) return std::nullopt;
  const std::int64_t flags = number_at(rest, kFlagsField).value_or(0);
  return ProcessStat{*ticks, zombie || (flags & kExiting) != 0};
}

std::string ProcessTable::boot_id() const {
  std::string text = slurp(proc_ + "/sys/kernel/random/boot_id");
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

std::optional<ProcessIdentity> ProcessTable::identify(std::int64_t pid) const {
  const std::optional<ProcessStat> stat = look_at(pid);
  if (!stat) return std::nullopt;
  return ProcessIdentity{pid, stat->start_ticks, boot_id()};
}

bool ProcessTable::alive(const ProcessIdentity& identity) const {
  std::optional<ProcessIdentity> now = identify(identity.pid);
  return now && *now == identity;
}

bool ProcessTable::ending(const ProcessIdentity& identity) const {
  const std::optional<ProcessStat> stat = look_at(identity.pid);
  return stat && stat->ending && stat->start_ticks == identity.start_ticks &&
         identity.boot_id == boot_id();
}

std::optional<ProcessStat> ProcessTable::look_at(std::int64_t pid) const {
  if (pid <= 0) return std::nullopt;
  return parse_process_stat(slurp(fmt::format("{}/{}/stat", proc_, pid)));
}

Result<UniqueFd> ProcessTable::open(const ProcessIdentity& identity) const {
  UniqueFd pidfd = identity.pid > 0 ? open_pidfd(static_cast<pid_t>(identity.pid)) : UniqueFd();
  if (!pidfd || !alive(identity))
    return fail(ErrorKind::NotFound, fmt::format("the process {} has ended", identity.pid));
  return pidfd;
}

}  // namespace vmplan::os
