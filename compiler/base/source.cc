// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/source.h"

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan {
namespace {

/// Units: bytes.
constexpr std::size_t kBlock = 256;

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }

std::vector<std::uint32_t> line_starts(std::string_view text) {
  std::vector<std::uint32_t> starts = {0};
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts.push_back(static_cast<std::uint32_t>(at + 1));
  return starts;
}

std::vector<std::uint32_t> points_before_blocks(std::string_view text) {
  std::vector<std::uint32_t> before = {0};
  for (; text.size() >= kBlock; text.remove_prefix(kBlock))
    before.push_back(before.back() +
                     static_cast<std::uint32_t>(count_code_points(text.substr(0, kBlock))));
  return before;
}

}  // namespace

SourceId SourceMap::add(std::string path, std::string text) {
  Source source{std::move(path), std::move(text), {}, {}};
  source.line_starts = line_starts(source.text);
  source.points_before_block = points_before_blocks(source.text);
  return sources_.push(std::move(source));
}

std::size_t SourceMap::line_index(const Source& source, std::uint32_t offset) {
  auto after = std::upper_bound(source.line_starts.begin(), source.line_starts.end(), offset);
  return static_cast<std::size_t>(after - source.line_starts.begin()) - 1;
}

std::uint32_t SourceMap::points_before(const Source& source, std::uint32_t offset) {
  std::size_t block = offset / kBlock;
  std::string_view rest = std::string_view(source.text).substr(block * kBlock, offset % kBlock);
  return source.points_before_block[block] + static_cast<std::uint32_t>(count_code_points(rest));
}

Location SourceMap::locate(Span span) const {
  const Source& source = sources_[span.source];
  std::size_t line = line_index(source, span.begin);
  std::uint32_t column =
      points_before(source, span.begin) - points_before(source, source.line_starts[line]) + 1;
  return {source.path, static_cast<std::uint32_t>(line + 1), column};
}

std::string_view SourceMap::line_of(Span span) const {
  const Source& source = sources_[span.source];
  std::size_t index = line_index(source, span.begin);
  std::size_t start = source.line_starts[index];
  std::size_t end = line_end(source, index);
  std::string_view line = std::string_view(source.text).substr(start, end - start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::size_t SourceMap::line_end(const Source& source, std::size_t index) {
  return index + 1 < source.line_starts.size() ? source.line_starts[index + 1] - 1
                                               : source.text.size();
}

std::uint32_t SourceMap::offset(SourceId id, std::uint32_t line, std::uint32_t column) const {
  const Source& source = sources_[id];
  const std::vector<std::uint32_t>& before = source.points_before_block;
  if (line == 0 || line > source.line_starts.size())
    return static_cast<std::uint32_t>(source.text.size());
  const std::uint32_t start = source.line_starts[line - 1];
  const std::size_t end = line_end(source, line - 1);
  // The wanted code point starts in the last block that has no more before it.
  const std::uint64_t wanted =
      std::uint64_t{points_before(source, start)} + std::max(column, 1U) - 1;
  auto after = std::upper_bound(before.begin(), before.end(), wanted);
  const auto block = static_cast<std::size_t>(after - before.begin()) - 1;
  std::size_t at = block * kBlock;
  for (std::uint64_t passed = before[block]; at < end; ++at)
    if (starts_code_point(source.text[at]) && passed++ == wanted) break;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(at, start, end));
}

}  // namespace vmplan
