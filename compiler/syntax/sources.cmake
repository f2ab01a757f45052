# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_compiler PRIVATE
  syntax/document.cc
  syntax/merge.cc
  syntax/format_toml.cc
  syntax/read_toml.cc
  syntax/same_document.cc
  syntax/text_edit.cc
  syntax/toml_guard.cc
  syntax/toml_layout.cc
  syntax/toml_tokens.cc
  syntax/toml_tree.cc
  syntax/toml_writer.cc
  syntax/tree_keys.cc
)
