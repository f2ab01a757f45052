# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_runtime PRIVATE
  build/build_lab.cc
  build/build_output.cc
  build/host_platform.cc
  build/locate_lab.cc
  build/open_lab.cc
  build/parallel.cc
  build/toml_files.cc
)
