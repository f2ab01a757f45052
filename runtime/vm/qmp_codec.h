// SPDX-License-Identifier: Apache-2.0
// QMP messages as values: bytes to messages and commands to bytes. Pure; it opens nothing and keeps
// no time. Source: docs/interop/qmp-spec.txt of QEMU 7.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "compiler/base/json.h"
#include "compiler/base/result.h"

namespace vmplan::vm {

/// Longest line that is accepted, in bytes. QEMU's longest (query-qmp-schema) has about 200,000.
inline constexpr std::size_t kMaxQmpLine = std::size_t{1} << 20U;

/// The first message of a monitor.
struct QmpGreeting {
  int major = 0;
  int minor = 0;
  int micro = 0;
  /// "Debian 1:7.2+dfsg-7+deb12u18"; may be empty.
  std::string package;
};

struct QmpError {
  /// "GenericError", "CommandNotFound", ...
  std::string error_class;
  std::string description;
};

struct QmpReply {
  /// nullopt: QEMU could not read the id of the command.
  std::optional<std::int64_t> id;
  std::variant<Json, QmpError> outcome;
};

struct QmpEvent {
  std::string name;
  /// An object; empty when the event has no data.
  Json data;
  /// Units: seconds and microseconds since 1970.
  std::int64_t seconds = 0;
  std::int64_t microseconds = 0;
};

using QmpMessage = std::variant<QmpGreeting, QmpReply, QmpEvent>;

/// Meaning of one line. Errors: Corrupt.
Result<QmpMessage> decode_qmp_line(std::string_view line);

/// Cuts a stream into messages. After an error it stays in error: the stream has lost its frame.
class QmpDecoder {
 public:
  void feed(std::string_view bytes);
  /// The next complete message, or nullopt when more bytes are needed. Errors: Corrupt.
  Result<std::optional<QmpMessage>> next();

 private:
  std::string buffer_;
  std::size_t scanned_ = 0;
  std::optional<Error> broken_;
};

/// `{"arguments":{...},"execute":"NAME","id":N}` and a line feed; `arguments` is left out when it
/// is empty. Requires: `arguments` is an object.
std::string encode_qmp_command(std::string_view name, const Json& arguments, std::int64_t id);

}  // namespace vmplan::vm
