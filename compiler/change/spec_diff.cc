// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/spec_diff.h"

#include <algorithm>
#include <string>

#include "compiler/base/json_writer.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::change {
namespace {

/// The members of an object or list by the name a path shows.
std::optional<JsonObject> named_members(const Json& value) {
  if (const JsonObject* object = value.if_object()) return *object;
  const JsonArray* array = value.if_array();
  if (array == nullptr) return std::nullopt;
  JsonObject by_name;
  for (const Json& item : *array) {
    std::string_view name = item.string_or("name", "");
    if (name.empty() || !by_name.emplace(name, item).second) {
      by_name.clear();
      break;
    }
  }
  if (by_name.empty())
    for (std::size_t i = 0; i < array->size(); ++i) by_name.emplace(std::to_string(i), (*array)[i]);
  return by_name;
}

bool is_sensitive(const Json* value) {
  return value != nullptr && value->find(plan::kSensitive) != nullptr;
}

/// A value that is shown as a whole, such as an account that is new.
Json without_sensitive(const Json& value) {
  if (is_sensitive(&value)) return Json("(sensitive)");
  if (const JsonArray* array = value.if_array()) {
    JsonArray out;
    for (const Json& item : *array) out.push_back(without_sensitive(item));
    return Json(std::move(out));
  }
  const JsonObject* object = value.if_object();
  if (object == nullptr) return value;
  JsonObject out;
  for (const auto& [name, member] : *object) out.emplace(name, without_sensitive(member));
  return Json(std::move(out));
}

class Differ {
 public:
  explicit Differ(std::vector<AttributeChange>& out) : out_(out) {}

  void compare(const std::string& path, const Json* before, const Json* after) {
    if (before != nullptr && after != nullptr && *before == *after) return;
    if (is_sensitive(before) || is_sensitive(after))
      return out_.push_back({path, std::nullopt, std::nullopt, true});
    if (before != nullptr && after != nullptr && before->kind() == after->kind()) {
      std::optional<JsonObject> old_members = named_members(*before);
      std::optional<JsonObject> new_members = named_members(*after);
      if (old_members && new_members) {
        std::size_t found = out_.size();
        compare_members(path, *old_members, *new_members);
        // Only the order of a named list differs: that is a change too.
        if (out_.size() == found) add(path, before, after);
        return;
      }
    }
    add(path, before, after);
  }

 private:
  void compare_members(const std::string& path, const JsonObject& before, const JsonObject& after) {
    std::string prefix = path.empty() ? "" : path + ".";
    for (const auto& [name, value] : before) {
      auto now = after.find(name);
      compare(prefix + name, &value, now == after.end() ? nullptr : &now->second);
    }
    for (const auto& [name, value] : after)
      if (!before.contains(name)) compare(prefix + name, nullptr, &value);
  }

  void add(const std::string& path, const Json* before, const Json* after) {
    AttributeChange change;
    change.path = path;
    if (before != nullptr) change.before = without_sensitive(*before);
    if (after != nullptr) change.after = without_sensitive(*after);
    out_.push_back(std::move(change));
  }

  std::vector<AttributeChange>& out_;
};

}  // namespace

std::vector<AttributeChange> spec_diff(const Json& before, const Json& after) {
  std::vector<AttributeChange> out;
  Differ(out).compare("", &before, &after);
  std::sort(out.begin(), out.end(),
            [](const AttributeChange& a, const AttributeChange& b) { return a.path < b.path; });
  return out;
}

std::string change_text(const AttributeChange& change) {
  if (change.sensitive) return "(sensitive, changed)";
  auto side = [](const std::optional<Json>& value) {
    return value ? canonical(*value) : std::string("(none)");
  };
  return side(change.before) + " -> " + side(change.after);
}

}  // namespace vmplan::change
