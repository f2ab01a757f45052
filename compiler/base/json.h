// SPDX-License-Identifier: Apache-2.0
// A JSON value restricted to what vmplan hashes: objects, arrays, strings, integers, booleans.
// Floats and null do not exist here. Canonical bytes are written by json_writer.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace vmplan {

class Json;
using JsonArray = std::vector<Json>;
/// Members sorted bytewise by key, the order of canonical JSON (RFC 8785 for ASCII keys).
using JsonObject = std::map<std::string, Json, std::less<>>;

/// One JSON value. Comparison is deep and by value.
class Json {
 public:
  enum class Kind : std::uint8_t { Bool, Int, String, Array, Object };

  /// An empty object, the most common starting point of a document.
  Json() : value_(JsonObject{}) {}
  Json(bool value) : value_(value) {}  // NOLINT(google-explicit-constructor): literals read as JSON
  Json(int value) : value_(std::int64_t{value}) {}              // NOLINT
  Json(std::int64_t value) : value_(value) {}                   // NOLINT
  Json(const char* value) : value_(std::string(value)) {}       // NOLINT
  Json(std::string_view value) : value_(std::string(value)) {}  // NOLINT
  Json(std::string value) : value_(std::move(value)) {}         // NOLINT
  Json(JsonArray value) : value_(std::move(value)) {}           // NOLINT
  Json(JsonObject value) : value_(std::move(value)) {}          // NOLINT

  /// An array of strings, the shape of every argv.
  static Json strings(const std::vector<std::string>& values);

  Kind kind() const { return static_cast<Kind>(value_.index()); }
  bool is(Kind kind_wanted) const { return kind() == kind_wanted; }

  /// Typed access; null when the value is of another kind.
  const bool* if_bool() const { return std::get_if<bool>(&value_); }
  const std::int64_t* if_int() const { return std::get_if<std::int64_t>(&value_); }
  const std::string* if_string() const { return std::get_if<std::string>(&value_); }
  const JsonArray* if_array() const { return std::get_if<JsonArray>(&value_); }
  const JsonObject* if_object() const { return std::get_if<JsonObject>(&value_); }
  JsonArray* if_array() { return std::get_if<JsonArray>(&value_); }
  JsonObject* if_object() { return std::get_if<JsonObject>(&value_); }

  /// Member of an object; null when this is no object or has no such member.
  const Json* find(std::string_view key) const;
  /// Member of an object that is created when absent. Requires: this is an object.
  Json& operator[](std::string_view key);
  /// String member, or `fallback` when it is absent or no string.
  std::string_view string_or(std::string_view key, std::string_view fallback) const;
  /// Integer member, or `fallback` when it is absent or no integer.
  std::int64_t int_or(std::string_view key, std::int64_t fallback) const;
  /// Boolean member, or `fallback` when it is absent or no boolean.
  bool bool_or(std::string_view key, bool fallback) const;

  friend bool operator==(const Json&, const Json&) = default;

 private:
  std::variant<bool, std::int64_t, std::string, JsonArray, JsonObject> value_;
};

using JsonMember = std::pair<std::string_view, Json>;

/// An object of these members, whose values are moved out.
Json json_object_of(std::span<JsonMember> members);

/// Builds an object from pairs: `json_object({{"id", "x"}, {"n", 1}})`. An array, because the
/// elements of an initializer_list can only be copied.
template <std::size_t N>
Json json_object(JsonMember (&&members)[N]) {
  return json_object_of(members);
}

}  // namespace vmplan
