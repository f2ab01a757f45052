// SPDX-License-Identifier: Apache-2.0
// The texts that were read, and places in them. It does not read files itself.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/dense_map.h"

namespace vmplan {

struct SourceTag {};
using SourceId = Id<SourceTag>;

/// A half-open range of bytes of one source. An empty span (begin == end) marks a point.
struct Span {
  SourceId source;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  friend auto operator<=>(const Span&, const Span&) = default;
};

/// Where a span starts, for people.
/// Units: line and column count from 1; columns are code points.
struct Location {
  std::string_view path;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// Sources by id. Append-only: a span stays valid for the life of the map.
class SourceMap {
 public:
  /// `path` is shown to people: relative to the lab root, or absolute for a file outside the lab.
  SourceId add(std::string path, std::string text);

  std::string_view path(SourceId id) const { return sources_[id].path; }
  std::string_view text(SourceId id) const { return sources_[id].text; }
  std::size_t size() const { return sources_.size(); }

  Location locate(Span span) const;
  /// The whole line that holds the start of the span, without its line end.
  std::string_view line_of(Span span) const;
  /// Byte offset of a line and column as TOML readers report them; clamped to the text.
  std::uint32_t offset(SourceId id, std::uint32_t line, std::uint32_t column) const;

 private:
  struct Source {
    std::string path;
    std::string text;
    std::vector<std::uint32_t> line_starts;
    /// Code points that start before each block of the text, so that a place in a line of any
    /// length is found by a look at one block.
    std::vector<std::uint32_t> points_before_block;
  };
  static std::size_t line_index(const Source& source, std::uint32_t offset);
  /// Offset of the line feed of a line, or the end of the text.
  static std::size_t line_end(const Source& source, std::size_t index);
  /// How many code points start before a byte.
  static std::uint32_t points_before(const Source& source, std::uint32_t offset);

  DenseMap<SourceId, Source> sources_;
};

}  // namespace vmplan
