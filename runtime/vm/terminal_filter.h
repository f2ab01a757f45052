// SPDX-License-Identifier: Apache-2.0
// What a guest wrote, made safe for the terminal of the person who looks at it. Pure.
// Kept: text in UTF-8, CR, LF, TAB, BS, and colours (CSI ... m). Dropped: everything that moves the
// cursor, sets titles, touches the clipboard, or makes a terminal answer (ECMA-48 CSI, OSC, DCS,
// APC, PM, SOS, C0, C1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vmplan::vm {

class TerminalFilter {
 public:
  /// The safe part of `bytes`. Sequences may be split over several calls at any byte.
  std::string feed(std::string_view bytes);
  /// What ends the output: the colour is reset if one was set.
  std::string finish();

 private:
  enum class State : std::uint8_t { Text, Utf8, Escape, EscapeMore, Csi, String, StringEscape };
  void text(unsigned char byte, std::string& out);
  void utf8(unsigned char byte, std::string& out);
  void escape(unsigned char byte);
  void csi(unsigned char byte, std::string& out);
  void string(unsigned char byte, std::string& out);
  void begin_string();

  State state_ = State::Text;
  /// The sequence so far: UTF-8 lead and continuations, or CSI parameters.
  std::string pending_;
  std::size_t missing_ = 0;
  std::size_t swallowed_ = 0;
  bool coloured_ = false;
};

}  // namespace vmplan::vm
