// SPDX-License-Identifier: Apache-2.0
// QEMU as a target: plain processes under vmplan's own supervisor.
#pragma once

#include "compiler/lower/backend.h"

namespace vmplan::lower::qemu {

const Backend& backend();

}  // namespace vmplan::lower::qemu
