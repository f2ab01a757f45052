// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/secret_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

/// Parts of names, without separators.
constexpr std::string_view kSecretWords[] = {"password",      "passwd", "passphrase", "token",
                                             "apikey",        "secret", "privatekey", "credential",
                                             "authorization", "bearer", "accesskey",  "secretkey",
                                             "sessionkey"};

/// Tokens whose issuers gave them a prefix: what it is, the prefix, and how many characters follow.
struct TokenForm {
  std::string_view prefix;
  std::string_view what;
  std::size_t follow;
};
constexpr TokenForm kTokens[] = {
    {"AKIA", "an AWS access key", 16},     {"ghp_", "a GitHub token", 36},
    {"gho_", "a GitHub token", 36},        {"ghs_", "a GitHub token", 36},
    {"github_pat_", "a GitHub token", 22}, {"glpat-", "a GitLab token", 20},
    {"xoxb-", "a Slack token", 20},        {"xoxp-", "a Slack token", 20},
};

bool is_separator(char c) { return c == '_' || c == '-' || c == '.'; }
bool is_token_byte(char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; }
bool is_key_byte(char c) { return is_ascii_alnum(c) || is_separator(c); }

std::optional<std::string> token_in(std::string_view text) {
  for (const TokenForm& form : kTokens) {
    for (std::size_t at = text.find(form.prefix); at != std::string_view::npos;
         at = text.find(form.prefix, at + 1)) {
      if (at > 0 && is_token_byte(text[at - 1])) continue;
      std::size_t end = at + form.prefix.size();
      while (end < text.size() && is_token_byte(text[end])) ++end;
      if (end - at - form.prefix.size() >= form.follow) return std::string(form.what);
    }
  }
  return std::nullopt;
}

/// `root_password=x`, `api-key: x`, and the like: a secret's name, then a value.
std::optional<std::string> assignment_in(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '=' && text[at] != ':') continue;
    std::size_t begin = at;
    while (begin > 0 && is_key_byte(text[begin - 1])) --begin;
    std::string_view key = text.substr(begin, at - begin);
    std::size_t value = at + 1;
    while (value < text.size() && text[value] == ' ') ++value;
    bool has_value = value < text.size() && text[value] != '\n';
    if (has_value && is_secret_name(key)) return fmt::format("`{}` is given a value", key);
  }
  return std::nullopt;
}

}  // namespace

bool is_secret_name(std::string_view key) {
  std::string plain = ascii_lower(key);
  plain.erase(std::remove_if(plain.begin(), plain.end(), is_separator), plain.end());
  return std::any_of(std::begin(kSecretWords), std::end(kSecretWords),
                     [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

std::optional<std::string> looks_secret(std::string_view text) {
  if (text.find("PRIVATE KEY-----") != std::string_view::npos) return "a private key";
  if (auto token = token_in(text)) return token;
  return assignment_in(text);
}

}  // namespace vmplan::model
