// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/instances.h"

#include <set>

#include "compiler/model/limits.h"
#include "compiler/model/placeholders.h"

namespace vmplan::model {
namespace {

using syntax::Document;
using syntax::Member;
using syntax::Value;

constexpr std::string_view kSection = "instances";
constexpr const char* kPlaceholders =
    "use `{index}`, `{index:03}`, `{index+8000}` or `{each}`, and write `{{` for a brace";

class Replacer {
 public:
  Replacer(PlaceholderValues values, Diagnostics& diagnostics)
      : values_(values), diagnostics_(diagnostics) {}

  /// In every text below `value`.
  void replace(Value& value) {
    for (Value& item : value.items) replace(item);
    for (Member& member : value.members) replace(member.value);
    // Most texts hold no brace.
    if (value.kind != Value::Kind::String || value.text.find('{') == std::string::npos) return;
    Replaced replaced = replace_placeholders(value.text, values_);
    if (!replaced.fault.empty()) {
      diagnostics_.add({Code::BadPlaceholder,
                        "this text holds no sound placeholder",
                        std::move(replaced.fault),
                        value.span,
                        {},
                        kPlaceholders});
      value.reported = true;
      return;
    }
    value.text = std::move(replaced.text);
    value.number_text = replaced.number.has_value();
    if (replaced.number) value.integer = *replaced.number;
  }

  bool has_placeholder(const std::string& text) const {
    Replaced replaced = replace_placeholders(text, values_);
    return replaced.count > 0 || !replaced.fault.empty();
  }

 private:
  PlaceholderValues values_;
  Diagnostics& diagnostics_;
};

const Value* name_of(const Document& profile) {
  const Value* vm = profile.root.find("vm");
  const Value* name = vm == nullptr ? nullptr : vm->find("name");
  return name != nullptr && name->kind == Value::Kind::String ? name : nullptr;
}

/// One machine for each text; one alone where anything is wrong with them.
Instances named_by(const Value& each, bool is_counted_too) {
  Instances out;
  std::set<std::string_view> texts;
  for (const Value& item : each.items) {
    if (item.kind == Value::Kind::String && texts.insert(item.text).second)
      out.each.push_back(item.text);
  }
  bool sound = !is_counted_too && each.kind == Value::Kind::Array && !out.each.empty() &&
               out.each.size() == each.items.size() && out.each.size() <= kMostInstances;
  if (!sound) out.each = {"each"};
  out.count = out.each.size();
  return out;
}

}  // namespace

std::optional<Instances> instances_of(const Document& profile) {
  const Value* section = profile.root.find(kSection);
  if (section == nullptr || section->kind != Value::Kind::Table) return std::nullopt;
  const Value* count = section->find("count");
  const Value* each = section->find("for_each");
  if (each != nullptr) return named_by(*each, count != nullptr);
  Instances out;
  if (count != nullptr && count->kind == Value::Kind::Integer && count->integer >= 1 &&
      count->integer <= kMostInstances)
    out.count = static_cast<std::size_t>(count->integer);
  return out;
}

Document instance_of(const Document& profile, const Instances& instances, std::size_t index,
                     Diagnostics& diagnostics) {
  PlaceholderValues values{static_cast<std::int64_t>(index),
                           instances.each.empty() ? nullptr : &instances.each[index]};
  Replacer replacer(values, diagnostics);
  if (const Value* name = name_of(profile);
      name != nullptr && !replacer.has_placeholder(name->text))
    diagnostics.add({Code::BadInstances,
                     "all machines of this profile have one name",
                     "the name holds no placeholder",
                     name->span,
                     {},
                     instances.each.empty() ? "write a name such as `web-{index:03}`"
                                            : "write a name such as `web-{each}`"});
  Document out = profile;
  for (Member& member : out.root.members)
    if (member.key != kSection) replacer.replace(member.value);
  return out;
}

}  // namespace vmplan::model
