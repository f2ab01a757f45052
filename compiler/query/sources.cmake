# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_compiler PRIVATE
  query/graph.cc
)
