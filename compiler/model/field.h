// SPDX-License-Identifier: Apache-2.0
// What is fixed about one key of the language, as one row of a constant table. One row drives
// decoding, validation, spelling suggestions, canonical TOML, schema and reference page. It knows
// no rule between two fields.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <variant>

#include "compiler/model/written.h"

namespace vmplan::model {

/// The one version of the language that the tables describe.
inline constexpr std::int64_t kSchemaVersion = 1;

enum class FieldType : std::uint8_t { Text, Integer, Flag, TextList, Secret, Table, TableArray };

/// What kind of place a text names, so that path rules and the executor's checks know what they
/// look at.
enum class PathRole : std::uint8_t {
  None,
  DiskFile,
  ImageFile,
  /// A directory that a guest mounts.
  SharedDirectory,
  /// A TOML file that a profile builds on.
  Template,
  KernelFile,
  /// What a guest is configured from on its first boot.
  SeedFile,
  Socket,
  LogFile,
  Binary
};

/// What changing the field does to an applied machine on the qemu back end (5-changes.md).
///   Live: the running machine takes it. Restart: it stops and starts. Replace: its data would have
///   to be made anew. Refused: it cannot be changed this way. Record: only the state is written.
///   None: nothing at all.
enum class Effect : std::uint8_t { Live, Restart, Replace, Refused, Record, None };

/// One word that a field accepts. A word with an `instead` is known but not built yet; `instead`
/// says what to do.
struct Choice {
  std::string_view word;
  std::string_view instead = {};
  bool is_built() const { return instead.empty(); }
};

/// The default of a list.
struct EmptyList {
  friend bool operator==(EmptyList, EmptyList) = default;
};
/// monostate: no constant default. Values derived from platform, lab or name are no defaults in
/// this sense.
using Default = std::variant<std::monostate, std::string_view, std::int64_t, bool, EmptyList>;

struct FieldInfo {
  std::string_view name;
  /// One line for the reference page.
  std::string_view doc;
  Default fallback = {};
  /// Where there is no such default: what it means that the key is absent, e.g. "the platform's".
  /// Empty: nothing takes its place.
  std::string_view absent = {};
  bool required = false;
  /// Of integers, inclusive.
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  /// Of texts; empty: any.
  std::span<const Choice> choices = {};
  /// "MiB", "GiB", "s", or empty.
  std::string_view unit = {};
  PathRole path = PathRole::None;
  Effect effect = Effect::Restart;
  /// True for text of several lines; else control characters are refused.
  bool many_lines = false;
  /// True for values that are secret: the file holds a reference, and nothing shows its value.
  bool sensitive = false;
  /// True for a field that is used up while the file is read, and so is not in canonical TOML.
  bool consumed = false;
  /// First release that knows the field.
  std::string_view since = "0.1.0";

  /// True when a file may hold the word. Writing a default out may not change anything, so a
  /// default that is not built is judged where it takes effect.
  bool takes(const Choice& choice) const {
    const auto* word = std::get_if<std::string_view>(&fallback);
    return choice.is_built() || (word != nullptr && *word == choice.word);
  }
};

/// Takes the place of a member in rows that are announced and not built: the field is refused,
/// never dropped.
struct NotYet {
  FieldType type;
  /// What to do meanwhile, as an instruction.
  std::string_view instead;
};

/// One row: the facts, and where the value goes.
template <class S>
struct Field {
  FieldInfo info;
  std::variant<WrittenText S::*, WrittenInteger S::*, WrittenFlag S::*, WrittenList S::*,
               WrittenSecret S::*, NotYet>
      member;

  bool is_built() const { return !std::holds_alternative<NotYet>(member); }
  FieldType type() const {
    if (const auto* planned = std::get_if<NotYet>(&member)) return planned->type;
    constexpr FieldType kTypes[] = {FieldType::Text, FieldType::Integer, FieldType::Flag,
                                    FieldType::TextList, FieldType::Secret};
    return kTypes[member.index()];
  }
};

/// How a section stands in its file: keys outside any table, `[path]`, `[[path]]`, or
/// `[path.NAME]`.
enum class SectionShape : std::uint8_t { Root, Table, TableArray, NamedTables };

struct SectionInfo {
  /// Dotted, e.g. "storage.disks"; empty for the root.
  std::string_view path;
  SectionShape shape = SectionShape::Table;
  std::string_view doc = {};
  bool required = false;
  /// Not empty: announced and not built; what to do meanwhile.
  std::string_view instead = {};
  /// That the section stands in the file says something by itself, so canonical TOML leaves it out
  /// where it does not.
  bool by_presence = false;
};

template <class S>
struct SectionTable {
  SectionInfo info;
  std::span<const Field<S>> fields;

  /// Whether nothing of the section is left once the file is read.
  bool is_consumed() const {
    for (const Field<S>& field : fields)
      if (!field.info.consumed) return false;
    return true;
  }
};

/// The table of a section; specialised for each section struct.
template <class S>
const SectionTable<S>& section_table();

}  // namespace vmplan::model
