// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/shim_protocol.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vmplan::vm {
namespace {

struct KindName {
  ErrorKind kind;
  std::string_view name;
};
constexpr std::array kKindNames = {
    KindName{ErrorKind::NotFound, "not-found"},
    KindName{ErrorKind::Exists, "exists"},
    KindName{ErrorKind::Denied, "denied"},
    KindName{ErrorKind::NoSpace, "no-space"},
    KindName{ErrorKind::Io, "io"},
    KindName{ErrorKind::Timeout, "timeout"},
    KindName{ErrorKind::Busy, "busy"},
    KindName{ErrorKind::Corrupt, "corrupt"},
    KindName{ErrorKind::Refused, "refused"},
    KindName{ErrorKind::Failed, "failed"},
    KindName{ErrorKind::Interrupted, "interrupted"},
};

std::string_view name_of(ErrorKind kind) {
  for (const KindName& entry : kKindNames)
    if (entry.kind == kind) return entry.name;
  return "io";
}

ErrorKind kind_named(std::string_view name) {
  for (const KindName& entry : kKindNames)
    if (entry.name == name) return entry.kind;
  return ErrorKind::Io;  // a kind of a newer version
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      out += text[++i] == 'n' ? '\n' : text[i];
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Takes the first word off `line`.
std::string_view take_word(std::string_view& line) {
  const std::size_t space = line.find(' ');
  std::string_view word = line.substr(0, space);
  line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  return word;
}

std::optional<int> number_of(std::string_view word) {
  int number = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != word.data() + word.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string error_line(const Error& error) {
  std::string line = fmt::format("error {} {}", name_of(error.kind), escaped(error.text()));
  line.resize(std::min(line.size(), kMaxShimLine - 1));
  return line + "\n";
}

std::string ok_line(std::string_view words) {
  return words.empty() ? "ok\n" : fmt::format("ok {}\n", words);
}

Result<std::string> parse_answer(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  std::string_view verb = take_word(line);
  if (verb == "ok") return std::string(line);
  if (verb == "error") {
    ErrorKind kind = kind_named(take_word(line));
    return fail(kind, unescaped(line));
  }
  return fail(ErrorKind::Corrupt, "the shim gave an answer that is not understood");
}

ControlLine parse_control_line(std::string_view line) {
  const std::string_view verb = take_word(line);
  const std::string_view word = take_word(line);
  if (verb == "hello") {
    if (std::optional<int> protocol = number_of(word)) return Hello{*protocol};
    return UnknownLine{"hello wants a protocol number"};
  }
  if (verb == "status") return AskStatus{};
  if (verb == "request") {
    if (word == "system_powerdown" || word == "quit") return RequestEnd{std::string(word)};
    return UnknownLine{"only system_powerdown and quit can be requested"};
  }
  if (verb == "expect-signal") {
    constexpr int kMaxSignal = 64;
    std::optional<int> number = number_of(word);
    if (number && *number > 0 && *number <= kMaxSignal) return ExpectSignal{*number};
    return UnknownLine{"expect-signal wants a signal number"};
  }
  return UnknownLine{"unknown verb"};
}

}  // namespace vmplan::vm
