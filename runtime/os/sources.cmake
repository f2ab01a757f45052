# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_runtime PRIVATE
  os/cancel.cc
  os/download.cc
  os/durable_file.cc
  os/fetch_secret.cc
  os/file_copy.cc
  os/file_lock.cc
  os/find_program.cc
  os/iso_image.cc
  os/lab_path.cc
  os/lab_root.cc
  os/net_device.cc
  os/output_file.cc
  os/password_hash.cc
  os/pipe.cc
  os/posix_clock.cc
  os/posix_file_system.cc
  os/posix_process.cc
  os/remove_tree.cc
  os/process_identity.cc
  os/program_version.cc
  os/secret_text.cc
  os/signals.cc
  os/socket.cc
  os/spawn.cc
  os/system_error.cc
)
