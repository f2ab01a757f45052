// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/seed_node.h"

#include <fmt/format.h>

#include "compiler/base/lexical_path.h"
#include "compiler/lower/cloud_config.h"
#include "compiler/lower/node.h"
#include "compiler/lower/steps.h"

namespace vmplan::lower {
namespace {

/// One file of the seed: as the step's word says where it comes from, and what it is to the
/// instance id.
struct Source {
  std::string word;
  std::string content;
};

Source from_text(const std::string& text) { return {"text:" + text, text}; }
Source from_file(const model::InputFile& file) { return {"file:" + file.path, file.sha256.text()}; }

Source user_data(const model::Vm& vm) {
  const model::CloudInit& cloud_init = *vm.cloud_init;
  return cloud_init.user_data ? from_file(*cloud_init.user_data) : from_text(user_data_text(vm));
}

Source network_config(const model::Vm& vm) {
  const model::CloudInit& cloud_init = *vm.cloud_init;
  if (cloud_init.network_config) return from_file(*cloud_init.network_config);
  if (!cloud_init.configures_network) return {"-", ""};
  return from_text(network_config_text(vm));
}

plan::Step write_step(const model::Vm& vm) {
  const model::CloudInit& cloud_init = *vm.cloud_init;
  const Source user = user_data(vm);
  const Source network = network_config(vm);
  const Source meta = cloud_init.meta_data
                          ? from_file(*cloud_init.meta_data)
                          : from_text(meta_data_text(vm, user.content, network.content));
  plan::Step step =
      steps::write_seed("write", cloud_init.seed_path, meta.word, user.word, network.word);
  for (const model::GuestUser& guest : cloud_init.users)
    if (guest.password)
      step.secrets.push_back(
          {secret_name(guest), guest.password->reference, guest.password->version});
  return step;
}

/// The files of the user's are checked right before they are read, as kernels are.
void add_inputs(plan::CommandPlan& node, const model::CloudInit& cloud_init) {
  for (auto [name, file] : {std::pair("verify-user-data", &cloud_init.user_data),
                            {"verify-meta-data", &cloud_init.meta_data},
                            {"verify-network-config", &cloud_init.network_config}}) {
    if (!*file) continue;
    node.commands.push_back(steps::verify_file(name, (*file)->path, (*file)->sha256));
    node.inputs.push_back({(*file)->path, (*file)->sha256});
  }
}

Json users_spec(const model::CloudInit& cloud_init) {
  JsonArray users;
  for (const model::GuestUser& user : cloud_init.users) {
    Json entry = json_object({{"groups", Json::strings(user.groups)},
                              {"name", user.name},
                              {"shell", user.shell},
                              {"ssh_authorized_keys", Json::strings(user.ssh_authorized_keys)},
                              {"sudo", user.sudo}});
    if (user.password)
      entry["password"] =
          json_object({{plan::kSensitive, json_object({{"secret", user.password->reference},
                                                       {"version", user.password->version}})}});
    users.push_back(std::move(entry));
  }
  return Json(std::move(users));
}

/// Files are told apart by their paths.
Json files_spec(const model::CloudInit& cloud_init) {
  JsonArray files;
  for (const model::GuestFile& file : cloud_init.files)
    files.push_back(json_object({{"content", file.content},
                                 {"name", file.path},
                                 {"owner", file.owner},
                                 {"permissions", file.permissions}}));
  return Json(std::move(files));
}

Json file_spec(const std::optional<model::InputFile>& file) {
  if (!file) return Json();
  return json_object({{"path", file->path}, {"sha256", file->sha256.text()}});
}

Json seed_spec(const model::Vm& vm) {
  const model::CloudInit& cloud_init = *vm.cloud_init;
  JsonArray cards;
  if (cloud_init.configures_network && !cloud_init.network_config)
    for (const model::Nic& nic : vm.nics)
      if (std::optional<Json> entry = network_entry(nic)) {
        (*entry)["name"] = nic.name;
        cards.push_back(std::move(*entry));
      }
  return json_object({{"hostname", cloud_init.meta_data ? "" : cloud_init.hostname},
                      {"locale", cloud_init.locale},
                      {"meta_data", file_spec(cloud_init.meta_data)},
                      {"network", std::move(cards)},
                      {"network_config_file", file_spec(cloud_init.network_config)},
                      {"packages", Json::strings(cloud_init.packages)},
                      {"path", cloud_init.seed_path},
                      {"runcmd", Json::strings(cloud_init.runcmd)},
                      {"timezone", cloud_init.timezone},
                      {"user_data", file_spec(cloud_init.user_data)},
                      {"users", users_spec(cloud_init)},
                      {"write_files", files_spec(cloud_init)}});
}

}  // namespace

std::string seed_id(const model::Vm& vm) { return "seed/" + vm.name; }

plan::CommandPlan seed_node(const model::Vm& vm) {
  const model::CloudInit& cloud_init = *vm.cloud_init;
  plan::CommandPlan node;
  node.id = seed_id(vm);
  node.kind = "seed";
  node.commands = {
      steps::make_directory("directory", std::string(directory_of(cloud_init.seed_path)), "0700")};
  add_inputs(node, cloud_init);
  node.commands.push_back(write_step(vm));
  node.rollback = {steps::remove_seed("remove", cloud_init.seed_path)};
  node.probe = {steps::check_file("present", cloud_init.seed_path)};
  node.outputs = {{cloud_init.seed_path, false}};
  node.spec = seed_spec(vm);
  node.display.title = "Write the cloud-init seed of " + vm.name;
  node.display.explanation =
      "A small disk from which the guest configures itself on its first boot. It holds nothing of "
      "yours, and is written anew when anything about it changes.";
  finish(node);
  return node;
}

}  // namespace vmplan::lower
