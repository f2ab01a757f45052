// SPDX-License-Identifier: Apache-2.0
// The closed environment of everything that vmplan starts.
#pragma once

#include <map>
#include <string>

#include "runtime/exec/lab_host.h"

namespace vmplan::exec {

/// PATH, LC_ALL, HOME and what the step declares; nothing of the caller's.
std::map<std::string, std::string> child_environment(
    const LabHost& host, const std::map<std::string, std::string>& declared = {});
/// Lab-relative directory that HOME names.
std::string home_directory(const LabHost& host);

}  // namespace vmplan::exec
