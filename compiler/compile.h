// SPDX-License-Identifier: Apache-2.0
// The compiler: files of a lab in, plan and lock out. Pure: it reads through a FileReader, starts
// no thread of its own and keeps nothing between calls.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/base/file_reader.h"
#include "compiler/model/model.h"
#include "compiler/plan/lock_file.h"
#include "compiler/plan/plan.h"

namespace vmplan {

/// Calls its argument for 0 .. count-1, in any order and on any threads. Results never depend on
/// either.
using ForEach =
    std::function<void(std::size_t count, const std::function<void(std::size_t)>& work)>;

/// The typed sources of a lab, before any rule was checked.
model::LabSources read_lab(const model::LabRequest& request, const FileReader& files,
                           const ForEach& for_each, SourceMap& sources, Diagnostics& diagnostics);

struct Compiled {
  model::Lab lab;
  plan::Plan plan;
  plan::LockFile lock;
};

/// From typed sources to a linked plan. `diagnostics` holds what read_lab() found and gets the
/// rest; it is sorted on return. Returns nullopt when it holds errors.
std::optional<Compiled> compile(const model::LabRequest& request,
                                const model::LabSources& lab_sources, const FileReader& files,
                                const ForEach& for_each, const SourceMap& sources,
                                Diagnostics& diagnostics);

}  // namespace vmplan
