// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/read_toml.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>

#include "compiler/base/text.h"
#include "compiler/syntax/toml_guard.h"
#include "compiler/syntax/toml_tokens.h"

namespace vmplan::syntax {
namespace {

/// Turns the library's tree into ours, places from code points into bytes.
class Converter {
 public:
  Converter(const SourceMap& sources, SourceId id)
      : sources_(sources), id_(id), has_mark_(sources.text(id).starts_with(kByteOrderMark)) {}

  std::uint32_t offset(toml::source_position at) const {
    // The library does not count the mark; the source map does.
    std::uint32_t skipped = has_mark_ && at.line == 1 ? 1 : 0;
    return sources_.offset(id_, at.line, at.column + skipped);
  }

  Span span(const toml::source_region& region) const {
    std::uint32_t begin = offset(region.begin);
    return {id_, begin, std::max(begin, offset(region.end))};
  }

  Value value(const toml::node& node) const {
    Value out;
    out.span = span(node.source());
    if (const auto* table = node.as_table()) {
      out.kind = Value::Kind::Table;
      for (const auto& [key, member] : *table)
        out.members.push_back({std::string(key.str()), span(key.source()), value(member)});
      std::sort(out.members.begin(), out.members.end(), [](const Member& a, const Member& b) {
        return a.key_span.begin < b.key_span.begin;
      });
    } else if (const auto* array = node.as_array()) {
      out.kind = Value::Kind::Array;
      for (const toml::node& item : *array) out.items.push_back(value(item));
    } else {
      scalar(node, out);
    }
    return out;
  }

 private:
  static void scalar(const toml::node& node, Value& out) {
    if (const auto* text = node.as_string()) {
      out.kind = Value::Kind::String;
      out.text = text->get();
    } else if (const auto* number = node.as_integer()) {
      out.kind = Value::Kind::Integer;
      out.integer = number->get();
    } else if (const auto* flag = node.as_boolean()) {
      out.kind = Value::Kind::Boolean;
      out.boolean = flag->get();
    } else if (node.is_floating_point()) {
      out.kind = Value::Kind::Float;
    } else {
      out.kind = Value::Kind::DateTime;
    }
  }

  const SourceMap& sources_;
  SourceId id_;
  bool has_mark_;
};

/// True for what other languages write for true and false, and TOML does not know.
bool is_misspelt_flag(std::string_view word) {
  static constexpr std::array<std::string_view, 6> kFlags = {"yes", "no",   "on",
                                                             "off", "true", "false"};
  return word != "true" && word != "false" &&
         std::find(kFlags.begin(), kFlags.end(), ascii_lower(word)) != kFlags.end();
}

/// What helps most with the line that could not be read.
std::string advice(std::string_view reason, std::string_view line) {
  if (reason.starts_with("cannot redefine"))
    return "keep one of the two: a key or table may stand once";
  std::size_t equals = line.find('=');
  if (equals != std::string_view::npos) {
    std::string_view value = line.substr(equals + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    std::string_view word = value.substr(0, value.find_first_of(" \t#"));
    if (is_misspelt_flag(word)) return "write `true` or `false`";
    if (!word.empty() && is_ascii_alpha(word[0]) && word != "true" && word != "false")
      return fmt::format("put text in double quotes: `\"{}\"`", word);
  }
  return "correct this place; what follows it in this file was not looked at";
}

/// "Error while parsing X: reason" without its first half.
std::string_view reason_of(std::string_view description) {
  std::size_t colon = description.find(": ");
  if (description.starts_with("Error while parsing") && colon != std::string_view::npos)
    description.remove_prefix(colon + 2);
  if (description == "could not determine value type") return "this is no value of TOML";
  return description;
}

Diagnostic syntax_error(const SourceMap& sources, const Converter& convert,
                        const toml::parse_error& error) {
  Span span = convert.span(error.source());
  std::string_view text = sources.text(span.source);
  bool shows_byte =
      span.begin < text.size() && text[span.begin] != '\n' && text[span.begin] != '\r';
  if (span.begin == span.end && shows_byte) ++span.end;
  while (span.end < text.size() && (static_cast<unsigned char>(text[span.end]) & 0xC0U) == 0x80U)
    ++span.end;
  std::string_view reason = reason_of(error.description());
  return {Code::TomlSyntax,
          fmt::format("{} is not valid TOML", sources.path(span.source)),
          std::string(reason),
          span,
          {},
          advice(reason, sources.line_of(span))};
}

}  // namespace

std::optional<Document> read_toml(const SourceMap& sources, SourceId id, Diagnostics& diagnostics) {
  if (!is_safe_toml(sources, id, diagnostics)) return std::nullopt;
  Converter convert(sources, id);
  try {
    toml::table root = toml::parse(sources.text(id));
    Document document{id, convert.value(root)};
    document.root.span = {id, 0, 0};
    return document;
  } catch (const toml::parse_error& error) {
    diagnostics.add(syntax_error(sources, convert, error));
    return std::nullopt;
  }
}

}  // namespace vmplan::syntax
