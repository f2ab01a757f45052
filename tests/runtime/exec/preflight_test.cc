// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/preflight.h"

#include <catch2/catch.hpp>

#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

TEST_CASE("preflight: every QEMU is asked once, and only when a machine starts", "[preflight]") {
  test::RunLab lab;
  lab.options.qemu_version = "7.2";
  REQUIRE(lab.apply(test::plan_with({test::disk_node("web", 1)})));
  REQUIRE(lab.apply(test::two_machines()));
  int asked = 0;
  for (const os::ProcessSpec& spec : lab.processes.specs())
    if (spec.argv == std::vector<std::string>{"qemu-system-x86_64", "--version"}) ++asked;
  CHECK(asked == 1);
}

TEST_CASE("preflight: a QEMU that says no version is refused", "[preflight]") {
  test::RunLab lab;
  lab.options.qemu_version = "7.2";
  lab.processes.push(test::FakeProcessRunner::exit_with(1, "", "cannot load library"));
  Result<ExecResult> done = lab.apply(test::two_machines());
  REQUIRE_FALSE(done);
  CHECK(done.error().text().find("cannot load library") != std::string::npos);
}

TEST_CASE("preflight: a program with a secret is refused, not run without it", "[preflight]") {
  test::RunLab lab;
  plan::CommandPlan disk = test::disk_node("web", 1);
  disk.commands[1].secrets = {{"KEY", "env:KEY", "1"}};
  test::seal(disk);
  Result<ExecResult> done = lab.apply(test::plan_with({disk}));
  REQUIRE_FALSE(done);
  CHECK(done.error().kind == ErrorKind::Refused);
}

TEST_CASE("preflight: nothing is based on an image whose digest is not known", "[preflight]") {
  test::RunLab lab;
  lab.files.put("images/base", test::kBaseBytes);
  plan::CommandPlan image = test::image_node("base", test::kBaseBytes);
  image.output_digest.reset();
  test::seal(image);
  Result<ExecResult> done = lab.apply(test::plan_with({image, test::disk_node("web", 1, &image)}));
  REQUIRE_FALSE(done);
  CHECK(done.error().text() ==
        "disk/web/root rests on image/base, and what its recipe makes is not recorded yet; run "
        "`vmplan apply image/base`");
  CHECK(lab.processes.specs().empty());
}

TEST_CASE("preflight: the keys that are recorded come out of the set and the state",
          "[preflight]") {
  test::RunLab lab;
  REQUIRE(lab.apply(test::two_machines()));
  // The disk has no work, so its identity is that of the state.
  const change::ChangeSet set =
      change::diff(lab.store->applied().value(), test::two_machines("-no-reboot"), {}).set;
  Result<KeyDocuments> documents = key_documents(set, lab.store->applied().value());
  REQUIRE(documents);
  REQUIRE(documents->size() == 1);
  CHECK(sha256(documents->at("vm/web")) == set.rows.back().after->key);
  CHECK_FALSE(key_documents(set, {}));
}

}  // namespace
}  // namespace vmplan::exec
