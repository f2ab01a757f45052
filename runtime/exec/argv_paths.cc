// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/argv_paths.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "compiler/base/json_read.h"
#include "compiler/base/lexical_path.h"

namespace vmplan::exec {
namespace {

using NamedPaths = std::vector<NamedPath>;

/// An option of QEMU whose value holds paths.
struct PathOption {
  std::string_view name;
  /// Members of the value that are paths; the first is empty when the whole value is one.
  std::array<std::string_view, 2> members;
  PathUse use = PathUse::Reads;
};

/// Source: qemu(1), QEMU 7.2. A read-only disk is read, whatever its row says.
constexpr std::array kQemuOptions = {
    PathOption{"-blockdev", {"filename"}, PathUse::Writes},
    PathOption{"-drive", {"file"}, PathUse::Writes},
    PathOption{"-chardev", {"path", "logfile"}, PathUse::Writes},
    PathOption{"-fsdev", {"path"}},
    PathOption{"-virtfs", {"path"}},
    PathOption{"-kernel", {}},
    PathOption{"-initrd", {}},
    PathOption{"-dtb", {}},
    PathOption{"-bios", {}},
};

using Members = std::map<std::string, std::string, std::less<>>;

/// `key=value,...`, a doubled comma being one of the value.
Members read_option_list(std::string_view text) {
  Members members;
  std::string item;
  auto take = [&] {
    const std::size_t equals = item.find('=');
    if (equals != std::string::npos)
      members.emplace(item.substr(0, equals), item.substr(equals + 1));
    item.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ',') {
      item += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == ',') {
      item += text[++i];
    } else {
      take();
    }
  }
  take();
  return members;
}

void add_from_list(const PathOption& option, std::string_view value, NamedPaths& out) {
  const Members members = read_option_list(value);
  auto is_on = [&](std::string_view key) {
    auto found = members.find(key);
    return found != members.end() && found->second == "on";
  };
  const bool read_only = is_on("readonly") || is_on("read-only");
  for (std::string_view key : option.members)
    if (auto found = members.find(key); !key.empty() && found != members.end())
      out.push_back({found->second, read_only ? PathUse::Reads : option.use});
}

/// A block node may hold the node below it, which inherits `read-only`.
void add_from_json(const PathOption& option, const Json& node, bool read_only, NamedPaths& out) {
  const JsonObject* members = node.if_object();
  if (members == nullptr) return;
  read_only = node.bool_or("read-only", read_only);
  for (const auto& [key, value] : *members) {
    if (const std::string* path = value.if_string();
        path != nullptr && std::ranges::find(option.members, key) != option.members.end())
      out.push_back({*path, read_only ? PathUse::Reads : option.use});
    add_from_json(option, value, read_only, out);
  }
}

NamedPaths qemu_paths(const std::vector<std::string>& argv) {
  NamedPaths out;
  for (std::size_t i = 1; i + 1 < argv.size(); ++i) {
    auto option = std::ranges::find(kQemuOptions, argv[i], &PathOption::name);
    if (option == kQemuOptions.end()) continue;
    const std::string& value = argv[++i];
    if (option->members.front().empty()) {
      out.push_back({value, option->use});
    } else if (!value.starts_with('{')) {
      add_from_list(*option, value, out);
    } else if (Result<Json> document = read_foreign_json(value); document) {
      add_from_json(*option, *document, false, out);
    }
  }
  return out;
}

/// Plans spell every positional name of qemu-img with `./` or in full, and a base (`-b`) as its
/// overlay's header will: relative to the overlay's directory.
NamedPaths qemu_img_paths(const std::vector<std::string>& argv) {
  NamedPaths out;
  std::string base;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    if (argv[i] == "-b" && i + 1 < argv.size()) {
      base = argv[++i];
    } else if (argv[i].starts_with("./") || argv[i].starts_with('/')) {
      out.push_back({argv[i], PathUse::Writes});
    }
  }
  if (base.empty() || out.empty()) return out;
  if (!base.starts_with('/')) base = fmt::format("{}/{}", directory_of(out.front().path), base);
  out.push_back({base, PathUse::Reads});
  return out;
}

}  // namespace

std::vector<NamedPath> paths_in(const std::vector<std::string>& argv) {
  if (argv.empty()) return {};
  std::string_view program = argv.front();
  program.remove_prefix(program.rfind('/') + 1);
  if (program == "qemu-img") return qemu_img_paths(argv);
  if (program.starts_with("qemu-system-")) return qemu_paths(argv);
  return {};
}

}  // namespace vmplan::exec
