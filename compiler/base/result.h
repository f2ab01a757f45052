// SPDX-License-Identifier: Apache-2.0
// Errors of the environment (a command failed, a disk is full, a file is damaged), as values.
// Errors in the user's input are Diagnostics instead (diagnostic.h); broken invariants are
// InternalError.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace vmplan {

enum class ErrorKind : std::uint8_t {
  NotFound,     ///< a file, node or machine that was named does not exist
  Exists,       ///< something is in the way and will not be overwritten
  Denied,       ///< permission, or a path that leaves its allowed roots
  NoSpace,      ///< ENOSPC or EDQUOT
  Io,           ///< any other failure of the file system, a process or a socket
  Timeout,      ///< the other side did not answer in time
  Busy,         ///< somebody else holds the lock or the monitor
  Corrupt,      ///< bytes that are not what they claim to be
  Refused,      ///< the request itself is not allowed (policy, default deny, the world has moved)
  Failed,       ///< a command ended with an unexpected exit code
  Interrupted,  ///< the user asked to stop
};

/// Why something failed. `context` holds one line per layer the error passed on its way up,
/// innermost first.
struct Error {
  ErrorKind kind = ErrorKind::Io;
  std::string message;
  std::vector<std::string> context = {};

  /// The same error with one more line of context.
  Error with(std::string line) && {
    context.push_back(std::move(line));
    return std::move(*this);
  }
  /// "outer: inner: message".
  std::string text() const;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(Error error) { return tl::unexpected<Error>(std::move(error)); }
inline tl::unexpected<Error> fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}

/// A broken invariant of vmplan itself. Caught only in main, which reports it and exits 70.
class InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace vmplan
