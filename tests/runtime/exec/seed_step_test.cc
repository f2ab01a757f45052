// SPDX-License-Identifier: Apache-2.0
// The steps that write and remove seeds: what they make, what they never touch, and passwords.
#include <catch2/catch.hpp>

#include "compiler/lower/cloud_config.h"
#include "compiler/lower/seed_node.h"
#include "runtime/exec/secrets.h"
#include "runtime/exec/steps/builtin.h"
#include "runtime/os/iso_image.h"
#include "tests/support/run_lab.h"

namespace vmplan::exec {
namespace {

using Words = std::vector<std::string>;
using Secrets = std::vector<plan::SecretUse>;

const std::string kSeed = ".vmplan/seed/web.iso";
const std::string kCanary = "canary-7f3b";

struct SeedLab : test::RunLab {
  LabHost world = with_secrets();

  SeedLab() { files.put_directory(".vmplan/seed"); }

  StepReport step(const Words& words, Secrets secrets = Secrets()) {
    store::DigestCache verified(files, "");
    StepContext context{world, *store, verified, std::move(secrets)};
    return run_builtin(words, context);
  }

  StepReport write(const std::string& user_data, Secrets secrets = Secrets()) {
    return step({"seed", "write", kSeed, "text:{}\n", user_data, "-"}, std::move(secrets));
  }

 private:
  LabHost with_secrets() {
    LabHost out = host();
    out.fetch_secret = [](std::string_view reference,
                          const std::string&) -> Result<os::SecretText> {
      if (reference == "env:PW") return os::SecretText(std::string(kCanary));
      return fail(ErrorKind::NotFound, "there is no such secret");
    };
    return out;
  }
};

/// A machine whose account `admin` has a password.
model::Vm with_password() {
  model::Vm vm;
  vm.name = "web";
  model::CloudInit cloud_init;
  cloud_init.users = {{"admin", {}, model::SecretSource{"env:PW", "1"}, "", "", {}}};
  vm.cloud_init = cloud_init;
  return vm;
}

TEST_CASE("seed step: writes an image that only its owner reads, over the one that is there") {
  SeedLab lab;
  REQUIRE(lab.write("text:#cloud-config\n{}\n").exit_code == 0);
  const std::string first = *lab.files.bytes(kSeed);
  CHECK(os::iso_volume_id(first) == "cidata");
  CHECK(first.find("#cloud-config\n{}\n") != std::string::npos);
  CHECK(first.find("network-config") == std::string::npos);
  CHECK(lab.files.stat(kSeed)->mode == 0600);
  REQUIRE(lab.write("text:#!/bin/sh\n").exit_code == 0);
  CHECK(*lab.files.bytes(kSeed) != first);
  REQUIRE(lab.write("text:#cloud-config\n{}\n").exit_code == 0);
  CHECK(*lab.files.bytes(kSeed) == first);
}

TEST_CASE("seed step: takes files of the lab") {
  SeedLab lab;
  lab.files.put("seed/user-data", "#!/bin/sh\necho of the lab\n");
  REQUIRE(lab.write("file:seed/user-data").exit_code == 0);
  CHECK(lab.files.bytes(kSeed)->find("echo of the lab") != std::string::npos);
  CHECK(lab.write("file:seed/none").exit_code == kStepFailed);
}

TEST_CASE("seed step: touches nothing that is no seed") {
  SeedLab lab;
  for (const char* bytes : {"", "a disk of the user's"}) {
    lab.files.put(kSeed, bytes);
    CHECK(lab.write("text:#!/bin/sh\n").exit_code == kStepFailed);
    CHECK(lab.step({"seed", "remove", kSeed}).exit_code == kStepFailed);
    CHECK(*lab.files.bytes(kSeed) == bytes);
  }
  REQUIRE(lab.files.remove(kSeed));
  lab.files.put_symlink(kSeed, "elsewhere");
  CHECK(lab.write("text:#!/bin/sh\n").exit_code == kStepFailed);
}

TEST_CASE("seed step: removes a seed, and is content when there is none") {
  SeedLab lab;
  CHECK(lab.step({"seed", "remove", kSeed}).exit_code == 0);
  REQUIRE(lab.write("text:#!/bin/sh\n").exit_code == 0);
  CHECK(lab.step({"seed", "remove", kSeed}).exit_code == 0);
  CHECK_FALSE(lab.files.exists(kSeed));
}

TEST_CASE("seed step: words that say not where a file comes from") {
  SeedLab lab;
  for (const char* word : {"", "user-data", "file:"})
    CHECK(lab.write(word).exit_code == kStepUsage);
}

TEST_CASE("seed step: a password goes in as its hash, the same each time, and nowhere as itself") {
  SeedLab lab;
  const std::string text = "text:" + lower::user_data_text(with_password());
  CHECK(text.find("\"hashed_passwd\":{\"reference\":\"env:PW\",\"salt\":") != std::string::npos);
  const std::vector<plan::SecretUse> secrets = {{"password/admin", "env:PW", "1"}};
  const StepReport report = lab.write(text, secrets);
  REQUIRE(report.exit_code == 0);
  CHECK(report.message.find(kCanary) == std::string::npos);
  const std::string image = *lab.files.bytes(kSeed);
  CHECK(image.find("\"hashed_passwd\":\"$6$rounds=100000$") != std::string::npos);
  CHECK(image.find("\"lock_passwd\":false") != std::string::npos);
  CHECK(image.find(kCanary) == std::string::npos);
  REQUIRE(lab.write(text, secrets).exit_code == 0);
  CHECK(*lab.files.bytes(kSeed) == image);
}

TEST_CASE("seed step: a secret that is not declared or not there fails, and writes nothing") {
  SeedLab lab;
  const std::string text = "text:" + lower::user_data_text(with_password());
  for (const Secrets& secrets : {Secrets{}, Secrets{{"password/admin", "env:OTHER", "1"}}})
    CHECK(lab.write(text, secrets).message.find("does not declare") != std::string::npos);
  model::Vm vm = with_password();
  vm.cloud_init->users.front().password->reference = "env:NONE";
  const StepReport missing =
      lab.write("text:" + lower::user_data_text(vm), {{"password/admin", "env:NONE", "1"}});
  CHECK(missing.exit_code == kStepFailed);
  CHECK(missing.message.find("env:NONE") != std::string::npos);
  CHECK_FALSE(lab.files.exists(kSeed));
}

TEST_CASE("seed step: by hand it takes the secrets that its words name") {
  SeedLab lab;
  store::DigestCache verified(lab.files, "");
  StepContext context{lab.world, *lab.store, verified};
  const Words words = {
      "seed", "write", kSeed, "-", "text:" + lower::user_data_text(with_password()), "-"};
  CHECK(run_builtin(words, context).exit_code == 0);
}

TEST_CASE("passwords are put in by structure: other texts come back as they are") {
  SeedLab lab;
  for (const char* text : {"#cloud-config\nusers: [a]\n", "#!/bin/sh\n",
                           "#cloud-config\n{\"users\":[{\"name\":\"a\"}]}\n",
                           "#cloud-config\n{\"write_files\":[{\"content\":\"{\\\"secret\\\":"
                           "\\\"password/admin\\\"}\"}]}\n"})
    CHECK(with_passwords(text, Secrets{{"password/admin", "env:PW", ""}}, lab.world)->text() ==
          text);
}

}  // namespace
}  // namespace vmplan::exec
