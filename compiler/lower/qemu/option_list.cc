// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/option_list.h"

namespace vmplan::lower::qemu {

OptionList& OptionList::add(std::string_view key, std::string_view value) {
  if (!text_.empty()) text_ += ',';
  text_ += key;
  text_ += '=';
  for (char c : value) {
    if (c == ',') text_ += ',';
    text_ += c;
  }
  return *this;
}

}  // namespace vmplan::lower::qemu
