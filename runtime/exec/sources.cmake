# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_runtime PRIVATE
  exec/child_environment.cc
  exec/events.cc
  exec/executor.cc
  exec/item_runner.cc
  exec/journal_progress.cc
  exec/machine_node.cc
  exec/observe.cc
  exec/preflight.cc
  exec/recovery.cc
  exec/scheduler.cc
  exec/step_runner.cc
  exec/tally.cc
  exec/work.cc
  exec/worker_pool.cc
  exec/steps/builtin.cc
  exec/steps/check.cc
  exec/steps/disk_format.cc
  exec/steps/import.cc
  exec/steps/machine.cc
  exec/steps/mkdir.cc
  exec/steps/publish.cc
  exec/steps/remove.cc
  exec/steps/verify.cc
  exec/steps/verify_chain.cc
  exec/steps/verify_disk.cc
)
