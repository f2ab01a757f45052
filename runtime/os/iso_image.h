// SPDX-License-Identifier: Apache-2.0
// A small ISO 9660 file system as bytes: what a guest reads its first configuration from.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace vmplan::os {

struct IsoFile {
  /// In the root directory; ASCII.
  std::string_view name;
  std::string_view bytes;
};

/// The same bytes for the same files, wherever and whenever: dates, owners and modes are fixed, and
/// no program or version is named. With Rock Ridge and Joliet, so that names keep their case.
/// Requires: at most 32 ASCII characters in `volume_id`. Errors: NotFound without the library;
/// Failed.
Result<std::string> iso_image(const std::string& volume_id, std::span<const IsoFile> files);

/// The volume id of an image, by its first 33 KiB; empty for bytes that are none.
std::string_view iso_volume_id(std::string_view bytes);

/// How many bytes of a file iso_volume_id() looks at.
inline constexpr std::size_t kIsoHeaderBytes = 34816;

}  // namespace vmplan::os
