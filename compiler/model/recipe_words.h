// SPDX-License-Identifier: Apache-2.0
// The words of a recipe: text, and the places that only a plan knows. It knows no lab.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vmplan::model {

/// Work: an empty directory of the recipe. Out: the file in it that becomes the image. Image:
/// another image of the lab.
enum class RecipePlace : std::uint8_t { Text, Work, Out, Image };

struct RecipePiece {
  RecipePlace place = RecipePlace::Text;
  /// Of Text; the name of Image.
  std::string text;
  friend bool operator==(const RecipePiece&, const RecipePiece&) = default;
};

/// The pieces of one word of an argv, joined without anything between them.
using RecipeWord = std::vector<RecipePiece>;

struct RecipeWordReading {
  RecipeWord word;
  /// What is wrong with it; empty: nothing.
  std::string fault;
};

/// As it is written.
std::string to_text(const RecipeWord& word);

/// Reads `{work}`, `{out}`, `{image:NAME}` and `{{`; a `}` by itself is a brace.
RecipeWordReading read_recipe_word(std::string_view text);

}  // namespace vmplan::model
