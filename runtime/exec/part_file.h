// SPDX-License-Identifier: Apache-2.0
// A file that comes from a server piece by piece. It grows under a name of its own, so that a
// download that was cut off goes on where it ended. It does not know what the bytes should be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/exec/lab_host.h"

namespace vmplan::exec {

class PartFile {
 public:
  /// `url` as to_text(Url) writes it; `path` is lab-relative. Requires: `host` outlives this.
  PartFile(std::string url, std::string path, const LabHost& host)
      : url_(std::move(url)), path_(std::move(path)), host_(host) {}

  const std::string& url() const { return url_; }
  const std::string& path() const { return path_; }
  /// How much of it is there. Units: bytes.
  std::int64_t size() const { return size_; }

  /// Sees how much an earlier run left. Errors: Refused for what is no regular file.
  Status look();
  /// Throws away what is there.
  Status start_over();
  /// Fetches what is missing, over as many connections as it takes; gives up after five in a row
  /// that brought nothing. What there is stays. Errors: as os::download() and FileSystem::append();
  /// the message names the URL and what is kept.
  Status fetch();

 private:
  Status take(std::int64_t at, std::string_view bytes);
  Status fetch_all();

  std::string url_;
  std::string path_;
  const LabHost& host_;
  std::int64_t size_ = 0;
};

}  // namespace vmplan::exec
