// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/decode_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/base/text.h"
#include "compiler/model/secret_reference.h"

namespace vmplan::model {
namespace {

using syntax::Value;

constexpr const char* kSecretAdvice =
    "write where it is: `{ secret = \"env:NAME\" }` or `{ secret = \"file:PATH\" }`";

/// How to write the value that was probably meant.
std::string advice(FieldType wanted, const Value& value) {
  switch (wanted) {
    case FieldType::Text:
      if (value.kind == Value::Kind::Integer)
        return fmt::format("put it in double quotes: `\"{}\"`", value.integer);
      if (value.kind == Value::Kind::Boolean)
        return fmt::format("put it in double quotes: `\"{}\"`", value.boolean);
      return "write one text in double quotes";
    case FieldType::Integer: {
      bool digits =
          !value.text.empty() && std::all_of(value.text.begin(), value.text.end(), is_ascii_digit);
      if (digits) return fmt::format("leave out the quotes: `{}`", value.text);
      return "write a whole number without quotes or unit";
    }
    case FieldType::Flag:
      if (value.text == "true" || value.text == "false")
        return fmt::format("leave out the quotes: `{}`", value.text);
      return "write `true` or `false`, without quotes";
    case FieldType::TextList:
      if (value.kind == Value::Kind::String)
        return fmt::format("put it in brackets: `[\"{}\"]`", printable(value.text));
      return "write a list of texts: `[\"...\", \"...\"]`";
    case FieldType::Secret:
      return kSecretAdvice;
    case FieldType::Table:
    case FieldType::TableArray:
      break;
  }
  return "";
}

void wrong_type(const FieldInfo& field, FieldType wanted, const Value& value,
                Diagnostics& diagnostics) {
  diagnostics.add(
      {Code::WrongType,
       fmt::format("`{}` must be {}", field.name, with_article(wanted)),
       fmt::format("expected {}, found {}", with_article(wanted), with_article(value.kind)),
       value.span,
       {},
       advice(wanted, value)});
}

/// Text that is used in an argv or shown on a terminal holds no control characters.
bool check_controls(const FieldInfo& field, const Value& value, Diagnostics& diagnostics) {
  if (field.path != PathRole::None) return true;  // path rules say it better
  for (char c : value.text) {
    bool layout = c == '\n' || c == '\t';
    if (!is_ascii_control(c) || (field.many_lines && layout)) continue;
    diagnostics.add({Code::ControlCharacter,
                     fmt::format("`{}` holds a control character", field.name),
                     fmt::format("character U+{:04X}", static_cast<unsigned char>(c)),
                     value.span,
                     {},
                     field.many_lines ? "remove it; only line feeds and tabs may stand here"
                                      : "remove it; the text must be one printable line"});
    return false;
  }
  return true;
}

std::string built_words(std::span<const Choice> choices) {
  std::vector<std::string> words;
  for (const Choice& choice : choices)
    if (choice.is_built()) words.push_back(fmt::format("`{}`", choice.word));
  return join(words, ", ");
}

/// A text, or one text of a list.
bool check_choice(const FieldInfo& field, bool in_list, const Value& value,
                  Diagnostics& diagnostics) {
  if (field.choices.empty()) return true;
  std::vector<std::string_view> words;
  for (const Choice& choice : field.choices) {
    if (choice.word == value.text) {
      if (field.takes(choice)) return true;
      diagnostics.add(choice_not_built(field.name, choice, value.span));
      return false;
    }
    if (choice.is_built()) words.push_back(choice.word);
  }
  std::string known = built_words(field.choices);
  auto near = nearest(ascii_lower(value.text), words);
  diagnostics.add({Code::NotAChoice,
                   fmt::format("`{}` cannot be `{}`", field.name, value.text),
                   fmt::format("expected {}{}", words.size() > 1 ? "one of " : "", known),
                   value.span,
                   {},
                   near ? in_list ? fmt::format("write `\"{}\"`", *near)
                                  : fmt::format("write `{} = \"{}\"`", field.name, *near)
                        : fmt::format("choose {}{}", words.size() > 1 ? "one of " : "", known)});
  return false;
}

void secret_written_down(const FieldInfo& field, const Value& value, Diagnostics& diagnostics) {
  diagnostics.add({Code::SecretWrittenDown,
                   fmt::format("`{}` is secret and must not be written down", field.name),
                   "profiles are committed and shown in reviews",
                   value.span,
                   {},
                   fmt::format("{}; change the secret if this file was shared", kSecretAdvice)});
}

void bad_secret(const FieldInfo& field, std::string detail, Span span, Diagnostics& diagnostics) {
  diagnostics.add({Code::BadSecretReference,
                   fmt::format("`{}` does not say where its secret is", field.name),
                   std::move(detail),
                   span,
                   {},
                   kSecretAdvice});
}

/// The texts `secret` and `version` of an inline table.
bool take_secret_members(const FieldInfo& field, const Value& value, SecretReference& secret,
                         Diagnostics& diagnostics) {
  bool sound = true;
  for (const syntax::Member& member : value.members) {
    std::string* place = nullptr;
    if (member.key == "secret") place = &secret.reference;
    if (member.key == "version") place = &secret.version;
    if (member.value.reported) {
      sound = false;
    } else if (place == nullptr) {
      bad_secret(field, fmt::format("`{}` means nothing here", printable(member.key)),
                 member.key_span, diagnostics);
      sound = false;
    } else if (member.value.kind != Value::Kind::String) {
      diagnostics.add({Code::WrongType,
                       fmt::format("`{}` must be a string", member.key),
                       fmt::format("expected a string, found {}", with_article(member.value.kind)),
                       member.value.span,
                       {},
                       advice(FieldType::Text, member.value)});
      sound = false;
    } else {
      *place = member.value.text;
    }
  }
  return sound;
}

bool check_secret_reference(const FieldInfo& field, const Value& value,
                            const SecretReference& secret, Diagnostics& diagnostics) {
  if (secret.reference.starts_with("command:")) {
    diagnostics.add({Code::NotBuiltYet,
                     "secrets that a command prints are not built yet",
                     "`command:` comes in a later release",
                     value.span,
                     {},
                     "use `env:NAME` or `file:PATH`"});
    return false;
  }
  std::optional<std::string> fault = secret_reference_fault(secret.reference);
  if (!fault && std::any_of(secret.version.begin(), secret.version.end(), is_ascii_control))
    fault = "`version` holds a control character";
  if (fault) bad_secret(field, std::move(*fault), value.span, diagnostics);
  return !fault;
}

template <class Out>
void mark(const Value& value, Out& out) {
  out.present = true;
  out.span = value.span;
}

}  // namespace

std::string_view with_article(FieldType type) {
  switch (type) {
    case FieldType::Text:
      return "a string";
    case FieldType::Integer:
      return "an integer";
    case FieldType::Flag:
      return "a boolean";
    case FieldType::TextList:
      return "a list of strings";
    case FieldType::Secret:
      return "a reference to a secret";
    case FieldType::Table:
      return "a table";
    case FieldType::TableArray:
      return "an array of tables";
  }
  return "";
}

Diagnostic choice_not_built(std::string_view field, const Choice& choice, Span span) {
  return {Code::NotBuiltYet,
          fmt::format("`{} = \"{}\"` is not built yet", field, choice.word),
          fmt::format("`{}` comes in a later release", choice.word),
          span,
          {},
          std::string(choice.instead)};
}

void decode_value(const FieldInfo& field, const Value& value, WrittenText& out,
                  Diagnostics& diagnostics) {
  mark(value, out);
  if (value.reported) return;
  if (value.kind != Value::Kind::String)
    return wrong_type(field, FieldType::Text, value, diagnostics);
  if (!check_choice(field, false, value, diagnostics) || !check_controls(field, value, diagnostics))
    return;
  out.value = value.text;
}

void decode_value(const FieldInfo& field, const Value& value, WrittenInteger& out,
                  Diagnostics& diagnostics) {
  mark(value, out);
  if (value.reported) return;
  if (value.kind != Value::Kind::Integer && !value.number_text)
    return wrong_type(field, FieldType::Integer, value, diagnostics);
  if (value.integer < field.min || value.integer > field.max) {
    std::string_view space = field.unit.empty() ? "" : " ";
    diagnostics.add({Code::OutOfRange,
                     fmt::format("`{}` is out of range", field.name),
                     fmt::format("expected {} to {}{}{}", field.min, field.max, space, field.unit),
                     value.span,
                     {},
                     fmt::format("write a number from {} to {}", field.min, field.max)});
    return;
  }
  out.value = value.integer;
}

void decode_value(const FieldInfo& field, const Value& value, WrittenFlag& out,
                  Diagnostics& diagnostics) {
  mark(value, out);
  if (value.reported) return;
  if (value.kind != Value::Kind::Boolean)
    return wrong_type(field, FieldType::Flag, value, diagnostics);
  out.value = value.boolean;
}

void decode_value(const FieldInfo& field, const Value& value, WrittenList& out,
                  Diagnostics& diagnostics) {
  mark(value, out);
  if (value.kind != Value::Kind::Array)
    return wrong_type(field, FieldType::TextList, value, diagnostics);
  std::vector<ListItem> items;
  bool sound = true;
  for (const Value& item : value.items) {
    bool is_text = item.kind == Value::Kind::String;
    if (!is_text && !item.reported)
      diagnostics.add({Code::WrongType,
                       fmt::format("`{}` must hold strings only", field.name),
                       fmt::format("expected a string, found {}", with_article(item.kind)),
                       item.span,
                       {},
                       advice(FieldType::Text, item)});
    if (is_text && !item.reported && check_choice(field, true, item, diagnostics) &&
        check_controls(field, item, diagnostics)) {
      items.push_back({item.text, item.span});
    } else {
      sound = false;
    }
  }
  if (sound) out.value = std::move(items);
}

void decode_value(const FieldInfo& field, const Value& value, WrittenSecret& out,
                  Diagnostics& diagnostics) {
  mark(value, out);
  if (value.reported) return;
  if (value.kind == Value::Kind::String) return secret_written_down(field, value, diagnostics);
  if (value.kind != Value::Kind::Table)
    return wrong_type(field, FieldType::Secret, value, diagnostics);
  SecretReference secret;
  const bool sound = take_secret_members(field, value, secret, diagnostics) &&
                     check_secret_reference(field, value, secret, diagnostics);
  if (sound) out.value = std::move(secret);
}

void take_default(const FieldInfo& field, WrittenText& out) {
  if (const auto* text = std::get_if<std::string_view>(&field.fallback))
    out.value = std::string(*text);
}

void take_default(const FieldInfo& field, WrittenInteger& out) {
  if (const auto* number = std::get_if<std::int64_t>(&field.fallback)) out.value = *number;
}

void take_default(const FieldInfo& field, WrittenFlag& out) {
  if (const auto* flag = std::get_if<bool>(&field.fallback)) out.value = *flag;
}

void take_default(const FieldInfo& field, WrittenList& out) {
  if (std::holds_alternative<EmptyList>(field.fallback)) out.value = std::vector<ListItem>();
}

}  // namespace vmplan::model
