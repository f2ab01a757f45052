// SPDX-License-Identifier: Apache-2.0
// Words of a command line against the options a command declares. What they mean is the command's
// business.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/result.h"

namespace vmplan::cli {

/// One option of a command.
struct Option {
  /// Without dashes: "output".
  std::string_view name;
  /// One letter, or 0.
  char letter = 0;
  /// What its value is called in help; empty: a flag.
  std::string_view value;
  std::string_view help;
};

/// A parsed command line.
class Args {
 public:
  bool has(std::string_view flag) const { return flags_.contains(flag); }
  std::optional<std::string> value(std::string_view option) const;
  std::string value_or(std::string_view option, std::string_view fallback) const;
  const std::vector<std::string>& positionals() const { return positionals_; }

  void set_flag(std::string name) { flags_.insert(std::move(name)); }
  void set_value(std::string name, std::string value) {
    values_[std::move(name)] = std::move(value);
  }
  void add_positional(std::string word) { positionals_.push_back(std::move(word)); }

 private:
  std::set<std::string, std::less<>> flags_;
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::string> positionals_;
};

/// GNU style: `--name value`, `--name=value`, `-n value`, flags, `--` ends options; order is free.
/// Errors: Refused, naming the word and the nearest option.
Result<Args> parse_args(std::span<const Option> options, const std::vector<std::string>& words);

}  // namespace vmplan::cli
