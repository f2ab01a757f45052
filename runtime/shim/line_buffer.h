// SPDX-License-Identifier: Apache-2.0
// Bytes in, lines out, with a bound: the sender is not trusted to ever send a line feed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmplan::shim {

class LineBuffer {
 public:
  explicit LineBuffer(std::size_t limit) : limit_(limit) {}

  /// False when a line is longer than the limit; nothing is accepted any more then.
  bool feed(std::string_view bytes) {
    buffer_.append(bytes);
    return buffer_.size() <= limit_ || buffer_.find('\n') <= limit_;
  }
  /// The next complete line, without its line end.
  std::optional<std::string> next() {
    const std::size_t end = buffer_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (line.ends_with('\r')) line.pop_back();
    return line;
  }

 private:
  std::string buffer_;
  std::size_t limit_;
};

}  // namespace vmplan::shim
