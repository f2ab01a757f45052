// SPDX-License-Identifier: Apache-2.0
#include "compiler/lower/steps.h"

#include <fmt/format.h>

#include "compiler/base/result.h"
#include "compiler/base/text.h"

namespace vmplan::lower::steps {
namespace {

/// A step that runs `vmplan step WORDS...`.
plan::Step builtin(std::string step_id, std::vector<std::string> words) {
  const plan::BuiltinForm* form = plan::find_builtin(words);
  if (form == nullptr || !form->takes(plan::arguments(*form, words).size()))
    throw InternalError("there is no built-in step of these words: " + shell_quoted(words));
  plan::Step step;
  step.step_id = std::move(step_id);
  step.argv = {"vmplan", "step"};
  for (std::string& word : words) step.argv.push_back(std::move(word));
  step.idempotent = form->repeatable;
  return step;
}

}  // namespace

plan::Step make_directory(std::string step_id, std::string path, std::string_view mode) {
  return builtin(std::move(step_id), {"mkdir", std::move(path), std::string(mode)});
}

plan::Step fetch_image(std::string step_id, std::string url, std::string to, const Digest& digest,
                       std::string copy) {
  std::vector<std::string> words = {"fetch", std::move(url), std::move(to), digest.text()};
  if (!copy.empty()) words.push_back(std::move(copy));
  return builtin(std::move(step_id), std::move(words));
}

plan::Step import_image(std::string step_id, std::string from, std::string to,
                        const std::optional<Digest>& digest) {
  std::vector<std::string> words = {"import", std::move(from), std::move(to)};
  if (digest) words.push_back(digest->text());
  return builtin(std::move(step_id), std::move(words));
}

plan::Step make_workspace(std::string step_id, std::string path) {
  return builtin(std::move(step_id), {"workspace", "make", std::move(path)});
}

plan::Step remove_workspace(std::string step_id, std::string path) {
  return builtin(std::move(step_id), {"workspace", "remove", std::move(path)});
}

plan::Step verify_file(std::string step_id, std::string path, const Digest& digest) {
  return builtin(std::move(step_id), {"verify", std::move(path), digest.text()});
}

plan::Step verify_chain(std::string step_id, std::string disk_node, std::string path,
                        std::string_view format) {
  return builtin(std::move(step_id),
                 {"verify-chain", std::move(disk_node), std::move(path), std::string(format)});
}

plan::Step verify_disk(std::string step_id, std::string path, std::string_view format) {
  return builtin(std::move(step_id), {"verify-disk", std::move(path), std::string(format)});
}

plan::Step publish_disk(std::string step_id, std::string path, std::string_view format, Bytes size,
                        std::string_view backing) {
  return builtin(std::move(step_id), {"publish", std::move(path), std::string(format),
                                      fmt::format("{}", size.value), std::string(backing)});
}

plan::Step verify_directory(std::string step_id, std::string path) {
  return builtin(std::move(step_id), {"verify-directory", std::move(path)});
}

plan::Step serial_mark(std::string step_id, std::string run_dir, std::string log) {
  return builtin(std::move(step_id), {"serial", "mark", std::move(run_dir), std::move(log)});
}

plan::Step serial_wait(std::string step_id, std::string run_dir, std::string log, Seconds patience,
                       std::string text) {
  return builtin(std::move(step_id), {"serial", "wait", std::move(run_dir), std::move(log),
                                      fmt::format("{}", patience.value), std::move(text)});
}

plan::Step write_seed(std::string step_id, std::string path, std::string meta_data,
                      std::string user_data, std::string network_config) {
  return builtin(std::move(step_id), {"seed", "write", std::move(path), std::move(meta_data),
                                      std::move(user_data), std::move(network_config)});
}

plan::Step remove_seed(std::string step_id, std::string path) {
  return builtin(std::move(step_id), {"seed", "remove", std::move(path)});
}

plan::Step check_file(std::string step_id, std::string path) {
  return builtin(std::move(step_id), {"check", std::move(path)});
}

plan::Step remove_file(std::string step_id, std::string path) {
  return builtin(std::move(step_id), {"remove", std::move(path)});
}

plan::Step check_link(std::string step_id, std::string device, std::string mark,
                      std::string node_id, std::string bridge) {
  std::vector<std::string> words = {"link", "check", std::move(device), std::move(mark),
                                    std::move(node_id)};
  if (!bridge.empty()) words.push_back(std::move(bridge));
  return builtin(std::move(step_id), std::move(words));
}

plan::Step link_present(std::string step_id, std::string device) {
  return builtin(std::move(step_id), {"link", "present", std::move(device)});
}

plan::Step machine(std::string step_id, std::string_view verb, std::string run_dir,
                   std::vector<std::string> more) {
  std::vector<std::string> words = {"machine", std::string(verb), std::move(run_dir)};
  for (std::string& word : more) words.push_back(std::move(word));
  return builtin(std::move(step_id), std::move(words));
}

}  // namespace vmplan::lower::steps
