// SPDX-License-Identifier: Apache-2.0
// Nodes back from their canonical bytes. Every member is fetched by name and type; what was not
// asked for, or was defaulted, shows when the node is written again and compared.
#include <fmt/format.h>

#include <initializer_list>
#include <iterator>

#include "compiler/base/json_read.h"
#include "compiler/plan/canonical.h"

namespace vmplan::plan {
namespace {

/// Fetches typed members of one object; remembers the first thing that was wrong.
class Members {
 public:
  Members(const Json& object, std::string& problem) : object_(object), problem_(problem) {}

  std::string string(std::string_view name) const {
    const Json* member = require(name, Json::Kind::String);
    return member == nullptr ? std::string() : *member->if_string();
  }
  bool boolean(std::string_view name) const {
    const Json* member = require(name, Json::Kind::Bool);
    return member != nullptr && *member->if_bool();
  }
  std::int64_t integer(std::string_view name) const {
    const Json* member = require(name, Json::Kind::Int);
    return member == nullptr ? 0 : *member->if_int();
  }
  const JsonArray& array(std::string_view name) const {
    static const JsonArray kEmpty;
    const Json* member = require(name, Json::Kind::Array);
    return member == nullptr ? kEmpty : *member->if_array();
  }
  const Json& object(std::string_view name) const {
    static const Json kEmpty;
    const Json* member = require(name, Json::Kind::Object);
    return member == nullptr ? kEmpty : *member;
  }
  Digest digest(std::string_view name) const {
    std::optional<Digest> parsed = Digest::parse(string(name));
    if (!parsed) complain(fmt::format("\"{}\" is not a sha256 digest", name));
    return parsed.value_or(Digest());
  }
  std::vector<std::string> strings(std::string_view name) const {
    std::vector<std::string> out;
    for (const Json& item : array(name)) {
      if (const std::string* text = item.if_string()) {
        out.push_back(*text);
      } else {
        complain(fmt::format("\"{}\" holds something that is no string", name));
      }
    }
    return out;
  }
  void complain(std::string text) const {
    if (problem_.empty()) problem_ = std::move(text);
  }

 private:
  const Json* require(std::string_view name, Json::Kind kind) const {
    const Json* member = object_.find(name);
    if (member == nullptr) {
      complain(fmt::format("\"{}\" is missing", name));
      return nullptr;
    }
    if (!member->is(kind)) {
      complain(fmt::format("\"{}\" has another type", name));
      return nullptr;
    }
    return member;
  }

  const Json& object_;
  std::string& problem_;
};

Ready read_ready(const Json& object, const Members& owner) {
  if (object.if_object()->empty()) return {};
  if (const Json* qmp = object.find("qmp"); qmp != nullptr && qmp->if_string() != nullptr)
    return {Ready::Kind::Qmp, *qmp->if_string()};
  if (const Json* socket = object.find("socket");
      socket != nullptr && socket->if_string() != nullptr)
    return {Ready::Kind::Socket, *socket->if_string()};
  if (object.bool_or("process", false)) return {Ready::Kind::Process, ""};
  owner.complain("\"ready\" names no known condition");
  return {};
}

Step read_step(const Json& object, std::string& problem) {
  Members from(object, problem);
  Step step;
  step.step_id = from.string("step_id");
  std::string mode = from.string("mode");
  if (mode != "run" && mode != "daemon") from.complain(fmt::format("\"mode\" is \"{}\"", mode));
  step.mode = mode == "daemon" ? StepMode::Daemon : StepMode::Run;
  step.argv = from.strings("argv");
  step.argv_hash = from.digest("argv_hash");
  step.cwd = from.string("cwd");
  const Json& env = from.object("env");
  for (const auto& [name, value] : *env.if_object()) {
    if (value.if_string() == nullptr) from.complain("\"env\" holds something that is no string");
    step.env.emplace(name, value.if_string() == nullptr ? "" : *value.if_string());
  }
  const Json& stdin_from = from.object("stdin");
  if (!stdin_from.if_object()->empty())
    step.stdin_blob = Members(stdin_from, problem).digest("blob");
  for (const Json& item : from.array("secrets")) {
    Members secret(item, problem);
    step.secrets.push_back(
        {secret.string("name"), secret.string("reference"), secret.string("version")});
  }
  step.target = from.string("target");
  step.expected_exit_codes.clear();
  for (const Json& code : from.array("expected_exit_codes")) {
    const std::int64_t* number = code.if_int();
    if (number == nullptr || *number < 0 || *number > 255)
      from.complain("an exit code is not 0..255");
    step.expected_exit_codes.push_back(number == nullptr ? 0 : static_cast<int>(*number & 0xFF));
  }
  step.timeout_seconds = from.integer("timeout_seconds");
  step.ready = read_ready(from.object("ready"), from);
  step.requires_privilege = from.boolean("requires_privilege");
  step.destructive = from.boolean("destructive");
  step.idempotent = from.boolean("idempotent");
  return step;
}

std::vector<Step> read_steps(const JsonArray& array, std::string& problem) {
  std::vector<Step> steps;
  for (const Json& item : array) steps.push_back(read_step(item, problem));
  return steps;
}

/// The enumerator that a word stands for; the last of `all` for a word that stands for none.
template <class Enum>
Enum read_word(const Members& from, std::string_view name, std::initializer_list<Enum> all) {
  std::string word = from.string(name);
  for (Enum each : all)
    if (to_text(each) == word) return each;
  from.complain(fmt::format("\"{}\" is \"{}\"", name, word));
  return *std::prev(all.end());
}

Risk read_risk(const Members& from) {
  return read_word(from, "risk", {Risk::Low, Risk::Medium, Risk::High, Risk::Critical});
}

Category read_category(const Members& from) {
  return read_word(
      from, "category",
      {Category::General, Category::System, Category::File, Category::Vm, Category::Kubernetes,
       Category::Openshift, Category::Terraform, Category::Ansible, Category::Cloud, Category::Cicd,
       Category::Observability, Category::Doctor});
}

Source read_source(const Members& from) {
  return read_word(from, "source",
                   {Source::User, Source::Doctor, Source::Service, Source::AiAssistant});
}

}  // namespace

Result<CommandPlan> read_node(std::string_view document) {
  Result<Json> tree = read_canonical_json(document);
  if (!tree) return fail(std::move(tree.error()));
  if (!tree->is(Json::Kind::Object)) return fail(ErrorKind::Corrupt, "a node is an object");
  std::string problem;
  Members from(*tree, problem);
  CommandPlan node;
  node.id = from.string("id");
  node.kind = from.string("kind");
  node.category = read_category(from);
  node.source = read_source(from);
  node.own = from.digest("own");
  node.key = from.digest("key");
  node.deps = from.strings("deps");
  node.after = from.strings("after");
  node.commands = read_steps(from.array("commands"), problem);
  node.rollback = read_steps(from.array("rollback"), problem);
  node.probe = read_steps(from.array("probe"), problem);
  for (const Json& item : from.array("inputs")) {
    Members input(item, problem);
    node.inputs.push_back({input.string("path"), input.digest("sha256")});
  }
  for (const Json& item : from.array("outputs")) {
    Members output(item, problem);
    node.outputs.push_back({output.string("path"), output.boolean("mutable")});
  }
  node.spec = from.object("spec");
  if (tree->find("output_digest") != nullptr) node.output_digest = from.digest("output_digest");
  node.requires_privilege = from.boolean("requires_privilege");
  node.destructive = from.boolean("destructive");
  node.confirmation_required = from.boolean("confirmation_required");
  node.risk = read_risk(from);
  node.affected_resources = from.strings("affected_resources");
  node.status = from.string("status");
  Members display(from.object("display"), problem);
  node.display = {display.string("title"), display.string("explanation"), display.strings("steps")};
  node.metadata = from.object("metadata");
  if (problem.empty() && node_document(node) != document)
    problem = "the node holds members that this version does not know";
  if (!problem.empty())
    return fail(ErrorKind::Corrupt, fmt::format("node \"{}\": {}", node.id, problem));
  return node;
}

}  // namespace vmplan::plan
