# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_runtime PRIVATE
  vm/console_tail.cc
  vm/json_scan.cc
  vm/machine_judgement.cc
  vm/posix_machines.cc
  vm/qmp_client.cc
  vm/qmp_codec.cc
  vm/qmp_commands.cc
  vm/run_directory.cc
  vm/run_record.cc
  vm/shim_client.cc
  vm/shim_protocol.cc
  vm/terminal_filter.cc
)
