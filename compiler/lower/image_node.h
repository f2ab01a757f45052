// SPDX-License-Identifier: Apache-2.0
// The node of one image: a file that is brought into the lab's store, or a recipe that makes it
// there.
#pragma once

#include "compiler/lower/lab_facts.h"
#include "compiler/lower/unit.h"

namespace vmplan::lower {

/// "image/NAME".
std::string image_id(const model::Image& image);

/// `unit` gets what the node's steps read from standard input. The store file is read-only and
/// named by digest or by the key of the recipe, so that no overlay ever loses its base.
plan::CommandPlan image_node(const LabFacts& facts, const model::Image& image, Unit& unit);

/// The images of a lab that machines use, and what their recipes read. An image nobody uses costs
/// no copy.
Unit lower_images(const model::Lab& lab);

}  // namespace vmplan::lower
