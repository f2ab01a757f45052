// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "compiler/base/lexical_path.h"
#include "runtime/os/durable_file.h"
#include "runtime/os/system_error.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {
namespace {

constexpr std::uint32_t kMode = 0644;

Status write_into(const std::string& path, std::string_view bytes) {
  UniqueFd fd(
      retry_eintr([&] { return ::open(path.c_str(), O_WRONLY | O_TRUNC | O_NOCTTY | O_CLOEXEC); }));
  if (!fd) return fail(system_error(fmt::format("cannot open `{}`", path), errno));
  return write_all(fd.get(), bytes, path);
}

Status replace(const std::string& path, std::string_view bytes) {
  const std::string directory(directory_of(path));
  UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return fail(system_error(fmt::format("cannot open `{}`", directory), errno));
  return replace_file(fd.get(), path.substr(path.rfind('/') + 1), bytes, kMode, path);
}

}  // namespace

Status write_output(const std::string& path, std::string_view bytes) {
  struct ::stat info {};
  const bool is_special = ::lstat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
  return is_special ? write_into(path, bytes) : replace(path, bytes);
}

}  // namespace vmplan::os
