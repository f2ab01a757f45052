// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/base64.h"

#include <cstdint>

namespace vmplan {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64_encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::size_t have = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8U | (i < have ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= have ? kAlphabet[group >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::uint32_t group = 0;
    std::size_t have = 0;  // characters before the padding
    for (std::size_t i = 0; i < 4; ++i) {
      std::size_t value = kAlphabet.find(text[at + i]);
      if (value != std::string_view::npos && have == i) {
        ++have;
      } else if (text[at + i] == '=' && i >= 2 && at + 4 == text.size()) {
        value = 0;
      } else {
        return std::nullopt;
      }
      group = group << 6U | static_cast<std::uint32_t>(value);
    }
    for (std::size_t i = 0; i + 1 < have; ++i)
      out += static_cast<char>(group >> (16 - 8 * i) & 0xFFU);
  }
  if (base64_encode(out) != text) return std::nullopt;
  return out;
}

}  // namespace vmplan
