// SPDX-License-Identifier: Apache-2.0
// A file that a plan rests on.
#pragma once

#include <string>

#include "compiler/base/digest.h"

namespace vmplan::model {

/// A file that is read at start, with the digest it had when the plan was made.
struct InputFile {
  std::string path;
  Digest sha256;
};

}  // namespace vmplan::model
