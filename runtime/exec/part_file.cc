// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/part_file.h"

#include <fmt/format.h>

namespace vmplan::exec {
namespace {

constexpr int kMostFruitlessTries = 5;
/// The pause after a try that brought nothing doubles from try to try.
constexpr Millis kFirstPause{1000};

void pause_before_try(Millis duration, const LabHost& host) {
  constexpr Millis kGlance{100};
  const Millis end{host.clock.monotonic().value + duration.value};
  while (host.clock.monotonic() < end && !host.cancel.is_kill()) host.clock.sleep(kGlance);
}

}  // namespace

Status PartFile::look() {
  size_ = 0;
  const Result<os::FileInfo> there = host_.files.stat(path_);
  if (!there && there.error().kind == ErrorKind::NotFound) return {};
  if (!there) return fail(there.error());
  if (there->kind != os::FileKind::Regular)
    return fail(ErrorKind::Refused,
                fmt::format("`{}` is in the way and is no regular file; vmplan makes that name "
                            "itself: remove it",
                            path_));
  size_ = there->size;
  return {};
}

Status PartFile::start_over() {
  size_ = 0;
  Status removed = host_.files.remove(path_);
  if (!removed && removed.error().kind == ErrorKind::NotFound) return {};
  return removed;
}

Status PartFile::take(std::int64_t at, std::string_view bytes) {
  if (at != size_)
    if (Status over = start_over(); !over) return over;
  Status kept = host_.files.append(path_, bytes);
  if (kept) size_ += static_cast<std::int64_t>(bytes.size());
  return kept;
}

Status PartFile::fetch_all() {
  Millis wait = kFirstPause;
  for (int fruitless = 0;;) {
    const std::int64_t before = size_;
    const os::Download wanted{
        url_, size_, [&](std::int64_t at, std::string_view bytes) { return take(at, bytes); }};
    Status done = host_.download(wanted, host_.cancel);
    if (done || done.error().kind != ErrorKind::Timeout) return done;
    if (host_.cancel.is_kill()) return fail(ErrorKind::Interrupted, "interrupted");
    if (size_ > before) {
      fruitless = 0;
      wait = kFirstPause;
    } else if (++fruitless == kMostFruitlessTries) {
      return done;
    }
    pause_before_try(wait, host_);
    wait.value *= 2;
  }
}

Status PartFile::fetch() {
  Status done = fetch_all();
  if (done) return done;
  std::string text = fmt::format("cannot fetch `{}`: {}", url_, done.error().text());
  if (size_ > 0) text += fmt::format("; {} bytes are kept, and the next run goes on there", size_);
  return fail(done.error().kind, std::move(text));
}

}  // namespace vmplan::exec
