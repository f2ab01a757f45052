// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/backend.h"

#include <array>

#include "compiler/lower/qemu/qemu_backend.h"

namespace vmplan::lower {

std::span<const Backend* const> backends() {
  static const std::array<const Backend*, 1> kBackends = {&qemu::backend()};
  return kBackends;
}

const Backend* find_backend(std::string_view name) {
  for (const Backend* backend : backends())
    if (backend->name() == name) return backend;
  return nullptr;
}

}  // namespace vmplan::lower
