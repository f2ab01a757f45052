// SPDX-License-Identifier: Apache-2.0
// Any bytes as a plan file, a node, a lock file: never a crash; what is accepted is spelled exactly
// as it would be written.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "compiler/plan/canonical.h"
#include "compiler/plan/lock_file.h"
#include "compiler/plan/plan_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmplan;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (Result<plan::Plan> plan = plan::read_plan(bytes); plan && plan::write_plan(*plan) != bytes)
    std::abort();
  if (Result<plan::CommandPlan> node = plan::read_node(bytes);
      node && plan::node_document(*node) != bytes)
    std::abort();
  Result<plan::LockFile> lock = plan::read_lock(bytes);
  if (lock && !plan::read_lock(plan::write_lock(*lock))) std::abort();
  return 0;
}
