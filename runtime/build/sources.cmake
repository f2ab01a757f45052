# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_runtime PRIVATE
  build/build_lab.cc
  build/build_output.cc
  build/host_platform.cc
  build/locate_lab.cc
  build/locate_profile.cc
  build/open_lab.cc
  build/parallel.cc
  build/scope_directories.cc
  build/toml_files.cc
)
