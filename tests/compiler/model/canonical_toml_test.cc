// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/canonical_toml.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "compiler/model/profile_fields.h"
#include "tests/support/model_lab.h"
#include "tests/support/profile_text.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

/// Canonical TOML of a text that must be a sound profile.
std::string canonical_of(const std::string& text) {
  SourceMap sources;
  SourceId id = sources.add("web.toml", text);
  Diagnostics diagnostics;
  model::ProfileFile file;
  model::read_profile(sources, id, {}, file, diagnostics);
  if (!file.sound) throw std::runtime_error("not sound:\n" + text);
  return file.canonical;
}

}  // namespace

TEST_CASE("canonical TOML is what docs/plan-format.md says") {
  CHECK(canonical_of(scrambled(rich_profile(), 1, false, false)) ==
        "schema_version = 1\n"
        "\n"
        "[console]\n"
        "auto_attach = false\n"
        "escape_sequence = \"ctrl+\\\\\"\n"
        "\n"
        "[hardware]\n"
        "acceleration = \"auto\"\n"
        "arch = \"x86_64\"\n"
        "balloon = false\n"
        "cores = 4\n"
        "cpu = \"max\"\n"
        "cpu_flags = [\"+aes\", \"-svm\"]\n"
        "hugepages = \"off\"\n"
        "memory_mb = 2048\n"
        "rng = false\n"
        "sockets = 1\n"
        "threads = 1\n"
        "\n"
        "[[hardware.numa]]\n"
        "cores = 1\n"
        "memory_mb = 1024\n"
        "\n"
        "[[hardware.numa]]\n"
        "cores = 3\n"
        "memory_mb = 1024\n"
        "\n"
        "[kernel]\n"
        "append = \"\"\n"
        "enabled = false\n"
        "\n"
        "[lifecycle]\n"
        "boot_timeout_seconds = 60\n"
        "force_kill = false\n"
        "on_change = \"restart\"\n"
        "prevent_destroy = false\n"
        "quit_timeout_seconds = 10\n"
        "stop_timeout_seconds = 90\n"
        "term_timeout_seconds = 5\n"
        "wait = \"qmp\"\n"
        "\n"
        "[[network.interfaces]]\n"
        "hostfwd = [\"tcp::2222-:22\", \"udp::53-:53\"]\n"
        "name = \"lan\"\n"
        "type = \"user\"\n"
        "\n"
        "[qmp]\n"
        "enabled = true\n"
        "\n"
        "[serial]\n"
        "enabled = true\n"
        "mode = \"socket\"\n"
        "\n"
        "[[storage.disks]]\n"
        "boot = true\n"
        "format = \"qcow2\"\n"
        "name = \"root\"\n"
        "path = \"disks/root.qcow2\"\n"
        "readonly = false\n"
        "size_gb = 16\n"
        "\n"
        "[[storage.disks]]\n"
        "boot = false\n"
        "format = \"raw\"\n"
        "name = \"data\"\n"
        "path = \"disks/data,x:y.raw\"\n"
        "readonly = false\n"
        "size_gb = 1\n"
        "\n"
        "[[storage.disks]]\n"
        "boot = false\n"
        "format = \"host-path\"\n"
        "name = \"src\"\n"
        "path = \"src\"\n"
        "readonly = true\n"
        "\n"
        "[vm]\n"
        "backend = \"qemu\"\n"
        "depends_on = []\n"
        "description = \"first\\nsecond \\\"quoted\\\" \\\\ \u00e9\"\n"
        "name = \"web\"\n"
        "tags = [\"front\", \"blue\"]\n"
        "target = \"local\"\n");
}

TEST_CASE(
    "property: comments, white space, order, line ends and spelled-out defaults change no byte") {
  std::string expected = canonical_of(scrambled(rich_profile(), 0, false, false));
  CHECK(rc::check([&](std::uint64_t seed, bool defaults) {
    RC_ASSERT(canonical_of(scrambled(rich_profile(), seed, defaults, false)) == expected);
  }));
}

TEST_CASE("property: unknown keys change no byte, and are warned about") {
  std::string expected = canonical_of(scrambled(rich_profile(), 0, false, false));
  CHECK(rc::check([&](std::uint64_t seed) {
    std::string text = scrambled(rich_profile(), seed, false, true);
    RC_ASSERT(canonical_of(text) == expected);
    ModelRun run = run_model({{"profiles/web.toml", text}});
    RC_ASSERT(run.diagnostics.warning_count() == rich_profile().size());
  }));
}

TEST_CASE("property: canonical TOML is a fixed point") {
  CHECK(rc::check([](std::uint64_t seed, bool defaults, const std::string& text) {
    std::vector<SectionText> profile = rich_profile();
    std::string description;
    for (char c : text)
      if (c >= ' ' && c <= '~' && c != '\'') description += c;
    profile[1].keys[1].second = "'" + description + "'";
    std::string once = canonical_of(scrambled(profile, seed, defaults, false));
    RC_ASSERT(canonical_of(once) == once);
  }));
}

TEST_CASE("property: any single change of a value changes the canonical bytes") {
  std::string expected = canonical_of(scrambled(rich_profile(), 0, false, false));
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"cores = 4", "cores = 5"},
      {"2048", "2304"},
      {"\"lan\"", "\"lan2\""},
      {":22\"", ":23\""},
      {"= 90", "= 91"},
      {"boot = true", "boot = false"},
      {"nsecond", "nSecond"},
      {"mode = \"socket\"", "mode = \"file\""},
      {"\"tcp::2222-:22\", \"udp::53-:53\"", "\"udp::53-:53\", \"tcp::2222-:22\""},
  };
  for (const auto& [from, to] : changes) {
    std::string text = expected;
    std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
    CHECK(canonical_of(text) != expected);
  }
}

TEST_CASE("field tables are consistent") {
  std::set<std::string_view> paths;
  model::Profile profile;
  model::visit_sections(profile, [&](const auto& table, const auto&) {
    CHECK(paths.insert(table.info.path).second);
    std::set<std::string_view> names;
    for (const auto& field : table.fields) {
      INFO(table.info.path << "." << field.info.name);
      CHECK(names.insert(field.info.name).second);
      CHECK_FALSE(field.info.doc.empty());
      CHECK(field.info.min <= field.info.max);
      // A required field cannot have a default; what is not built cannot be required.
      bool has_default = !std::holds_alternative<std::monostate>(field.info.fallback);
      CHECK_FALSE((field.info.required && has_default));
      CHECK_FALSE((field.info.required && !field.is_built()));
      if (const auto* word = std::get_if<std::string_view>(&field.info.fallback);
          word && !field.info.choices.empty())
        CHECK(std::any_of(field.info.choices.begin(), field.info.choices.end(),
                          [&](const model::Choice& choice) { return choice.word == *word; }));
    }
  });
  for (const model::SectionInfo& planned : model::planned_profile_sections()) {
    CHECK(paths.insert(planned.path).second);
    CHECK_FALSE(planned.instead.empty());
  }
}
