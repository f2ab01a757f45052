// SPDX-License-Identifier: Apache-2.0
// The program. Everything that can go wrong inside it ends here as an exit code.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/command.h"

int main(int argc, char** argv) {
  using namespace vmplan::cli;
  Terminal terminal(stdout, stderr);
  try {
    return run_program(std::vector<std::string>(argv + 1, argv + argc), terminal);
  } catch (const std::exception& error) {
    terminal.error(std::string("internal error: ") + error.what());
    terminal.err("This is a bug in vmplan " VMPLAN_VERSION
                 ". Please report it with the lines above and the profile that leads to it.\n");
    return kInternalError;
  }
}
