// SPDX-License-Identifier: Apache-2.0
// The hand-written schemas, looked into by tests of what they describe.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "compiler/base/json.h"

namespace vmplan::test {

/// schemas/NAME.schema.json. Fails the running test when it cannot be read.
Json schema_file(std::string_view name);

/// The value at a path of member names: "$defs/risk/enum". Fails the running test when it is not
/// there.
const Json& at(const Json& document, std::string_view path);

/// The strings of an array.
std::set<std::string> words(const Json& array);

/// The member names of an object.
std::set<std::string> keys(const Json& object);

/// Every word of an enumeration: to_text() has no other way to be asked for all. The empty word,
/// which stands for no enumerator, is left out.
template <class Enum>
std::set<std::string> all_words(std::string_view (*to_text)(Enum)) {
  static_assert(sizeof(Enum) == 1);
  std::set<std::string> out;
  for (int value = 0; value <= UINT8_MAX; ++value)
    out.insert(std::string(to_text(static_cast<Enum>(value))));
  out.erase("");
  return out;
}

}  // namespace vmplan::test
