// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/child_environment.h"

namespace vmplan::exec {

std::string home_directory(const LabHost& host) { return host.state_dir + "/home"; }

std::map<std::string, std::string> child_environment(
    const LabHost& host, const std::map<std::string, std::string>& declared) {
  std::map<std::string, std::string> env = declared;
  env.insert({{"PATH", os::kProgramPath},
              {"LC_ALL", "C"},
              {"HOME", host.root + "/" + home_directory(host)}});
  return env;
}

}  // namespace vmplan::exec
