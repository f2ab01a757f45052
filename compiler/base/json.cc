// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/json.h"

#include <cassert>

namespace vmplan {

Json Json::strings(const std::vector<std::string>& values) {
  JsonArray array;
  array.reserve(values.size());
  for (const std::string& value : values) array.emplace_back(value);
  return Json(std::move(array));
}

const Json* Json::find(std::string_view key) const {
  const JsonObject* object = if_object();
  if (object == nullptr) return nullptr;
  auto it = object->find(key);
  return it == object->end() ? nullptr : &it->second;
}

Json& Json::operator[](std::string_view key) {
  JsonObject* object = if_object();
  assert(object != nullptr);
  return object->try_emplace(std::string(key)).first->second;
}

std::string_view Json::string_or(std::string_view key, std::string_view fallback) const {
  const Json* member = find(key);
  const std::string* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? fallback : std::string_view(*text);
}

std::int64_t Json::int_or(std::string_view key, std::int64_t fallback) const {
  const Json* member = find(key);
  const std::int64_t* number = member == nullptr ? nullptr : member->if_int();
  return number == nullptr ? fallback : *number;
}

bool Json::bool_or(std::string_view key, bool fallback) const {
  const Json* member = find(key);
  const bool* flag = member == nullptr ? nullptr : member->if_bool();
  return flag == nullptr ? fallback : *flag;
}

Json json_object_of(std::span<JsonMember> members) {
  JsonObject object;
  for (auto& [key, value] : members) object.emplace(key, std::move(value));
  return Json(std::move(object));
}

}  // namespace vmplan
