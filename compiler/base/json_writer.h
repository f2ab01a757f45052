// SPDX-License-Identifier: Apache-2.0
// Canonical JSON (RFC 8785 restricted to our value kinds), appended to a string.
// The one place that knows escapes and number spelling; it knows no document.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/json.h"

namespace vmplan {

/// Appends `text` as a JSON string literal with the canonical escapes.
/// Requires: `text` is valid UTF-8.
void append_json_string(std::string& out, std::string_view text);

/// Appends the canonical bytes of `value`.
void append_canonical(std::string& out, const Json& value);

/// The canonical bytes of `value`, on one line without a final line feed.
std::string canonical(const Json& value);

/// Streams one canonical document without building a tree.
/// Requires: members of an object are written in bytewise key order (checked in debug builds).
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);
  JsonWriter& string(std::string_view text);
  JsonWriter& integer(std::int64_t number);
  JsonWriter& boolean(bool flag);
  JsonWriter& value(const Json& tree);
  JsonWriter& strings(const std::vector<std::string>& values);

 private:
  void separate();

  std::string& out_;
  bool first_ = true;
  bool after_key_ = false;
#ifndef NDEBUG
  std::vector<std::string> last_keys_;
#endif
};

}  // namespace vmplan
