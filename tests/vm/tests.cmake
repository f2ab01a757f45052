# SPDX-License-Identifier: Apache-2.0
# Whole labs with real machines, each test method a ctest test under its own name. They take turns, because a guest that boots
# under TCG has a processor to itself; everything else may run beside them.
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)

function(vmplan_vm_tests file)
  set(path ${CMAKE_CURRENT_SOURCE_DIR}/vm/${file}.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(STRINGS ${path} lines REGEX "^class |^    def test_")
  foreach(line IN LISTS lines)
    if(line MATCHES "^class ([A-Za-z]+)")
      set(class ${CMAKE_MATCH_1})
    elseif(line MATCHES "def (test_([a-z0-9_]+))")
      set(method ${CMAKE_MATCH_1})
      string(REPLACE "_" " " claim ${CMAKE_MATCH_2})
      add_test(NAME "vm: ${claim}" COMMAND Python3::Interpreter -B ${path} ${class}.${method})
      set_tests_properties("vm: ${claim}" PROPERTIES
        LABELS vm TIMEOUT 900 RUN_SERIAL FALSE RESOURCE_LOCK qemu
        ENVIRONMENT "VMPLAN=$<TARGET_FILE:vmplan>;VMPLAN_GUEST_DIR=${PROJECT_SOURCE_DIR}/build/guest;VMPLAN_E2E_SCRATCH=${CMAKE_BINARY_DIR}/e2e-scratch")
    endif()
  endforeach()
endfunction()

vmplan_vm_tests(lifecycle_test)
vmplan_vm_tests(network_test)
vmplan_vm_tests(adoption_test)
vmplan_vm_tests(devices_test)
vmplan_vm_tests(console_test)
vmplan_vm_tests(events_test)
vmplan_vm_tests(firmware_test)
vmplan_vm_tests(readiness_test)
vmplan_vm_tests(recipes_test)
vmplan_vm_tests(seed_test)
vmplan_vm_tests(traps_test)
