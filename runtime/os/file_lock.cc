// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/file_lock.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/utsname.h>

#include <array>

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"
#include "runtime/os/durable_file.h"
#include "runtime/os/system_error.h"

namespace vmplan::os {
namespace {

constexpr std::size_t kMaxHolderRecord = 4096;

std::string host_name() {
  utsname names{};
  return ::uname(&names) == 0 && is_utf8(names.nodename) ? names.nodename : "";
}

std::string user_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr && is_utf8(entry.pw_name))
    return entry.pw_name;
  return fmt::format("uid {}", ::geteuid());
}

std::optional<LockOwner> read_record(int fd) {
  std::array<char, kMaxHolderRecord> buffer{};
  ssize_t count = retry_eintr([&] { return ::pread(fd, buffer.data(), buffer.size(), 0); });
  if (count <= 0) return std::nullopt;
  return decode_lock_owner(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
}

Error busy(int fd, std::string_view path) {
  std::optional<LockOwner> owner = read_record(fd);
  if (!owner) return Error{ErrorKind::Busy, fmt::format("`{}` is locked by another process", path)};
  return Error{ErrorKind::Busy,
               fmt::format("`{}` is locked by {} on {}: {} (PID {}, since {})", path,
                           printable(owner->user), printable(owner->host),
                           printable(owner->command), owner->process.pid, printable(owner->since))};
}

}  // namespace

std::string encode(const LockOwner& owner) {
  Json record = json_object({{"boot_id", owner.process.boot_id},
                             {"command", owner.command},
                             {"host", owner.host},
                             {"pid", owner.process.pid},
                             {"since", owner.since},
                             {"start_ticks", owner.process.start_ticks},
                             {"user", owner.user}});
  return canonical(record) + "\n";
}

std::optional<LockOwner> decode_lock_owner(std::string_view bytes) {
  if (!bytes.ends_with('\n')) return std::nullopt;
  bytes.remove_suffix(1);
  Result<Json> record = read_canonical_json(bytes);
  if (!record || !record->is(Json::Kind::Object)) return std::nullopt;
  LockOwner owner;
  owner.user = record->string_or("user", "");
  owner.host = record->string_or("host", "");
  owner.since = record->string_or("since", "");
  owner.command = record->string_or("command", "");
  owner.process.pid = record->int_or("pid", 0);
  owner.process.start_ticks = record->int_or("start_ticks", 0);
  owner.process.boot_id = record->string_or("boot_id", "");
  if (owner.process.pid <= 0) return std::nullopt;
  return owner;
}

Result<FileLock> FileLock::acquire(const LabRoot& root, std::string_view path,
                                   std::string_view command, const Clock& clock) {
  Result<UniqueFd> fd = root.open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0644);
  if (!fd) return fail(fd.error());
  if (retry_eintr([&] { return ::flock(fd->get(), LOCK_EX | LOCK_NB); }) != 0) {
    if (errno == EWOULDBLOCK) return fail(busy(fd->get(), path));
    return fail(system_error(fmt::format("cannot lock `{}`", path), errno));
  }
  LockOwner owner;
  owner.user = user_name();
  owner.host = host_name();
  owner.process = ProcessTable().identify(::getpid()).value_or(ProcessIdentity{::getpid(), 0, ""});
  owner.since = clock.utc_now();
  owner.command = is_utf8(command) ? std::string(command) : "";
  if (::ftruncate(fd->get(), 0) != 0)
    return fail(system_error(fmt::format("cannot write `{}`", path), errno));
  if (Status written = write_all(fd->get(), encode(owner), path); !written)
    return fail(written.error());
  return FileLock(std::move(*fd));
}

FileLock::~FileLock() {
  // The record goes first: nobody must read a name in a lock that is free.
  if (fd_) [[maybe_unused]]
    int ignored = ::ftruncate(fd_.get(), 0);
}

}  // namespace vmplan::os
