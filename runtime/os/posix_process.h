// SPDX-License-Identifier: Apache-2.0
// os::ProcessRunner with real processes.
#pragma once

#include "runtime/os/lab_root.h"
#include "runtime/os/process.h"

namespace vmplan::os {

class PosixProcessRunner final : public ProcessRunner {
 public:
  /// Requires: `root` outlives this.
  explicit PosixProcessRunner(const LabRoot& root) : root_(root) {}

  Result<ProcessExit> run(const ProcessSpec& spec, const Cancel& cancel) override;

 private:
  const LabRoot& root_;
};

}  // namespace vmplan::os
