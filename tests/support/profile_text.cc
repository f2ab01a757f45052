// SPDX-License-Identifier: Apache-2.0
#include "tests/support/profile_text.h"

#include <algorithm>
#include <map>
#include <random>

#include "compiler/model/profile_fields.h"

namespace vmplan::test {
namespace {

using Random = std::mt19937_64;

bool chance(Random& random) { return random() % 2 == 0; }

std::size_t below(Random& random, std::size_t limit) {
  return static_cast<std::size_t>(random() % limit);
}

template <class T>
void shuffle(std::vector<T>& items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(random, i)]);
}

std::string spelled(std::string_view text) { return "\"" + std::string(text) + "\""; }

/// A constant default as TOML; empty when there is none.
std::string default_text(const model::Default& fallback) {
  if (const auto* text = std::get_if<std::string_view>(&fallback)) return spelled(*text);
  if (const auto* number = std::get_if<std::int64_t>(&fallback)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&fallback)) return *flag ? "true" : "false";
  return std::holds_alternative<model::EmptyList>(fallback) ? "[]" : "";
}

/// Constant defaults, by header.
std::multimap<std::string, std::pair<std::string, std::string>> defaults() {
  std::multimap<std::string, std::pair<std::string, std::string>> out;
  model::Profile profile;
  model::visit_sections(profile, [&](const auto& table, const auto&) {
    // That such a section stands there is no default.
    if (table.info.by_presence) return;
    bool repeated = table.info.shape == model::SectionShape::TableArray;
    std::string header =
        (repeated ? "[[" : "[") + std::string(table.info.path) + (repeated ? "]]" : "]");
    for (const auto& field : table.fields)
      if (std::string text = default_text(field.info.fallback); field.is_built() && !text.empty())
        out.insert({header, {std::string(field.info.name), text}});
  });
  return out;
}

void add_defaults(std::vector<SectionText>& profile) {
  for (const auto& [header, key] : defaults()) {
    bool repeated = header.starts_with("[[");
    bool found = false;
    for (SectionText& section : profile) {
      if (section.header != header) continue;
      found = true;
      const std::string& name = key.first;
      bool has = std::any_of(section.keys.begin(), section.keys.end(),
                             [&](const auto& line) { return line.first == name; });
      if (!has) section.keys.push_back(key);
    }
    if (!found && !repeated) profile.push_back({header, {key}});
  }
}

/// Orders sections at random; those of one header keep their order among themselves.
std::vector<SectionText> reordered(const std::vector<SectionText>& profile, Random& random) {
  std::map<std::string, std::vector<SectionText>> groups;
  std::vector<std::string> order;
  for (const SectionText& section : profile) {
    groups[section.header].push_back(section);
    order.push_back(section.header);
  }
  shuffle(order, random);
  std::vector<SectionText> out;
  std::map<std::string, std::size_t> taken;
  for (const std::string& header : order) out.push_back(groups[header][taken[header]++]);
  return out;
}

std::string blanks(Random& random) { return std::string(below(random, 4), ' '); }

}  // namespace

std::vector<SectionText> rich_profile() {
  return {
      {"", {{"schema_version", "1"}}},
      {"[vm]",
       {{"name", "\"web\""},
        {"description", R"("first\nsecond \"quoted\" \\ \u00e9")"},
        {"tags", R"(["front", "blue"])"}}},
      {"[hardware]",
       {{"arch", "\"x86_64\""},
        {"cores", "4"},
        {"memory_mb", "2_048"},
        {"cpu", "\"max\""},
        {"cpu_flags", R"(["+aes", "-svm"])"}}},
      {"[[hardware.numa]]", {{"cores", "1"}, {"memory_mb", "1024"}}},
      {"[[hardware.numa]]", {{"cores", "3"}, {"memory_mb", "0b100_0000_0000"}}},
      {"[[storage.disks]]",
       {{"name", "\"root\""},
        {"path", "\"disks/root.qcow2\""},
        {"format", "\"qcow2\""},
        {"size_gb", "0x10"},
        {"boot", "true"}}},
      {"[[storage.disks]]",
       {{"name", "'data'"},
        {"path", "'disks/data,x:y.raw'"},
        {"format", "'raw'"},
        {"size_gb", "1"}}},
      {"[[network.interfaces]]",
       {{"name", "\"lan\""},
        {"type", "\"user\""},
        {"hostfwd", R"(["tcp::2222-:22", "udp::53-:53"])"}}},
      {"[[storage.disks]]",
       {{"name", "\"src\""},
        {"path", "\"src\""},
        {"format", "\"host-path\""},
        {"readonly", "true"}}},
      {"[serial]", {{"enabled", "true"}, {"mode", "\"socket\""}}},
      {"[qmp]", {}},
      {"[console]", {{"escape_sequence", R"("ctrl+\\")"}}},
      {"[kernel]", {}},
      {"[lifecycle]", {{"stop_timeout_seconds", "+90"}}},
  };
}

std::string scrambled(std::vector<SectionText> profile, std::uint64_t seed, bool spell_defaults,
                      bool unknown) {
  Random random(seed);
  if (spell_defaults) add_defaults(profile);
  std::string end = chance(random) ? "\r\n" : "\n";
  std::string out = chance(random) ? "\xEF\xBB\xBF" : "";
  std::vector<SectionText> root(profile.begin(), profile.begin() + 1);
  std::vector<SectionText> rest = reordered({profile.begin() + 1, profile.end()}, random);
  root.insert(root.end(), rest.begin(), rest.end());
  for (SectionText& section : root) {
    if (chance(random)) out += "# a comment: [not] = \"a table\"" + end;
    if (!section.header.empty()) out += blanks(random) + section.header + blanks(random) + end;
    if (unknown)
      section.keys.push_back({"zz_" + std::to_string(below(random, 1000)), "[1, { a = 2.5 }]"});
    shuffle(section.keys, random);
    for (const auto& [key, value] : section.keys) {
      bool quoted = chance(random);
      out += blanks(random) + (quoted ? "\"" + key + "\"" : key) + blanks(random) + "=" +
             blanks(random) + value;
      if (chance(random)) out += " # because";
      out += end;
      if (chance(random)) out += end;
    }
  }
  return out;
}

}  // namespace vmplan::test
