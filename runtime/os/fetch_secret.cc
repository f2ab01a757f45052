// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/fetch_secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "runtime/os/system_error.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {
namespace {

constexpr std::size_t kLargest = std::size_t{64} << 10U;

Result<std::string> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr)
    return fail(ErrorKind::NotFound, fmt::format("the environment has no variable {}", name));
  return std::string(value);
}

Status check_file(int fd, const std::string& path) {
  struct ::stat info {};
  if (::fstat(fd, &info) != 0)
    return fail(system_error(fmt::format("cannot look at `{}`", path), errno));
  if (!S_ISREG(info.st_mode))
    return fail(ErrorKind::Refused, fmt::format("`{}` is no regular file", path));
  if ((info.st_mode & 077U) != 0)
    return fail(ErrorKind::Denied,
                fmt::format("others than its owner may read or change `{}`: `chmod 600` it", path));
  return {};
}

Result<std::string> from_file(const std::string& path) {
  // Not blocked by a pipe that nobody writes to.
  UniqueFd fd(retry_eintr(
      [&] { return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); }));
  if (!fd) return fail(system_error(fmt::format("cannot open `{}`", path), errno));
  if (Status sound = check_file(fd.get(), path); !sound) return fail(sound.error());
  std::string bytes(kLargest + 1, '\0');
  std::size_t length = 0;
  while (length < bytes.size()) {
    const ssize_t count =
        retry_eintr([&] { return ::read(fd.get(), bytes.data() + length, bytes.size() - length); });
    if (count < 0) {
      wipe(bytes);
      return fail(system_error(fmt::format("cannot read `{}`", path), errno));
    }
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  std::string text = bytes.substr(0, length);
  wipe(bytes);
  return text;
}

}  // namespace

Result<SecretText> fetch_secret(std::string_view reference, const std::string& root) {
  const std::size_t colon = reference.find(':');
  const std::string_view scheme = reference.substr(0, colon);
  const std::string rest(colon == std::string_view::npos ? "" : reference.substr(colon + 1));
  Result<std::string> found =
      fail(ErrorKind::Refused, fmt::format("this version takes no secrets from `{}:`", scheme));
  if (scheme == "env") found = from_environment(rest);
  if (scheme == "file") found = from_file(rest.starts_with('/') ? rest : root + "/" + rest);
  if (!found) return fail(std::move(found).error());
  SecretText secret(std::move(*found));
  std::string_view text = secret.text();
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty()) return fail(ErrorKind::Refused, "the secret is empty");
  if (text.size() > kLargest) return fail(ErrorKind::Refused, "the secret is longer than 64 KiB");
  if (text.find('\0') != std::string_view::npos)
    return fail(ErrorKind::Refused, "the secret holds NUL");
  return SecretText(std::string(text));
}

}  // namespace vmplan::os
