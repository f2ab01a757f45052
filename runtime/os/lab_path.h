// SPDX-License-Identifier: Apache-2.0
// Where a path of a lab lies: pure text, no file is looked at. Symbolic links are the business of
// whoever opens it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmplan::os {

/// `path` made absolute against `base` and freed of `.`, `..`, `//` and a trailing `/`.
/// Requires: `base` is absolute.
std::string normalised(std::string_view base, std::string_view path);

/// The lab root and the allowed places outside it.
class LabPlaces {
 public:
  /// A path inside one place.
  struct Location {
    /// 0 is the lab root, n the n-th allowed place (from 1).
    std::size_t place = 0;
    /// Relative to the place; "." for the place itself.
    std::string rest;
  };

  /// Requires: `root` is absolute. `allowed` holds lab-relative (`../images`) or absolute paths.
  LabPlaces(std::string_view root, const std::vector<std::string>& allowed);

  const std::string& root() const { return places_.front(); }
  /// Absolute paths: the root, then the allowed places.
  const std::vector<std::string>& places() const { return places_; }

  /// nullopt when the path lies in no place, or is empty, or holds NUL. Nested places: the
  /// innermost wins.
  std::optional<Location> locate(std::string_view path) const;

 private:
  std::vector<std::string> places_;
};

}  // namespace vmplan::os
