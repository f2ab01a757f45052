// SPDX-License-Identifier: Apache-2.0
// A QMP monitor as the shim's event loop sees it: connects when the socket appears, negotiates,
// sends, reads. It never waits. What a message means for the machine is the watcher's business.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/base/units.h"
#include "runtime/os/unique_fd.h"
#include "runtime/shim/line_buffer.h"
#include "runtime/shim/qmp_line.h"

namespace vmplan::shim {

class Monitor {
 public:
  enum class Purpose : std::uint8_t {
    Converse,  ///< greeting, qmp_capabilities, then commands and events
    Greet,     ///< only wait for the greeting, then leave the monitor to others
  };
  /// Requires: the directory of the socket stays open.
  Monitor(int directory_fd, std::string name, Purpose purpose)
      : directory_fd_(directory_fd), name_(std::move(name)), purpose_(purpose) {}

  /// Tries to connect when it is time to.
  void tick(Millis now);
  /// When tick() wants to be called next; a long time when there is nothing to try.
  Millis next_tick() const;
  int fd() const { return fd_.get(); }
  /// Reads once, so that a monitor that streams events leaves time for everything else. Events and
  /// replies go to `deliver`. Whether there was anything.
  bool read(const std::function<void(const QmpLine&)>& deliver);
  /// Reads what is left when QEMU has ended.
  void drain(const std::function<void(const QmpLine&)>& deliver);

  /// Negotiated (Converse) or greeted (Greet).
  bool ready() const { return state_ == State::Ready; }
  /// Sends a command; its id, or 0 when that is not possible. Requires: ready().
  std::int64_t send(std::string_view command);
  /// No more connecting.
  void give_up() { state_ = State::Gone; }

 private:
  enum class State : std::uint8_t { Disconnected, Greeting, Negotiating, Ready, Gone };
  void handle(const QmpLine& line, const std::function<void(const QmpLine&)>& deliver);
  void lose();

  int directory_fd_;
  std::string name_;
  Purpose purpose_;
  State state_ = State::Disconnected;
  os::UniqueFd fd_;
  LineBuffer lines_{std::size_t{1} << 20U};
  Millis next_try_{0};
  Millis pause_{5};
  std::int64_t last_id_ = 0;
};

}  // namespace vmplan::shim
