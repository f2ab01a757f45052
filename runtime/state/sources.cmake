# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_runtime PRIVATE
  state/open_state.cc
  state/records.cc
  state/schema.cc
  state/settled_reader.cc
  state/sqlite_reader.cc
  state/sqlite_store.cc
  state/stored_node.cc
)
