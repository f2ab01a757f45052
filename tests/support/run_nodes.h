// SPDX-License-Identifier: Apache-2.0
// Nodes as the QEMU back end spells them, made without a profile: for tests of what runs them.
#pragma once

#include <string>
#include <vector>

#include "compiler/plan/plan.h"

namespace vmplan::test {

/// Brings `images/<name>` into the store; its bytes are `bytes`.
plan::CommandPlan image_node(const std::string& name, const std::string& bytes);
/// Where that image lies in the store.
std::string stored_image(const std::string& name, const std::string& bytes);

/// A made qcow2 disk of `gibibytes`, on top of an image node when there is one.
plan::CommandPlan disk_node(const std::string& vm, int gibibytes,
                            const plan::CommandPlan* image = nullptr);
std::string disk_path(const std::string& vm);

/// A machine on `disk/<vm>/root`, started after the machines of `after`. `word` ends its command
/// line.
plan::CommandPlan vm_node(const std::string& vm, const std::string& word = "-S",
                          const std::vector<std::string>& after = {});
std::string run_dir(const std::string& vm);

/// Sorts, seals, keys and verifies. Throws what is wrong.
plan::Plan plan_with(std::vector<plan::CommandPlan> nodes);

/// Edges sorted, judgement written, digests of the steps and `own` set.
void seal(plan::CommandPlan& node);

}  // namespace vmplan::test
