// SPDX-License-Identifier: Apache-2.0
// errno as an Error: one place that knows which number is which kind, without locale.
#pragma once

#include <cerrno>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::os {

ErrorKind kind_of(int error_number);

/// "<what>: <reason of the system>".
Error system_error(std::string_view what, int error_number);

/// Repeats a system call while a signal interrupts it.
template <class Call>
auto retry_eintr(Call call) -> decltype(call()) {
  decltype(call()) result{};
  do {
    result = call();
  } while (result == -1 && errno == EINTR);
  return result;
}

}  // namespace vmplan::os
