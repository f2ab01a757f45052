// SPDX-License-Identifier: Apache-2.0
// The lines that vmplan and vmplan-shim say to each other (docs/shim.md). Pure text; both sides use
// it, and both must understand every line that an older or newer other side of protocol 1 sends.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "compiler/base/result.h"

namespace vmplan::vm {

inline constexpr int kShimProtocol = 1;
/// Longest line either way, with its line feed.
inline constexpr std::size_t kMaxShimLine = 8192;

/// An error as "error KIND TEXT", one line; `\` and controls of TEXT are escaped.
std::string error_line(const Error& error);
/// "ok" and words.
std::string ok_line(std::string_view words = "");

/// The answer to a control line, or the report of a start.
/// `ok ...` gives the words behind it; `error KIND TEXT` gives the error; anything else is Corrupt.
Result<std::string> parse_answer(std::string_view line);

/// What a control client may say.
struct Hello {
  int protocol = 0;
};
struct AskStatus {};
/// Ask the machine to end: "system_powerdown" or "quit".
struct RequestEnd {
  std::string command;
};
/// This signal is about to be sent to QEMU by us.
struct ExpectSignal {
  int number = 0;
};
struct UnknownLine {
  std::string reason;
};
using ControlLine = std::variant<Hello, AskStatus, RequestEnd, ExpectSignal, UnknownLine>;

/// Words after the known ones are ignored: that is how the protocol grows.
ControlLine parse_control_line(std::string_view line);

}  // namespace vmplan::vm
