// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/support_matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/lower/backend.h"
#include "compiler/model/profile_fields.h"

namespace vmplan::lower {
namespace {

constexpr std::string_view kIntroduction =
    R"(<!-- Generated from Backend::capabilities(); a test compares. Do not edit. -->
# What each back end can express

One column per back end (`[vm] backend`), one row per word of the language. What a back end cannot express is an error at
the profile's line, with what to write instead; nothing is dropped. All keys are in [profile](profile.md).
)";

struct Row {
  std::string_view word;
  /// By back end; empty: it cannot.
  std::vector<std::string> cells;
};

void append_table(std::string& out, std::string_view title, const std::vector<Row>& rows) {
  out += fmt::format("\n## {}\n\n| |", title);
  std::string rule = "\n|---|";
  for (const Backend* backend : backends()) {
    out += fmt::format(" {} |", backend->name());
    rule += "---|";
  }
  out += rule + "\n";
  for (const Row& row : rows) {
    out += fmt::format("| `{}` |", row.word);
    for (const std::string& text : row.cells)
      out += text.empty() ? " no |" : fmt::format(" {} |", text);
    out += "\n";
  }
}

std::string guests_text(const Capabilities& all, std::string_view arch) {
  for (const GuestCapabilities& guest : all.architectures)
    if (guest.arch == arch)
      return fmt::format("up to {} disks, {} interfaces, {} shares", guest.limits.disks,
                         guest.limits.interfaces, guest.limits.shares);
  return "";
}

/// The cell of one word for one back end.
using CellOf = std::string (*)(const Capabilities& all, std::string_view word);

std::string yes_if(const std::vector<std::string_view>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end() ? "yes" : "";
}

struct Topic {
  std::string_view title;
  /// The key whose words are the rows.
  std::string_view section, key;
  CellOf cell;
};

constexpr Topic kTopics[] = {
    {"Guests: `[hardware] arch`", "hardware", "arch", guests_text},
    {"Disks: `[[storage.disks]] format`", "storage.disks", "format",
     [](const Capabilities& all, std::string_view word) { return yes_if(all.disk_formats, word); }},
    {"Network: `[[network.interfaces]] type`", "network.interfaces", "type",
     [](const Capabilities& all, std::string_view word) {
       return yes_if(all.network_types, word);
     }},
    {"Serial line: `[serial] mode`", "serial", "mode",
     [](const Capabilities& all, std::string_view word) { return yes_if(all.serial_modes, word); }},
};

/// Collects the words of one key, built or not, in the order of the field table.
struct WordsOf {
  const Topic& topic;
  std::vector<std::string_view>& out;

  template <class S, class Section>
  void operator()(const model::SectionTable<S>& table, const Section&) const {
    if (table.info.path != topic.section) return;
    for (const model::Field<S>& field : table.fields)
      if (field.info.name == topic.key)
        for (const model::Choice& choice : field.info.choices) out.push_back(choice.word);
  }
};

std::vector<Row> rows_of(const Topic& topic) {
  std::vector<std::string_view> words;
  model::Profile profile;
  model::visit_sections(profile, WordsOf{topic, words});
  std::vector<Row> rows;
  for (std::string_view word : words) {
    Row row{word, {}};
    for (const Backend* backend : backends())
      row.cells.push_back(topic.cell(backend->capabilities(), word));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::string support_matrix() {
  std::string out(kIntroduction);
  for (const Topic& topic : kTopics) append_table(out, topic.title, rows_of(topic));
  return out;
}

}  // namespace vmplan::lower
