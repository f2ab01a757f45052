# SPDX-License-Identifier: Apache-2.0
# Whole programs: vmplan, vmplan-shim, QEMU, qemu-img, strace. What they write goes below the build directory; labs have names
# and ports of their own, so the tests may run at once.
# Debian's interpreter, whatever comes first on the PATH: it is the one that python3-jsonschema is installed for.
set(Python3_EXECUTABLE /usr/bin/python3 CACHE FILEPATH "The interpreter that runs the tests")
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)

function(vmplan_e2e_test name timeout)
  add_test(NAME "e2e: ${name}" COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${name}.py)
  set_tests_properties("e2e: ${name}" PROPERTIES
    LABELS e2e TIMEOUT ${timeout}
    ENVIRONMENT "VMPLAN=$<TARGET_FILE:vmplan>;VMPLAN_GUEST_DIR=${PROJECT_SOURCE_DIR}/build/guest;VMPLAN_TAPLO=${PROJECT_SOURCE_DIR}/build/node_modules/.bin/taplo;VMPLAN_E2E_SCRATCH=${CMAKE_BINARY_DIR}/e2e-scratch")
endfunction()

vmplan_e2e_test(cli_test 600)
vmplan_e2e_test(contracts_test 300)
vmplan_e2e_test(determinism_test 1200)
vmplan_e2e_test(docs_test 300)
vmplan_e2e_test(durability_test 300)
# It judges every system call of vmplan, and the runtime of a sanitizer makes calls of its own.
if(NOT VMPLAN_SANITIZE)
  vmplan_e2e_test(dry_run_test 900)
endif()
# It runs another program than vmplan, so a sanitizer would find nothing.
if(NOT VMPLAN_SANITIZE)
  vmplan_e2e_test(taplo_test 300)
endif()
vmplan_e2e_test(fetch_test 300)
vmplan_e2e_test(fmt_test 300)
vmplan_e2e_test(hashes_test 600)
vmplan_e2e_test(recipes_test 300)
vmplan_e2e_test(migrate_test 300)
vmplan_e2e_test(mutations_test 2400)
vmplan_e2e_test(qemu_accepts_test 600)
vmplan_e2e_test(schemas_test 300)
vmplan_e2e_test(scopes_test 300)

# The checks of the sources: each passes here and finds what is planted in a copy.
add_test(NAME "ci: every check finds the violations planted for it"
  COMMAND Python3::Interpreter -B ${CMAKE_CURRENT_SOURCE_DIR}/ci/planted_violations.py ${CMAKE_BINARY_DIR}/planted)
set_tests_properties("ci: every check finds the violations planted for it" PROPERTIES LABELS ci TIMEOUT 600)
