// SPDX-License-Identifier: Apache-2.0
// Rules on what people use to reach, wait for and select machines, and on what they may not write.
#include <fmt/format.h>

#include <map>

#include "compiler/base/text.h"
#include "compiler/model/escape_sequence.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/readiness.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"
#include "compiler/model/secret_text.h"

namespace vmplan::model::rules {
namespace {

bool keeps_log(const SerialSection& serial) {
  return serial.enabled.has() && *serial.enabled && serial.mode.has() && *serial.mode != "none";
}

void secret_in(const WrittenText& field, std::string_view what, Code code, std::string_view detail,
               Diagnostics& diagnostics) {
  if (!field.present || !field.has()) return;
  std::optional<std::string> found = looks_secret(*field);
  if (!found) return;
  diagnostics.add({code,
                   fmt::format("{} looks like it holds a secret", what),
                   fmt::format("{}; {}", *found, detail),
                   field.span,
                   {},
                   "take it out, and change the secret if this file was shared"});
}

}  // namespace

void escape_sequence(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenText& field = vm.profile().console.escape_sequence;
  if (!field.has()) return;
  std::optional<std::string> fault = escape_fault(*field);
  if (!fault) return;
  diagnostics.add({Code::BadEscapeSequence,
                   fmt::format("`{}` cannot leave a console", *field),
                   *fault,
                   field.span,
                   {},
                   "write for example `ctrl+]` or `ctrl+a`"});
}

void readiness(const MachineScope& vm, Diagnostics& diagnostics) {
  const Profile& profile = vm.profile();
  const WrittenText& wait = profile.lifecycle.wait;
  if (!wait.has()) return;
  Readiness reading = read_readiness(*wait);
  if (!reading.fault.empty()) {
    diagnostics.add({reading.planned ? Code::NotBuiltYet : Code::BadWait,
                     reading.planned ? fmt::format("`wait = \"{}\"` is not built yet", *wait)
                                     : fmt::format("`{}` is nothing to wait for", *wait),
                     reading.fault,
                     wait.span,
                     {},
                     "write `qmp`, or `serial:` and a text that the guest writes once it is up"});
  } else if (!reading.text.empty() && !keeps_log(profile.serial)) {
    diagnostics.add(
        {Code::BadWait,
         fmt::format("machine {} waits for text on a serial port it does not have", vm.label),
         "no serial port keeps a log",
         wait.span,
         {},
         "add `[serial]` with `enabled = true` and `mode = \"socket\"`"});
  }
}

void template_path(const MachineScope& vm, Diagnostics& diagnostics) {
  // Not the frame's policy: the file is one that vmplan reads, and so reserved for others.
  PathPolicy policy{vm.frame->allow, {}, "", vm.frame->knows_allow};
  check_path(vm.profile().vm.extends, PathRole::Template, "what the profile builds on", policy,
             diagnostics);
}

void tags(const MachineScope& vm, Diagnostics& diagnostics) {
  const WrittenList& field = vm.profile().vm.tags;
  if (!field.has()) return;
  std::map<std::string_view, Span> seen;
  for (const ListItem& tag : *field) {
    if (auto fault = name_fault(tag.text)) {
      diagnostics.add({Code::BadName,
                       fmt::format("`{}` is no tag", tag.text),
                       *fault,
                       tag.span,
                       {},
                       "use letters, digits, `-` and `_`, a letter or digit first"});
      continue;
    }
    auto [first, fresh] = seen.emplace(tag.text, tag.span);
    if (fresh) continue;
    diagnostics.add({Code::DuplicateItem,
                     fmt::format("tag `{}` stands there twice", tag.text),
                     "this tag is taken",
                     tag.span,
                     {{"the first one is here", first->second}},
                     "keep one of them"});
  }
}

void secrets(const MachineScope& vm, Diagnostics& diagnostics) {
  const Profile& profile = vm.profile();
  secret_in(profile.vm.description, "the description", Code::LooksSecret,
            "profiles are committed and shown in reviews", diagnostics);
  secret_in(profile.kernel.append, "the kernel's command line", Code::SecretInArgv,
            "it is seen in the list of processes and in the guest", diagnostics);
}

}  // namespace vmplan::model::rules
