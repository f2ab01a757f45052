// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/lab_path.h"

#include <catch2/catch.hpp>

namespace vmplan::os {

TEST_CASE("paths are normalised as text", "[os]") {
  CHECK(normalised("/lab", "a/./b//c/") == "/lab/a/b/c");
  CHECK(normalised("/lab", "../x") == "/x");
  CHECK(normalised("/lab", "../../../x") == "/x");
  CHECK(normalised("/lab", "/abs/../y") == "/y");
  CHECK(normalised("/lab", ".") == "/lab");
  CHECK(normalised("/", "..") == "/");
  CHECK(normalised("/lab", "...") == "/lab/...");
}

TEST_CASE("a path belongs to the innermost place that holds it", "[os]") {
  const LabPlaces places("/srv/lab", {"../shared", "/srv/lab/inner", "/data/img.raw"});
  CHECK(places.locate("x/y")->place == 0);
  CHECK(places.locate("x/y")->rest == "x/y");
  CHECK(places.locate(".")->rest == ".");
  CHECK(places.locate("../shared/a")->place == 1);
  CHECK(places.locate("/srv/shared/a")->rest == "a");
  CHECK(places.locate("inner/z")->place == 2);
  CHECK(places.locate("/data/img.raw")->rest == ".");
  CHECK_FALSE(places.locate("../shared2/a"));
  CHECK_FALSE(places.locate("/srv/labyrinth"));
  CHECK_FALSE(places.locate(".."));
  CHECK_FALSE(places.locate(""));
  CHECK_FALSE(places.locate(std::string_view("a\0b", 3)));
}

}  // namespace vmplan::os
