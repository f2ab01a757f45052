// SPDX-License-Identifier: Apache-2.0
#include "runtime/shim/qmp_line.h"

#include <catch2/catch.hpp>

#include "runtime/shim/line_buffer.h"
#include "runtime/shim/options.h"

namespace vmplan::shim {

TEST_CASE("the shim knows the QMP lines it needs and passes over all others", "[shim]") {
  CHECK(std::holds_alternative<QmpGreeting>(
      classify_qmp_line(R"({"QMP": {"version": {}, "capabilities": []}})")));
  CHECK(std::get<QmpReturn>(classify_qmp_line(R"({"return": {"id": 9}, "id": 4})")).id == 4);
  const auto failure = std::get<QmpFailure>(
      classify_qmp_line(R"({"id": 5, "error": {"class": "G", "desc": "no"}})"));
  CHECK(failure.id == 5);
  CHECK(failure.text == "no");
  const auto shutdown = std::get<vm::Shutdown>(classify_qmp_line(
      R"({"timestamp": {"seconds": 1}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-shutdown"}})"));
  CHECK(shutdown.guest);
  CHECK(shutdown.reason == "guest-shutdown");
  for (const char* line :
       {"", "{}", "[]", "x", R"({"event": "STOP"})", R"({"event": "SHUTDOWN")", "\xFF"}) {
    CAPTURE(line);
    CHECK_FALSE(std::holds_alternative<QmpReturn>(classify_qmp_line(line)));
    CHECK_FALSE(std::holds_alternative<QmpGreeting>(classify_qmp_line(line)));
  }
  CHECK(std::get<vm::Shutdown>(classify_qmp_line(R"({"event": "SHUTDOWN"})")).reason.empty());
  CHECK(qmp_command_line("quit", 3) == "{\"execute\":\"quit\",\"id\":3}\n");
}

TEST_CASE("lines are cut, and a line without an end is refused", "[shim]") {
  LineBuffer lines(8);
  CHECK(lines.feed("ab\r\ncd"));
  CHECK(lines.next() == "ab");
  CHECK_FALSE(lines.next());
  CHECK(lines.feed("\n"));
  CHECK(lines.next() == "cd");
  CHECK(lines.feed("12345678"));
  CHECK_FALSE(lines.feed("9"));
}

TEST_CASE("the command line of the shim is read strictly", "[shim]") {
  const auto parse = [](std::vector<std::string> words) {
    words.insert(words.begin(), "vmplan-shim");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    return parse_options(static_cast<int>(argv.size()), argv.data());
  };
  const Options run = parse({"run", "--run-dir", "r", "--executable", "/q", "--report-fd", "3",
                             "--ready-timeout-ms", "500", "--", "qemu", "--run-dir", "--"})
                          .value();
  CHECK(run.command == Options::Command::Run);
  CHECK(run.argv == std::vector<std::string>{"qemu", "--run-dir", "--"});
  CHECK(run.ready_timeout == Millis{500});
  CHECK(run.report_fd == 3);
  CHECK(parse({"adopt", "--run-dir", "r"})->command == Options::Command::Adopt);
  CHECK(parse({"version"})->command == Options::Command::Version);
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"stop"},
      {"run"},
      {"run", "--run-dir", "r", "--executable", "/q"},
      {"run", "--run-dir", "r", "--executable", "q", "--", "q"},
      {"run", "--run-dir"},
      {"adopt", "--what", "x"},
      {"adopt", "--run-dir", "r", "--report-fd", "x"}};
  for (const auto& words : wrong) CHECK(parse(words).error().kind == ErrorKind::Refused);
}

}  // namespace vmplan::shim
