// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/recipe_words.h"

#include <fmt/format.h>

#include <optional>

#include "compiler/base/text.h"

namespace vmplan::model {
namespace {

constexpr std::string_view kImage = "image:";

std::optional<RecipePiece> place_called(std::string_view name) {
  if (name == "work") return RecipePiece{RecipePlace::Work, {}};
  if (name == "out") return RecipePiece{RecipePlace::Out, {}};
  if (name.starts_with(kImage) && name.size() > kImage.size())
    return RecipePiece{RecipePlace::Image, std::string(name.substr(kImage.size()))};
  return std::nullopt;
}

void append_text(RecipeWord& word, char c) {
  if (word.empty() || word.back().place != RecipePlace::Text)
    word.push_back({RecipePlace::Text, {}});
  word.back().text += c;
}

std::string written(const RecipePiece& piece) {
  switch (piece.place) {
    case RecipePlace::Work:
      return "{work}";
    case RecipePlace::Out:
      return "{out}";
    case RecipePlace::Image:
      return fmt::format("{{{}{}}}", kImage, piece.text);
    case RecipePlace::Text:
      break;
  }
  std::string out;
  for (char c : piece.text) {
    if (c == '{') out += c;
    out += c;
  }
  return out;
}

}  // namespace

std::string to_text(const RecipeWord& word) {
  std::string out;
  for (const RecipePiece& piece : word) out += written(piece);
  return out;
}

RecipeWordReading read_recipe_word(std::string_view text) {
  RecipeWordReading out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_brace = text.substr(at).starts_with("{{");
    if (text[at] != '{' || is_brace) {
      append_text(out.word, text[at]);
      if (is_brace) ++at;
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) {
      out.fault = "a `{` is not closed; a brace by itself is written `{{`";
      return out;
    }
    const std::string_view name = text.substr(at + 1, end - at - 1);
    std::optional<RecipePiece> piece = place_called(name);
    if (!piece) {
      out.fault = fmt::format("`{{{}}}` is none of `{{work}}`, `{{out}}`, `{{image:NAME}}`",
                              printable(name));
      return out;
    }
    out.word.push_back(std::move(*piece));
    at = end;
  }
  return out;
}

}  // namespace vmplan::model
