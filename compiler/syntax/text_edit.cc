// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/text_edit.h"

#include <algorithm>
#include <tuple>

#include "compiler/base/result.h"

namespace vmplan::syntax {

std::string apply_edits(std::string_view text, std::vector<TextEdit> edits) {
  std::stable_sort(edits.begin(), edits.end(), [](const TextEdit& a, const TextEdit& b) {
    return std::tie(a.extent.begin, a.extent.end) < std::tie(b.extent.begin, b.extent.end);
  });
  std::string out;
  std::size_t at = 0;
  for (const TextEdit& edit : edits) {
    if (edit.extent.begin < at || edit.extent.end > text.size())
      throw InternalError("two edits of a text overlap, or one lies outside it");
    out.append(text.substr(at, edit.extent.begin - at)).append(edit.text);
    at = edit.extent.end;
  }
  return out.append(text.substr(at));
}

}  // namespace vmplan::syntax
