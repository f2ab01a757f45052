// SPDX-License-Identifier: Apache-2.0
// What is wrong with the user's input, as values. Rendering is diagnostic_render.h; the list of
// codes with their explanations is diagnostic_codes.h.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/base/diagnostic_codes.h"
#include "compiler/base/source.h"

namespace vmplan {

/// A further place that explains the diagnostic, e.g. the first of two equal names.
struct Note {
  std::string text;
  std::optional<Span> span;
  friend auto operator<=>(const Note&, const Note&) = default;
};

/// One finding. Its severity belongs to the code.
struct Diagnostic {
  Code code;
  /// One line that stands alone: lower case, no full stop, names the thing.
  std::string summary;
  /// Shown under the caret; says what is expected. May be empty.
  std::string detail;
  /// nullopt for findings about no place in a file (flags, missing files).
  std::optional<Span> span;
  std::vector<Note> notes;
  /// What to do, as an instruction. May be empty.
  std::string suggestion;
};

/// Collects the findings of one or more phases.
class Diagnostics {
 public:
  /// Errors that are kept of one file, and as many warnings. Nobody reads more, and a hostile file
  /// gives a million; further ones are only counted.
  static constexpr std::size_t kMostOfOneFile = 1000;

  /// Texts of more than 1000 bytes lose their middle.
  void add(Diagnostic diagnostic);
  /// The findings of another phase. They do not give way to those that are here: a thousand slips
  /// of one kind must not hide the first of the next.
  void append(Diagnostics&& other);
  /// More findings of the same phase, as if each were added.
  void add_all(Diagnostics&& other);

  bool has_errors() const { return errors_ > 0; }
  /// Those that are not kept included.
  std::size_t error_count() const { return errors_; }
  std::size_t warning_count() const { return warnings_; }
  bool empty() const { return errors_ + warnings_ == 0; }
  /// What was kept.
  const std::vector<Diagnostic>& all() const { return found_; }

  /// Orders by path, offset, code and text, then by everything else, so that neither threads nor
  /// table order show; drops exact repeats.
  void sort(const SourceMap& sources);

 private:
  std::size_t& count_of(const Diagnostic& diagnostic);
  /// Takes a place among those of its file, where there is one left.
  bool has_room(const Diagnostic& diagnostic);

  std::vector<Diagnostic> found_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
  /// How many are kept, by file and severity.
  std::map<std::pair<SourceId, Severity>, std::size_t> kept_;
};

}  // namespace vmplan
