// SPDX-License-Identifier: Apache-2.0
// The control socket: accepts clients, cuts their bytes into lines, sends answers. No client can
// make it wait or grow without bound. What a line does is the watcher's business.
#pragma once

#include <poll.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "runtime/os/unique_fd.h"
#include "runtime/shim/line_buffer.h"

namespace vmplan::shim {

/// Never reused within one shim.
using ClientId = std::int64_t;

class Control {
 public:
  using OnLine = std::function<void(ClientId, const std::string& line)>;

  /// Errors: those of os::listen_unix.
  static Result<Control> open(int directory_fd, const std::string& name, const std::string& shown);

  void add_to(std::vector<pollfd>& polled) const;
  /// Looks at the answers of poll() for what add_to() added.
  void serve(const std::vector<pollfd>& polled, const OnLine& on_line);
  /// Queues an answer; unknown clients (gone meanwhile) are ignored.
  void answer(ClientId id, std::string_view line);

 private:
  struct Client {
    os::UniqueFd fd;
    LineBuffer lines;
    std::string outgoing;
    bool closed = false;
  };
  explicit Control(os::UniqueFd listener) : listener_(std::move(listener)) {}
  void accept_all();
  void read(ClientId id, Client& client, const OnLine& on_line);
  static void flush(Client& client);

  os::UniqueFd listener_;
  std::map<ClientId, Client> clients_;
  ClientId last_client_ = 0;
};

}  // namespace vmplan::shim
