// SPDX-License-Identifier: Apache-2.0
// What may be a name. It knows no section.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmplan::model {

inline constexpr std::size_t kLongestName = 63;

/// Why `name` is no name of a lab, machine, disk, card or image; nullopt when it is one.
/// Names start with a letter or digit, continue with `[A-Za-z0-9_-]`, and have at most 63 bytes.
std::optional<std::string> name_fault(std::string_view name);

/// The nearest legal name, for a suggestion; empty when nothing is left of it.
std::string legal_name(std::string_view name);

/// Why `model` is no processor model that QEMU could be given; nullopt when it is one.
/// Models are `[A-Za-z0-9][A-Za-z0-9._-]*`; `help` is none, since QEMU would print a list and exit.
std::optional<std::string> cpu_model_fault(std::string_view model);

/// Longest name of a network device. Source: Linux, include/uapi/linux/if.h, IFNAMSIZ.
inline constexpr std::size_t kLongestDeviceName = 15;

/// Why `name` is no name of a network device; nullopt when it is one.
/// Source: Linux, net/core/dev.c, dev_valid_name(); `%` would ask the kernel to choose a number.
std::optional<std::string> device_name_fault(std::string_view name);

}  // namespace vmplan::model
