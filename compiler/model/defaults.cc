// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/defaults.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/model/decode.h"
#include "compiler/syntax/merge.h"

namespace vmplan::model {
namespace {

using syntax::Member;
using syntax::Value;

void not_a_default(const std::string& what, std::string_view why, Span span, std::string help,
                   Diagnostics& diagnostics) {
  diagnostics.add({Code::NotADefault,
                   fmt::format("{} cannot be a default", what),
                   std::string(why),
                   span,
                   {},
                   std::move(help)});
}

/// Keys of `[vm]` that tell one machine from another.
void drop_identity(Value& vm, Diagnostics& diagnostics) {
  auto is_identity = [&](const Member& field) {
    if (field.key != "name" && field.key != "extends") return false;
    not_a_default(fmt::format("`vm.{}`", field.key),
                  field.key == "name" ? "no two machines have one name"
                                      : "a profile names what it builds on itself",
                  field.key_span, fmt::format("write `{}` into the profiles", field.key),
                  diagnostics);
    return true;
  };
  std::erase_if(vm.members, is_identity);
}

}  // namespace

void decode_defaults(const syntax::Document& document, std::string_view path, DefaultsSection& out,
                     Diagnostics& diagnostics) {
  for (const Member& member : document.root.members) {
    if (member.key != kDefaults) continue;
    if (member.value.kind != Value::Kind::Table) {
      diagnostics.add({Code::WrongType,
                       "`defaults` must be a table",
                       fmt::format("expected a table, found {}", with_article(member.value.kind)),
                       member.key_span,
                       {},
                       "write the sections of a profile below it: `[defaults.hardware]`"});
      return;
    }
    out.present = true;
    out.span = member.key_span;
    out.table = member.value;
  }
  auto is_no_section = [&](const Member& member) {
    if (member.key == "instances") {
      not_a_default("`instances`", "how many machines there are is said by their profile",
                    member.key_span, "write `[instances]` into the profile", diagnostics);
      return true;
    }
    if (member.value.kind == Value::Kind::Table) return false;
    not_a_default(fmt::format("`{}`", member.key), "expected a section of a profile",
                  member.key_span, "write it below its section, such as `[defaults.hardware]`",
                  diagnostics);
    return true;
  };
  std::erase_if(out.table.members, is_no_section);
  for (Member& member : out.table.members)
    if (member.key == "vm") drop_identity(member.value, diagnostics);
  if (out.present) check_partial_profile({document.source, out.table}, path, diagnostics);
}

void lay_over(const DefaultsSection& defaults, syntax::Document& profile) {
  if (defaults.present) profile.root = syntax::merged(defaults.table, profile.root);
}

}  // namespace vmplan::model
