// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/qemu/argv.h"

#include "compiler/lower/qemu/channel_words.h"
#include "compiler/lower/qemu/device_words.h"
#include "compiler/lower/qemu/machine_words.h"

namespace vmplan::lower::qemu {

std::vector<std::string> machine_argv(const model::Vm& vm) {
  Argv argv = {vm.qemu_binary};
  append_confinement(argv);
  append_machine(argv, vm);
  append_processors(argv, vm);
  append_memory(argv, vm);
  append_firmware(argv, vm);
  append_disks(argv, vm);
  append_seed(argv, vm);
  append_shares(argv, vm);
  append_nics(argv, vm);
  append_other_devices(argv, vm);
  append_monitors(argv, vm);
  append_serial(argv, vm);
  append_kernel(argv, vm);
  append(argv, "-name", vm.name);
  return argv;
}

}  // namespace vmplan::lower::qemu
