// SPDX-License-Identifier: Apache-2.0
// The Lab: complete, defaulted, validated; ids instead of names. What back ends lower.
// It holds nothing that was not resolved, and knows no TOML.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/dense_map.h"
#include "compiler/base/diagnostic_codes.h"
#include "compiler/base/digest.h"
#include "compiler/base/units.h"
#include "compiler/model/cloud_init.h"
#include "compiler/model/input_file.h"
#include "compiler/model/platform.h"
#include "compiler/model/recipe_words.h"

namespace vmplan::model {

struct VmTag {};
using VmId = Id<VmTag>;
struct ImageTag {};
using ImageId = Id<ImageTag>;

enum class DiskFormat : std::uint8_t { Qcow2, Raw, Vdi, Vmdk };
std::string_view to_text(DiskFormat format);

enum class AccelerationRequest : std::uint8_t { Auto, Kvm, Tcg, Hvf, Whpx };
std::string_view to_text(AccelerationRequest request);

/// One program that a recipe runs.
struct RecipeStep {
  /// Never empty; the first is a single text.
  std::vector<RecipeWord> run;
  std::map<std::string, std::string> env;
  /// Empty: it reads nothing.
  std::string standard_input;
  Seconds timeout{3600};
};

/// How an image is made. Its key is the SHA-256 of everything that goes into it, so that equal
/// recipes have equal keys wherever the lab lies.
struct Recipe {
  std::string revision;
  std::vector<RecipeStep> steps;
  /// Files of the lab that the programs read, sorted by path, no repeats.
  std::vector<InputFile> inputs;
  /// Other images that they read, sorted, no repeats.
  std::vector<ImageId> images;
};

/// `[images.NAME]`: what disks are based on, and kernels that are booted.
struct Image {
  std::string name;
  /// Relative to the lab root, or one of the allowed places outside it; empty: fetched, or made by
  /// the recipe.
  std::string path;
  /// Where it is fetched from when there is no file at `path`; empty: nowhere.
  std::string url;
  std::optional<Recipe> recipe;
  DiskFormat format = DiskFormat::Qcow2;
  /// Names its place in the store: the digest of the file, or the key of the recipe.
  Digest address;
  /// Where it lives once it is in the lab's store: `<state_dir>/store/<64 hex of address>/<name>`.
  std::string stored;
  /// Of the bytes; nullopt until a recipe has run for the first time.
  std::optional<Digest> sha256;
  /// True when the digest is written in vmplan.toml; false when the file was hashed, or the result
  /// of the recipe recorded.
  bool pinned = false;
};

struct Disk {
  std::string name;
  /// Lab-relative path of the disk's file.
  std::string path;
  DiskFormat format = DiskFormat::Qcow2;
  /// nullopt: with an image, the image's own size; without one, the file must exist.
  std::optional<Gibibytes> size;
  bool boot = false;
  bool readonly = false;
  std::optional<ImageId> image;

  /// True when the plan makes the file; false when it must be there.
  bool is_made() const { return size.has_value() || image.has_value(); }
};

/// A directory of the host that the guest mounts over 9p.
struct Share {
  /// Also the tag that the guest mounts it by.
  std::string name;
  /// Lab-relative, or in one of the allowed places.
  std::string path;
  bool readonly = false;
};

enum class IpProtocol : std::uint8_t { Tcp, Udp };

/// One port of the host that leads into a guest on a user network.
struct HostForward {
  IpProtocol protocol = IpProtocol::Tcp;
  /// IPv4 address on the host; never empty ("" in the profile became 127.0.0.1).
  std::string host_address;
  std::uint16_t host_port = 0;
  /// IPv4 address in the guest network; empty: QEMU's first DHCP address.
  std::string guest_address;
  std::uint16_t guest_port = 0;
  friend bool operator==(const HostForward&, const HostForward&) = default;
};

using MacAddress = std::array<std::uint8_t, 6>;
/// "52:54:00:12:34:56".
std::string to_text(const MacAddress& mac);

/// User: QEMU's own NAT network. None: no card is made, but the position stays taken, so that
/// switching a card off moves no other card. Socket: machines of the lab hear each other through
/// the host's loopback. Tap: a tap of the host, perhaps in a bridge.
enum class NicKind : std::uint8_t { User, None, Socket, Tap };

/// Where a card of kind Tap is plugged in.
struct Tap {
  /// On the host; at most 15 bytes.
  std::string name;
  /// False: somebody else's, which is there already.
  bool is_made = true;
  /// The bridge that a tap is put into when it is made; empty: none.
  std::string bridge;
};

/// What a card is called on an IPv4 network.
struct NicAddress {
  /// "10.20.0.5".
  std::string text;
  int prefix_length = 0;
};

struct Nic {
  std::string name;
  NicKind kind = NicKind::User;
  std::vector<HostForward> forwards;
  /// `[networks.NAME]` that the card is on; empty: none.
  std::string network;
  /// True when that network is a bridge that vmplan makes.
  bool network_is_made = false;
  /// Of kind Socket: "239.192.7.9:20480".
  std::string multicast_group;
  /// Of kind Tap.
  Tap tap;
  /// Of cards on a network with a subnet.
  std::optional<NicAddress> address;
  /// Given, or derived from lab, instance, VM and interface name.
  MacAddress mac{};
};

/// Pty: a terminal of the host that QEMU opens, with a log.
enum class SerialMode : std::uint8_t { Off, File, Socket, Pty };

struct Serial {
  SerialMode mode = SerialMode::Off;
  /// Where QEMU listens, in mode Socket.
  std::string socket;
  /// Where the guest's output is kept, in every mode but Off.
  std::string log;
};

struct Qmp {
  bool enabled = true;
  std::string socket;
};

/// A kernel or an initrd.
struct BootFile {
  std::string path;
  /// nullopt: of an image whose recipe has not run yet.
  std::optional<Digest> sha256;
  /// Name of the image that it is; empty: a file of the lab.
  std::string image;
};

struct Kernel {
  BootFile bzimage;
  std::optional<BootFile> initrd;
  std::string append;
};

/// `[console]`: how people look at the machine; QEMU knows nothing of it.
struct Console {
  /// apply goes on to show the console of the machine it has started.
  bool auto_attach = false;
  /// "ctrl+]".
  std::string escape_sequence;
};

/// Whether a change may restart a machine that runs.
enum class OnChange : std::uint8_t { Restart, Never };

/// How long each rung of start and stop may take, and what people allow.
struct Lifecycle {
  Seconds boot_timeout{60};
  Seconds stop_timeout{30};
  Seconds quit_timeout{10};
  Seconds term_timeout{5};
  /// Whether SIGKILL may end a machine that ignores everything else.
  bool force_kill = false;
  bool prevent_destroy = false;
  OnChange on_change = OnChange::Restart;
  /// What the guest writes to its serial port once it is up; empty: QEMU's answer is enough.
  std::string wait_for_text;
};

/// Processors as the guest sees them.
struct Topology {
  std::int64_t sockets = 1;
  /// Of a socket.
  std::int64_t cores = 1;
  /// Of a core.
  std::int64_t threads = 1;
  std::int64_t processors() const { return sockets * cores * threads; }
};

/// A processor feature that the profile switches.
struct CpuFlag {
  std::string name;
  bool on = true;
};

struct NumaNode {
  std::int64_t processors = 1;
  Mebibytes memory;
};

/// What is odd about a profile and keeps nothing from being built; without its place, which moves
/// with every comment.
struct Warning {
  Code code = Code::UnknownKey;
  std::string message;
  std::string suggestion;
  friend auto operator<=>(const Warning&, const Warning&) = default;
};

struct Vm {
  std::string name;
  /// For people; influences nothing.
  std::string description;
  /// Lab-relative path of the profile.
  std::string source;
  /// Of the profile.
  std::int64_t schema_version = 1;
  Digest profile_hash;
  /// Of the rules between its fields, sorted; for people. Keys without effect are not among them:
  /// they leave no trace in a plan.
  std::vector<Warning> warnings;
  std::string backend;
  /// Words to select the machine by, sorted.
  std::vector<std::string> tags;
  /// Machines that start before and stop after this one, sorted.
  std::vector<std::string> depends_on;
  std::string arch;
  /// Bare name from the tool table, or an absolute path.
  std::string qemu_binary;
  std::string machine;
  /// Resolved after the accelerator: "host" only under KVM.
  std::string cpu;
  /// In the order of the profile.
  std::vector<CpuFlag> cpu_flags;
  Topology topology;
  Mebibytes memory;
  /// Size of the host's pages that back the memory; nullopt: ordinary ones.
  std::optional<Mebibytes> hugepages;
  /// Empty: one node. Else they make up all processors and memory.
  std::vector<NumaNode> numa;
  bool balloon = false;
  bool rng = false;
  AccelerationRequest acceleration_requested = AccelerationRequest::Auto;
  Acceleration acceleration = Acceleration::Tcg;
  /// Derived from lab name, instance and VM name.
  std::string uuid;
  std::vector<Disk> disks;
  std::vector<Share> shares;
  std::vector<Nic> nics;
  Serial serial;
  Qmp qmp;
  Console console;
  std::optional<Kernel> kernel;
  std::optional<CloudInit> cloud_init;
  /// Absolute path of what boots from a disk where the machine type brings nothing by itself;
  /// empty where it does, and for direct kernel boot.
  std::string firmware;
  Lifecycle lifecycle;
  /// Lab-relative, e.g. ".vmplan/run/web".
  std::string run_dir;
  /// Lab-relative file of the firmware's variables, for machines with UEFI.
  std::string firmware_vars;
  /// Lab-relative, e.g. "logs/web".
  std::string log_dir;
};

/// A network of mode `bridge` whose bridge vmplan makes.
struct Bridge {
  /// As in `[networks.NAME]`.
  std::string network;
  /// On the host.
  std::string device;
};

struct Lab {
  std::string name;
  std::string instance;
  Platform platform;
  /// Where vmplan keeps its own files: ".vmplan", or ".vmplan/<name>" for a lab of one file.
  std::string state_dir;
  /// "vmplan.lock", or "<name>.vmplan.lock".
  std::string lock_path;
  /// The only places outside the root that a path field may name, normalised.
  std::vector<std::string> paths_allow;
  DenseMap<ImageId, Image> images;
  /// Those that some machine is on, sorted bytewise by network.
  std::vector<Bridge> bridges;
  /// Sorted bytewise by name.
  DenseMap<VmId, Vm> vms;
  /// Every file that was hashed rather than pinned, for the lock; sorted by path, no repeats.
  std::vector<InputFile> hashed_inputs;
};

}  // namespace vmplan::model
