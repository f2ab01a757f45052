// SPDX-License-Identifier: Apache-2.0
// The only file that includes simdjson.
#include "compiler/base/json_read.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <optional>

#include "compiler/base/json_writer.h"
#include "compiler/base/text.h"

namespace vmplan {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::int64_t kMaxInteger = (std::int64_t{1} << 53) - 1;

enum class Dialect { Own, Foreign };

Error corrupt(std::string message) { return Error{ErrorKind::Corrupt, std::move(message)}; }

class Converter {
 public:
  explicit Converter(Dialect dialect) : dialect_(dialect) {}

  /// nullopt inside the result stands for null, which only the foreign dialect lets through.
  Result<std::optional<Json>> convert(element from) {
    switch (from.type()) {
      case element_type::BOOL:
        return Json(from.get_bool().value_unsafe());
      case element_type::STRING:
        return Json(from.get_string().value_unsafe());
      case element_type::INT64:
        return integer(from.get_int64().value_unsafe());
      case element_type::UINT64:
        return too_large();
      case element_type::DOUBLE:
        return real(from.get_double().value_unsafe());
      case element_type::NULL_VALUE:
        if (dialect_ == Dialect::Own) return fail(corrupt("null does not occur in this format"));
        return std::optional<Json>();
      case element_type::ARRAY:
        return array(from.get_array().value_unsafe());
      case element_type::OBJECT:
        return object(from.get_object().value_unsafe());
    }
    return fail(corrupt("unknown JSON value"));
  }

 private:
  Result<std::optional<Json>> integer(std::int64_t number) const {
    if (dialect_ == Dialect::Own && (number > kMaxInteger || number < -kMaxInteger))
      return too_large();
    return Json(number);
  }

  static Result<std::optional<Json>> too_large() {
    return fail(corrupt("an integer is outside +-(2^53-1)"));
  }

  Result<std::optional<Json>> real(double number) const {
    if (dialect_ == Dialect::Own) return fail(corrupt("floats do not occur in this format"));
    return Json(fmt::format("{}", number));
  }

  Result<std::optional<Json>> array(simdjson::dom::array from) {
    JsonArray items;
    items.reserve(from.size());
    for (element item : from) {
      Result<std::optional<Json>> converted = convert(item);
      if (!converted) return converted;
      if (*converted) items.push_back(std::move(**converted));
    }
    return Json(std::move(items));
  }

  Result<std::optional<Json>> object(simdjson::dom::object from) {
    JsonObject members;
    for (auto [key, member] : from) {
      Result<std::optional<Json>> converted = convert(member);
      if (!converted) return converted;
      if (members.contains(key))
        return fail(corrupt(fmt::format("the key \"{}\" occurs twice", key)));
      if (*converted) members.emplace(key, std::move(**converted));
    }
    return Json(std::move(members));
  }

  Dialect dialect_;
};

Result<Json> read(std::string_view bytes, Dialect dialect) {
  if (!is_utf8(bytes)) return fail(corrupt("the text is not valid UTF-8"));
  simdjson::dom::parser parser;
  if (parser.allocate(bytes.size() + 1, kMaxJsonDepth) != simdjson::SUCCESS)
    return fail(corrupt("the document is too large"));
  element root;
  auto code = parser.parse(simdjson::padded_string(bytes)).get(root);
  if (code != simdjson::SUCCESS) return fail(corrupt(simdjson::error_message(code)));
  Result<std::optional<Json>> converted = Converter(dialect).convert(root);
  if (!converted) return fail(converted.error());
  if (!*converted) return fail(corrupt("the document is null"));
  return std::move(**converted);
}

}  // namespace

Result<Json> read_canonical_json(std::string_view bytes) {
  Result<Json> value = read(bytes, Dialect::Own);
  if (value && canonical(*value) != bytes)
    return fail(
        corrupt("the document is not spelled canonically (white space, key order or escapes)"));
  return value;
}

Result<Json> read_foreign_json(std::string_view bytes) { return read(bytes, Dialect::Foreign); }

}  // namespace vmplan
