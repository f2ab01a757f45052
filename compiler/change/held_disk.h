// SPDX-License-Identifier: Apache-2.0
// What a disk that is not as it was applied means for the processes on it: one that runs may hold
// the last open copy of its data. It knows no plan.
#pragma once

#include <string>
#include <string_view>

#include "compiler/change/change_set.h"

namespace vmplan::change {

/// What was seen of a node; Present when nobody looked.
Presence presence_of(const Observations& observed, std::string_view id);

/// True when an applied process runs, whatever it runs.
bool is_running(const Observations& observed, std::string_view id);

/// Turns the row of a process into one that neither stops nor starts it, because of how the disk it
/// rests on was seen. Requires: `seen` is not Present.
void leave_alone(Row& row, std::string_view disk, Presence seen, bool running);

}  // namespace vmplan::change
