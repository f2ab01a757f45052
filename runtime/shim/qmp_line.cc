// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/qmp_line.h"

#include <fmt/format.h>

#include <optional>

#include "runtime/vm/json_scan.h"

namespace vmplan::shim {

using vm::json_member;

namespace {

std::int64_t id_of(std::string_view line) {
  std::optional<std::string_view> id = json_member(line, "id");
  return id ? vm::json_integer(*id).value_or(0) : 0;
}

std::string_view text_of(std::string_view object, std::string_view key) {
  std::optional<std::string_view> value = json_member(object, key);
  return value ? vm::json_plain_string(*value).value_or("") : "";
}

}  // namespace

QmpLine classify_qmp_line(std::string_view line) {
  if (json_member(line, "QMP")) return QmpGreeting{};
  if (json_member(line, "return")) return QmpReturn{id_of(line)};
  if (std::optional<std::string_view> error = json_member(line, "error"))
    return QmpFailure{id_of(line), std::string(text_of(*error, "desc"))};
  if (text_of(line, "event") != "SHUTDOWN") return QmpOther{};
  const std::string_view data = json_member(line, "data").value_or("{}");
  const bool guest = vm::json_boolean(json_member(data, "guest").value_or("")).value_or(false);
  return vm::Shutdown{guest, vm::as_word(text_of(data, "reason"))};
}

std::string qmp_command_line(std::string_view name, std::int64_t id) {
  return fmt::format("{{\"execute\":\"{}\",\"id\":{}}}\n", name, id);
}

}  // namespace vmplan::shim
