// SPDX-License-Identifier: Apache-2.0
// A lab in memory, sent through the whole model.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "compiler/model/model.h"
#include "tests/support/memory_file_reader.h"
#include "tests/support/sample_profile.h"

namespace vmplan::test {

/// Everything the model said about a lab.
struct ModelRun {
  SourceMap sources;
  Diagnostics diagnostics;
  model::LabSources files;
  std::optional<model::Lab> lab;

  /// All findings, sorted, as `vmplan validate` prints them.
  std::string rendered() const;
  bool has(Code code) const;
};

/// Loads and resolves. Diagnostics are sorted.
ModelRun run_model(const FileReader& files, const model::LabRequest& request = {});

/// Looks for a profile first, and goes on with the lab that holds it.
ModelRun run_model_of_profile(const std::string& name, const FileReader& files,
                              model::LabRequest request);

/// The same for a lab given as pairs of path and text.
ModelRun run_model(std::initializer_list<std::pair<std::string, std::string>> files,
                   const model::LabRequest& request = {});

}  // namespace vmplan::test
