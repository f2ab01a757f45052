// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/placeholders.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

constexpr std::string_view kIndex = "index";
constexpr std::string_view kEach = "each";
/// Large enough for every port, address and size, and far from any overflow.
constexpr std::int64_t kLargestOffset = 1'000'000'000;

/// Decimal digits only, at most `largest`.
std::optional<std::int64_t> number_of(std::string_view digits, std::int64_t largest) {
  std::int64_t number = 0;
  auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!whole || number < 0 || number > largest || digits[0] == '-') return std::nullopt;
  return number;
}

/// What one placeholder stands for.
struct Meaning {
  std::string text;
  std::optional<std::int64_t> number;
};

/// "index" with what may follow it: "+K", ":0W". nullopt when that is anything else.
std::optional<Meaning> index_of(std::string_view name, std::int64_t index) {
  name.remove_prefix(kIndex.size());
  std::optional<std::int64_t> width = 0;
  if (std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    std::string_view format = name.substr(colon + 1);
    if (format.size() != 2 || format[0] != '0') return std::nullopt;
    width = number_of(format.substr(1), 9);
    if (!width || *width == 0) return std::nullopt;
    name = name.substr(0, colon);
  }
  std::optional<std::int64_t> offset = 0;
  if (!name.empty()) {
    if (name[0] != '+') return std::nullopt;
    offset = number_of(name.substr(1), kLargestOffset);
  }
  if (!offset) return std::nullopt;
  std::string text = fmt::format("{:0{}}", index + *offset, *width);
  return Meaning{std::move(text), index + *offset};
}

std::optional<Meaning> meaning_of(std::string_view name, const PlaceholderValues& values) {
  if (name == kEach && values.each != nullptr)
    return Meaning{*values.each, number_of(*values.each, kLargestOffset)};
  if (name.starts_with(kIndex)) return index_of(name, values.index);
  return std::nullopt;
}

std::string fault_of(std::string_view name, const PlaceholderValues& values) {
  if (name == kEach && values.each == nullptr)
    return "`{each}` needs `for_each`; machines that are counted have `{index}`";
  return fmt::format("`{{{}}}` is no placeholder", printable(name));
}

}  // namespace

Replaced replace_placeholders(std::string_view text, const PlaceholderValues& values) {
  Replaced out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '{') {
      out.text += text[at];
      continue;
    }
    if (text.substr(at).starts_with("{{")) {
      out.text += '{';
      ++at;
      continue;
    }
    std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) {
      out.fault = "a `{` is not closed; a brace by itself is written `{{`";
      return out;
    }
    std::string_view name = text.substr(at + 1, end - at - 1);
    std::optional<Meaning> meaning = meaning_of(name, values);
    if (!meaning) {
      out.fault = fault_of(name, values);
      return out;
    }
    ++out.count;
    bool is_whole = at == 0 && end + 1 == text.size();
    if (is_whole) out.number = meaning->number;
    out.text += meaning->text;
    at = end;
  }
  return out;
}

}  // namespace vmplan::model
