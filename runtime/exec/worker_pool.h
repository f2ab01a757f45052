// SPDX-License-Identifier: Apache-2.0
// Threads that take work items from the scheduler. The only place in exec/ that starts a thread.
#pragma once

#include <functional>

#include "runtime/exec/work.h"
#include "runtime/os/cancel.h"

namespace vmplan::exec {

struct PoolOptions {
  /// At least 1. The calling thread is one of them.
  unsigned jobs = 1;
  /// After a failure go on with what does not rest on it.
  bool keep_going = false;
};

/// Runs `work_on` for every item that is reached; true says that it went well. Returns when all
/// have ended. A raised cancel level starts nothing new. An exception of `work_on` is thrown again
/// here, after the others have ended.
void run_all(const Work& work, const PoolOptions& options, const os::Cancel& cancel,
             const std::function<bool(const WorkItem&)>& work_on);

}  // namespace vmplan::exec
