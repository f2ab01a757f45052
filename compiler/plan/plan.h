// SPDX-License-Identifier: Apache-2.0
// A whole plan in memory: header and nodes. Self-contained: whoever holds it needs no profile.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/dense_map.h"
#include "compiler/base/digest.h"
#include "compiler/base/json.h"
#include "compiler/plan/command_plan.h"

namespace vmplan::plan {

struct NodeTag {};
using NodeId = Id<NodeTag>;

inline constexpr std::string_view kPlanSchema = "vmplan.plan/1";
inline constexpr std::string_view kNodeFormat = "vmplan.node/1";

struct ProfileRef {
  /// Lab-relative path of the profile.
  std::string source;
  Digest profile_hash;
  friend bool operator==(const ProfileRef&, const ProfileRef&) = default;
};

struct Plan {
  std::string lab;
  /// Program and version that made it, e.g. "vmplan 0.1.0"; in no hash but the file's `digest`.
  std::string generator;
  Json platform;
  std::vector<std::string> paths_allow;
  std::map<std::string, ProfileRef> profiles;
  /// Standard-input blobs by digest text.
  std::map<std::string, std::string> blobs;
  /// Sorted bytewise by id.
  DenseMap<NodeId, CommandPlan> nodes;

  /// Binary search by id.
  std::optional<NodeId> find(std::string_view id) const;
};

/// SHA-256 of `<id> SP <key> LF` for every node: what would be built.
Digest plan_hash(const Plan& plan);

/// Nodes so that each comes after its deps and its `after`; ties by id. nullopt when there is a
/// cycle. Requires: every named node exists.
std::optional<std::vector<NodeId>> topological_order(const Plan& plan);

}  // namespace vmplan::plan
