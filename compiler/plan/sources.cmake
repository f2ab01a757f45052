# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_compiler PRIVATE
  plan/builtins.cc
  plan/canonical.cc
  plan/check_step.cc
  plan/command_plan.cc
  plan/judge.cc
  plan/keys.cc
  plan/lock_file.cc
  plan/plan.cc
  plan/plan_file.cc
  plan/read_node.cc
  plan/verify.cc
)
