# SPDX-License-Identifier: Apache-2.0
# The impure half: one runner.
add_executable(runtime_tests
  runtime/build/build_lab_test.cc
  runtime/build/scopes_test.cc
  runtime/build/parallel_test.cc
  runtime/build/toml_files_test.cc
  runtime/db/sqlite_test.cc
  runtime/exec/argv_paths_test.cc
  runtime/exec/events_test.cc
  runtime/exec/executor_crash_test.cc
  runtime/exec/executor_test.cc
  runtime/exec/fetch_step_test.cc
  runtime/exec/leftovers_test.cc
  runtime/exec/links_test.cc
  runtime/exec/observe_test.cc
  runtime/exec/preflight_test.cc
  runtime/exec/publish_qemu_test.cc
  runtime/exec/recovery_test.cc
  runtime/exec/scheduler_test.cc
  runtime/exec/seed_step_test.cc
  runtime/exec/steps_test.cc
  runtime/exec/take_over_test.cc
  runtime/store/digest_cache_test.cc
  runtime/exec/work_test.cc
  runtime/os/fetch_secret_test.cc
  runtime/os/file_lock_test.cc
  runtime/os/file_system_contract_test.cc
  runtime/os/iso_image_test.cc
  runtime/os/lab_path_test.cc
  runtime/os/net_device_test.cc
  runtime/os/output_file_test.cc
  runtime/os/password_hash_test.cc
  runtime/os/posix_file_system_test.cc
  runtime/os/posix_process_test.cc
  runtime/os/process_identity_test.cc
  runtime/os/program_version_test.cc
  runtime/os/signals_test.cc
  runtime/os/socket_test.cc
  runtime/shim/monitor_test.cc
  runtime/shim/qemu_process_test.cc
  runtime/shim/qmp_line_test.cc
  runtime/state/state_store_test.cc
  runtime/state/stored_node_test.cc
  runtime/vm/console_tail_test.cc
  runtime/vm/machine_state_test.cc
  runtime/vm/qmp_client_test.cc
  runtime/vm/qmp_codec_test.cc
  runtime/vm/run_record_test.cc
  runtime/vm/shim_protocol_test.cc
  runtime/vm/terminal_filter_test.cc
  vm/machine_death_test.cc
  vm/machine_life_test.cc
  vm/machine_start_test.cc
  vm/qemu_lab.cc
  support/fake_clock.cc
  support/fake_machines.cc
  support/fake_network.cc
  support/fake_process.cc
  support/faulty_file_system.cc
  support/faulty_state_store.cc
  support/golden.cc
  support/memory_file_system.cc
  support/qmp_server.cc
  support/run_lab.cc
  support/run_nodes.cc
  support/sample_profile.cc
  support/schema_file.cc
  support/scratch.cc
  # Parts of the shim, which is no library.
  ${PROJECT_SOURCE_DIR}/runtime/shim/monitor.cc
  ${PROJECT_SOURCE_DIR}/runtime/shim/options.cc
  ${PROJECT_SOURCE_DIR}/runtime/shim/qemu_process.cc
  ${PROJECT_SOURCE_DIR}/runtime/shim/qmp_line.cc
)
target_link_libraries(runtime_tests PRIVATE vmplan_test_main vmplan_runtime)
# The tests with real machines start the shim that lies beside them.
add_dependencies(runtime_tests vmplan-shim)
# The quotes keep the blank, which CMake would lose; it takes them off. NoTests: a name that no test has is no success, which
# happens when a name holds what CMake or Catch2 reads otherwise, such as a semicolon.
catch_discover_tests(runtime_tests TEST_PREFIX "'runtime: '" TEST_SPEC "~[threads]" EXTRA_ARGS -w NoTests)
# The preset `tsan` runs these.
catch_discover_tests(runtime_tests TEST_PREFIX "'runtime: '" TEST_SPEC "[threads]" EXTRA_ARGS -w NoTests PROPERTIES LABELS threads)
