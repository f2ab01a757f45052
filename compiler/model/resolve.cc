// SPDX-License-Identifier: Apache-2.0
// Typed files -> Lab: first every rule, then, when none is broken, completion.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/base/lexical_path.h"
#include "compiler/model/acceleration.h"
#include "compiler/model/choose_platform.h"
#include "compiler/model/complete_images.h"
#include "compiler/model/complete_vm.h"
#include "compiler/model/guest_text.h"
#include "compiler/model/input_digests.h"
#include "compiler/model/instance_findings.h"
#include "compiler/model/model.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/networks.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model {
namespace {

MachineScope scope_of(const ProfileFile& file, const LabSources& sources, const LabFrame& frame,
                      const Platform* platform) {
  MachineScope scope;
  scope.file = &file;
  scope.frame = &frame;
  scope.platform = platform;
  scope.lab_file = sources.lab_file ? &*sources.lab_file : nullptr;
  const WrittenText& name = file.profile.vm.name;
  scope.label = fmt::format("`{}`", name.has() ? *name : file.path);
  if (name.has() && !name_fault(*name)) scope.places = places_of(frame, *name);
  const WrittenText& arch = file.profile.hardware.arch;
  if (!arch.has() || platform == nullptr) return scope;
  scope.guest = platform->guest(*arch);
  if (auto request = requested_acceleration(file.profile))
    scope.acceleration = resolve_acceleration(*request, *platform, *arch);
  return scope;
}

void check_lab(const LabScope& lab, Diagnostics& diagnostics) {
  rules::lab_names(lab, diagnostics);
  rules::image_names(lab, diagnostics);
  rules::image_digests(lab, diagnostics);
  rules::allowed_places(lab, diagnostics);
  rules::image_paths(lab, diagnostics);
  rules::image_sources(lab, diagnostics);
  rules::image_urls(lab, diagnostics);
  rules::recipes(lab, diagnostics);
  rules::network_names(lab, diagnostics);
  rules::network_devices(lab, diagnostics);
  rules::network_subnets(lab, diagnostics);
}

void check_machine(const MachineScope& vm, Diagnostics& diagnostics) {
  rules::instances(vm, diagnostics);
  rules::machine_name(vm, diagnostics);
  rules::disk_names(vm, diagnostics);
  rules::interface_names(vm, diagnostics);
  rules::guest_arch(vm, diagnostics);
  rules::acceleration(vm, diagnostics);
  rules::cpu_model(vm, diagnostics);
  rules::cpu_flags(vm, diagnostics);
  rules::qemu_binary(vm, diagnostics);
  rules::machine_type(vm, diagnostics);
  rules::processor_count(vm, diagnostics);
  rules::processor_numbers(vm, diagnostics);
  rules::core_threads(vm, diagnostics);
  rules::memory_granularity(vm, diagnostics);
  rules::memory_blocks(vm, diagnostics);
  rules::numa_sums(vm, diagnostics);
  rules::numa_count(vm, diagnostics);
  rules::hugepages(vm, diagnostics);
  rules::disk_paths(vm, diagnostics);
  rules::disk_images(vm, diagnostics);
  rules::kernel_images(vm, diagnostics);
  rules::makeable_disks(vm, diagnostics);
  rules::disk_count(vm, diagnostics);
  rules::shares(vm, diagnostics);
  rules::boot_disks(vm, diagnostics);
  rules::boot_source(vm, diagnostics);
  rules::kernel_image(vm, diagnostics);
  rules::kernel_serial(vm, diagnostics);
  rules::host_forwards(vm, diagnostics);
  rules::card_networks(vm, diagnostics);
  rules::card_devices(vm, diagnostics);
  rules::forwards_need_user(vm, diagnostics);
  rules::mac_addresses(vm, diagnostics);
  rules::card_addresses(vm, diagnostics);
  rules::interface_count(vm, diagnostics);
  rules::serial_mode(vm, diagnostics);
  rules::channel_paths(vm, diagnostics);
  rules::derived_sockets(vm, diagnostics);
  rules::escape_sequence(vm, diagnostics);
  rules::readiness(vm, diagnostics);
  rules::template_path(vm, diagnostics);
  rules::tags(vm, diagnostics);
  rules::guest_settings(vm, diagnostics);
  rules::guest_users(vm, diagnostics);
  rules::guest_commands(vm, diagnostics);
  rules::guest_files(vm, diagnostics);
  rules::seed_files(vm, diagnostics);
  rules::secrets(vm, diagnostics);
}

/// Sorted, because findings come in the order of the rules.
std::vector<Warning> warnings_among(const Diagnostics& found) {
  std::vector<Warning> warnings;
  if (found.warning_count() == 0) return warnings;
  for (const Diagnostic& each : found.all())
    if (info(each.code).severity == Severity::Warning)
      warnings.push_back({each.code, each.summary, each.suggestion});
  std::sort(warnings.begin(), warnings.end());
  warnings.erase(std::unique(warnings.begin(), warnings.end()), warnings.end());
  return warnings;
}

/// Checks each machine by itself, so that what is said of one never depends on another: machines
/// share templates, and of one file only so much is kept. Returns the warnings about each.
std::vector<std::vector<Warning>> check_machines(const LabScope& lab, Diagnostics& diagnostics) {
  std::vector<std::vector<Warning>> warnings;
  warnings.reserve(lab.machines.size());
  InstanceFindings once;
  for (const MachineScope& vm : lab.machines) {
    Diagnostics found;
    check_machine(vm, found);
    warnings.push_back(warnings_among(found));
    once.add(vm.file->instance, std::move(found), diagnostics);
  }
  return warnings;
}

void check_between_machines(const LabScope& lab, Diagnostics& diagnostics) {
  Diagnostics found;
  rules::unique_machines(lab, found);
  rules::unique_ports(lab, found);
  rules::unique_macs(lab, found);
  rules::unique_taps(lab, found);
  rules::unique_addresses(lab, found);
  rules::shared_files(lab, found);
  rules::start_order(lab, found);
  rules::lab_limits(lab, found);
  bool any_instances = std::any_of(lab.machines.begin(), lab.machines.end(),
                                   [](const MachineScope& vm) { return vm.file->instance > 0; });
  if (!any_instances) return diagnostics.append(std::move(found));
  // Two machines of one profile clash wherever all of them do.
  InstanceFindings once;
  once.add(1, std::move(found), diagnostics);
}

/// Whether a path may be opened at all; its faults were reported by the rules.
bool is_usable(const WrittenText& path, PathRole role, const LabFrame& frame) {
  return path.has() && !path_fault(*path, role, {frame.allow, frame.reserved, ""});
}

void hash_image_files(const LabScope& lab, InputDigests& inputs, Diagnostics& diagnostics) {
  for (const ImageSection& image : lab.sources->lab_file->images)
    if (!image.sha256.present && is_usable(image.path, PathRole::ImageFile, *lab.frame))
      inputs.need(normal_path(*image.path), "image", image.path.span,
                  "put the file there, or write its digest as `sha256` to build without it",
                  diagnostics);
  for (const RecipeSection& step : lab.sources->lab_file->recipe) {
    if (!step.inputs.has()) continue;
    for (const ListItem& item : *step.inputs)
      if (!path_fault(item.text, PathRole::ImageFile, {lab.frame->allow, lab.frame->reserved, ""}))
        inputs.need(normal_path(item.text), "recipe input", item.span,
                    "put the file there; its digest becomes part of the plan", diagnostics);
  }
}

/// cloud-init passes over user data that does not say what it is, and the guest starts without.
void check_user_data(const WrittenText& field, const FileReader& files, Diagnostics& diagnostics) {
  constexpr std::size_t kLargest = 16U << 20U;
  Result<std::string> bytes = files.read(normal_path(*field), kLargest);
  if (bytes && is_user_data(*bytes)) return;
  diagnostics.add({Code::BadUserData,
                   fmt::format("`{}` is nothing that cloud-init would take", *field),
                   bytes ? "its first line does not say what it is" : bytes.error().text(),
                   field.span,
                   {},
                   "begin it with `#cloud-config` or `#!`"});
}

void hash_seed_files(const MachineScope& vm, InputDigests& inputs, const FileReader& files,
                     Diagnostics& diagnostics) {
  const CloudInitSection& section = vm.profile().cloud_init;
  for (auto [what, field] : {std::pair("user data", &section.user_data),
                             {"meta data", &section.meta_data},
                             {"network configuration", &section.network_config_file}}) {
    if (!is_usable(*field, PathRole::SeedFile, *vm.frame)) continue;
    const bool found =
        inputs
            .need(normal_path(**field), what, field->span,
                  "put the file there; its digest becomes part of the plan", diagnostics)
            .has_value();
    if (found && field == &section.user_data) check_user_data(*field, files, diagnostics);
  }
}

/// Asks for the digest of every file that the plan will rest on.
void hash_inputs(const LabScope& lab, InputDigests& inputs, const FileReader& files,
                 Diagnostics& diagnostics) {
  if (lab.sources->lab_file) hash_image_files(lab, inputs, diagnostics);
  for (const MachineScope& vm : lab.machines) {
    hash_seed_files(vm, inputs, files, diagnostics);
    const KernelSection& kernel = vm.profile().kernel;
    if (!kernel.enabled.has() || !*kernel.enabled) continue;
    for (auto [what, field] :
         {std::pair("kernel", &kernel.bzimage), std::pair("initrd", &kernel.initrd)})
      if (is_usable(*field, PathRole::KernelFile, *lab.frame))
        inputs.need(normal_path(**field), what, field->span,
                    "put the file there; its digest becomes part of the plan", diagnostics);
  }
}

/// The bridges to make: those that some machine is on.
std::vector<Bridge> complete_bridges(const Lab& lab) {
  std::set<std::string> networks;
  for (const Vm& vm : lab.vms)
    for (const Nic& nic : vm.nics)
      if (nic.network_is_made) networks.insert(nic.network);
  std::vector<Bridge> bridges;
  for (const std::string& network : networks)
    bridges.push_back(
        {network, derive_device_name({lab.name, lab.instance}, network_node_id(network))});
  return bridges;
}

/// From here on nothing can be wrong any more.
Lab complete_lab(const LabScope& scope, const InputDigests& inputs,
                 std::vector<std::vector<Warning>> warnings) {
  Lab lab;
  lab.name = scope.frame->identity.name;
  lab.instance = scope.frame->identity.instance;
  lab.platform = *scope.platform;
  lab.state_dir = scope.frame->state_dir;
  lab.lock_path = scope.frame->lock_path;
  lab.paths_allow = scope.frame->allow;
  if (scope.sources->lab_file)
    lab.images =
        complete_images(*scope.sources->lab_file, lab.state_dir, inputs, scope.request->recorded);
  std::vector<Vm> vms;
  for (std::size_t i = 0; i < scope.machines.size(); ++i) {
    vms.push_back(complete_vm(scope.machines[i], lab.images, inputs));
    vms.back().warnings = std::move(warnings[i]);
  }
  std::sort(vms.begin(), vms.end(), [](const Vm& a, const Vm& b) { return a.name < b.name; });
  for (Vm& vm : vms) lab.vms.push(std::move(vm));
  lab.bridges = complete_bridges(lab);
  lab.hashed_inputs = inputs.all();
  return lab;
}

bool all_sound(const LabSources& sources) {
  if (sources.lab_file && !sources.lab_file->sound) return false;
  return std::all_of(sources.profiles.begin(), sources.profiles.end(),
                     [](const ProfileFile& file) { return file.sound; });
}

}  // namespace

std::optional<Lab> resolve(const LabRequest& request, const LabSources& sources,
                           const FileReader& files, Diagnostics& diagnostics) {
  Diagnostics found;
  LabFrame frame = frame_of(request, sources);
  std::optional<Platform> platform = choose_platform(request, sources, found);
  LabScope lab{&request, &sources, &frame, platform ? &*platform : nullptr, {}};
  for (const ProfileFile& file : sources.profiles)
    if (file.readable) lab.machines.push_back(scope_of(file, sources, frame, lab.platform));

  check_lab(lab, found);
  std::vector<std::vector<Warning>> warnings = check_machines(lab, found);
  check_between_machines(lab, found);
  InputDigests inputs(files);
  hash_inputs(lab, inputs, files, found);

  bool sound = all_sound(sources) && !sources.profiles.empty() && !found.has_errors() &&
               !diagnostics.has_errors();
  diagnostics.append(std::move(found));
  if (!sound) return std::nullopt;
  return complete_lab(lab, inputs, std::move(warnings));
}

}  // namespace vmplan::model
