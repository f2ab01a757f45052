// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/result.h"

namespace vmplan {

std::string Error::text() const {
  std::string out;
  for (auto line = context.rbegin(); line != context.rend(); ++line) {
    out += *line;
    out += ": ";
  }
  out += message;
  return out;
}

}  // namespace vmplan
