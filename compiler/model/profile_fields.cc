// SPDX-License-Identifier: Apache-2.0
// The profile language, schema 1, one row per key. Ranges and defaults follow the VMLab contract,
// section 1.
#include "compiler/model/profile_fields.h"

namespace vmplan::model {
namespace {

constexpr std::int64_t kLongestTimeout = 86400;

constexpr Field<RootSection> kRootFields[] = {
    {{.name = "schema_version",
      .doc = "version of the language that the file is written in",
      .required = true,
      .min = kSchemaVersion,
      .max = kSchemaVersion,
      .effect = Effect::None},
     &RootSection::schema_version},
};

constexpr Choice kBackends[] = {
    {"qemu"},
    {"proxmox", "use `backend = \"qemu\"`"},
    {"firecracker", "use `backend = \"qemu\"`"},
};

constexpr Field<VmSection> kVmFields[] = {
    {{.name = "name",
      .doc = "name of the machine in the lab",
      .required = true,
      .effect = Effect::Replace},
     &VmSection::name},
    {{.name = "description",
      .doc = "free text for people; influences nothing",
      .fallback = std::string_view(""),
      .effect = Effect::None,
      .many_lines = true},
     &VmSection::description},
    {{.name = "qemu_binary",
      .doc = "program that runs the machine: a bare name vmplan knows, or an absolute path",
      .absent = "the platform's",
      .path = PathRole::Binary},
     &VmSection::qemu_binary},
    {{.name = "backend",
      .doc = "what runs the machine",
      .fallback = std::string_view("qemu"),
      .choices = kBackends,
      .effect = Effect::Replace},
     &VmSection::backend},
    {{.name = "target", .doc = "host that runs the machine"},
     NotYet{FieldType::Text, "leave it out: machines run on this host"}},
    {{.name = "extends", .doc = "profile this one builds on"},
     NotYet{FieldType::Text, "copy the shared fields into this profile"}},
    {{.name = "tags", .doc = "words to select machines by", .effect = Effect::None},
     NotYet{FieldType::TextList,
            "leave it out, and select machines by name or by a pattern such as `web-*`"}},
    {{.name = "depends_on", .doc = "machines that start first", .effect = Effect::Record},
     NotYet{FieldType::TextList,
            "leave it out, and apply the machines one after the other by name"}},
    {{.name = "autostart", .doc = "start with the host", .effect = Effect::Record},
     NotYet{FieldType::Flag, "leave it out, and run `vmplan apply` when the host is up"}},
};

constexpr std::string_view kOnlyX86 = "use `arch = \"x86_64\"`";
constexpr Choice kArchs[] = {
    {"x86_64"}, {"aarch64", kOnlyX86}, {"riscv64", kOnlyX86}, {"ppc64le", kOnlyX86}};

constexpr std::string_view kOnlyLinux = "use `acceleration = \"auto\"`";
constexpr Choice kAccelerations[] = {
    {"auto"}, {"kvm"}, {"tcg"}, {"hvf", kOnlyLinux}, {"whpx", kOnlyLinux}};

constexpr Field<HardwareSection> kHardwareFields[] = {
    {{.name = "arch",
      .doc = "processor architecture of the guest",
      .required = true,
      .choices = kArchs,
      .effect = Effect::Replace},
     &HardwareSection::arch},
    {{.name = "cpu",
      .doc = "QEMU's name of the processor model",
      .absent = "`host` under KVM, `max` under TCG"},
     &HardwareSection::cpu},
    {{.name = "cores", .doc = "virtual processors", .required = true, .min = 1, .max = 256},
     &HardwareSection::cores},
    {{.name = "memory_mb",
      .doc = "memory of the guest",
      .required = true,
      .min = 256,
      .max = 16 * 1024 * 1024,
      .unit = "MiB"},
     &HardwareSection::memory_mb},
    {{.name = "acceleration",
      .doc = "how the processor is run; `auto` takes the best that the platform offers",
      .fallback = std::string_view("auto"),
      .choices = kAccelerations},
     &HardwareSection::acceleration},
    {{.name = "machine", .doc = "machine type"},
     NotYet{FieldType::Text, "leave it out: the platform pins the machine type"}},
    {{.name = "sockets", .doc = "processor sockets"},
     NotYet{FieldType::Integer, "leave it out, and write the number of processors as `cores`"}},
    {{.name = "threads", .doc = "threads of a core"},
     NotYet{FieldType::Integer, "leave it out, and write the number of processors as `cores`"}},
    {{.name = "cpu_flags", .doc = "processor features switched on or off"},
     NotYet{FieldType::TextList, "leave it out, and choose a `cpu` model that has the features"}},
    {{.name = "hugepages", .doc = "back the memory with huge pages"},
     NotYet{FieldType::Flag, "leave it out"}},
    {{.name = "numa", .doc = "memory topology"}, NotYet{FieldType::TableArray, "leave it out"}},
    {{.name = "balloon", .doc = "memory that the guest can give back"},
     NotYet{FieldType::Flag, "leave it out"}},
    {{.name = "rng", .doc = "random numbers from the host"},
     NotYet{FieldType::Flag, "leave it out"}},
};

constexpr std::string_view kConvert =
    "convert the disk with `qemu-img convert -O qcow2` and use "
    "`format = \"qcow2\"`";
constexpr Choice kDiskFormats[] = {
    {"qcow2"},
    {"raw"},
    {"vdi", kConvert},
    {"vmdk", kConvert},
    {"host-path", "put the files on a disk of the guest"},
};
constexpr std::string_view kVirtioOnly = "leave it out: disks are attached as virtio-blk";

constexpr Field<DiskSection> kDiskFields[] = {
    {{.name = "name",
      .doc = "name of the disk, unique in the profile",
      .required = true,
      .effect = Effect::Replace},
     &DiskSection::name},
    {{.name = "path",
      .doc = "the disk's file",
      .required = true,
      .path = PathRole::DiskFile,
      .effect = Effect::Replace},
     &DiskSection::path},
    {{.name = "format",
      .doc = "format of the file",
      .required = true,
      .choices = kDiskFormats,
      .effect = Effect::Replace},
     &DiskSection::format},
    {{.name = "size_gb",
      .doc = "size of the disk when vmplan makes it",
      .absent = "the image's own size, or the file must exist",
      .min = 1,
      .max = 65536,
      .unit = "GiB",
      .effect = Effect::Replace},
     &DiskSection::size_gb},
    {{.name = "boot", .doc = "the machine boots from this disk", .fallback = false},
     &DiskSection::boot},
    {{.name = "readonly", .doc = "the guest cannot write to the disk", .fallback = false},
     &DiskSection::readonly},
    {{.name = "image",
      .doc = "name of the image in `vmplan.toml` that the disk starts from",
      .effect = Effect::Replace},
     &DiskSection::image},
    {{.name = "bus", .doc = "how the disk is attached"}, NotYet{FieldType::Text, kVirtioOnly}},
    {{.name = "cache", .doc = "cache mode"},
     NotYet{FieldType::Text, "leave it out: disks are opened with QEMU's default, writeback"}},
    {{.name = "discard", .doc = "pass discards to the file"},
     NotYet{FieldType::Flag, "leave it out"}},
    {{.name = "iothread", .doc = "a thread of its own"}, NotYet{FieldType::Flag, "leave it out"}},
    {{.name = "serial", .doc = "serial number shown to the guest"},
     NotYet{FieldType::Text,
            "leave it out, and find the disk in the guest by its label or file system"}},
    {{.name = "media", .doc = "disk or cdrom"}, NotYet{FieldType::Text, kVirtioOnly}},
    {{.name = "keep",
      .doc = "keep the file when the machine is destroyed",
      .effect = Effect::Record},
     NotYet{FieldType::Flag, "leave it out: disks are kept"}},
    {{.name = "slot", .doc = "fixed position of the device"},
     NotYet{FieldType::Integer, "leave it out: the position in the profile decides"}},
};

constexpr std::string_view kUserNetwork = "use `type = \"user\"` with `hostfwd`";
constexpr Choice kInterfaceTypes[] = {
    {"user"}, {"none"}, {"tap", kUserNetwork}, {"bridge", kUserNetwork}};

constexpr Field<InterfaceSection> kInterfaceFields[] = {
    {{.name = "name", .doc = "name of the card, unique in the profile", .required = true},
     &InterfaceSection::name},
    {{.name = "type",
      .doc = "what the card is connected to; `none` makes no card and keeps its position",
      .required = true,
      .choices = kInterfaceTypes},
     &InterfaceSection::type},
    {{.name = "hostfwd",
      .doc = "ports of the host that lead into the guest: `tcp:127.0.0.1:2222-:22`",
      .fallback = EmptyList{}},
     &InterfaceSection::hostfwd},
    {{.name = "mac",
      .doc = "MAC address",
      .absent = "derived from lab, instance, machine and card name"},
     &InterfaceSection::mac},
    {{.name = "network", .doc = "network of the lab"}, NotYet{FieldType::Text, kUserNetwork}},
    {{.name = "device", .doc = "tap or bridge of the host"}, NotYet{FieldType::Text, kUserNetwork}},
    {{.name = "model", .doc = "card model"},
     NotYet{FieldType::Text, "leave it out: cards are virtio-net-pci"}},
    {{.name = "queues", .doc = "queues of the card"}, NotYet{FieldType::Integer, "leave it out"}},
    {{.name = "mtu", .doc = "largest packet"}, NotYet{FieldType::Integer, "leave it out"}},
    {{.name = "slot", .doc = "fixed position of the device"},
     NotYet{FieldType::Integer, "leave it out: the position in the profile decides"}},
};

constexpr Choice kSerialModes[] = {
    {"pty", "use `mode = \"socket\"`: it can be attached to and keeps a log"},
    {"file"},
    {"socket"},
    {"none"},
};

constexpr Field<SerialSection> kSerialFields[] = {
    {{.name = "enabled", .doc = "the machine has a serial port", .fallback = false},
     &SerialSection::enabled},
    {{.name = "mode",
      .doc = "where the port leads: `socket` listens and keeps a log, `file` only keeps a log",
      .fallback = std::string_view("pty"),
      .choices = kSerialModes},
     &SerialSection::mode},
    {{.name = "device",
      .doc = "mode socket: where QEMU listens; mode file: as `logfile`",
      .absent = "a socket below the machine's run directory",
      .path = PathRole::Socket},
     &SerialSection::device},
    {{.name = "logfile",
      .doc = "file that keeps the guest's output",
      .absent = "`logs/<vm>/serial.log`",
      .path = PathRole::LogFile},
     &SerialSection::logfile},
};

constexpr Field<QmpSection> kQmpFields[] = {
    {{.name = "enabled", .doc = "QEMU's control socket", .fallback = true}, &QmpSection::enabled},
    {{.name = "socket",
      .doc = "where QEMU listens",
      .absent = "a socket below the machine's run directory",
      .path = PathRole::Socket},
     &QmpSection::socket},
};

constexpr Field<KernelSection> kKernelFields[] = {
    {{.name = "enabled", .doc = "boot this kernel instead of a disk", .fallback = false},
     &KernelSection::enabled},
    {{.name = "bzimage", .doc = "the kernel; required when enabled", .path = PathRole::KernelFile},
     &KernelSection::bzimage},
    {{.name = "initrd", .doc = "the initial file system", .path = PathRole::KernelFile},
     &KernelSection::initrd},
    {{.name = "append", .doc = "the kernel's command line", .fallback = std::string_view("")},
     &KernelSection::append},
};

constexpr Field<LifecycleSection> kLifecycleFields[] = {
    {{.name = "boot_timeout_seconds",
      .doc = "how long QEMU may take to become ready",
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
    {{.name = "prevent_destroy", .doc = "refuse to destroy the machine", .effect = Effect::Record},
     NotYet{FieldType::Flag, "leave it out: `vmplan destroy` asks before it does anything"}},
    {{.name = "on_change",
      .doc = "whether a change may restart the machine",
      .effect = Effect::Record},
     NotYet{FieldType::Text, "leave it out, and read the change set before applying it"}},
    {{.name = "wait", .doc = "what makes the machine ready", .effect = Effect::Record},
     NotYet{FieldType::Text, "leave it out: a machine is ready when QEMU answers"}},
};

constexpr SectionInfo kPlannedSections[] = {
    {.path = "console",
     .doc = "how the console is attached",
     .instead = "leave it out, and attach with `vmplan console`"},
    {.path = "instances",
     .doc = "many machines from one profile",
     .instead = "write one profile per machine"},
    {.path = "firmware",
     .doc = "UEFI and secure boot",
     .instead = "leave it out: machines boot with SeaBIOS"},
    {.path = "tpm", .doc = "trusted platform module", .instead = "leave it out"},
    {.path = "agent", .doc = "guest agent channel", .instead = "leave it out"},
    {.path = "vsock", .doc = "host-guest sockets", .instead = "leave it out, and use `hostfwd`"},
    {.path = "display", .doc = "graphics", .instead = "leave it out, and use the serial console"},
    {.path = "cloud_init",
     .doc = "first-boot configuration",
     .instead = "leave it out, and use an image that is configured already"},
    {.path = "limits", .doc = "what a lab may use of its host", .instead = "leave it out"},
};

}  // namespace

template <>
const SectionTable<RootSection>& section_table() {
  static constexpr SectionTable<RootSection> kTable{
      {.path = "", .shape = SectionShape::Root, .doc = "keys above all sections"}, kRootFields};
  return kTable;
}

template <>
const SectionTable<VmSection>& section_table() {
  static constexpr SectionTable<VmSection> kTable{
      {.path = "vm", .doc = "identity of the machine", .required = true}, kVmFields};
  return kTable;
}

template <>
const SectionTable<HardwareSection>& section_table() {
  static constexpr SectionTable<HardwareSection> kTable{
      {.path = "hardware", .doc = "processor and memory", .required = true}, kHardwareFields};
  return kTable;
}

template <>
const SectionTable<DiskSection>& section_table() {
  static constexpr SectionTable<DiskSection> kTable{{.path = "storage.disks",
                                                     .shape = SectionShape::TableArray,
                                                     .doc = "disks, in the guest's order"},
                                                    kDiskFields};
  return kTable;
}

template <>
const SectionTable<InterfaceSection>& section_table() {
  static constexpr SectionTable<InterfaceSection> kTable{
      {.path = "network.interfaces",
       .shape = SectionShape::TableArray,
       .doc = "network cards, in the guest's order"},
      kInterfaceFields};
  return kTable;
}

template <>
const SectionTable<SerialSection>& section_table() {
  static constexpr SectionTable<SerialSection> kTable{{.path = "serial", .doc = "the serial port"},
                                                      kSerialFields};
  return kTable;
}

template <>
const SectionTable<QmpSection>& section_table() {
  static constexpr SectionTable<QmpSection> kTable{{.path = "qmp", .doc = "QEMU's control socket"},
                                                   kQmpFields};
  return kTable;
}

template <>
const SectionTable<KernelSection>& section_table() {
  static constexpr SectionTable<KernelSection> kTable{
      {.path = "kernel", .doc = "direct kernel boot"}, kKernelFields};
  return kTable;
}

template <>
const SectionTable<LifecycleSection>& section_table() {
  static constexpr SectionTable<LifecycleSection> kTable{
      {.path = "lifecycle", .doc = "how long start and stop may take"}, kLifecycleFields};
  return kTable;
}

std::span<const SectionInfo> planned_profile_sections() { return kPlannedSections; }

}  // namespace vmplan::model
