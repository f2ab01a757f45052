// SPDX-License-Identifier: Apache-2.0
// The other side of a QMP connection, in the hands of a test: a thread that follows a script.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "runtime/os/unique_fd.h"

namespace vmplan::test {

class QmpServer {
 public:
  /// One accepted connection.
  class Peer {
   public:
    explicit Peer(os::UniqueFd fd) : fd_(std::move(fd)) {}
    void send(std::string_view bytes);
    void greet() { send(kGreeting); }
    /// The next line of the client; empty when it has gone.
    std::string read_line();
    /// Greeting, and an answer to qmp_capabilities.
    void negotiate();
    /// The number behind "id": in a command line.
    static std::string id_of(const std::string& line);

   private:
    os::UniqueFd fd_;
    std::string buffer_;
  };
  using Script = std::function<void(Peer&)>;

  static constexpr std::string_view kGreeting =
      "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, "
      "\"package\": \"Debian\"}, "
      "\"capabilities\": [\"oob\"]}}\r\n";

  /// Listens on `name` in `directory` and runs the script with the first client. Without a script
  /// nobody is ever accepted, as with a monitor that serves somebody else.
  QmpServer(const std::string& directory, const std::string& name, Script script);
  ~QmpServer();
  QmpServer(const QmpServer&) = delete;
  QmpServer& operator=(const QmpServer&) = delete;

 private:
  os::UniqueFd listener_;
  std::thread thread_;
};

}  // namespace vmplan::test
