// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/input_digests.h"

#include <fmt/format.h>

namespace vmplan::model {

std::optional<Digest> InputDigests::need(const std::string& path, std::string_view what, Span span,
                                         std::string_view help, Diagnostics& diagnostics) {
  auto found = known_.find(path);
  if (found == known_.end()) found = known_.emplace(path, files_.digest(path)).first;
  if (found->second) return *found->second;
  const Error& error = found->second.error();
  bool absent = error.kind == ErrorKind::NotFound;
  diagnostics.add(
      {Code::InputMissing,
       fmt::format("{} `{}` {}", what, path, absent ? "does not exist" : "cannot be read"),
       absent ? "no such file in the lab" : error.text(),
       span,
       {},
       std::string(help)});
  return std::nullopt;
}

Digest InputDigests::known(const std::string& path) const {
  auto found = known_.find(path);
  if (found == known_.end() || !found->second)
    throw InternalError(fmt::format("the digest of `{}` was used before it was asked for", path));
  return *found->second;
}

std::vector<InputFile> InputDigests::all() const {
  std::vector<InputFile> out;
  for (const auto& [path, digest] : known_)
    if (digest) out.push_back({path, *digest});
  return out;
}

}  // namespace vmplan::model
