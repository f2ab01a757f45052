# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_compiler PRIVATE
  syntax/document.cc
  syntax/merge.cc
  syntax/read_toml.cc
  syntax/toml_guard.cc
  syntax/toml_writer.cc
)
