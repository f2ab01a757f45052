// SPDX-License-Identifier: Apache-2.0
#include "runtime/os/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/support/scratch.h"

namespace vmplan::os {
namespace {

UniqueFd open_directory(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

TEST_CASE("a socket in a directory deeper than a socket address is reached", "[os]") {
  test::Scratch scratch("socket");
  std::string deep;
  for (int i = 0; i < 6; ++i)
    deep += "a-directory-with-a-rather-long-name-number-" + std::to_string(i) + "/";
  scratch.make_directory(deep);
  UniqueFd directory = open_directory(scratch / deep);
  Result<UniqueFd> listener = listen_unix(directory.get(), "s.sock", "s.sock");
  REQUIRE(listener);
  Result<UniqueFd> client = connect_unix(directory.get(), "s.sock", {1000}, "s.sock");
  REQUIRE(client);
  CHECK(peer_is_trusted(client->get()));
  UniqueFd server(::accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(server);
  REQUIRE(send_all(client->get(), "hello", {1000}, "s.sock"));
  char buffer[8] = {};
  CHECK(::read(server.get(), buffer, sizeof buffer) == 5);
}

TEST_CASE("no socket and nobody behind it are both NotFound", "[os]") {
  test::Scratch scratch("socket");
  UniqueFd directory = open_directory(scratch.path());
  CHECK(connect_unix(directory.get(), "none", {100}, "none").error().kind == ErrorKind::NotFound);
  { Result<UniqueFd> listener = listen_unix(directory.get(), "stale", "stale"); }
  CHECK(scratch.exists("stale"));
  CHECK(connect_unix(directory.get(), "stale", {100}, "stale").error().kind == ErrorKind::NotFound);
  CHECK(listen_unix(directory.get(), "stale", "stale").error().kind == ErrorKind::Exists);
  CHECK(connect_unix(directory.get(), std::string(120, 'x'), {100}, "long").error().kind ==
        ErrorKind::Io);
  CHECK(connect_unix(directory.get(), "../x", {100}, "up").error().kind == ErrorKind::Io);
}

TEST_CASE("a socket of another user is not trusted, one of root is", "[os]") {
  test::Scratch scratch("socket");
  UniqueFd directory = open_directory(scratch.path());
  UniqueFd listener = std::move(*listen_unix(directory.get(), "s", "s"));
  // The kernel notes who listens at the moment of listen(2). Only root can be somebody else.
  constexpr uid_t kNobody = 65534;
  const bool is_root = ::geteuid() == 0;
  if (is_root) REQUIRE(::seteuid(kNobody) == 0);
  const int listened = ::listen(listener.get(), 1);
  if (is_root) REQUIRE(::seteuid(0) == 0);
  REQUIRE(listened == 0);
  UniqueFd client = std::move(*connect_unix(directory.get(), "s", {1000}, "s"));
  CHECK(peer_is_trusted(client.get()) == !is_root);
  // The other way round: root has come to somebody's socket.
  UniqueFd server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  REQUIRE(server);
  if (is_root) REQUIRE(::seteuid(kNobody) == 0);
  const bool trusts_root = peer_is_trusted(server.get());
  if (is_root) REQUIRE(::seteuid(0) == 0);
  CHECK(trusts_root);
}

TEST_CASE("a reader that does not read is a timeout, one that is gone an error", "[os]") {
  test::Scratch scratch("socket");
  UniqueFd directory = open_directory(scratch.path());
  UniqueFd listener = std::move(*listen_unix(directory.get(), "s", "s"));
  UniqueFd client = std::move(*connect_unix(directory.get(), "s", {100}, "s"));
  const std::string much(8 << 20, 'x');
  CHECK(send_all(client.get(), much, {50}, "s").error().kind == ErrorKind::Timeout);
  listener.reset();
  CHECK(send_all(client.get(), much, {50}, "s").error().kind == ErrorKind::Io);
}

}  // namespace vmplan::os
