// SPDX-License-Identifier: Apache-2.0
// The only file that includes cxxopts.
#include "cli/args.h"

#include <fmt/format.h>

#include <cxxopts.hpp>

#include "compiler/base/text.h"

namespace vmplan::cli {
namespace {

/// Suggests the option that was probably meant.
std::string unknown_option(std::string_view word, std::span<const Option> options) {
  std::vector<std::string_view> names;
  for (const Option& option : options) names.push_back(option.name);
  std::string_view bare = word;
  while (bare.starts_with('-')) bare.remove_prefix(1);
  bare = bare.substr(0, bare.find('='));
  std::string text = fmt::format("unknown option `{}`", printable(word));
  if (std::optional<std::string_view> near = nearest(bare, names))
    text += fmt::format("; did you mean `--{}`", *near);
  return text;
}

std::string cxxopts_name(const Option& option) {
  return option.letter == 0 ? std::string(option.name)
                            : fmt::format("{},{}", option.letter, option.name);
}

cxxopts::Options declare(std::span<const Option> options) {
  cxxopts::Options declared("vmplan");
  declared.allow_unrecognised_options();
  for (const Option& option : options) {
    // Strings, not lists: cxxopts would split list values at commas.
    auto value = option.value.empty()
                     ? std::shared_ptr<cxxopts::Value>(cxxopts::value<bool>())
                     : std::shared_ptr<cxxopts::Value>(cxxopts::value<std::string>());
    declared.add_options()(cxxopts_name(option), std::string(option.help), value);
  }
  return declared;
}

}  // namespace

std::optional<std::string> Args::value(std::string_view option) const {
  auto found = values_.find(option);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::string Args::value_or(std::string_view option, std::string_view fallback) const {
  return value(option).value_or(std::string(fallback));
}

Result<Args> parse_args(std::span<const Option> options, const std::vector<std::string>& words) {
  // Everything after `--` is positional; cxxopts is not asked about it.
  std::vector<std::string> before;
  std::vector<std::string> after;
  bool ended = false;
  for (const std::string& word : words) {
    if (!ended && word == "--") {
      ended = true;
    } else {
      (ended ? after : before).push_back(word);
    }
  }
  std::vector<const char*> argv = {"vmplan"};
  for (const std::string& word : before) argv.push_back(word.c_str());
  Args args;
  try {
    cxxopts::ParseResult parsed =
        declare(options).parse(static_cast<int>(argv.size()), argv.data());
    for (const Option& option : options) {
      std::string name(option.name);
      if (parsed.count(name) == 0) continue;
      if (option.value.empty()) {
        if (parsed[name].as<bool>()) args.set_flag(name);
      } else {
        args.set_value(name, parsed[name].as<std::string>());
      }
    }
    for (const std::string& word : parsed.unmatched()) {
      if (word.size() > 1 && word.starts_with('-'))
        return fail(ErrorKind::Refused, unknown_option(word, options));
      args.add_positional(word);
    }
  } catch (const std::exception& error) {
    return fail(ErrorKind::Refused, printable(error.what()));
  }
  for (std::string& word : after) args.add_positional(std::move(word));
  return args;
}

}  // namespace vmplan::cli
