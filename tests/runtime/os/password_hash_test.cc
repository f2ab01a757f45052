// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/password_hash.h"

#include <catch2/catch.hpp>

namespace vmplan::os {
namespace {

TEST_CASE("password hash: SHA-512 of crypt, the same for the same password and salt") {
  const Result<SecretText> first = password_hash(SecretText("correct horse"), "0123456789abcdef");
  REQUIRE(first);
  CHECK(first->text().starts_with("$6$rounds=100000$0123456789abcdef$"));
  CHECK(first->text().size() == std::string("$6$rounds=100000$0123456789abcdef$").size() + 86);
  CHECK(password_hash(SecretText("correct horse"), "0123456789abcdef")->text() == first->text());
  CHECK(password_hash(SecretText("wrong horse"), "0123456789abcdef")->text() != first->text());
  CHECK(password_hash(SecretText("correct horse"), "fedcba9876543210")->text() != first->text());
}

TEST_CASE("secret text: what was moved from holds nothing") {
  SecretText one("a secret");
  const SecretText two(std::move(one));
  CHECK(one.text().empty());  // NOLINT(bugprone-use-after-move): that is what is looked at
  CHECK(two.text() == "a secret");
  std::string text = "another";
  wipe(text);
  CHECK(text.empty());
}

}  // namespace
}  // namespace vmplan::os
