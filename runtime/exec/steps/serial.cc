// SPDX-License-Identifier: Apache-2.0
// Readiness by what the guest writes. QEMU appends to the serial log of earlier runs, so its length
// is noted before the start, and only what comes after it counts.
#include <algorithm>
#include <charconv>
#include <optional>

#include "compiler/base/run_directory_names.h"
#include "runtime/exec/steps/steps.h"

namespace vmplan::exec {
namespace {

constexpr Millis kPause{100};
constexpr std::size_t kPiece = std::size_t{64} << 10U;
constexpr std::int64_t kMaxSeconds = 86'400;

std::string mark_path(const std::string& run_dir) {
  return fmt::format("{}/{}", run_dir, kSerialMark);
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

/// 0 for a log that is not there yet.
Result<std::int64_t> length_of(const std::string& log, StepContext& context) {
  Result<os::FileInfo> info = context.host.files.stat(log);
  if (info) return info->size;
  if (info.error().kind == ErrorKind::NotFound) return std::int64_t{0};
  return fail(info.error());
}

StepReport mark(StepArgs args, StepContext& context) {
  Result<std::int64_t> length = length_of(args[1], context);
  if (!length) return step_failed(length.error());
  Status written =
      context.host.files.write_atomic(mark_path(args[0]), fmt::format("{}\n", *length), 0600);
  return written ? step_ok() : step_failed(written.error());
}

/// Looks for a text in a log that grows. Remembers where it is.
class Search {
 public:
  Search(std::string log, std::int64_t from, std::string_view text)
      : log_(std::move(log)), at_(from), text_(text) {}

  /// Reads on to the end of the log. True once the text has been seen.
  Result<bool> look(StepContext& context) {
    Result<std::int64_t> length = length_of(log_, context);
    if (!length) return fail(length.error());
    if (*length < at_) {  // somebody has emptied it
      at_ = 0;
      seen_.clear();
    }
    while (at_ < *length) {
      Result<std::string> piece = context.host.files.read_part(log_, at_, kPiece);
      if (!piece) return fail(piece.error());
      if (piece->empty()) break;
      at_ += static_cast<std::int64_t>(piece->size());
      seen_ += *piece;
      if (seen_.find(text_) != std::string::npos) return true;
      // What may be the beginning of the text stays.
      seen_.erase(0, seen_.size() - std::min(seen_.size(), text_.size() - 1));
    }
    return false;
  }

 private:
  std::string log_;
  std::int64_t at_;
  std::string_view text_;
  std::string seen_;
};

StepReport wait(StepArgs args, StepContext& context) {
  std::optional<std::int64_t> seconds = number_in(args[2]);
  if (!seconds || *seconds > kMaxSeconds)
    return step_usage(fmt::format("`{}` is no number of seconds", args[2]));
  if (args[3].empty()) return step_usage("there is no text to wait for");
  Result<std::string> noted = context.host.files.read(mark_path(args[0]), 64);
  if (!noted) return step_failed(noted.error());
  std::string_view digits = *noted;
  std::optional<std::int64_t> from = number_in(digits.substr(0, digits.find('\n')));
  if (!from) return step_failed(fmt::format("`{}` holds no number", mark_path(args[0])));

  Search search(args[1], *from, args[3]);
  const Millis deadline{context.host.clock.monotonic().value + *seconds * 1000};
  while (true) {
    // Asked first, so that what a machine wrote before its end is not missed.
    vm::MachineStatus machine = context.host.machines.observe(args[0]);
    Result<bool> found = search.look(context);
    if (!found) return step_failed(found.error());
    if (*found) return step_ok();
    if (machine.state != vm::MachineState::Running && machine.state != vm::MachineState::Starting)
      return step_failed(fmt::format("the machine in `{}` is {} and has not written `{}`", args[0],
                                     vm::to_text(machine.state), args[3]));
    if (context.host.cancel.level() == os::Cancel::Level::Kill)
      return step_failed("interrupted while waiting for the guest");
    if (context.host.clock.monotonic() >= deadline)
      return step_failed(fmt::format("the guest has not written `{}` within {} s; see `{}`",
                                     args[3], *seconds, args[1]));
    context.host.clock.sleep(kPause);
  }
}

}  // namespace

StepReport run_serial(StepArgs args, StepContext& context) {
  return args[0] == "mark" ? mark(args.subspan(1), context) : wait(args.subspan(1), context);
}

}  // namespace vmplan::exec
