// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/shim_protocol.h"

#include <catch2/catch.hpp>

#include "runtime/vm/json_scan.h"

namespace vmplan::vm {

TEST_CASE("errors cross the control socket with kind and lines", "[shim]") {
  const Error error{ErrorKind::Failed, "QEMU exited:\nline \\n two\x1b[31m", {"outer"}};
  const std::string line = error_line(error);
  CHECK(line.find('\n') == line.size() - 1);
  const Error back = parse_answer(line).error();
  CHECK(back.kind == ErrorKind::Failed);
  CHECK(back.message == "outer: QEMU exited:\nline \\n two?[31m");
  CHECK(error_line({ErrorKind::Io, std::string(50'000, 'x')}).size() <= kMaxShimLine);
}

TEST_CASE("answers are ok with words, an error, or not understood", "[shim]") {
  CHECK(parse_answer("ok").value().empty());
  CHECK(parse_answer(ok_line("ready 12")).value() == "ready 12");
  CHECK(parse_answer("error busy it runs").error().kind == ErrorKind::Busy);
  CHECK(parse_answer("error kind-of-the-future text").error().kind == ErrorKind::Io);
  CHECK(parse_answer("").error().kind == ErrorKind::Corrupt);
  CHECK(parse_answer("okay").error().kind == ErrorKind::Corrupt);
}

TEST_CASE("control lines are read, and words of a newer client ignored", "[shim]") {
  CHECK(std::get<Hello>(parse_control_line("hello 1")).protocol == 1);
  CHECK(std::get<Hello>(parse_control_line("hello 2 with more")).protocol == 2);
  CHECK(std::holds_alternative<AskStatus>(parse_control_line("status please")));
  CHECK(std::get<RequestEnd>(parse_control_line("request quit")).command == "quit");
  CHECK(std::get<RequestEnd>(parse_control_line("request system_powerdown later")).command ==
        "system_powerdown");
  CHECK(std::get<ExpectSignal>(parse_control_line("expect-signal 15")).number == 15);
  for (const char* line :
       {"", "hello", "hello x", "request", "request stop", "request QUIT", "expect-signal",
        "expect-signal 0", "expect-signal 65", "expect-signal -9", "expect-signal 9x", "reboot"}) {
    CAPTURE(line);
    CHECK(std::holds_alternative<UnknownLine>(parse_control_line(line)));
  }
}

TEST_CASE("single members are found in a line of JSON", "[shim]") {
  const std::string_view text =
      R"({"a": {"id": 1, "x": "}\""}, "id" : 42 , "s":"t", "b":[1,{"id":3}], "f":false})";
  CHECK(json_member(text, "id") == "42");
  CHECK(json_integer(*json_member(text, "id")) == 42);
  CHECK(json_plain_string(*json_member(text, "s")) == "t");
  CHECK(json_boolean(*json_member(text, "f")) == false);
  CHECK(json_member(*json_member(text, "a"), "id") == "1");
  CHECK_FALSE(json_member(text, "none"));
  CHECK_FALSE(json_member(text, "x"));
  CHECK_FALSE(json_plain_string(R"("a\"b")"));
  for (const char* broken : {"", "[]", "{", "{\"a\"", "{\"a\":", "{\"a\":[", "{\"a\":]", "{\"a\\",
                             "{\"a\":\"", "{a:1}"}) {
    CAPTURE(broken);
    CHECK_FALSE(json_member(broken, "z"));
  }
  CHECK_FALSE(
      json_member("{\"a\":" + std::string(100, '[') + std::string(100, ']') + ",\"z\":1}", "z"));
}

}  // namespace vmplan::vm
