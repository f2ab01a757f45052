// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/lab_path.h"

namespace vmplan::os {
namespace {

void append_segments(std::vector<std::string_view>& segments, std::string_view path) {
  while (!path.empty()) {
    std::size_t end = path.find('/');
    std::string_view segment = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      segments.push_back(segment);
    } else if (!segments.empty()) {
      segments.pop_back();
    }
  }
}

/// The part of `path` below `place`, or nullopt.
std::optional<std::string> below(const std::string& place, const std::string& path) {
  if (path == place) return ".";
  if (place == "/") return path.substr(1);
  if (path.size() > place.size() && path.starts_with(place) && path[place.size()] == '/')
    return path.substr(place.size() + 1);
  return std::nullopt;
}

}  // namespace

std::string normalised(std::string_view base, std::string_view path) {
  std::vector<std::string_view> segments;
  if (!path.starts_with('/')) append_segments(segments, base);
  append_segments(segments, path);
  std::string out;
  for (std::string_view segment : segments) {
    out += '/';
    out += segment;
  }
  return out.empty() ? "/" : out;
}

LabPlaces::LabPlaces(std::string_view root, const std::vector<std::string>& allowed) {
  places_.push_back(normalised("/", root));
  for (const std::string& place : allowed) places_.push_back(normalised(places_.front(), place));
}

std::optional<LabPlaces::Location> LabPlaces::locate(std::string_view path) const {
  if (path.empty() || path.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string absolute = normalised(root(), path);
  std::optional<Location> found;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    std::optional<std::string> rest = below(places_[i], absolute);
    if (!rest || (found && places_[i].size() <= longest)) continue;
    longest = places_[i].size();
    found = Location{i, std::move(*rest)};
  }
  return found;
}

}  // namespace vmplan::os
