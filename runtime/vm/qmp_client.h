// SPDX-License-Identifier: Apache-2.0
// One conversation with one QMP monitor. Every wait has a limit. It never removes a socket and
// never reconnects.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "compiler/base/units.h"
#include "runtime/os/lab_root.h"
#include "runtime/vm/qmp_codec.h"
#include "runtime/vm/qmp_commands.h"

namespace vmplan::vm {

class QmpClient {
 public:
  using OnEvent = std::function<void(const QmpEvent&)>;
  /// For connecting, the greeting and the negotiation, each.
  static constexpr Millis kHandshake{5000};

  /// `socket` is lab-relative. Errors: NotFound (nobody listens), Busy (no greeting: the monitor
  /// serves another client; it has one at a time), Denied (the other side is another user),
  /// Corrupt, Io.
  static Result<std::unique_ptr<QmpClient>> connect(const os::LabRoot& root,
                                                    std::string_view socket,
                                                    OnEvent on_event = nullptr,
                                                    Millis handshake = kHandshake);
  /// The same for the socket `name` in an open directory.
  static Result<std::unique_ptr<QmpClient>> connect_at(int directory_fd, const std::string& name,
                                                       std::string_view shown,
                                                       OnEvent on_event = nullptr,
                                                       Millis handshake = kHandshake);

  const QmpGreeting& greeting() const { return greeting_; }

  /// Runs a command that only reads. Errors: Refused (any other command, before anything is sent),
  /// Failed (QEMU's own error, with class and text), Timeout, Corrupt, Io.
  Result<Json> query(std::string_view command, const Json& arguments, Millis timeout);
  /// Runs the one command that `permit` names. Errors: as query().
  Result<Json> execute(const MutationPermit& permit, const Json& arguments, Millis timeout);
  /// Delivers events for `timeout`. Errors: Corrupt, Io.
  Status listen(Millis timeout);

 private:
  QmpClient(os::UniqueFd fd, std::string shown, OnEvent on_event)
      : fd_(std::move(fd)), shown_(std::move(shown)), on_event_(std::move(on_event)) {}
  Status negotiate(Millis handshake);
  Result<Json> converse(std::string_view command, const Json& arguments, Millis timeout);
  /// The next message; nullopt when none is left of what was read before the deadline.
  Result<std::optional<QmpMessage>> receive(Millis deadline);
  tl::unexpected<Error> lose(Error error);

  os::UniqueFd fd_;
  std::string shown_;
  OnEvent on_event_;
  QmpDecoder decoder_;
  QmpGreeting greeting_;
  std::int64_t last_id_ = 0;
};

}  // namespace vmplan::vm
