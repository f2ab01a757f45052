// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/name_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

constexpr bool is_name_byte(char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; }

/// The whole code point at `at`, for a message.
std::string_view code_point(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;
  return text.substr(at, end - at);
}

}  // namespace

std::optional<std::string> name_fault(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (!is_ascii_alnum(name[0])) return fmt::format("it starts with `{}`", code_point(name, 0));
  for (std::size_t at = 0; at < name.size(); ++at)
    if (!is_name_byte(name[at])) return fmt::format("it holds `{}`", code_point(name, at));
  if (name.size() > kLongestName)
    return fmt::format("it has {} bytes; at most {} are allowed", name.size(), kLongestName);
  return std::nullopt;
}

std::string legal_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    if (is_name_byte(c) && (!out.empty() || is_ascii_alnum(c))) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  if (out.size() > kLongestName) out.resize(kLongestName);
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::optional<std::string> cpu_model_fault(std::string_view model) {
  if (model.empty()) return "it is empty";
  if (model == "help") return "QEMU would print its list of models and exit";
  if (!is_ascii_alnum(model[0])) return fmt::format("it starts with `{}`", code_point(model, 0));
  for (std::size_t at = 0; at < model.size(); ++at)
    if (!is_name_byte(model[at]) && model[at] != '.')
      return fmt::format("it holds `{}`", code_point(model, at));
  return std::nullopt;
}

std::optional<std::string> device_name_fault(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name == "." || name == "..") return "Linux takes it for a directory";
  if (name[0] == '-') return "`ip` would take it for an option";
  for (const char c : name) {
    if (c == '/' || c == ':' || c == '%') return fmt::format("it holds `{}`", c);
    if (c == ' ' || is_ascii_control(c)) return "it holds white space";
  }
  if (name.size() > kLongestDeviceName)
    return fmt::format("it has {} bytes; at most {} are allowed", name.size(), kLongestDeviceName);
  return std::nullopt;
}

}  // namespace vmplan::model
