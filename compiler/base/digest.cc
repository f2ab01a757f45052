// SPDX-License-Identifier: Apache-2.0
// The only file that includes OpenSSL.
#include "compiler/base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "compiler/base/result.h"

namespace vmplan {
namespace {

constexpr std::string_view kPrefix = "sha256:";

void check(int ok, const char* call) {
  if (ok != 1) throw InternalError(std::string("libcrypto refuses ") + call);
}

/// Everything rests on these digests: a library that computes others must not get far.
/// Source: FIPS 180-2, appendix B.1.
void self_test(const EVP_MD* algorithm) {
  static constexpr Digest::Bytes kExpected = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea,
                                              0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                              0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c,
                                              0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
  Digest::Bytes bytes{};
  unsigned int size = 0;
  check(EVP_Digest("abc", 3, bytes.data(), &size, algorithm, nullptr), "EVP_Digest");
  if (size != bytes.size() || bytes != kExpected)
    throw InternalError("libcrypto computes another SHA-256 than FIPS 180-2");
}

/// Fetched once: an implicit fetch per hash costs two thirds of a short message's time.
/// No configuration is loaded, so a hostile OPENSSL_CONF cannot change or break a digest.
const EVP_MD* algorithm() {
  static const EVP_MD* const kMd = [] {
    check(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr), "OPENSSL_init_crypto");
    const EVP_MD* fetched = EVP_MD_fetch(nullptr, "SHA256", "provider=default");
    if (fetched == nullptr) throw InternalError("libcrypto has no SHA-256");
    self_test(fetched);
    return fetched;
  }();
  return kMd;
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return -1;
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();
  Context() {
    if (evp == nullptr) throw std::bad_alloc();
  }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  check(EVP_DigestInit_ex2(context_->evp, algorithm(), nullptr), "EVP_DigestInit_ex2");
}

Sha256::~Sha256() = default;

Sha256& Sha256::update(std::string_view bytes) {
  check(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()), "EVP_DigestUpdate");
  return *this;
}

Digest Sha256::finish() {
  Digest::Bytes bytes{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(context_->evp, bytes.data(), &size), "EVP_DigestFinal_ex");
  if (size != bytes.size()) throw InternalError("libcrypto returned a digest of another size");
  check(EVP_DigestInit_ex2(context_->evp, nullptr, nullptr), "EVP_DigestInit_ex2");
  return Digest(bytes);
}

Digest sha256(std::string_view bytes, Sha256& hasher) { return hasher.update(bytes).finish(); }

Digest sha256(std::string_view bytes) {
  Sha256 hasher;
  return sha256(bytes, hasher);
}

Digest argv_hash(std::span<const std::string> argv, Sha256& hasher) {
  bool first = true;
  for (const std::string& word : argv) {
    if (!first) hasher.update(std::string_view("\0", 1));
    first = false;
    hasher.update(word);
  }
  return hasher.finish();
}

Digest argv_hash(std::span<const std::string> argv) {
  Sha256 hasher;
  return argv_hash(argv, hasher);
}

std::optional<Digest> Digest::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) return std::nullopt;
  return parse_hex(text.substr(kPrefix.size()));
}

std::optional<Digest> Digest::parse_hex(std::string_view hex) {
  if (hex.size() != 2 * kSize) return std::nullopt;
  Bytes bytes{};
  for (std::size_t i = 0; i < kSize; ++i) {
    int high = hex_value(hex[2 * i]);
    int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return Digest(bytes);
}

std::string Digest::hex() const {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(2 * kSize);
  for (std::uint8_t byte : bytes_) {
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xFU];
  }
  return out;
}

std::string Digest::text() const { return std::string(kPrefix) + hex(); }

}  // namespace vmplan
