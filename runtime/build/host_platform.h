// SPDX-License-Identifier: Apache-2.0
// From the word after --platform (or `[lab] platform`) to a Platform value: a named one, a file, or
// this host, probed.
#pragma once

#include <optional>
#include <string>

#include "compiler/base/file_reader.h"
#include "compiler/base/result.h"
#include "compiler/model/platform.h"
#include "runtime/os/process.h"

namespace vmplan::build {

/// The word that stands for the machine vmplan runs on.
inline constexpr const char* kHostPlatform = "host";

/// True when `word`, which is no named platform, names a platform file: it holds a `/` or ends in
/// `.json`.
bool is_platform_file(std::string_view word);

/// What this host offers: /dev/kvm that can be opened, and the version that QEMU reports.
/// Starts `qemu-system-x86_64 --version`. Errors: NotFound (no QEMU), Failed, Corrupt (no version
/// in its answer).
Result<model::Platform> probe_host(os::ProcessRunner& processes);

/// Reads a platform file below the lab root. Errors: those of FileReader; Corrupt.
Result<model::Platform> read_platform_file(const FileReader& files, const std::string& path);

}  // namespace vmplan::build
