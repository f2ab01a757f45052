// SPDX-License-Identifier: Apache-2.0
// A look at the world: is what was applied still there? Read-only; stat and run files, no digest of
// big files.
#pragma once

#include <string>
#include <vector>

#include "compiler/change/change_set.h"
#include "runtime/exec/await_start.h"
#include "runtime/exec/lab_host.h"

namespace vmplan::exec {

/// A machine that runs as applied, or is about to, but whose supervisor was killed.
struct Unsupervised {
  std::string node;
  std::string run_dir;
};

struct Observed {
  /// Only nodes that are not simply present.
  change::Observations observations;
  std::vector<Unsupervised> to_adopt;
};

/// Looks at every applied node. A machine whose QEMU is ending is waited for, as long as its start
/// may take: only its end says what is to be done about it.
Observed observe(const change::Applied& applied, const LabHost& host, const SayOf& say = {});

}  // namespace vmplan::exec
