# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_compiler PRIVATE
  change/argv_diff.cc
  change/change_set.cc
  change/classify.cc
  change/departed.cc
  change/diff.cc
  change/explain.cc
  change/held_disk.cc
  change/json.cc
  change/order.cc
  change/render_text.cc
  change/row_facts.cc
  change/spec_diff.cc
)
