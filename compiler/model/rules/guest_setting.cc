// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/rules/guest_setting.h"

#include <fmt/format.h>

#include <map>

#include "compiler/base/text.h"

namespace vmplan::model::rules {
namespace {

void judge(std::string_view key, const std::string& text, Span span, GuestTextFault fault_of,
           std::string_view what, std::string_view help, Diagnostics& diagnostics) {
  std::optional<std::string> fault = fault_of(text);
  if (!fault) return;
  diagnostics.add({Code::BadGuestSetting,
                   fmt::format("`{}`: `{}` is no {}", key, printable(text), what),
                   std::move(*fault),
                   span,
                   {},
                   std::string(help)});
}

}  // namespace

void guest_setting(std::string_view key, const WrittenText& field, GuestTextFault fault_of,
                   std::string_view what, std::string_view help, Diagnostics& diagnostics) {
  if (field.has()) judge(key, *field, field.span, fault_of, what, help, diagnostics);
}

void guest_list(std::string_view key, const WrittenList& field, GuestTextFault fault_of,
                std::string_view what, std::string_view help, Diagnostics& diagnostics) {
  if (!field.has()) return;
  for (const ListItem& item : *field)
    judge(key, item.text, item.span, fault_of, what, help, diagnostics);
  no_repeats(key, field, diagnostics);
}

void no_repeats(std::string_view key, const WrittenList& field, Diagnostics& diagnostics) {
  if (!field.has()) return;
  std::map<std::string_view, Span> seen;
  for (const ListItem& item : *field) {
    auto [first, fresh] = seen.emplace(item.text, item.span);
    if (fresh) continue;
    diagnostics.add({Code::DuplicateItem,
                     fmt::format("an entry of `{}` stands there twice", key),
                     "this is the second one",
                     item.span,
                     {{"the first one is here", first->second}},
                     "keep one of them"});
  }
}

}  // namespace vmplan::model::rules
