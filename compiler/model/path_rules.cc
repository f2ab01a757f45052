// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/path_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/lexical_path.h"
#include "compiler/base/run_directory_names.h"
#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

/// Words that QEMU reads before a colon as "this is no file name".
/// Source: QEMU 7.2 block drivers' protocol_name, chardev and migration address prefixes.
constexpr std::string_view kProtocolWords[] = {
    "blkdebug",    "blklogwrites", "blkreplay",  "blkverify",   "exec",    "fat",
    "fd",          "file",         "ftp",        "ftps",        "gluster", "gluster+rdma",
    "gluster+tcp", "gluster+unix", "host_cdrom", "host_device", "http",    "https",
    "iscsi",       "iser",         "json",       "nbd",         "nbd+tcp", "nbd+unix",
    "nbd+vsock",   "nfs",          "null-aio",   "null-co",     "nvme",    "pipe",
    "rbd",         "sheepdog",     "ssh",        "tcp",         "telnet",  "tftp",
    "udp",         "unix",         "vsock",      "vvfat",       "vxhs",    "websocket",
};

constexpr std::string_view kSystemPlaces[] = {
    "/proc", "/sys", "/dev", "/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/sudoers.d"};
constexpr std::string_view kCredentialPlaces[] = {".ssh",  ".gnupg",  ".aws",          ".azure",
                                                  ".kube", ".docker", ".config/gcloud"};

std::optional<PathFault> character_fault(std::string_view path) {
  if (path.empty()) return PathFault{Code::PathCharacter, "the path is empty", "name a file"};
  for (char c : path) {
    if (is_ascii_control(c))
      return PathFault{Code::PathCharacter,
                       fmt::format("control character U+{:04X}", static_cast<unsigned char>(c)),
                       "remove the character"};
    if (c == '\\')
      return PathFault{Code::PathCharacter, "backslash in a path", "separate directories with `/`"};
  }
  if (path.starts_with('-'))
    return PathFault{Code::PathCharacter, "starts with `-`, as an option of a program does",
                     "rename the file"};
  if (path.ends_with('/'))
    return PathFault{Code::PathCharacter, "ends in `/`, as a directory does", "name a file"};
  return std::nullopt;
}

std::optional<PathFault> shell_fault(std::string_view path) {
  std::size_t at = path.find_first_of("$`");
  if (at != std::string_view::npos)
    return PathFault{Code::PathShellSyntax,
                     path[at] == '$' ? "`$` is not expanded" : "a backtick is not expanded",
                     "write the path itself; vmplan never asks a shell or the environment"};
  if (path.starts_with('~'))
    return PathFault{Code::PathShellSyntax, "`~` is not expanded",
                     "write the path itself; a place outside the lab must be in `[paths] allow`"};
  return std::nullopt;
}

std::optional<PathFault> protocol_fault(std::string_view path) {
  std::string_view first = path.substr(0, path.find('/'));
  std::size_t colon = first.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string word = ascii_lower(first.substr(0, colon));
  if (std::find(std::begin(kProtocolWords), std::end(kProtocolWords), word) ==
      std::end(kProtocolWords))
    return std::nullopt;
  return PathFault{Code::PathProtocol, fmt::format("QEMU reads `{}:` as a protocol", word),
                   "name a file of the lab; network and virtual disks cannot be named by a path"};
}

std::optional<PathFault> text_fault(std::string_view path) {
  if (auto fault = character_fault(path)) return fault;
  if (auto fault = shell_fault(path)) return fault;
  return protocol_fault(path);
}

/// Whether the segments of `place` stand somewhere in `path`.
bool passes_through(std::string_view path, std::string_view place) {
  std::string whole = fmt::format("/{}/", path);
  return whole.find(fmt::format("/{}/", place)) != std::string::npos;
}

std::optional<PathFault> forbidden_fault(std::string_view normal) {
  for (std::string_view place : kSystemPlaces)
    if (is_within(normal, place))
      return PathFault{Code::PathForbidden, fmt::format("`{}` belongs to the system", place),
                       "use a file of the lab"};
  for (std::string_view place : kCredentialPlaces)
    if (passes_through(normal, place))
      return PathFault{Code::PathForbidden, fmt::format("`{}` holds credentials", place),
                       "use a file that lies elsewhere"};
  return std::nullopt;
}

/// A socket in the machine's own run directory must not take the place of what vmplan keeps there.
std::optional<PathFault> run_directory_fault(std::string_view name) {
  bool taken =
      name.empty() || std::find(kRunDirectoryNames.begin(), kRunDirectoryNames.end(),
                                name.substr(0, name.find('/'))) != kRunDirectoryNames.end();
  if (!taken) return std::nullopt;
  return PathFault{Code::PathReserved, "vmplan keeps a file of its own there",
                   "choose another name, or leave it out"};
}

std::optional<PathFault> reserved_fault(std::string_view normal, PathRole role,
                                        const PathPolicy& policy) {
  if (normal == ".")
    return PathFault{Code::PathReserved, "this is the lab's own directory", "name a file"};
  if (passes_through(normal, ".vmplan")) {
    if (role == PathRole::Socket && is_within(normal, policy.run_dir))
      return run_directory_fault(normal.substr(std::min(normal.size(), policy.run_dir.size() + 1)));
    return PathFault{Code::PathReserved, "`.vmplan` holds vmplan's own files",
                     "choose another directory"};
  }
  if (normal.ends_with(".vmplan-new"))
    return PathFault{Code::PathReserved, "vmplan writes unfinished files under such names",
                     "choose another ending"};
  if (role == PathRole::SharedDirectory) {
    auto inside = std::find_if(policy.reserved.begin(), policy.reserved.end(),
                               [&](const std::string& own) { return is_within(own, normal); });
    if (inside != policy.reserved.end())
      return PathFault{Code::PathReserved, fmt::format("`{}` lies in it", *inside),
                       "share another directory"};
  }
  if (std::binary_search(policy.reserved.begin(), policy.reserved.end(), normal))
    return PathFault{Code::PathReserved,
                     fmt::format("`{}` is a file that vmplan reads or writes", normal),
                     "choose another file"};
  return std::nullopt;
}

std::optional<PathFault> outside_fault(const std::string& normal, const PathPolicy& policy) {
  if (!policy.knows_allow || is_allowed_path(normal, policy.allow)) return std::nullopt;
  std::string place(directory_of(normal));
  return PathFault{
      Code::PathLeavesLab, "this lies outside the lab",
      normal.starts_with('/')
          ? fmt::format(
                "write it relative to the lab, or add `\"{}\"` to `[paths] allow` in vmplan.toml",
                place)
          : fmt::format(
                "move the file into the lab, or add `\"{}\"` to `[paths] allow` in vmplan.toml",
                place)};
}

std::optional<PathFault> length_fault(std::string_view normal) {
  if (normal.size() <= kLongestSocketPath) return std::nullopt;
  return PathFault{
      Code::SocketTooLong,
      fmt::format("{} bytes; at most {} are allowed", normal.size(), kLongestSocketPath),
      "choose a shorter path"};
}

}  // namespace

std::optional<PathFault> path_fault(std::string_view path, PathRole role,
                                    const PathPolicy& policy) {
  if (role == PathRole::SharedDirectory && path.size() > 1 && path.ends_with('/'))
    path.remove_suffix(1);
  std::string normal = normal_path(path);
  if (auto fault = text_fault(path)) return fault;
  if (auto fault = text_fault(normal)) return fault;  // `./-x` is `-x` in a command line
  if (auto fault = forbidden_fault(normal)) return fault;
  if (role == PathRole::Binary) return std::nullopt;
  if (auto fault = reserved_fault(normal, role, policy)) return fault;
  if (auto fault = outside_fault(normal, policy)) return fault;
  if (role == PathRole::Socket) return length_fault(normal);
  return std::nullopt;
}

std::optional<PathFault> allow_fault(std::string_view path) {
  std::string_view named = path;
  if (named.size() > 1 && named.ends_with('/')) named.remove_suffix(1);  // a directory, here
  if (named == "/")
    return PathFault{Code::PathForbidden, "this would allow every file of the host",
                     "name the directories that the lab needs"};
  if (auto fault = text_fault(named)) return fault;
  std::string normal = normal_path(named);
  if (normal == "/")
    return PathFault{Code::PathForbidden, "this would allow every file of the host",
                     "name the directories that the lab needs"};
  return forbidden_fault(normal);
}

}  // namespace vmplan::model
