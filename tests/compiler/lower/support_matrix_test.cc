// SPDX-License-Identifier: Apache-2.0
// The page of the back ends is what they say of themselves, and what they say is what the language
// lets through: a word that no back end can express must not be built, and the other way round.
#include "compiler/lower/support_matrix.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

#include "compiler/lower/backend.h"
#include "compiler/model/profile_fields.h"
#include "tests/support/golden.h"
#include "tests/support/model_lab.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

using Words = std::set<std::string_view>;

/// The built words of one key of a profile.
struct BuiltWords {
  std::string_view section, key;
  Words& out;
  template <class S, class Section>
  void operator()(const model::SectionTable<S>& table, const Section&) const {
    if (table.info.path != section) return;
    for (const model::Field<S>& field : table.fields)
      if (field.info.name == key)
        for (const model::Choice& choice : field.info.choices)
          if (choice.is_built()) out.insert(choice.word);
  }
};

Words built_words(std::string_view section, std::string_view key) {
  Words words;
  model::Profile profile;
  model::visit_sections(profile, BuiltWords{section, key, words});
  return words;
}

Words words_of(const std::vector<std::string_view>& list) { return {list.begin(), list.end()}; }

}  // namespace

TEST_CASE("docs/backends.md is what the back ends say they can express") {
  check_golden(in_tree("docs/backends.md"), lower::support_matrix());
}

TEST_CASE("qemu can express the words that the language lets through, and no other") {
  lower::Capabilities all = lower::find_backend("qemu")->capabilities();
  Words archs;
  for (const lower::GuestCapabilities& guest : all.architectures) archs.insert(guest.arch);
  CHECK(archs.size() == 4);
  CHECK(archs == built_words("hardware", "arch"));
  CHECK(words_of(all.network_types) == built_words("network.interfaces", "type"));
  CHECK(words_of(all.disk_formats) == built_words("storage.disks", "format"));
  CHECK(words_of(all.serial_modes) == built_words("serial", "mode"));
}

TEST_CASE("the back ends that a profile may name are those that there are") {
  Words names;
  for (const lower::Backend* backend : lower::backends()) names.insert(backend->name());
  CHECK(names == built_words("vm", "backend"));
}
