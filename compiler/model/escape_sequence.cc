// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/escape_sequence.h"

#include <fmt/format.h>

namespace vmplan::model {
namespace {

/// What a terminal makes of a key that must reach the guest. Source: termios(3), ASCII.
struct NeededKey {
  char key;
  std::string_view use;
};
constexpr NeededKey kNeeded[] = {
    {'c', "interrupts programs"},
    {'d', "ends input"},
    {'h', "is Backspace"},
    {'i', "is Tab"},
    {'j', "is Enter"},
    {'m', "is Enter"},
    {'q', "resumes output"},
    {'s', "stops output"},
    {'z', "stops programs"},
    {'[', "is Escape"},
};

}  // namespace

std::optional<std::string> escape_fault(std::string_view text) {
  constexpr std::string_view kControl = "ctrl+";
  constexpr std::string_view kSigns = "[]\\^_";
  if (!text.starts_with(kControl) || text.size() != kControl.size() + 1)
    return "expected `ctrl+` and one key";
  char key = text.back();
  if (!(key >= 'a' && key <= 'z') && kSigns.find(key) == std::string_view::npos)
    return fmt::format("`{}` is no key that `ctrl` goes with", key);
  for (const NeededKey& needed : kNeeded)
    if (needed.key == key) return fmt::format("`{}` {} in the guest", text, needed.use);
  return std::nullopt;
}

}  // namespace vmplan::model
