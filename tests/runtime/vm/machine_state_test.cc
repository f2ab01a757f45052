// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "runtime/vm/machine.h"
#include "tests/support/schema_file.h"

namespace vmplan::vm {
namespace {

TEST_CASE("status schema: it knows every state, and `drifted`, which only a plan can tell") {
  std::set<std::string> states = test::all_words(&to_text);
  states.insert("drifted");
  CHECK(test::words(test::at(test::schema_file("status"), "$defs/machine/properties/state/enum")) ==
        states);
}

}  // namespace
}  // namespace vmplan::vm
