// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/merge.h"

#include <algorithm>
#include <map>

namespace vmplan::syntax {
namespace {

/// The `name` of a table in a list; null when it has none.
const std::string* name_of(const Value& item) {
  if (item.kind != Value::Kind::Table) return nullptr;
  const Value* name = item.find("name");
  return name != nullptr && name->kind == Value::Kind::String ? &name->text : nullptr;
}

bool is_list_of_named_tables(const Value& value) {
  return value.kind == Value::Kind::Array && !value.items.empty() &&
         std::all_of(value.items.begin(), value.items.end(),
                     [](const Value& item) { return name_of(item) != nullptr; });
}

Value merged_tables(const Value& base, const Value& over) {
  Value out = over;
  out.members.clear();
  std::map<std::string_view, const Member*> later;
  for (const Member& member : over.members) later.emplace(member.key, &member);
  for (const Member& member : base.members) {
    auto found = later.find(member.key);
    if (found == later.end()) {
      out.members.push_back(member);
      continue;
    }
    const Member& top = *found->second;
    out.members.push_back({top.key, top.key_span, merged(member.value, top.value)});
    later.erase(found);
  }
  for (const Member& member : over.members)
    if (later.contains(member.key)) out.members.push_back(member);
  return out;
}

Value merged_lists(const Value& base, const Value& over) {
  Value out = over;
  out.items.clear();
  std::vector<bool> used(over.items.size());
  for (const Value& item : base.items) {
    const Value* top = nullptr;
    for (std::size_t i = 0; i < over.items.size(); ++i) {
      if (used[i] || *name_of(over.items[i]) != *name_of(item)) continue;
      used[i] = true;
      top = &over.items[i];
      break;
    }
    out.items.push_back(top == nullptr ? item : merged(item, *top));
  }
  for (std::size_t i = 0; i < over.items.size(); ++i)
    if (!used[i]) out.items.push_back(over.items[i]);
  return out;
}

}  // namespace

Value merged(const Value& base, const Value& over) {
  if (base.kind == Value::Kind::Table && over.kind == Value::Kind::Table)
    return merged_tables(base, over);
  if (is_list_of_named_tables(base) && is_list_of_named_tables(over))
    return merged_lists(base, over);
  return over;
}

}  // namespace vmplan::syntax
