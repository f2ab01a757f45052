// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/options.h"

#include <charconv>
#include <optional>

namespace vmplan::shim {
namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number < 0)
    return std::nullopt;
  return number;
}

Status set(Options& options, std::string_view name, std::string_view value) {
  if (name == "--run-dir") {
    options.run_dir = value;
  } else if (name == "--executable") {
    options.executable = value;
  } else if (name == "--argv-hash") {
    options.argv_hash = value;
  } else if (name == "--output") {
    options.output = value;
  } else if (name == "--ready-qmp") {
    options.ready_qmp = value;
  } else if (name == "--ready-timeout-ms" || name == "--report-fd") {
    std::optional<std::int64_t> number = number_of(value);
    if (!number) return fail(ErrorKind::Refused, fmt::format("{} wants a number", name));
    if (name == "--report-fd") {
      options.report_fd = static_cast<int>(*number);
    } else {
      options.ready_timeout = {*number};
    }
  } else {
    return fail(ErrorKind::Refused, fmt::format("unknown option {}", name));
  }
  return {};
}

}  // namespace

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "version") return options;
  if (command != "run" && command != "adopt")
    return fail(ErrorKind::Refused,
                "usage: vmplan-shim run|adopt|version [OPTION VALUE]... [-- ARGV...]");
  options.command = command == "run" ? Options::Command::Run : Options::Command::Adopt;

  int at = 2;
  for (; at < argc && std::string_view(argv[at]) != "--"; at += 2) {
    if (at + 1 >= argc) return fail(ErrorKind::Refused, fmt::format("{} wants a value", argv[at]));
    if (Status ok = set(options, argv[at], argv[at + 1]); !ok) return fail(ok.error());
  }
  for (++at; at < argc; ++at) options.argv.emplace_back(argv[at]);

  if (options.run_dir.empty()) return fail(ErrorKind::Refused, "--run-dir is missing");
  if (options.command == Options::Command::Run &&
      (options.argv.empty() || !options.executable.starts_with('/')))
    return fail(ErrorKind::Refused,
                "run wants --executable with an absolute path, and an argv behind --");
  return options;
}

}  // namespace vmplan::shim
