// SPDX-License-Identifier: Apache-2.0
#include "runtime/state/stored_node.h"

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/plan/canonical.h"

namespace vmplan::state {
namespace {

Error damaged(const StoredNode& stored, std::string_view what) {
  return Error{ErrorKind::Corrupt,
               fmt::format("the recorded node `{}` is damaged: {}", stored.id, what)};
}

bool argv_hashes_fit(const plan::CommandPlan& node) {
  for (const auto* steps : {&node.commands, &node.rollback, &node.probe})
    for (const plan::Step& step : *steps)
      if (step.argv.empty() || step.argv_hash != argv_hash(step.argv)) return false;
  return true;
}

/// Reads a document, also one of a version that did not know `category` and `source` yet. No digest
/// of the node holds these two, and what cannot be read could not be taken away either.
Result<plan::CommandPlan> read_document(const std::string& document) {
  Result<plan::CommandPlan> node = plan::read_node(document);
  if (node) return node;
  Result<Json> tree = read_canonical_json(document);
  if (!tree || !tree->is(Json::Kind::Object) || tree->find("category") != nullptr ||
      tree->find("source") != nullptr)
    return node;
  const Json* kind = tree->find("kind");
  if (kind == nullptr || !kind->is(Json::Kind::String)) return node;
  (*tree)["category"] = plan::to_text(plan::category_of(*kind->if_string()));
  (*tree)["source"] = plan::to_text(plan::Source::User);
  return plan::read_node(canonical(*tree));
}

std::string digest_of(const StoredNode& stored) {
  std::string document;
  for (const std::string* part : {&stored.id, &stored.node, &stored.own, &stored.key,
                                  &stored.key_document, &stored.target, &stored.origin}) {
    document += *part;
    document += '\0';
  }
  document += stored.kept ? 'k' : '-';
  document += stored.adopted ? 'a' : '-';
  return sha256(document).text();
}

}  // namespace

StoredNode store_node(const AppliedRecord& record) {
  const plan::CommandPlan& node = record.applied.node;
  StoredNode stored{node.id,
                    plan::node_document(node),
                    node.own.text(),
                    node.key.text(),
                    record.key_document,
                    record.target,
                    record.origin,
                    record.applied.kept,
                    record.applied.adopted,
                    ""};
  stored.digest = digest_of(stored);
  return stored;
}

Result<AppliedRecord> load_node(const StoredNode& stored) {
  if (stored.digest != digest_of(stored))
    return fail(damaged(stored, "its bytes do not have the recorded digest"));
  Result<plan::CommandPlan> node = read_document(stored.node);
  if (!node) return fail(damaged(stored, node.error().text()));
  if (node->id != stored.id)
    return fail(damaged(stored, fmt::format("its document is of `{}`", node->id)));
  if (!argv_hashes_fit(*node)) return fail(damaged(stored, "an argv hash does not fit its argv"));
  if (node->own.text() != stored.own || node->own != sha256(plan::own_document(*node)))
    return fail(damaged(stored, "`own` does not fit its document"));
  if (node->key.text() != stored.key || node->key != sha256(stored.key_document))
    return fail(damaged(stored, "`key` does not fit its key document"));
  AppliedRecord record;
  record.applied = {std::move(*node), stored.kept, stored.adopted};
  record.key_document = stored.key_document;
  record.target = stored.target;
  record.origin = stored.origin;
  return record;
}

}  // namespace vmplan::state
