// SPDX-License-Identifier: Apache-2.0
// A value as a file gives it: perhaps absent, perhaps wrong, always with its place. It knows no
// field.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/source.h"

namespace vmplan::model {

/// One field of a section. Four states:
///   absent, no default:   no value, not present
///   absent, with default: value,    not present
///   written and sound:    value,    present
///   written but wrong:    no value, present    (reported already: rules that need it stay silent)
template <class T>
struct Written {
  std::optional<T> value;
  /// True when the key stands in the file.
  bool present = false;
  /// Of the value when present, else of the section's header.
  Span span;

  bool has() const { return value.has_value(); }
  bool is_invalid() const { return present && !value; }
  const T& operator*() const { return *value; }
  const T* operator->() const { return &*value; }
};

/// One string of a list, with its own place.
struct ListItem {
  std::string text;
  Span span;
};

/// Where a secret is, instead of the secret.
struct SecretReference {
  /// "env:NAME", "file:PATH" or "command:NAME".
  std::string reference;
  /// Any text; another one says that the secret is another. Empty: none is given.
  std::string version;
};

using WrittenText = Written<std::string>;
using WrittenInteger = Written<std::int64_t>;
using WrittenFlag = Written<bool>;
using WrittenList = Written<std::vector<ListItem>>;
using WrittenSecret = Written<SecretReference>;

/// Whether it is set to true, by the file or by default.
inline bool is_on(const WrittenFlag& flag) { return flag.has() && *flag; }

/// What every section struct starts with.
struct Section {
  /// True when the section stands in the file.
  bool present = false;
  /// Of the header; of the start of the file when absent.
  Span span;
};

/// The sections of one kind that may occur several times, in the order of the file.
template <class S>
struct SectionList : std::vector<S> {
  /// False when what stands in the file is no list of such sections, so that some are not known.
  bool sound = true;
};

}  // namespace vmplan::model
