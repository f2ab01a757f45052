// SPDX-License-Identifier: Apache-2.0
// A file from a server, over http or https. It knows neither where the bytes go nor what they
// should be: who asks checks them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/os/cancel.h"

namespace vmplan::os {

struct Download {
  /// As to_text(Url) writes it.
  std::string url;
  /// How much of the file is there already: the server is asked for what follows. Units: bytes.
  std::int64_t from = 0;
  /// Gets the bytes in order, and where in the file they begin. A server that cannot go on begins
  /// at 0 again. What it fails with, download() fails with.
  std::function<Status(std::int64_t at, std::string_view bytes)> take;
};

/// Follows redirections, but never from https to http; believes the certificates that the system
/// believes; uses the proxies that the environment names (`https_proxy`, `no_proxy`). Done when
/// `take` had all there is, which may be nothing. Thread-safe.
/// Errors: Timeout (no answer, cut off, or the server is busy: another try may succeed); NotFound
/// (the server has no such file, or libcurl is not installed); Denied (the server refuses, or is
/// not who it should be); Interrupted, soon after `cancel` is at level Kill; Failed.
Status download(const Download& wanted, const Cancel& cancel);

}  // namespace vmplan::os
