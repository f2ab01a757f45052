// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/terminal_filter.h"

#include "compiler/base/text.h"

namespace vmplan::vm {
namespace {

constexpr unsigned char kEscape = 0x1B;
constexpr unsigned char kCancel = 0x18;
constexpr unsigned char kSubstitute = 0x1A;
constexpr unsigned char kBell = 0x07;
constexpr std::size_t kMaxParameters = 64;
/// A string that never ends must not hide the console for ever.
constexpr std::size_t kMaxString = 4096;

bool is_plain(unsigned char byte) {
  return (byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\r' || byte == '\t' ||
         byte == '\b';
}

/// Bytes of the UTF-8 sequence that starts with `lead`, or 0.
std::size_t utf8_length(unsigned char lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

/// C1 controls, which are 0x80..0x9F as code points too.
bool is_c1(std::string_view sequence) {
  return sequence.size() == 2 && sequence[0] == '\xC2' &&
         static_cast<unsigned char>(sequence[1]) < 0xA0;
}

}  // namespace

std::string TerminalFilter::feed(std::string_view bytes) {
  std::string out;
  for (char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    switch (state_) {
      case State::Text:
        text(byte, out);
        break;
      case State::Utf8:
        utf8(byte, out);
        break;
      case State::Escape:
        escape(byte);
        break;
      case State::EscapeMore:
        if (byte >= 0x30 || byte < 0x20) state_ = State::Text;
        break;
      case State::Csi:
        csi(byte, out);
        break;
      case State::String:
      case State::StringEscape:
        string(byte, out);
        break;
    }
  }
  return out;
}

std::string TerminalFilter::finish() {
  state_ = State::Text;
  return coloured_ ? "\x1b[0m" : "";
}

void TerminalFilter::text(unsigned char byte, std::string& out) {
  if (is_plain(byte)) {
    out += static_cast<char>(byte);
  } else if (byte == kEscape) {
    state_ = State::Escape;
  } else if (byte >= 0x80) {
    const std::size_t length = utf8_length(byte);
    if (length == 0) {
      out += '?';
      return;
    }
    pending_.assign(1, static_cast<char>(byte));
    missing_ = length - 1;
    state_ = State::Utf8;
  }
}

void TerminalFilter::utf8(unsigned char byte, std::string& out) {
  if ((byte & 0xC0U) != 0x80) {
    out += '?';
    state_ = State::Text;
    return text(byte, out);
  }
  pending_ += static_cast<char>(byte);
  if (--missing_ > 0) return;
  state_ = State::Text;
  if (!is_c1(pending_)) out += is_utf8(pending_) ? pending_ : "?";
}

void TerminalFilter::escape(unsigned char byte) {
  switch (byte) {
    case '[':
      pending_.clear();
      state_ = State::Csi;
      return;
    case ']':  // OSC
    case 'P':  // DCS
    case 'X':  // SOS
    case '^':  // PM
    case '_':  // APC
      begin_string();
      return;
    case kEscape:
      return;
    default:
      state_ = byte >= 0x20 && byte < 0x30 ? State::EscapeMore : State::Text;
  }
}

void TerminalFilter::csi(unsigned char byte, std::string& out) {
  if (byte == kEscape) {
    state_ = State::Escape;
  } else if (byte < 0x20 || byte >= 0x7F) {
    state_ = State::Text;
    if (byte == '\n') out += '\n';
  } else if (byte < 0x40) {
    if (pending_.size() <= kMaxParameters) pending_ += static_cast<char>(byte);
  } else {
    state_ = State::Text;
    const bool plain = pending_.find_first_not_of("0123456789;:") == std::string::npos;
    if (byte != 'm' || !plain || pending_.size() > kMaxParameters) return;
    out += "\x1b[" + pending_ + "m";
    coloured_ = true;
  }
}

void TerminalFilter::begin_string() {
  state_ = State::String;
  swallowed_ = 0;
}

void TerminalFilter::string(unsigned char byte, std::string& out) {
  if (byte == '\n') {
    out += '\n';
    state_ = State::Text;
  } else if (byte == kBell || byte == kCancel || byte == kSubstitute || ++swallowed_ > kMaxString) {
    state_ = State::Text;
  } else if (state_ == State::StringEscape) {
    // ESC \ ends the string; any other escape ends it as well and starts anew.
    state_ = State::Escape;
    escape(byte);
  } else if (byte == kEscape) {
    state_ = State::StringEscape;
  }
}

}  // namespace vmplan::vm
