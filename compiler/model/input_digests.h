// SPDX-License-Identifier: Apache-2.0
// Digests of the files a lab rests on, each asked for once.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/file_reader.h"
#include "compiler/model/lab.h"

namespace vmplan::model {

class InputDigests {
 public:
  explicit InputDigests(const FileReader& files) : files_(files) {}

  /// SHA-256 of the file at `path` (normal form). `what` and `span` say who needs it.
  /// Errors: InputMissing, for every one who asks.
  std::optional<Digest> need(const std::string& path, std::string_view what, Span span,
                             std::string_view help, Diagnostics& diagnostics);

  /// The digest of a file that need() has found.
  Digest known(const std::string& path) const;

  /// Every file that was hashed, sorted by path.
  std::vector<InputFile> all() const;

 private:
  const FileReader& files_;
  std::map<std::string, Result<Digest>> known_;
};

}  // namespace vmplan::model
