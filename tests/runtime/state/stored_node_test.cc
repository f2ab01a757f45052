// SPDX-License-Identifier: Apache-2.0
// Records as rows: what is read back is what was stored, also by an older version.
#include "runtime/state/stored_node.h"

#include <catch2/catch.hpp>

#include "compiler/base/digest.h"
#include "compiler/plan/canonical.h"
#include "compiler/plan/keys.h"
#include "tests/support/run_nodes.h"

using namespace vmplan;
using namespace vmplan::state;

namespace {

AppliedRecord a_record() {
  plan::Plan plan = test::plan_with({test::disk_node("web", 1), test::vm_node("web")});
  const plan::CommandPlan& node = plan.nodes[*plan.find("vm/web")];
  AppliedRecord record;
  record.applied.node = node;
  record.key_document = plan::key_document_of(plan, node);
  return record;
}

/// The digest of a row that was written by hand, as any version computes it.
void seal(StoredNode& row) {
  std::string all;
  for (const std::string& part :
       {row.id, row.node, row.own, row.key, row.key_document, row.target, row.origin})
    all += part + '\0';
  row.digest = sha256(all + (row.kept ? 'k' : '-') + (row.adopted ? 'a' : '-')).text();
}

/// Takes a member out of canonical bytes.
void take_out(StoredNode& row, const std::string& member) {
  std::size_t at = row.node.find(member);
  REQUIRE(at != std::string::npos);
  row.node.erase(at, member.size());
  seal(row);
}

}  // namespace

TEST_CASE("state: a stored node comes back as it was") {
  AppliedRecord record = a_record();
  Result<AppliedRecord> back = load_node(store_node(record));
  REQUIRE(back);
  CHECK(plan::node_document(back->applied.node) == plan::node_document(record.applied.node));
}

TEST_CASE("state: a node of a version without category and source is read") {
  AppliedRecord record = a_record();
  StoredNode row = store_node(record);
  take_out(row, "\"category\":\"vm\",");
  take_out(row, "\"source\":\"user\",");
  Result<AppliedRecord> back = load_node(row);
  REQUIRE(back);
  CHECK(plan::node_document(back->applied.node) == plan::node_document(record.applied.node));
}

TEST_CASE("state: a node that lacks anything else is damaged") {
  for (const char* member : {"\"category\":\"vm\",", "\"source\":\"user\",",
                             "\"status\":\"validated\"", "\"kind\":\"qemu.vm\","}) {
    INFO(member);
    StoredNode row = store_node(a_record());
    take_out(row, member);
    Result<AppliedRecord> back = load_node(row);
    REQUIRE_FALSE(back);
    CHECK(back.error().kind == ErrorKind::Corrupt);
  }
}
