// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/resolved_profile.h"

#include <catch2/catch.hpp>

#include "compiler/compile.h"
#include "tests/support/memory_file_reader.h"
#include "tests/support/serial.h"

using namespace vmplan;

namespace {

/// "value # origin" of a field; empty when it is not there.
std::string shown(const std::vector<model::ResolvedSection>& sections, const std::string& header,
                  const std::string& name) {
  for (const model::ResolvedSection& section : sections)
    for (const model::ResolvedField& field : section.fields)
      if (section.header == header && field.name == name) return field.value + " # " + field.origin;
  return "";
}

}  // namespace

TEST_CASE("a resolved profile says of each value where it comes from") {
  test::MemoryFileReader files;
  files.add("profiles/web.toml",
            "schema_version = 1\n[vm]\nname = \"web\"\nextends = \"base.toml\"\n"
            "[[network.interfaces]]\nname = \"lan\"\ntype = \"user\"\n");
  files.add("base.toml",
            "[hardware]\narch = \"x86_64\"\ncores = 2\nmemory_mb = 512\n"
            "acceleration = \"tcg\"\n[kernel]\nenabled = true\nbzimage = \"vmlinuz\"\n");
  files.add("vmlinuz", "k");
  SourceMap sources;
  Diagnostics found;
  model::LabSources read = read_lab({}, files, test::for_each_serial, sources, found);
  auto compiled = compile({}, read, files, test::for_each_serial, sources, found);
  REQUIRE(compiled);
  auto sections = model::resolved_profile(read.profiles[0], compiled->lab.vms[model::VmId{0}],
                                          compiled->lab.platform, sources);
  CHECK(shown(sections, "", "schema_version") == "1 # profiles/web.toml:1");
  CHECK(shown(sections, "[vm]", "name") == "\"web\" # profiles/web.toml:3");
  CHECK(shown(sections, "[hardware]", "cores") == "2 # base.toml:3");
  CHECK(shown(sections, "[hardware]", "sockets") == "1 # default");
  CHECK(shown(sections, "[hardware]", "machine") ==
        "\"pc-q35-7.2\" # derived: the platform's (linux-x86_64-tcg/1)");
  CHECK(shown(sections, "[[network.interfaces]]", "mac")
            .ends_with(" # derived from lab, instance, machine and card name"));
  CHECK(shown(sections, "[qmp]", "socket") ==
        "\".vmplan/run/web/qmp.sock\" # derived: a socket below the machine's run directory");
  CHECK(shown(sections, "[serial]", "device").empty());
}
