// SPDX-License-Identifier: Apache-2.0
// SHA-256 digests and their one text form. The bytes that are hashed are documents of other files.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vmplan {

/// A SHA-256 value. Text form: `sha256:` and 64 lower-case hex digits, never shortened.
class Digest {
 public:
  static constexpr std::size_t kSize = 32;
  using Bytes = std::array<std::uint8_t, kSize>;

  Digest() = default;
  explicit Digest(const Bytes& bytes) : bytes_(bytes) {}

  /// Accepts exactly the text form.
  static std::optional<Digest> parse(std::string_view text);
  /// Accepts 64 lower-case hex digits without the prefix.
  static std::optional<Digest> parse_hex(std::string_view hex);

  std::string text() const;
  std::string hex() const;
  const Bytes& bytes() const { return bytes_; }

  friend auto operator<=>(const Digest&, const Digest&) = default;

 private:
  Bytes bytes_{};
};

/// Hashes a stream of bytes. Reusable: finish() leaves it ready for the next message.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& update(std::string_view bytes);
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// The SHA-256 of one message. Making a hasher costs twice as much as hashing a short message, so
/// whoever has many passes one along.
Digest sha256(std::string_view bytes, Sha256& hasher);
Digest sha256(std::string_view bytes);

/// The SHA-256 of the elements joined with one NUL byte: the public argv_hash.
/// Requires: argv is not empty and no element holds NUL (checked by plan::verify, which makes the
/// joined form injective).
Digest argv_hash(std::span<const std::string> argv, Sha256& hasher);
Digest argv_hash(std::span<const std::string> argv);

}  // namespace vmplan
