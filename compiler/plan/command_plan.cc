// SPDX-License-Identifier: Apache-2.0
// The words of a node's enumerations, and the kinds of nodes that there are.
#include "compiler/plan/command_plan.h"

#include <algorithm>
#include <array>

namespace vmplan::plan {
namespace {

struct Kind {
  std::string_view word;
  KindClass changes;
  Category category;
};

constexpr std::array kKinds = {
    Kind{"bridge", KindClass::Link, Category::System},
    Kind{"disk", KindClass::Data, Category::File},
    Kind{"firmware", KindClass::Data, Category::File},
    Kind{"image", KindClass::Content, Category::File},
    Kind{"qemu.vm", KindClass::Process, Category::Vm},
    Kind{"seed", KindClass::Artefact, Category::File},
    Kind{"tap", KindClass::Link, Category::System},
};

const Kind* find_kind(std::string_view word) {
  const auto* found = std::find_if(kKinds.begin(), kKinds.end(),
                                   [&](const Kind& kind) { return kind.word == word; });
  return found == kKinds.end() ? nullptr : found;
}

}  // namespace

std::string_view to_text(Risk risk) {
  switch (risk) {
    case Risk::Low:
      return "low";
    case Risk::Medium:
      return "medium";
    case Risk::High:
      return "high";
    case Risk::Critical:
      return "critical";
  }
  return "critical";
}

std::string_view to_text(Category category) {
  switch (category) {
    case Category::General:
      return "general";
    case Category::System:
      return "system";
    case Category::File:
      return "file";
    case Category::Vm:
      return "vm";
    case Category::Kubernetes:
      return "kubernetes";
    case Category::Openshift:
      return "openshift";
    case Category::Terraform:
      return "terraform";
    case Category::Ansible:
      return "ansible";
    case Category::Cloud:
      return "cloud";
    case Category::Cicd:
      return "cicd";
    case Category::Observability:
      return "observability";
    case Category::Doctor:
      return "doctor";
  }
  return "";
}

std::string_view to_text(Source source) {
  switch (source) {
    case Source::User:
      return "user";
    case Source::Doctor:
      return "doctor";
    case Source::AiAssistant:
      return "ai-assistant";
    case Source::Service:
      return "service";
  }
  return "";
}

std::optional<KindClass> kind_class(std::string_view kind) {
  const Kind* found = find_kind(kind);
  if (found == nullptr) return std::nullopt;
  return found->changes;
}

Category category_of(std::string_view kind) {
  const Kind* found = find_kind(kind);
  return found == nullptr ? Category::General : found->category;
}

}  // namespace vmplan::plan
