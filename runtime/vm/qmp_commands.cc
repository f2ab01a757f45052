// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/qmp_commands.h"

#include <algorithm>
#include <array>

#include "compiler/base/text.h"

namespace vmplan::vm {
namespace {

// Left out on purpose although they are called query: query-rx-filter (switches an event on again),
// query-sev-attestation-report (makes the firmware sign), query-cpu-model-* (long computations).
constexpr auto kReading = std::to_array<std::string_view>({
    "qom-get",
    "qom-list",
    "qom-list-types",
    "query-acpi-ospm-status",
    "query-balloon",
    "query-block",
    "query-block-exports",
    "query-block-jobs",
    "query-blockstats",
    "query-chardev",
    "query-chardev-backends",
    "query-command-line-options",
    "query-commands",
    "query-cpu-definitions",
    "query-cpus-fast",
    "query-current-machine",
    "query-dump",
    "query-dump-guest-memory-capability",
    "query-fdsets",
    "query-hotpluggable-cpus",
    "query-iothreads",
    "query-jobs",
    "query-kvm",
    "query-machines",
    "query-memdev",
    "query-memory-devices",
    "query-memory-size-summary",
    "query-mice",
    "query-migrate",
    "query-migrate-capabilities",
    "query-migrate-parameters",
    "query-name",
    "query-named-block-nodes",
    "query-pci",
    "query-qmp-schema",
    "query-replay",
    "query-spice",
    "query-stats",
    "query-stats-schemas",
    "query-status",
    "query-target",
    "query-tpm",
    "query-tpm-models",
    "query-tpm-types",
    "query-uuid",
    "query-version",
    "query-vm-generation-id",
    "query-vnc",
    "query-vnc-servers",
    "query-yank",
});

// Only what acts on the guest and on devices that QEMU holds already. Commands that name files,
// sockets or programs of the host (human-monitor-command, migrate, memsave, screendump, object-add,
// chardev-add, ...) stay Unknown.
constexpr auto kMutating = std::to_array<std::string_view>({
    "balloon",
    "block-job-cancel",
    "block-job-complete",
    "block-job-dismiss",
    "block_resize",
    "block_set_io_throttle",
    "cont",
    "device_add",
    "device_del",
    "inject-nmi",
    "input-send-event",
    "quit",
    "send-key",
    "set_link",
    "stop",
    "system_powerdown",
    "system_reset",
    "system_wakeup",
});

static_assert(std::ranges::is_sorted(kReading) && std::ranges::is_sorted(kMutating));

}  // namespace

QmpEffect classify_qmp(std::string_view command) {
  if (std::ranges::binary_search(kReading, command)) return QmpEffect::Reads;
  if (std::ranges::binary_search(kMutating, command)) return QmpEffect::Mutates;
  return QmpEffect::Unknown;
}

std::span<const std::string_view> qmp_reading_commands() { return kReading; }
std::span<const std::string_view> qmp_mutating_commands() { return kMutating; }

Result<MutationPermit> MutationPermit::for_command(std::string_view command,
                                                   std::string_view reason) {
  if (classify_qmp(command) != QmpEffect::Mutates)
    return fail(ErrorKind::Refused,
                fmt::format("the QMP command `{}` cannot be permitted", printable(command)));
  return MutationPermit(command, reason);
}

}  // namespace vmplan::vm
