// SPDX-License-Identifier: Apache-2.0
// Rows of `[lifecycle]`.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr std::int64_t kLongestTimeout = 86400;

constexpr Choice kOnChange[] = {{"restart"}, {"never"}};

constexpr Field<LifecycleSection> kLifecycleFields[] = {
    {{.name = "boot_timeout_seconds",
      .doc = "how long the machine may take to count as started",
      .fallback = std::int64_t{60},
      .min = 1,
      .max = kLongestTimeout,
      .unit = "s",
      .effect = Effect::Record},
     &LifecycleSection::boot_timeout_seconds},
    {{.name = "stop_timeout_seconds",
      .doc = "how long the guest may take to power off",
      .fallback = std::int64_t{30},
      .min = 1,
      .max = kLongestTimeout,
      .unit = "s",
      .effect = Effect::Record},
     &LifecycleSection::stop_timeout_seconds},
    {{.name = "quit_timeout_seconds",
      .doc = "how long QEMU may take to quit after that",
      .fallback = std::int64_t{10},
      .min = 1,
      .max = kLongestTimeout,
      .unit = "s",
      .effect = Effect::Record},
     &LifecycleSection::quit_timeout_seconds},
    {{.name = "term_timeout_seconds",
      .doc = "how long QEMU may take to end after SIGTERM",
      .fallback = std::int64_t{5},
      .min = 1,
      .max = kLongestTimeout,
      .unit = "s",
      .effect = Effect::Record},
     &LifecycleSection::term_timeout_seconds},
    {{.name = "force_kill",
      .doc = "SIGKILL ends a machine that ignores everything else",
      .fallback = false,
      .effect = Effect::Record},
     &LifecycleSection::force_kill},
    {{.name = "prevent_destroy",
      .doc = "refuse to destroy the machine or delete its disks, also when its profile is gone",
      .fallback = false,
      .effect = Effect::Record},
     &LifecycleSection::prevent_destroy},
    {{.name = "on_change",
      .doc = "whether a change may restart the running machine; `never` holds the change until the "
             "machine is named as a target",
      .fallback = std::string_view("restart"),
      .choices = kOnChange,
      .effect = Effect::Record},
     &LifecycleSection::on_change},
    {{.name = "wait",
      .doc =
          "when the machine counts as started: `qmp`: QEMU answers; `serial:TEXT`: the guest has "
          "written TEXT to its serial port",
      .fallback = std::string_view("qmp"),
      .effect = Effect::Record},
     &LifecycleSection::wait},
};

}  // namespace

template <>
const SectionTable<LifecycleSection>& section_table() {
  static constexpr SectionTable<LifecycleSection> kTable{
      {.path = "lifecycle", .doc = "how long start and stop may take"}, kLifecycleFields};
  return kTable;
}

}  // namespace vmplan::model
