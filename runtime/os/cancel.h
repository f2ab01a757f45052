// SPDX-License-Identifier: Apache-2.0
// How a person interrupts work: once = finish what runs and start nothing new; twice = end what
// runs.
#pragma once

#include <atomic>
#include <cstdint>

namespace vmplan::os {

/// Set from a signal handler or a test, read by everything that waits. Waiters poll wake_fd().
class Cancel {
 public:
  enum class Level : std::uint8_t { None, Drain, Kill };

  Cancel();
  ~Cancel();
  Cancel(const Cancel&) = delete;
  Cancel& operator=(const Cancel&) = delete;

  /// Raises the level by one. Async-signal-safe.
  void interrupt() noexcept;
  Level level() const noexcept { return level_.load(std::memory_order_acquire); }
  /// What runs is to end now. For work that looks between two pieces of itself.
  bool is_kill() const noexcept { return level() == Level::Kill; }
  /// Readable from the moment the level is Kill; for poll().
  int wake_fd() const noexcept { return wake_fd_; }

 private:
  std::atomic<Level> level_{Level::None};
  int wake_fd_ = -1;
};

}  // namespace vmplan::os
