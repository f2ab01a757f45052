// SPDX-License-Identifier: Apache-2.0
// The built-in steps as plans spell them: names, words, what they may touch. What they do is
// runtime/exec/steps/; docs/steps.md is for people. A released form is only ever added to: the
// state holds such lines for years.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "compiler/plan/command_plan.h"

namespace vmplan::plan {

/// Exit code of `machine powerdown` and `machine quit` when the monitor cannot be reached, or does
/// not answer: the next rung is tried.
inline constexpr int kMonitorSilent = 3;
/// Exit code of `machine wait` when the machine still runs at the deadline: the next rung is tried.
inline constexpr int kStillRunning = 4;

/// Exit code of `link check` when there is no such device: the next step makes it.
inline constexpr int kLinkAbsent = 3;
/// Ids of the steps that look for a device and make it. When vmplan was cut off before it could
/// mark what it made, the journal of these two shows whose it is.
inline constexpr std::string_view kLookForLink = "look";
inline constexpr std::string_view kAddLink = "add";

/// What a word after the name is.
enum class WordRole : std::uint8_t {
  None,      ///< beyond the last word
  Text,      ///< a mode, size, format, digest, signal
  Path,      ///< lab-relative, or in an allowed place
  BasePath,  ///< relative to the directory of the first word; `-`: none
  Node,      ///< a node id
  Url,       ///< `https://` or `http://`, as to_text(Url) writes it
  Source,    ///< `text:` and the text itself, `file:` and a path as above, or `-` for none
};

/// The path of a word of role Source; empty when it names none.
std::string_view source_path(std::string_view word);
/// The text of a word of role Source that is one; nullopt for others.
std::optional<std::string_view> source_text(std::string_view word);

/// `vmplan step NAME [VERB] WORDS...`
struct BuiltinForm {
  std::string_view name;
  /// Of `link`, `machine`, `seed`, `serial` and `workspace`; else empty.
  std::string_view verb = {};
  /// Everything after `vmplan step`: "mkdir PATH MODE".
  std::string_view grammar;
  std::string_view summary;
  std::array<WordRole, 4> words;
  /// How many words may be left out at the end, all of them together.
  std::size_t optional_words = 0;
  /// It changes nothing: a probe may run it, and it runs again when a node is continued.
  bool looks_only = false;
  /// Running it again after it ran to the end changes nothing.
  bool repeatable = true;
  /// It takes away what cannot be had back.
  bool destructive = false;
  Risk risk = Risk::Low;

  /// True when the form may have so many words after name and verb.
  bool takes(std::size_t count) const;
};

/// By name, then verb.
std::span<const BuiltinForm> builtin_forms();

/// The form of the words after `vmplan step`; null when they begin with no known name and verb.
const BuiltinForm* find_builtin(std::span<const std::string> words);
/// The form of a step; null when it is no built-in, or an unknown one.
const BuiltinForm* builtin_of(const Step& step);

/// The words after name and verb. Requires: `words` are those that the form was found by.
std::span<const std::string> arguments(const BuiltinForm& form, std::span<const std::string> words);

}  // namespace vmplan::plan
