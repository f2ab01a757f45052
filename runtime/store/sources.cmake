# SPDX-License-Identifier: Apache-2.0
target_sources(vmplan_runtime PRIVATE
  store/digest_cache.cc
)
