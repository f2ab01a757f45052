// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/console_tail.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include <array>

#include "runtime/os/system_error.h"

namespace vmplan::vm {
namespace {

class Tail {
 public:
  Tail(const os::LabRoot& root, const TailSpec& spec, const TailSink& sink)
      : root_(root), spec_(spec), sink_(sink) {}

  /// Everything that can be read now, also of a successor of the file.
  Status look() {
    if (!file_)
      if (Status opened = open(first_ ? spec_.first_byte : 0); !opened || !file_) return opened;
    if (Status read = drain(); !read) return read;
    if (!replaced()) return {};
    file_.reset();
    if (Status opened = open(0); !opened || !file_) return opened;
    return drain();
  }

 private:
  Status open(std::int64_t first_byte) {
    Result<os::UniqueFd> fd = root_.open_file(spec_.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!fd && fd.error().kind == ErrorKind::NotFound) return {};
    if (!fd) return fail(fd.error());
    struct ::stat info {};
    if (::fstat(fd->get(), &info) != 0 || !S_ISREG(info.st_mode))
      return fail(ErrorKind::Refused, fmt::format("`{}` is not a regular file", spec_.path));
    file_ = std::move(*fd);
    offset_ = first_byte;
    first_ = false;
    return {};
  }

  Status drain() {
    struct ::stat info {};
    if (::fstat(file_.get(), &info) == 0 && info.st_size < offset_) offset_ = 0;  // truncated
    std::array<char, 65536> buffer{};
    while (true) {
      ssize_t count = os::retry_eintr(
          [&] { return ::pread(file_.get(), buffer.data(), buffer.size(), offset_); });
      if (count < 0)
        return fail(os::system_error(fmt::format("cannot read `{}`", spec_.path), errno));
      if (count == 0) return {};
      offset_ += count;
      if (Status taken = sink_(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
          !taken)
        return taken;
    }
  }

  bool replaced() const {
    Result<os::UniqueFd> now = root_.open_file(spec_.path, O_PATH);
    struct ::stat by_name {};
    struct ::stat open_one {};
    if (!now || ::fstat(now->get(), &by_name) != 0 || ::fstat(file_.get(), &open_one) != 0)
      return false;
    return by_name.st_ino != open_one.st_ino || by_name.st_dev != open_one.st_dev;
  }

  const os::LabRoot& root_;
  const TailSpec& spec_;
  const TailSink& sink_;
  os::UniqueFd file_;
  off_t offset_ = 0;
  bool first_ = true;
};

}  // namespace

Status follow_log(const os::LabRoot& root, const TailSpec& spec, const TailSink& sink,
                  const std::function<bool()>& ended, const os::Cancel& cancel) {
  Tail tail(root, spec, sink);
  while (true) {
    // Asked before looking: what was written up to the end is seen by the look that follows.
    const bool last = ended() || cancel.level() != os::Cancel::Level::None;
    if (Status looked = tail.look(); !looked) return looked;
    if (last) return {};
    pollfd wake{cancel.wake_fd(), POLLIN, 0};
    ::poll(&wake, 1, static_cast<int>(spec.interval.value));
  }
}

}  // namespace vmplan::vm
