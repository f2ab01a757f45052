// SPDX-License-Identifier: Apache-2.0
// The only file that includes libcrypt's header. It is loaded with dlopen, as few commands need it.
#include "runtime/os/password_hash.h"

#include <crypt.h>
#include <dlfcn.h>
#include <string.h>

#include <memory>

namespace vmplan::os {
namespace {

/// Twenty times the default, about 50 ms: what stands in a seed may be tried by whoever reads it.
constexpr int kRounds = 100'000;

using CryptFunction = decltype(&::crypt_r);

CryptFunction load_crypt() {
  void* library = ::dlopen("libcrypt.so.1", RTLD_NOW | RTLD_LOCAL);
  return library == nullptr ? nullptr
                            : reinterpret_cast<CryptFunction>(::dlsym(library, "crypt_r"));
}

struct WipeWorkspace {
  void operator()(crypt_data* data) const {
    ::explicit_bzero(data, sizeof *data);
    delete data;
  }
};

}  // namespace

Result<SecretText> password_hash(const SecretText& password, std::string_view salt) {
  static const CryptFunction kCrypt = load_crypt();
  if (kCrypt == nullptr)
    return fail(ErrorKind::NotFound,
                "libcrypt.so.1 cannot be loaded; install the package libcrypt1");
  std::unique_ptr<crypt_data, WipeWorkspace> workspace(new crypt_data{});
  const std::string setting = fmt::format("$6$rounds={}${}$", kRounds, salt);
  const char* hash = kCrypt(password.text().c_str(), setting.c_str(), workspace.get());
  // It reports faults by null or by a text that no hash begins with.
  if (hash == nullptr || hash[0] != '$')
    return fail(ErrorKind::Failed, "this password cannot be hashed");
  return SecretText(hash);
}

}  // namespace vmplan::os
