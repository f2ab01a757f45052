// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/run_directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <memory>

#include "runtime/os/durable_file.h"
#include "runtime/os/posix_clock.h"
#include "runtime/os/system_error.h"

namespace vmplan::vm {
namespace {

constexpr int kLockPollMs = 5;
constexpr std::size_t kMaxRecordRead = 8192;

/// The name still leads to the locked file: its last owner may have removed it (Machines::clean).
bool is_current(int directory, const char* name, int fd) {
  struct ::stat by_name {};
  struct ::stat by_fd {};
  return ::fstatat(directory, name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
         ::fstat(fd, &by_fd) == 0 && by_name.st_ino == by_fd.st_ino &&
         by_name.st_dev == by_fd.st_dev;
}

}  // namespace

Result<RunDirectory> RunDirectory::open(const os::LabRoot& root, std::string_view path) {
  Result<os::UniqueFd> fd = root.open_file(path, O_RDONLY | O_DIRECTORY);
  if (!fd) return fail(fd.error());
  return RunDirectory(std::move(*fd), std::string(path));
}

std::string RunDirectory::shown(std::string_view name) const {
  return fmt::format("{}/{}", path_, name);
}

Result<os::UniqueFd> RunDirectory::lock(const char* name, Millis patience) const {
  const std::int64_t deadline = os::monotonic_now().value + patience.value;
  while (true) {
    os::UniqueFd fd(::openat(fd_.get(), name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) return fail(os::system_error(fmt::format("cannot open `{}`", shown(name)), errno));
    if (os::retry_eintr([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) == 0) {
      if (is_current(fd_.get(), name, fd.get())) return fd;
      continue;
    }
    if (errno != EWOULDBLOCK)
      return fail(os::system_error(fmt::format("cannot lock `{}`", shown(name)), errno));
    if (os::monotonic_now().value >= deadline)
      return fail(ErrorKind::Busy, fmt::format("`{}` is held by another process", shown(name)));
    ::poll(nullptr, 0, kLockPollMs);
  }
}

bool RunDirectory::is_free(const char* name) const {
  os::UniqueFd fd(::openat(fd_.get(), name, O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) return errno == ENOENT;
  return os::retry_eintr([&] { return ::flock(fd.get(), LOCK_SH | LOCK_NB); }) == 0;
}

bool RunDirectory::may_hold_lock(std::int64_t pid) const {
  struct ::stat ours {};
  if (::fstatat(fd_.get(), kMachineLock, &ours, AT_SYMLINK_NOFOLLOW) != 0) return true;
  // Any thread: the first may have ended already, and shows no descriptors then.
  const std::string tasks = fmt::format("/proc/{}/task", pid);
  std::unique_ptr<DIR, int (*)(DIR*)> threads(::opendir(tasks.c_str()), &::closedir);
  if (!threads) return errno != ENOENT;
  while (const dirent* thread = ::readdir(threads.get())) {
    if (thread->d_name[0] == '.') continue;
    struct ::stat theirs {};
    const std::string inherited = fmt::format("{}/{}/fd/{}", tasks, thread->d_name, kInheritedLock);
    if (::stat(inherited.c_str(), &theirs) == 0) {
      if (theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev) return true;
    } else if (errno != ENOENT) {
      return true;
    }
  }
  return false;
}

Result<std::optional<RunRecord>> RunDirectory::read_record() const {
  os::UniqueFd fd(::openat(fd_.get(), kRunRecord, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::optional<RunRecord>();
  if (!fd) return fail(os::system_error(fmt::format("cannot open `{}`", shown(kRunRecord)), errno));
  std::array<char, kMaxRecordRead> buffer{};
  ssize_t count = os::retry_eintr([&] { return ::read(fd.get(), buffer.data(), buffer.size()); });
  if (count < 0)
    return fail(os::system_error(fmt::format("cannot read `{}`", shown(kRunRecord)), errno));
  Result<RunRecord> record =
      decode_run_record(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
  if (!record) return fail(Error(record.error()).with(shown(kRunRecord)));
  return std::optional<RunRecord>(std::move(*record));
}

Status RunDirectory::write_record(const RunRecord& record) const {
  return os::replace_file(fd_.get(), kRunRecord, encode(record), 0600, shown(kRunRecord));
}

void RunDirectory::remove_sockets() const {
  std::unique_ptr<DIR, int (*)(DIR*)> stream(
      ::fdopendir(::openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)), &::closedir);
  if (!stream) return;
  while (const dirent* entry = ::readdir(stream.get())) {
    struct ::stat info {};
    if (::fstatat(fd_.get(), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISSOCK(info.st_mode))
      ::unlinkat(fd_.get(), entry->d_name, 0);
  }
}

void RunDirectory::remove(const char* name) const { ::unlinkat(fd_.get(), name, 0); }

}  // namespace vmplan::vm
