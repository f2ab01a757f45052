// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/diagnostic_render.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/text.h"

namespace vmplan {
namespace {

constexpr std::size_t kTabWidth = 4;
/// A source line longer than this is cut around the caret.
constexpr std::size_t kWidestLine = 160;

struct Paint {
  std::string_view bold, error, warning, blue, off;
};

Paint paint_for(Colour colour) {
  if (colour == Colour::Off) return {};
  return {"\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;34m", "\x1b[0m"};
}

/// What one code point occupies on screen here: tabs are expanded, controls made visible.
std::string shown(std::string_view text) {
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    std::size_t tab = rest.find('\t');
    out += printable(rest.substr(0, tab));
    if (tab == std::string_view::npos) break;
    out.append(kTabWidth, ' ');
    rest.remove_prefix(tab + 1);
  }
  return out;
}

std::size_t shown_width(std::string_view text) { return count_code_points(shown(text)); }

/// The part of a very long line that holds the caret. Cuts only between code points.
std::string_view window(std::string_view line, std::size_t& column, std::size_t& length) {
  if (line.size() <= kWidestLine) return line;
  std::size_t from = column > kWidestLine / 2 ? column - kWidestLine / 2 : 0;
  auto is_inside = [&](std::size_t at) {
    return at < line.size() && (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U;
  };
  while (from > 0 && is_inside(from)) --from;
  std::size_t size = std::min(kWidestLine, line.size() - from);
  while (is_inside(from + size)) ++size;
  column -= from;
  length = std::min(length, size - std::min(size, column));
  return line.substr(from, size);
}

void append_snippet(std::string& out, const SourceMap& sources, Span span, std::string_view label,
                    const Paint& paint, std::string_view caret_paint) {
  Location at = sources.locate(span);
  std::string_view line = sources.line_of(span);
  auto line_start = static_cast<std::size_t>(line.data() - sources.text(span.source).data());
  std::size_t column = std::min<std::size_t>(span.begin - line_start, line.size());
  std::size_t length = std::min<std::size_t>(span.end - span.begin, line.size() - column);
  line = window(line, column, length);
  std::string number = fmt::format("{}", at.line);
  std::string gutter(number.size(), ' ');
  std::size_t carets = std::max<std::size_t>(1, shown_width(line.substr(column, length)));
  fmt::format_to(std::back_inserter(out), "  {}{}-->{} {}:{}:{}\n", paint.blue, gutter, paint.off,
                 printable(at.path), at.line, at.column);
  fmt::format_to(std::back_inserter(out), "  {}{} |{}\n", paint.blue, gutter, paint.off);
  fmt::format_to(std::back_inserter(out), "  {}{} |{} {}\n", paint.blue, number, paint.off,
                 shown(line));
  fmt::format_to(std::back_inserter(out), "  {}{} |{} {}{}{}", paint.blue, gutter, paint.off,
                 std::string(shown_width(line.substr(0, column)), ' '), caret_paint,
                 std::string(carets, '^'));
  if (!label.empty()) fmt::format_to(std::back_inserter(out), " {}", printable(label));
  fmt::format_to(std::back_inserter(out), "{}\n", paint.off);
}

/// JSON holds UTF-8 only, and the name of a file may be anything.
std::string as_text(std::string_view text) {
  return is_utf8(text) ? std::string(text) : printable(text);
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceMap& sources, Colour colour) {
  const CodeInfo& code = info(diagnostic.code);
  Paint paint = paint_for(colour);
  bool error = code.severity == Severity::Error;
  std::string_view accent = error ? paint.error : paint.warning;
  std::string out =
      fmt::format("{}{}[{}]{}{}: {}{}\n", accent, error ? "error" : "warning", code.id, paint.off,
                  paint.bold, printable(diagnostic.summary), paint.off);
  std::string gutter = " ";
  if (diagnostic.span) {
    append_snippet(out, sources, *diagnostic.span, diagnostic.detail, paint, accent);
    gutter.assign(fmt::formatted_size("{}", sources.locate(*diagnostic.span).line), ' ');
  } else if (!diagnostic.detail.empty()) {
    fmt::format_to(std::back_inserter(out), "  {}{} ={} {}\n", paint.blue, gutter, paint.off,
                   printable(diagnostic.detail));
  }
  for (const Note& note : diagnostic.notes) {
    fmt::format_to(std::back_inserter(out), "  {}{} ={} note: {}\n", paint.blue, gutter, paint.off,
                   printable(note.text));
    if (note.span) append_snippet(out, sources, *note.span, "", paint, paint.blue);
  }
  if (!diagnostic.suggestion.empty())
    fmt::format_to(std::back_inserter(out), "  {}{} ={} help: {}\n", paint.blue, gutter, paint.off,
                   printable(diagnostic.suggestion));
  return out;
}

std::string render(const Diagnostics& diagnostics, const SourceMap& sources, Colour colour,
                   std::size_t limit) {
  std::string out;
  // Warnings give way: an error behind fifty of them would be refusal without a reason.
  std::size_t errors = std::min(limit, diagnostics.error_count());
  std::size_t warnings = limit - errors;
  std::size_t left_out = diagnostics.error_count() + diagnostics.warning_count();
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    std::size_t& room = info(diagnostic.code).severity == Severity::Error ? errors : warnings;
    if (room == 0) continue;
    --room;
    --left_out;
    if (!out.empty()) out += '\n';
    out += render(diagnostic, sources, colour);
  }
  if (left_out > 0) fmt::format_to(std::back_inserter(out), "\n... and {} more\n", left_out);
  return out;
}

Json to_json(const Diagnostics& diagnostics, const SourceMap& sources) {
  auto place = [&](Json& out, const std::optional<Span>& span) {
    if (!span) return;
    Location begin = sources.locate(*span);
    Location end = sources.locate({span->source, span->end, span->end});
    out["file"] = as_text(begin.path);
    out["line"] = std::int64_t{begin.line};
    out["column"] = std::int64_t{begin.column};
    out["end_line"] = std::int64_t{end.line};
    out["end_column"] = std::int64_t{end.column};
  };
  JsonArray list;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    const CodeInfo& code = info(diagnostic.code);
    Json item = json_object({{"code", code.id},
                             {"severity", code.severity == Severity::Error ? "error" : "warning"},
                             {"summary", as_text(diagnostic.summary)},
                             {"detail", as_text(diagnostic.detail)},
                             {"suggestion", as_text(diagnostic.suggestion)}});
    place(item, diagnostic.span);
    JsonArray notes;
    for (const Note& note : diagnostic.notes) {
      Json entry = json_object({{"text", as_text(note.text)}});
      place(entry, note.span);
      notes.push_back(std::move(entry));
    }
    item["notes"] = std::move(notes);
    list.push_back(std::move(item));
  }
  return Json(std::move(list));
}

}  // namespace vmplan
