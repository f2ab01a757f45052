// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/verified_files.h"

namespace vmplan::exec {

Result<Digest> VerifiedFiles::digest(std::string_view path) {
  Result<os::FileInfo> before = files_.stat(path);
  if (!before) return fail(before.error());
  // A link's own stat says nothing about the file behind it.
  const bool cacheable = before->kind == os::FileKind::Regular;
  if (cacheable) {
    std::lock_guard lock(mutex_);
    auto known = known_.find(path);
    if (known != known_.end() && known->second.info == *before) return known->second.digest;
  }
  Result<Digest> digest = files_.digest(path);
  if (!digest) return digest;
  Result<os::FileInfo> after = files_.stat(path);
  if (!after) return fail(after.error());
  if (!(*after == *before))
    return fail(ErrorKind::Busy, fmt::format("`{}` was changed while it was read", path));
  if (cacheable) {
    std::lock_guard lock(mutex_);
    known_.insert_or_assign(std::string(path), Known{*before, *digest});
  }
  return digest;
}

Status VerifiedFiles::verify(std::string_view path, const Digest& expected) {
  Result<Digest> found = digest(path);
  if (!found) return fail(found.error());
  if (*found == expected) return {};
  return fail(ErrorKind::Corrupt,
              fmt::format("`{}` is not what the plan was built for: it has {}, the plan says {}",
                          path, found->text(), expected.text()));
}

}  // namespace vmplan::exec
