// SPDX-License-Identifier: Apache-2.0
#include "compiler/base/url.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

using namespace vmplan;

namespace {

std::string written(std::string_view text) {
  const UrlReading reading = read_url(text);
  return reading.url ? to_text(*reading.url) : "";
}

}  // namespace

TEST_CASE("a URL is written as it is meant, whatever case and port it was given with") {
  CHECK(written("https://example.org/a") == "https://example.org/a");
  CHECK(written("HTTPS://Example.ORG:443/A?b=C") == "https://example.org/A?b=C");
  CHECK(written("http://example.org:80/a") == "http://example.org/a");
  CHECK(written("http://example.org:443/a") == "http://example.org:443/a");
  CHECK(written("http://10.0.0.1:8080/a/b.qcow2") == "http://10.0.0.1:8080/a/b.qcow2");
  CHECK(written("https://[FE80::1]:8443/a") == "https://[fe80::1]:8443/a");
  CHECK(written("https://example.org/a%20b?c/?d") == "https://example.org/a%20b?c/?d");
  CHECK(written("https://example.org/a?") == "https://example.org/a?");
  CHECK(written("https://my_host.local/a") == "https://my_host.local/a");
}

TEST_CASE("what is no URL of a file is refused with the reason") {
  auto [text, reason] = GENERATE(table<std::string, std::string>({
      {"", "does not begin"},
      {"example.org/a", "does not begin"},
      {"//example.org/a", "does not begin"},
      {"file:///etc/passwd", "neither `https://` nor"},
      {"ftp://example.org/a", "neither `https://` nor"},
      {"https://", "names no host"},
      {"https:///a", "names no host"},
      {"https://example.org", "names no file"},
      {"https://example.org/", "names no file"},
      {"https://example.org/a/", "names no file"},
      {"https://example.org?a", "names no file"},
      {"https://u@example.org/a", "user or password"},
      {"https://u:p@example.org/a", "user or password"},
      {"https://example..org/a", "is no host"},
      {"https://exa mple.org/a", "is no host"},
      {"https://-a.org/a", "is no host"},
      {"https://[::1/a", "is no host"},
      {"https://[]/a", "is no host"},
      {"https://[::1]x/a", "is no host"},
      {"https://example.org:/a", "is no port"},
      {"https://example.org:0/a", "is no port"},
      {"https://example.org:65536/a", "is no port"},
      {"https://example.org:8o/a", "is no port"},
      {"https://example.org/a#b", "`#`"},
      {"https://example.org/a%2", "`%25`"},
      {"https://example.org/a%zz", "`%25`"},
      {"https://example.org/a b", "0x20"},
      {"https://example.org/a\n", "0x0A"},
      {"https://example.org/\xC3\xA4", "0xC3"},
      {"https://example.org/a?b\"c", "`%22`"},
      {"https://example.org/a\\b", "`%5C`"},
  }));
  CAPTURE(text);
  const UrlReading reading = read_url(text);
  CHECK_FALSE(reading.url);
  CHECK_THAT(reading.fault, Catch::Contains(reason));
  CHECK_FALSE(read_url("https://example.org/" + std::string(2048, 'a')).url);
}

TEST_CASE("property: a written URL reads back as itself, and no text breaks the reader") {
  const auto texts = rc::gen::container<std::string>(rc::gen::oneOf(
      rc::gen::elementOf(std::string("https://[]:.%20aB_-@?#/\\ ")), rc::gen::arbitrary<char>()));
  CHECK(rc::check([&] {
    const std::string text = "http" + *rc::gen::element<std::string>("", "s") + "://" + *texts;
    const UrlReading reading = read_url(text);
    RC_ASSERT(reading.url.has_value() == reading.fault.empty());
    if (!reading.url) return;
    const std::string out = to_text(*reading.url);
    RC_ASSERT(written(out) == out);
    for (const char c : out) RC_ASSERT(c > ' ' && c < '\x7F');
  }));
}
