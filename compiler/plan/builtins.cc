// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/builtins.h"

#include <algorithm>

namespace vmplan::plan {
namespace {

constexpr WordRole kText = WordRole::Text;
constexpr WordRole kPath = WordRole::Path;
constexpr WordRole kSource = WordRole::Source;

constexpr std::array kForms = {
    BuiltinForm{.name = "check",
                .grammar = "check PATH",
                .summary = "exits 0 when a regular file is there, 1 when not",
                .words = {kPath},
                .looks_only = true},
    BuiltinForm{.name = "fetch",
                .grammar = "fetch URL TO DIGEST [FROM]",
                .summary = "brings an image into the store, from FROM when it is there, else from "
                           "URL, and checks every byte",
                .words = {WordRole::Url, kPath, kText, kPath},
                .optional_words = 1,
                .risk = Risk::Medium},
    BuiltinForm{.name = "import",
                .grammar = "import FROM TO [DIGEST]",
                .summary = "copies an image into the store and checks every byte",
                .words = {kPath, kPath, kText},
                .optional_words = 1,
                .risk = Risk::Medium},
    BuiltinForm{.name = "link",
                .verb = "check",
                .grammar = "link check DEVICE MARK NODE_ID [BRIDGE]",
                .summary = "exits 0 when a network device is there and carries the mark (and is in "
                           "the bridge), 3 when none is there, 1 when it is somebody else's",
                .words = {kText, kText, WordRole::Node, kText},
                .optional_words = 1,
                .looks_only = true},
    BuiltinForm{.name = "link",
                .verb = "present",
                .grammar = "link present DEVICE",
                .summary = "exits 0 when a network device is there, whoever made it",
                .words = {kText},
                .looks_only = true},
    BuiltinForm{.name = "machine",
                .verb = "clean",
                .grammar = "machine clean RUN_DIR",
                .summary = "removes what a machine that does not run left behind",
                .words = {kPath}},
    BuiltinForm{.name = "machine",
                .verb = "powerdown",
                .grammar = "machine powerdown RUN_DIR",
                .summary = "asks the guest to power off",
                .words = {kPath}},
    BuiltinForm{.name = "machine",
                .verb = "quit",
                .grammar = "machine quit RUN_DIR",
                .summary = "asks QEMU to quit",
                .words = {kPath},
                .risk = Risk::Medium},
    BuiltinForm{.name = "machine",
                .verb = "running",
                .grammar = "machine running RUN_DIR [ARGV_HASH]",
                .summary = "exits 0 when the machine runs (with that command line), 1 when not",
                .words = {kPath, kText},
                .optional_words = 1,
                .looks_only = true},
    BuiltinForm{.name = "machine",
                .verb = "signal",
                .grammar = "machine signal RUN_DIR TERM|KILL",
                .summary = "signals exactly the recorded process",
                .words = {kPath, kText},
                .risk = Risk::Medium},
    BuiltinForm{.name = "machine",
                .verb = "wait",
                .grammar = "machine wait RUN_DIR SECONDS",
                .summary = "waits until the machine has stopped",
                .words = {kPath, kText}},
    BuiltinForm{.name = "mkdir",
                .grammar = "mkdir PATH MODE",
                .summary = "makes a directory and its parents",
                .words = {kPath, kText}},
    // Not repeatable: the first run takes the new file away.
    BuiltinForm{.name = "publish",
                .grammar = "publish PATH FORMAT SIZE_BYTES BACKING",
                .summary = "gives PATH.vmplan-new its name, or adopts the disk that is there and "
                           "fits; never replaces",
                .words = {kPath, kText, kText, WordRole::BasePath},
                .repeatable = false,
                .risk = Risk::Medium},
    BuiltinForm{.name = "remove",
                .grammar = "remove PATH",
                .summary = "removes a file; a missing one is fine",
                .words = {kPath},
                .destructive = true,
                .risk = Risk::Critical},
    BuiltinForm{.name = "seed",
                .verb = "remove",
                .grammar = "seed remove PATH",
                .summary = "removes a cloud-init seed, which a plan can write again",
                .words = {kPath}},
    BuiltinForm{.name = "seed",
                .verb = "write",
                .grammar = "seed write PATH META USER NETWORK",
                .summary = "writes a cloud-init seed over the one that is there; each file is "
                           "text:TEXT, file:PATH or -",
                .words = {kPath, kSource, kSource, kSource}},
    BuiltinForm{.name = "serial",
                .verb = "mark",
                .grammar = "serial mark RUN_DIR LOG",
                .summary = "notes how long a serial log is",
                .words = {kPath, kPath}},
    BuiltinForm{.name = "serial",
                .verb = "wait",
                .grammar = "serial wait RUN_DIR LOG SECONDS TEXT",
                .summary = "waits for a text that comes after the mark",
                .words = {kPath, kPath, kText, kText},
                .looks_only = true},
    BuiltinForm{.name = "verify",
                .grammar = "verify PATH DIGEST",
                .summary = "checks the SHA-256 of a file",
                .words = {kPath, kText},
                .looks_only = true},
    BuiltinForm{.name = "verify-chain",
                .grammar = "verify-chain NODE_ID [PATH FORMAT]",
                .summary = "checks the disk of an applied node and the base that it rests on",
                .words = {WordRole::Node, kPath, kText},
                .optional_words = 2,
                .looks_only = true},
    BuiltinForm{.name = "verify-directory",
                .grammar = "verify-directory PATH",
                .summary = "checks that a directory is there",
                .words = {kPath},
                .looks_only = true},
    BuiltinForm{.name = "verify-disk",
                .grammar = "verify-disk PATH FORMAT",
                .summary = "checks that a disk file is there and of this format",
                .words = {kPath, kText},
                .looks_only = true},
    BuiltinForm{.name = "workspace",
                .verb = "make",
                .grammar = "workspace make PATH",
                .summary = "makes an empty directory below `work/` of the state",
                .words = {kPath}},
    BuiltinForm{.name = "workspace",
                .verb = "remove",
                .grammar = "workspace remove PATH",
                .summary = "removes such a directory with all that is in it",
                .words = {kPath}},
};

}  // namespace

bool BuiltinForm::takes(std::size_t count) const {
  auto none = std::find(words.begin(), words.end(), WordRole::None);
  auto most = static_cast<std::size_t>(none - words.begin());
  return count == most || count == most - optional_words;
}

std::span<const BuiltinForm> builtin_forms() { return kForms; }

const BuiltinForm* find_builtin(std::span<const std::string> words) {
  if (words.empty()) return nullptr;
  for (const BuiltinForm& form : kForms) {
    if (form.name != words[0]) continue;
    if (form.verb.empty() || (words.size() > 1 && form.verb == words[1])) return &form;
  }
  return nullptr;
}

const BuiltinForm* builtin_of(const Step& step) {
  return step.is_builtin() ? find_builtin(std::span(step.argv).subspan(2)) : nullptr;
}

std::span<const std::string> arguments(const BuiltinForm& form,
                                       std::span<const std::string> words) {
  return words.subspan(form.verb.empty() ? 1 : 2);
}

std::string_view source_path(std::string_view word) {
  constexpr std::string_view kFile = "file:";
  return word.starts_with(kFile) ? word.substr(kFile.size()) : std::string_view();
}

std::optional<std::string_view> source_text(std::string_view word) {
  constexpr std::string_view kTextMark = "text:";
  if (!word.starts_with(kTextMark)) return std::nullopt;
  return word.substr(kTextMark.size());
}

}  // namespace vmplan::plan
