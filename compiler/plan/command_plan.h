// SPDX-License-Identifier: Apache-2.0
// One node of the plan: the exact steps that make a thing, take it away again, and look whether it
// is there. Data only. Formats: canonical.h; digests: keys.h; what must hold: verify.h. Contract:
// docs/plan-format.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/digest.h"
#include "compiler/base/json.h"

namespace vmplan::plan {

/// Run: to exit. Daemon: started by the per-VM shim and left running once ready.
enum class StepMode : std::uint8_t { Run, Daemon };

/// When a daemon counts as started.
struct Ready {
  enum class Kind : std::uint8_t { None, Qmp, Socket, Process };
  Kind kind = Kind::None;
  /// Lab-relative socket for Qmp (greeting and capabilities) and Socket (it listens).
  std::string path;
  friend bool operator==(const Ready&, const Ready&) = default;
};

/// A secret that is resolved at the moment of use. The value is in no plan, hash, log or state.
struct SecretUse {
  /// Name under which the step receives it.
  std::string name;
  /// "env:NAME", "file:PATH" or "command:NAME".
  std::string reference;
  std::string version;
  friend bool operator==(const SecretUse&, const SecretUse&) = default;
};

struct Step {
  std::string step_id;
  StepMode mode = StepMode::Run;
  std::vector<std::string> argv;
  Digest argv_hash;
  /// Lab-relative working directory.
  std::string cwd = ".";
  /// Added to the closed environment of every child.
  std::map<std::string, std::string> env;
  /// Digest of a blob of the plan that is fed to standard input; nullopt: /dev/null.
  std::optional<Digest> stdin_blob;
  std::vector<SecretUse> secrets;
  std::string target = "local";
  /// Non-empty, each 0..255, in ascending order.
  std::vector<int> expected_exit_codes = {0};
  /// 0: no limit.
  std::int64_t timeout_seconds = 0;
  Ready ready;
  bool requires_privilege = false;
  /// Takes away something that cannot be had back.
  bool destructive = false;
  /// Running it again after it ran to the end changes nothing.
  bool idempotent = false;

  bool is_builtin() const { return argv.size() > 2 && argv[0] == "vmplan" && argv[1] == "step"; }
  friend bool operator==(const Step&, const Step&) = default;
};

/// A file that a step reads, checked right before it runs.
struct Input {
  std::string path;
  Digest sha256;
  friend bool operator==(const Input&, const Input&) = default;
};

struct Output {
  std::string path;
  /// The guest or a daemon writes to it: its bytes say nothing about the node.
  bool is_mutable = false;
  friend bool operator==(const Output&, const Output&) = default;
};

enum class Risk : std::uint8_t { Low, Medium, High, Critical };
std::string_view to_text(Risk risk);

/// What field a plan is in, for policies and records. A closed list that plans of other programs
/// share: most of it is none of vmplan's business.
enum class Category : std::uint8_t {
  General,
  System,
  File,
  Vm,
  Kubernetes,
  Openshift,
  Terraform,
  Ansible,
  Cloud,
  Cicd,
  Observability,
  Doctor,
};
std::string_view to_text(Category category);

/// Who wanted it. What is compiled from a profile is wanted by its user.
enum class Source : std::uint8_t { User, Doctor, AiAssistant, Service };
std::string_view to_text(Source source);

/// For people only: in no digest, influences nothing.
struct Display {
  std::string title;
  std::string explanation;
  std::vector<std::string> steps;
  friend bool operator==(const Display&, const Display&) = default;
};

/// What a node makes decides how its changes are judged.
enum class KindClass : std::uint8_t {
  Content,   ///< bytes named by their digest (image): a new version stands beside the old one
  Data,      ///< holds data of the user (disk): judged by `spec` alone, never remade by itself
  Process,   ///< runs (qemu.vm): other argv, env or input means restart
  Artefact,  ///< holds nothing but what its steps put there (seed): made anew when they change
  Link,      ///< a network device of the host (bridge, tap): holds nothing, and is gone after a
             ///< reboot; judged by `spec` alone, and made anew when it is lost
};
/// nullopt for a kind that this version does not know.
std::optional<KindClass> kind_class(std::string_view kind);
/// General for a kind that this version does not know.
Category category_of(std::string_view kind);

/// Marks an attribute of `spec` that is secret: the member says where the value is and which
/// version of it, and views only say that it changed.
inline constexpr std::string_view kSensitive = "sensitive";

struct CommandPlan {
  std::string id;
  std::string kind;
  /// That of the kind; in no digest.
  Category category = Category::General;
  /// In no digest.
  Source source = Source::User;
  Digest own;
  Digest key;
  /// Ids, sorted bytewise.
  std::vector<std::string> deps;
  /// Order-only; sorted bytewise; in no digest.
  std::vector<std::string> after;
  std::vector<Step> commands;
  std::vector<Step> rollback;
  std::vector<Step> probe;
  std::vector<Input> inputs;
  std::vector<Output> outputs;
  /// Typed attributes for attribute-level diffs. An object of the one member kSensitive stands for
  /// a value that is shown to nobody.
  Json spec;
  /// Digest of the single output where it is known beforehand.
  std::optional<Digest> output_digest;
  bool requires_privilege = false;
  bool destructive = false;
  bool confirmation_required = false;
  Risk risk = Risk::Low;
  std::vector<std::string> affected_resources;
  std::string status = "validated";
  Display display;
  Json metadata;

  friend bool operator==(const CommandPlan&, const CommandPlan&) = default;
};

/// What a dependant's key holds of this node.
inline const Digest& identity(const CommandPlan& node) {
  return node.output_digest ? *node.output_digest : node.key;
}

}  // namespace vmplan::plan
