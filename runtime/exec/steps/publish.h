// SPDX-License-Identifier: Apache-2.0
// What the journal must know to tell, after a crash, whether a publish took effect: a rename keeps
// the inode and the time of birth.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "compiler/plan/command_plan.h"
#include "runtime/os/file_system.h"

namespace vmplan::exec {

bool is_publish(const plan::Step& step);
/// Which file the new one is, as text: device, inode and time of birth. Empty when there is none,
/// or the file system does not know times of birth. Requires: is_publish(step).
std::string publish_mark(const plan::Step& step, const os::FileSystem& files);
/// True when the file that had the mark carries its final name now; an empty mark is nobody's.
/// Errors: those of stat.
Result<bool> publish_took_effect(const plan::Step& step, std::string_view mark,
                                 const os::FileSystem& files);

}  // namespace vmplan::exec
