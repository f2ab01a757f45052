// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/qmp_codec.h"

#include <catch2/catch.hpp>

namespace vmplan::vm {
namespace {

constexpr std::string_view kStream =
    "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 22, \"minor\": 2, \"major\": 7}, \"package\": "
    "\"Debian 1:7.2\"}, "
    "\"capabilities\": [\"oob\"]}}\r\n"
    "{\"return\": {}, \"id\": 1}\r\n"
    "{\"timestamp\": {\"seconds\": 12, \"microseconds\": 34}, \"event\": \"SHUTDOWN\", \"data\": "
    "{\"guest\": true, "
    "\"reason\": \"guest-shutdown\"}}\r\n"
    "{\"id\": 2, \"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no \\u00e4\"}}\r\n"
    "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"NEVER_HEARD_OF\"}\r\n";

std::string describe(const QmpMessage& message) {
  if (const auto* greeting = std::get_if<QmpGreeting>(&message))
    return fmt::format("greeting {}.{}.{} {}", greeting->major, greeting->minor, greeting->micro,
                       greeting->package);
  if (const auto* event = std::get_if<QmpEvent>(&message))
    return fmt::format("event {} {} {}.{}", event->name, event->data.string_or("reason", "-"),
                       event->seconds, event->microseconds);
  const auto& reply = std::get<QmpReply>(message);
  const auto* error = std::get_if<QmpError>(&reply.outcome);
  return fmt::format("reply {} {}", reply.id.value_or(-1),
                     error == nullptr ? "ok" : error->error_class);
}

std::vector<std::string> drain(QmpDecoder& decoder) {
  std::vector<std::string> out;
  while (true) {
    Result<std::optional<QmpMessage>> message = decoder.next();
    if (!message) {
      out.push_back("error: " + message.error().text());
      return out;
    }
    if (!*message) return out;
    out.push_back(describe(**message));
  }
}

const std::vector<std::string> kMeaning = {"greeting 7.2.22 Debian 1:7.2", "reply 1 ok",
                                           "event SHUTDOWN guest-shutdown 12.34",
                                           "reply 2 CommandNotFound", "event NEVER_HEARD_OF - 1.2"};

}  // namespace

TEST_CASE("a QMP stream means the same wherever it is cut", "[vm]") {
  for (std::size_t cut = 0; cut <= kStream.size(); ++cut) {
    CAPTURE(cut);
    QmpDecoder decoder;
    decoder.feed(kStream.substr(0, cut));
    std::vector<std::string> seen = drain(decoder);
    decoder.feed(kStream.substr(cut));
    for (std::string& text : drain(decoder)) seen.push_back(std::move(text));
    CHECK(seen == kMeaning);
  }
}

TEST_CASE("a QMP stream may come byte by byte", "[vm]") {
  QmpDecoder decoder;
  std::vector<std::string> seen;
  for (char c : kStream) {
    decoder.feed(std::string_view(&c, 1));
    for (std::string& text : drain(decoder)) seen.push_back(std::move(text));
  }
  CHECK(seen == kMeaning);
}

TEST_CASE("malformed QMP lines are errors", "[vm]") {
  for (const char* line :
       {"", "x", "[]", "1", "null", "{}", "{\"id\":1}", "{\"event\":\"\"}", "{\"event\":5}",
        "{\"return\":{}", "{\"return\":{}}}", "{\"return\":{},\"return\":{}}", "\xFF\xFE"}) {
    CAPTURE(line);
    const Result<QmpMessage> message = decode_qmp_line(line);
    REQUIRE_FALSE(message);
    CHECK(message.error().kind == ErrorKind::Corrupt);
  }
}

TEST_CASE("a QMP line that is too long or nested too deep is an error, and stays one", "[vm]") {
  QmpDecoder decoder;
  const std::string part(100'000, 'x');
  for (int i = 0; i < 10; ++i) decoder.feed(part);
  CHECK(drain(decoder).empty());
  decoder.feed(part);
  CHECK(drain(decoder).at(0).find("longer than 1048576") != std::string::npos);
  decoder.feed("\n{\"return\":{},\"id\":1}\n");
  CHECK(drain(decoder).at(0).starts_with("error"));

  QmpDecoder deep;
  deep.feed("{\"return\":" + std::string(1000, '[') + std::string(1000, ']') + "}\n");
  CHECK(drain(deep).at(0).starts_with("error"));
}

TEST_CASE("replies without an id, with a foreign id, and of any kind are read", "[vm]") {
  CHECK_FALSE(
      std::get<QmpReply>(decode_qmp_line("{\"error\":{\"class\":\"G\",\"desc\":\"d\"}}").value())
          .id);
  CHECK_FALSE(std::get<QmpReply>(decode_qmp_line("{\"return\":5,\"id\":\"x\"}").value()).id);
  const auto reply =
      std::get<QmpReply>(decode_qmp_line("{\"return\":[{\"a\":1.5,\"b\":null}],\"id\":3}").value());
  const Json& value = std::get<Json>(reply.outcome);
  CHECK(value.if_array()->at(0).string_or("a", "") == "1.5");
  CHECK(value.if_array()->at(0).find("b") == nullptr);
}

TEST_CASE("a command is one canonical line", "[vm]") {
  CHECK(encode_qmp_command("quit", Json(), 7) == "{\"execute\":\"quit\",\"id\":7}\n");
  CHECK(encode_qmp_command("qom-get", json_object({{"path", "/a\"b"}, {"property", "x"}}), 8) ==
        "{\"arguments\":{\"path\":\"/"
        "a\\\"b\",\"property\":\"x\"},\"execute\":\"qom-get\",\"id\":8}\n");
}

}  // namespace vmplan::vm
