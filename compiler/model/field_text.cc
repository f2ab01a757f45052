// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/field_text.h"

#include <fmt/format.h>

namespace vmplan::model {

std::string_view effect_word(Effect effect) {
  switch (effect) {
    case Effect::Live:
      return "live";
    case Effect::Restart:
      return "restart";
    case Effect::Replace:
      return "replace";
    case Effect::Refused:
      return "refused";
    case Effect::Record:
      return "record";
    case Effect::None:
      return "none";
  }
  return "";
}

std::string_view effect_sentence(Effect effect) {
  switch (effect) {
    case Effect::Live:
      return "A running machine takes a change.";
    case Effect::Restart:
      return "A change restarts the machine.";
    case Effect::Replace:
      return "A change means a new one; what holds data is kept.";
    case Effect::Refused:
      return "A change is refused.";
    case Effect::Record:
      return "A change is recorded, and nothing runs.";
    case Effect::None:
      return "A change does nothing to a machine.";
  }
  return "";
}

std::string section_header(const SectionInfo& section) {
  switch (section.shape) {
    case SectionShape::Root:
      break;
    case SectionShape::Table:
      return fmt::format("[{}]", section.path);
    case SectionShape::TableArray:
      return fmt::format("[[{}]]", section.path);
    case SectionShape::NamedTables:
      return fmt::format("[{}.NAME]", section.path);
  }
  return "";
}

}  // namespace vmplan::model
