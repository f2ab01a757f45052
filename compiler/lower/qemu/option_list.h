// SPDX-License-Identifier: Apache-2.0
// The encoder for QEMU's `key=value,key=value` option grammar (QemuOpts, keyval), as -chardev and
// -mon use it. Source: QEMU util/keyval.c: the comma is the only special byte of a value and is
// doubled.
#pragma once

#include <string>
#include <string_view>

namespace vmplan::lower::qemu {

/// Builds one option argument. Values may be any text without NUL.
class OptionList {
 public:
  /// `implied` is the value of the grammar's implied first key, e.g. the driver of -chardev.
  /// Requires: it holds neither `=` nor `,` (it comes from our own constants).
  explicit OptionList(std::string_view implied) : text_(implied) {}
  OptionList() = default;

  OptionList& add(std::string_view key, std::string_view value);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace vmplan::lower::qemu
