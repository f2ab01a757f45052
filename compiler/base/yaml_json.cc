// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/yaml_json.h"

#include <fmt/format.h>

#include <string_view>

#include "compiler/base/json_writer.h"

namespace vmplan {
namespace {

/// Characters that JSON takes as they are and YAML 1.1 does not: controls, line breaks of its own,
/// byte order marks. Source: YAML 1.1, 5.1 and 5.4.
bool needs_escape(char32_t point) {
  return (point >= 0x7F && point <= 0x9F) || point == 0x2028 || point == 0x2029 ||
         point == 0xFEFF || point == 0xFFFE || point == 0xFFFF;
}

/// One code point of valid UTF-8; `at` moves behind it.
char32_t next_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  auto point = static_cast<char32_t>(lead & (0x3F >> more));
  for (int i = 0; i < more; ++i)
    point = (point << 6U) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
  return point;
}

}  // namespace

std::string yaml_json(const Json& document) {
  const std::string json = canonical(document);
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t begin = at;
    // Only texts hold such characters, so an escape is in place wherever one stands.
    if (char32_t point = next_point(json, at); needs_escape(point)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(point));
    } else {
      out.append(json, begin, at - begin);
    }
  }
  return out;
}

}  // namespace vmplan
