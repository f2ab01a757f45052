// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/document.h"

namespace vmplan::syntax {

const Value* Value::find(std::string_view key) const {
  for (const Member& member : members)
    if (member.key == key) return &member.value;
  return nullptr;
}

std::string_view with_article(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::String:
      return "a string";
    case Value::Kind::Integer:
      return "an integer";
    case Value::Kind::Boolean:
      return "a boolean";
    case Value::Kind::Float:
      return "a float";
    case Value::Kind::DateTime:
      return "a date or time";
    case Value::Kind::Array:
      return "an array";
    case Value::Kind::Table:
      return "a table";
  }
  return "";
}

}  // namespace vmplan::syntax
