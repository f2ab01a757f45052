// SPDX-License-Identifier: Apache-2.0
// A node as the database keeps it: its canonical bytes beside the digests that must fit them.
#pragma once

#include <string>

#include "compiler/base/result.h"
#include "runtime/state/records.h"

namespace vmplan::state {

/// Columns of one record.
struct StoredNode {
  std::string id;
  std::string node;
  std::string own;
  std::string key;
  std::string key_document;
  std::string target;
  std::string origin;
  bool kept = false;
  bool adopted = false;
  /// Over all the others: `after`, metadata and the flags are in no key, and decide things all the
  /// same.
  std::string digest;
};

StoredNode store_node(const AppliedRecord& record);

/// Reads a record back strictly: canonical bytes; every argv hash, own, key and the row's digest
/// recomputed. Errors: Corrupt, saying what does not fit.
Result<AppliedRecord> load_node(const StoredNode& stored);

}  // namespace vmplan::state
