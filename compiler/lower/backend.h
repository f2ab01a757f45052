// SPDX-License-Identifier: Apache-2.0
// What a hypervisor must offer to be a target of the compiler, and the list of those that do.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/diagnostic.h"
#include "compiler/lower/lab_facts.h"
#include "compiler/lower/unit.h"
#include "compiler/model/lab.h"
#include "compiler/model/limits.h"

namespace vmplan::lower {

/// Guests of one architecture, and how many devices of a kind they take.
struct GuestCapabilities {
  std::string_view arch;
  model::DeviceLimits limits;
};

/// What a back end can express. docs/backends.md is this table for people (support_matrix.h); a
/// test holds the words of the language against it.
struct Capabilities {
  std::vector<GuestCapabilities> architectures;
  std::vector<std::string_view> disk_formats;
  std::vector<std::string_view> network_types;
  std::vector<std::string_view> serial_modes;
};

/// Stateless and pure.
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  /// As `[vm] backend` names it.
  virtual std::string_view name() const = 0;
  virtual Capabilities capabilities() const = 0;

  /// The nodes of one VM. What the back end cannot express is a diagnostic, never dropped.
  virtual Unit lower(const model::Vm& vm, const LabFacts& facts,
                     Diagnostics& diagnostics) const = 0;

  /// Steps that turn what `old` made into what `now` wants without remaking it; nullopt when there
  /// is no such way.
  virtual std::optional<std::vector<plan::Step>> update(const plan::CommandPlan& old,
                                                        const plan::CommandPlan& now) const = 0;
};

/// All back ends, sorted by name.
std::span<const Backend* const> backends();
/// Null when there is none of that name.
const Backend* find_backend(std::string_view name);

}  // namespace vmplan::lower
