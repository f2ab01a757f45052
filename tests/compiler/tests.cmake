# SPDX-License-Identifier: Apache-2.0
# The pure half: one runner.
add_executable(compiler_tests
  support/compile_lab.cc
  support/sample_lab.cc
  compiler/field_effects_test.cc
  compiler/mutation_test.cc
  compiler/samples_test.cc
  support/golden.cc
  support/golden_lab.cc
  support/schema_file.cc
  compiler/base/digest_test.cc
  compiler/base/json_pretty_test.cc
  compiler/base/json_test.cc
  compiler/base/line_diff_test.cc
  compiler/base/text_test.cc
  compiler/base/url_test.cc
  compiler/base/yaml_json_test.cc
  compiler/change/diff_test.cc
  compiler/change/json_test.cc
  compiler/change/links_test.cc
  compiler/lower/argv_golden_test.cc
  compiler/lower/network_node_test.cc
  compiler/lower/qemu_argv_test.cc
  compiler/lower/seed_node_test.cc
  compiler/model/migrate_test.cc
  compiler/lower/start_plan_test.cc
  compiler/lower/support_matrix_test.cc
  compiler/model/reference_test.cc
  compiler/plan/judge_test.cc
  compiler/plan/lock_file_test.cc
  compiler/plan/plan_file_test.cc
  compiler/plan/verify_test.cc
  support/memory_file_reader.cc
  support/model_lab.cc
  support/sample_profile.cc
  support/profile_text.cc
  support/toml_text.cc
  support/spoil_text.cc
  support/tree_labs.cc
  compiler/base/diagnostic_test.cc
  compiler/syntax/format_toml_test.cc
  compiler/syntax/read_toml_test.cc
  compiler/syntax/toml_guard_test.cc
  compiler/syntax/toml_tree_test.cc
  compiler/syntax/toml_writer_test.cc
  compiler/model/canonical_toml_test.cc
  compiler/model/diagnostics_golden_test.cc
  compiler/model/guest_text_test.cc
  compiler/model/instances_test.cc
  compiler/model/machine_limits_test.cc
  compiler/model/networks_test.cc
  compiler/model/recipes_test.cc
  compiler/model/resolve_test.cc
  compiler/model/resolved_profile_test.cc
  compiler/model/rules_units_test.cc
)
target_link_libraries(compiler_tests PRIVATE vmplan_test_main vmplan_compiler)
# The quotes keep the blank, which CMake would lose; it takes them off. NoTests: a name that no test has is no success, which
# happens when a name holds what CMake or Catch2 reads otherwise, such as a semicolon.
catch_discover_tests(compiler_tests TEST_PREFIX "'compiler: '" EXTRA_ARGS -w NoTests)
