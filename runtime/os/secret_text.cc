// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/secret_text.h"

#include <string.h>

namespace vmplan::os {

void wipe(std::string& text) {
  // Texts that were shortened keep their old bytes behind the end.
  text.resize(text.capacity());
  ::explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace vmplan::os
