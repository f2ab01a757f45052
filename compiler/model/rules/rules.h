// SPDX-License-Identifier: Apache-2.0
// Table of contents of the rules between fields. Each function judges one thing, reports every
// place where it is broken, and stays silent about values that were reported already.
#pragma once

#include "compiler/model/rules/scope.h"

namespace vmplan::model::rules {

// lab.cc: the lab's own file
void lab_names(const LabScope& lab, Diagnostics& diagnostics);       // BadName
void image_names(const LabScope& lab, Diagnostics& diagnostics);     // BadName, DuplicateItem
void image_digests(const LabScope& lab, Diagnostics& diagnostics);   // BadDigest
void allowed_places(const LabScope& lab, Diagnostics& diagnostics);  // VP05xx
void image_paths(const LabScope& lab, Diagnostics& diagnostics);     // VP05xx

// lab_networks.cc
void network_names(const LabScope& lab, Diagnostics& diagnostics);    // BadName, DuplicateItem
void network_devices(const LabScope& lab, Diagnostics& diagnostics);  // BadDevice
void network_subnets(const LabScope& lab, Diagnostics& diagnostics);  // BadSubnet

// instances.cc
void instances(const MachineScope& vm, Diagnostics& diagnostics);  // BadInstances

// names.cc
void machine_name(const MachineScope& vm, Diagnostics& diagnostics);     // BadName
void disk_names(const MachineScope& vm, Diagnostics& diagnostics);       // BadName, DuplicateItem
void interface_names(const MachineScope& vm, Diagnostics& diagnostics);  // BadName, DuplicateItem
void unique_machines(const LabScope& lab, Diagnostics& diagnostics);     // DuplicateVm

// hardware.cc
void guest_arch(const MachineScope& vm, Diagnostics& diagnostics);  // ArchMismatch
void acceleration(const MachineScope& vm,
                  Diagnostics& diagnostics);  // NoSuchAccelerator, FellBackToTcg
void cpu_model(const MachineScope& vm, Diagnostics& diagnostics);    // BadName, CpuHostUnderTcg
void cpu_flags(const MachineScope& vm, Diagnostics& diagnostics);    // BadCpuFlag
void qemu_binary(const MachineScope& vm, Diagnostics& diagnostics);  // BadBinary, VP05xx

// topology.cc: machine type, processors, memory
void machine_type(const MachineScope& vm,
                  Diagnostics& diagnostics);  // BadMachineType, MachineWithoutVersion
void processor_count(const MachineScope& vm, Diagnostics& diagnostics);     // OutOfRange
void memory_granularity(const MachineScope& vm, Diagnostics& diagnostics);  // MemoryGranularity
void numa_sums(const MachineScope& vm, Diagnostics& diagnostics);           // NumaMismatch
void hugepages(const MachineScope& vm, Diagnostics& diagnostics);           // HugepageMismatch

// machine_limits.cc: what QEMU refuses to start, or starts as something else
void processor_numbers(const MachineScope& vm, Diagnostics& diagnostics);  // OutOfRange
void core_threads(const MachineScope& vm, Diagnostics& diagnostics);   // OutOfRange, ThreadsHidden
void memory_blocks(const MachineScope& vm, Diagnostics& diagnostics);  // OutOfRange
void numa_count(const MachineScope& vm, Diagnostics& diagnostics);     // OutOfRange

// recipes.cc: how images come about
void image_sources(const LabScope& lab, Diagnostics& diagnostics);  // BadRecipe
void image_urls(const LabScope& lab, Diagnostics& diagnostics);     // BadUrl
void recipes(const LabScope& lab, Diagnostics& diagnostics);  // BadRecipe, UnknownImage, VP05xx

// storage.cc
void disk_paths(const MachineScope& vm, Diagnostics& diagnostics);      // VP05xx
void makeable_disks(const MachineScope& vm, Diagnostics& diagnostics);  // DiskCannotBeMade
void disk_count(const MachineScope& vm, Diagnostics& diagnostics);      // TooManyDevices
void shares(const MachineScope& vm, Diagnostics& diagnostics);          // BadShare, TooManyDevices

// machine_images.cc: the images that a machine names
void disk_images(const MachineScope& vm, Diagnostics& diagnostics);  // UnknownImage
void kernel_images(const MachineScope& vm,
                   Diagnostics& diagnostics);  // UnknownImage, KernelIncomplete

// boot.cc
void boot_disks(const MachineScope& vm, Diagnostics& diagnostics);     // SeveralBootDisks
void boot_source(const MachineScope& vm, Diagnostics& diagnostics);    // NothingToBoot
void kernel_image(const MachineScope& vm, Diagnostics& diagnostics);   // KernelIncomplete, VP05xx
void kernel_serial(const MachineScope& vm, Diagnostics& diagnostics);  // KernelWithoutSerial

// network.cc
void host_forwards(const MachineScope& vm,
                   Diagnostics& diagnostics);  // BadHostForward, HostForwardAnyAddress
void forwards_need_user(const MachineScope& vm, Diagnostics& diagnostics);  // NotAUserNetwork
void mac_addresses(const MachineScope& vm, Diagnostics& diagnostics);       // BadMac
void interface_count(const MachineScope& vm, Diagnostics& diagnostics);     // TooManyDevices
void unique_ports(const LabScope& lab, Diagnostics& diagnostics);           // HostPortTwice
void unique_macs(const LabScope& lab, Diagnostics& diagnostics);            // DuplicateMac

// network_links.cc: networks of the lab, devices of the host
void card_networks(const MachineScope& vm,
                   Diagnostics& diagnostics);  // MissingKey, UnknownNetwork, NetworkMismatch
void card_devices(const MachineScope& vm, Diagnostics& diagnostics);  // MissingKey, BadDevice
void unique_taps(const LabScope& lab, Diagnostics& diagnostics);      // DeviceTwice

// addresses.cc
void card_addresses(const MachineScope& vm, Diagnostics& diagnostics);  // BadAddress
void unique_addresses(const LabScope& lab, Diagnostics& diagnostics);   // AddressTwice

// channels.cc: serial port and control socket
void serial_mode(const MachineScope& vm, Diagnostics& diagnostics);      // SerialConflict
void channel_paths(const MachineScope& vm, Diagnostics& diagnostics);    // VP05xx
void derived_sockets(const MachineScope& vm, Diagnostics& diagnostics);  // SocketTooLong

// people.cc: console, readiness, tags, secrets
void escape_sequence(const MachineScope& vm, Diagnostics& diagnostics);  // BadEscapeSequence
void readiness(const MachineScope& vm, Diagnostics& diagnostics);        // BadWait
void template_path(const MachineScope& vm, Diagnostics& diagnostics);    // VP05xx
void tags(const MachineScope& vm, Diagnostics& diagnostics);             // BadName, DuplicateItem
void secrets(const MachineScope& vm, Diagnostics& diagnostics);  // LooksSecret, SecretInArgv

// cloud_init.cc: what a guest is told on its first boot
void guest_settings(const MachineScope& vm,
                    Diagnostics& diagnostics);  // BadGuestSetting, DuplicateItem
void guest_commands(const MachineScope& vm, Diagnostics& diagnostics);  // BadGuestSetting
void guest_files(const MachineScope& vm, Diagnostics& diagnostics);  // BadGuestFile, DuplicateItem
void seed_files(const MachineScope& vm, Diagnostics& diagnostics);   // VP05xx, SeedConflict

// guest_users.cc
void guest_users(const MachineScope& vm,
                 Diagnostics& diagnostics);  // BadGuestUser, BadSshKey, DuplicateItem

// between.cc: order and sums
void start_order(const LabScope& lab, Diagnostics& diagnostics);  // UnknownMachine, DependsOnCircle
void lab_limits(const LabScope& lab, Diagnostics& diagnostics);   // LimitExceeded

// shared.cc
void shared_files(const LabScope& lab,
                  Diagnostics& diagnostics);  // SharedDiskPath, SharedSocketPath, SharedLogPath

}  // namespace vmplan::model::rules
