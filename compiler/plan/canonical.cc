// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/canonical.h"

#include "compiler/base/json_writer.h"
#include "compiler/plan/plan.h"

namespace vmplan::plan {
namespace {

std::string_view to_text(StepMode mode) { return mode == StepMode::Daemon ? "daemon" : "run"; }

void write_ready(JsonWriter& out, const Ready& ready) {
  out.begin_object();
  switch (ready.kind) {
    case Ready::Kind::None:
      break;
    case Ready::Kind::Qmp:
      out.key("qmp").string(ready.path);
      break;
    case Ready::Kind::Socket:
      out.key("socket").string(ready.path);
      break;
    case Ready::Kind::Process:
      out.key("process").boolean(true);
      break;
  }
  out.end_object();
}

void write_secrets(JsonWriter& out, const std::vector<SecretUse>& secrets) {
  out.begin_array();
  for (const SecretUse& secret : secrets) {
    out.begin_object();
    out.key("name").string(secret.name);
    out.key("reference").string(secret.reference);
    out.key("version").string(secret.version);
    out.end_object();
  }
  out.end_array();
}

void write_step(JsonWriter& out, const Step& step) {
  out.begin_object();
  out.key("argv").strings(step.argv);
  out.key("argv_hash").string(step.argv_hash.text());
  out.key("cwd").string(step.cwd);
  out.key("destructive").boolean(step.destructive);
  out.key("env").begin_object();
  for (const auto& [name, value] : step.env) out.key(name).string(value);
  out.end_object();
  out.key("expected_exit_codes").begin_array();
  for (int code : step.expected_exit_codes) out.integer(code);
  out.end_array();
  out.key("idempotent").boolean(step.idempotent);
  out.key("mode").string(to_text(step.mode));
  write_ready(out.key("ready"), step.ready);
  out.key("requires_privilege").boolean(step.requires_privilege);
  write_secrets(out.key("secrets"), step.secrets);
  out.key("stdin").begin_object();
  if (step.stdin_blob) out.key("blob").string(step.stdin_blob->text());
  out.end_object();
  out.key("step_id").string(step.step_id);
  out.key("target").string(step.target);
  out.key("timeout_seconds").integer(step.timeout_seconds);
  out.end_object();
}

void write_steps(JsonWriter& out, const std::vector<Step>& steps) {
  out.begin_array();
  for (const Step& step : steps) write_step(out, step);
  out.end_array();
}

void write_inputs(JsonWriter& out, const std::vector<Input>& inputs) {
  out.begin_array();
  for (const Input& input : inputs) {
    out.begin_object();
    out.key("path").string(input.path);
    out.key("sha256").string(input.sha256.text());
    out.end_object();
  }
  out.end_array();
}

void write_outputs(JsonWriter& out, const std::vector<Output>& outputs) {
  out.begin_array();
  for (const Output& output : outputs) {
    out.begin_object();
    out.key("mutable").boolean(output.is_mutable);
    out.key("path").string(output.path);
    out.end_object();
  }
  out.end_array();
}

void write_display(JsonWriter& out, const Display& display) {
  out.begin_object();
  out.key("explanation").string(display.explanation);
  out.key("steps").strings(display.steps);
  out.key("title").string(display.title);
  out.end_object();
}

}  // namespace

std::string own_document(const CommandPlan& node) {
  std::string bytes;
  bytes.reserve(4096);
  JsonWriter out(bytes);
  out.begin_object();
  write_steps(out.key("commands"), node.commands);
  out.key("deps").strings(node.deps);
  out.key("destructive").boolean(node.destructive);
  out.key("format").string(kNodeFormat);
  out.key("id").string(node.id);
  write_inputs(out.key("inputs"), node.inputs);
  out.key("kind").string(node.kind);
  if (node.output_digest) out.key("output_digest").string(node.output_digest->text());
  write_outputs(out.key("outputs"), node.outputs);
  write_steps(out.key("probe"), node.probe);
  out.key("requires_privilege").boolean(node.requires_privilege);
  write_steps(out.key("rollback"), node.rollback);
  out.key("spec").value(node.spec);
  out.end_object();
  return bytes;
}

std::string key_document(const Digest& own, const std::vector<DepIdentity>& deps) {
  std::string bytes;
  JsonWriter out(bytes);
  out.begin_object();
  out.key("deps").begin_array();
  for (const auto& [id, identity] : deps) {
    out.begin_array();
    out.string(id).string(identity.text());
    out.end_array();
  }
  out.end_array();
  out.key("own").string(own.text());
  out.end_object();
  return bytes;
}

void append_node(std::string& bytes, const CommandPlan& node) {
  JsonWriter out(bytes);
  out.begin_object();
  out.key("affected_resources").strings(node.affected_resources);
  out.key("after").strings(node.after);
  out.key("category").string(plan::to_text(node.category));
  write_steps(out.key("commands"), node.commands);
  out.key("confirmation_required").boolean(node.confirmation_required);
  out.key("deps").strings(node.deps);
  out.key("destructive").boolean(node.destructive);
  write_display(out.key("display"), node.display);
  out.key("id").string(node.id);
  write_inputs(out.key("inputs"), node.inputs);
  out.key("key").string(node.key.text());
  out.key("kind").string(node.kind);
  out.key("metadata").value(node.metadata);
  if (node.output_digest) out.key("output_digest").string(node.output_digest->text());
  write_outputs(out.key("outputs"), node.outputs);
  out.key("own").string(node.own.text());
  write_steps(out.key("probe"), node.probe);
  out.key("requires_privilege").boolean(node.requires_privilege);
  out.key("risk").string(plan::to_text(node.risk));
  write_steps(out.key("rollback"), node.rollback);
  out.key("source").string(plan::to_text(node.source));
  out.key("spec").value(node.spec);
  out.key("status").string(node.status);
  out.end_object();
}

std::string node_document(const CommandPlan& node) {
  std::string bytes;
  append_node(bytes, node);
  return bytes;
}

}  // namespace vmplan::plan
