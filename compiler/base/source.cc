// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/source.h"

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan {
namespace {

bool continues_code_point(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

SourceId SourceMap::add(std::string path, std::string text) {
  std::vector<std::uint32_t> starts = {0};
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1))
    starts.push_back(static_cast<std::uint32_t>(at + 1));
  return sources_.push({std::move(path), std::move(text), std::move(starts)});
}

std::size_t SourceMap::line_index(const Source& source, std::uint32_t offset) {
  auto after = std::upper_bound(source.line_starts.begin(), source.line_starts.end(), offset);
  return static_cast<std::size_t>(after - source.line_starts.begin()) - 1;
}

Location SourceMap::locate(Span span) const {
  const Source& source = sources_[span.source];
  std::size_t line = line_index(source, span.begin);
  std::string_view before(source.text);
  before = before.substr(source.line_starts[line], span.begin - source.line_starts[line]);
  return {source.path, static_cast<std::uint32_t>(line + 1),
          static_cast<std::uint32_t>(count_code_points(before) + 1)};
}

std::string_view SourceMap::line_of(Span span) const {
  const Source& source = sources_[span.source];
  std::uint32_t start = source.line_starts[line_index(source, span.begin)];
  std::string_view line = std::string_view(source.text).substr(start);
  line = line.substr(0, line.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::uint32_t SourceMap::offset(SourceId id, std::uint32_t line, std::uint32_t column) const {
  const Source& source = sources_[id];
  if (line == 0 || line > source.line_starts.size())
    return static_cast<std::uint32_t>(source.text.size());
  std::size_t at = source.line_starts[line - 1];
  for (std::uint32_t passed = 1; passed < column && at < source.text.size(); ++passed) {
    if (source.text[at] == '\n') break;
    do ++at;
    while (at < source.text.size() && continues_code_point(source.text[at]));
  }
  return static_cast<std::uint32_t>(at);
}

}  // namespace vmplan
