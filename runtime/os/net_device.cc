// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/net_device.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>

#include "runtime/os/system_error.h"
#include "runtime/os/unique_fd.h"

namespace vmplan::os {
namespace {

constexpr std::string_view kDevices = "/sys/class/net";

/// A small file of /sys or /proc, without the end of its last line.
Result<std::string> read_small(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return fail(system_error("opening " + path, errno));
  std::array<char, 4096> buffer{};
  const ssize_t count = retry_eintr([&] { return ::read(fd.get(), buffer.data(), buffer.size()); });
  if (count < 0) return fail(system_error("reading " + path, errno));
  std::string text(buffer.data(), static_cast<std::size_t>(count));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

/// The name of the device that a link of /sys leads to; empty when there is no such link.
std::string device_behind(const std::string& link) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::readlink(link.c_str(), buffer.data(), buffer.size());
  if (count <= 0) return "";
  std::string_view target(buffer.data(), static_cast<std::size_t>(count));
  return std::string(target.substr(target.rfind('/') + 1));
}

template <class Number>
std::optional<Number> number_of(std::string_view text, int base) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The words after "NAME:" in a status file.
std::string_view field(std::string_view status, std::string_view name) {
  while (!status.empty()) {
    const std::size_t end = status.find('\n');
    std::string_view line = status.substr(0, end);
    status.remove_prefix(end == std::string_view::npos ? status.size() : end + 1);
    if (!line.starts_with(name) || line.substr(name.size(), 1) != ":") continue;
    line.remove_prefix(name.size() + 1);
    while (!line.empty() && (line.front() == '\t' || line.front() == ' ')) line.remove_prefix(1);
    return line;
  }
  return {};
}

}  // namespace

Result<std::optional<NetDevice>> find_net_device(const std::string& name) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos)
    return fail(ErrorKind::Denied, fmt::format("`{}` is no name of a network device", name));
  const std::string place = fmt::format("{}/{}", kDevices, name);
  Result<std::string> flags = read_small(place + "/flags");
  if (!flags && flags.error().kind == ErrorKind::NotFound) return std::optional<NetDevice>();
  if (!flags) return fail(flags.error());
  Result<std::string> alias = read_small(place + "/ifalias");
  if (!alias && alias.error().kind == ErrorKind::NotFound) return std::optional<NetDevice>();
  if (!alias) return fail(alias.error());
  std::string_view digits = *flags;
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  NetDevice device;
  device.alias = std::move(*alias);
  device.bridge = device_behind(place + "/master");
  device.is_up = (number_of<unsigned>(digits, 16).value_or(IFF_UP) & IFF_UP) != 0;
  return std::optional<NetDevice>(std::move(device));
}

bool passes_network_rights(std::string_view status) {
  constexpr std::uint64_t kNetAdmin = std::uint64_t{1} << CAP_NET_ADMIN;
  // Real, effective, saved, file system.
  std::string_view uids = field(status, "Uid");
  const std::size_t tab = uids.find('\t');
  if (tab == std::string_view::npos) return false;
  uids.remove_prefix(tab + 1);
  const bool is_root = uids.substr(0, uids.find('\t')) == "0";
  // Root's programs get what root may have; anybody else's only what is handed on.
  const std::string_view set = field(status, is_root ? "CapEff" : "CapAmb");
  return (number_of<std::uint64_t>(set, 16).value_or(0) & kNetAdmin) != 0;
}

bool may_configure_network() {
  Result<std::string> status = read_small("/proc/self/status");
  return status && passes_network_rights(*status);
}

}  // namespace vmplan::os
