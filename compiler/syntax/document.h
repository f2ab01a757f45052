// SPDX-License-Identifier: Apache-2.0
// A TOML document as a tree with places. It knows no schema, and no TOML library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/source.h"

namespace vmplan::syntax {

struct Member;

/// One value. Only the members that belong to `kind` mean anything.
struct Value {
  enum class Kind : std::uint8_t { String, Integer, Boolean, Float, DateTime, Array, Table };

  Kind kind = Kind::Table;
  /// The whole value; of a `[table]` its header.
  Span span;
  std::string text;
  std::int64_t integer = 0;
  bool boolean = false;
  /// A text that stands for a number, which `integer` holds: it may be read as either.
  bool number_text = false;
  /// What is wrong with it was reported while the tree was made ready: nobody says more about it.
  bool reported = false;
  /// Elements of an array, in order.
  std::vector<Value> items;
  /// Members of a table, in the order of the file.
  std::vector<Member> members;

  /// Member of a table; null when there is none.
  const Value* find(std::string_view key) const;
};

/// A key and its value.
struct Member {
  std::string key;
  /// The key's own part: `cores` of `hardware.cores = 2`.
  Span key_span;
  Value value;
};

/// "a string", "an integer", ...
std::string_view with_article(Value::Kind kind);

struct Document {
  SourceId source;
  Value root;
};

}  // namespace vmplan::syntax
