// SPDX-License-Identifier: Apache-2.0
// The node of one image: its file, brought into the lab's store under its digest.
#pragma once

#include "compiler/lower/lab_facts.h"
#include "compiler/lower/unit.h"

namespace vmplan::lower {

/// `image/<name>`. The store file is read-only and named by digest, so that no overlay ever loses
/// its base.
plan::CommandPlan image_node(const LabFacts& facts, const model::Image& image);

/// The images of a lab that at least one disk is based on. An image nobody uses costs no copy.
Unit lower_images(const model::Lab& lab);

}  // namespace vmplan::lower
