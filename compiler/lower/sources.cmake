# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_compiler PRIVATE
  lower/backend.cc
  lower/cloud_config.cc
  lower/image_node.cc
  lower/lab_facts.cc
  lower/link.cc
  lower/network_node.cc
  lower/node.cc
  lower/recipe_steps.cc
  lower/seed_node.cc
  lower/steps.cc
  lower/support_matrix.cc
  lower/qemu/address.cc
  lower/qemu/argv.cc
  lower/qemu/channel_words.cc
  lower/qemu/device_words.cc
  lower/qemu/disk_node.cc
  lower/qemu/firmware_node.cc
  lower/qemu/machine_words.cc
  lower/qemu/option_list.cc
  lower/qemu/qemu_backend.cc
  lower/qemu/vm_node.cc
  lower/qemu/vm_spec.cc
)
