// SPDX-License-Identifier: Apache-2.0
// The images of a lab, completed: digests, recipes and their keys.
#pragma once

#include "compiler/model/input_digests.h"
#include "compiler/model/model.h"

namespace vmplan::model {

/// Sorted bytewise by name. `recorded` holds the results of recipes by result_name().
/// Requires: every rule was checked and none was broken; files are known to `inputs`.
DenseMap<ImageId, Image> complete_images(const LabFile& file, std::string_view state_dir,
                                         const InputDigests& inputs,
                                         const RecordedResults& recorded);

/// Under which the lock file records what a recipe made: "image/NAME/<key, 64 hex>". With the key,
/// so that what another recipe of that name made is never taken for its result.
std::string result_name(const Image& image);

}  // namespace vmplan::model
