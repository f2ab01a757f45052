// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/resolved_profile.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "compiler/model/field_text.h"
#include "compiler/model/profile_fields.h"
#include "compiler/syntax/toml_writer.h"

namespace vmplan::model {
namespace {

void append_value(std::string& out, const std::string& text) { syntax::append_string(out, text); }
void append_value(std::string& out, std::int64_t number) { syntax::append_integer(out, number); }
void append_value(std::string& out, bool flag) { syntax::append_boolean(out, flag); }
void append_value(std::string& out, const SecretReference& secret) {
  syntax::append_secret(out, secret.reference, secret.version);
}
void append_value(std::string& out, const std::vector<ListItem>& items) {
  std::vector<std::string_view> texts;
  for (const ListItem& item : items) texts.push_back(item.text);
  syntax::append_strings(out, texts);
}

/// What a field without a value of its own came down to; empty: nothing.
struct Derived {
  const Vm& vm;

  std::string operator()(const VmSection&, std::string_view field) const {
    return field == "qemu_binary" ? vm.qemu_binary : "";
  }
  std::string operator()(const HardwareSection&, std::string_view field) const {
    if (field == "cpu") return vm.cpu;
    return field == "machine" ? vm.machine : "";
  }
  std::string operator()(const InterfaceSection& card, std::string_view field) const {
    if (field != "mac") return "";
    for (const Nic& nic : vm.nics)
      if (nic.name == *card.name && nic.kind != NicKind::None) return to_text(nic.mac);
    return "";
  }
  std::string operator()(const SerialSection&, std::string_view field) const {
    if (field == "device") return vm.serial.socket;
    return field == "logfile" ? vm.serial.log : "";
  }
  std::string operator()(const QmpSection&, std::string_view field) const {
    return field == "socket" ? vm.qmp.socket : "";
  }
  template <class Section>
  std::string operator()(const Section&, std::string_view) const {
    return "";
  }
};

class Resolver {
 public:
  Resolver(const Vm& vm, const Platform& platform, const SourceMap& sources)
      : derived_{vm}, platform_(platform), sources_(sources) {}

  template <class S>
  void add(const SectionTable<S>& table, const S& section) {
    if (table.is_consumed() || (table.info.by_presence && !section.present)) return;
    ResolvedSection out;
    out.header = section_header(table.info);
    for (const Field<S>& field : table.fields)
      if (auto resolved = resolve(field, section)) out.fields.push_back(std::move(*resolved));
    sections_.push_back(std::move(out));
  }

  std::vector<ResolvedSection> take() { return std::move(sections_); }

 private:
  template <class S>
  std::optional<ResolvedField> resolve(const Field<S>& field, const S& section) const {
    ResolvedField out;
    out.name = field.info.name;
    std::visit(
        [&](auto member) {
          if constexpr (!std::is_same_v<decltype(member), NotYet>) {
            const auto& written = section.*member;
            if (!written.has()) return;
            append_value(out.value, *written);
            out.origin = written.present ? place_of(written.span) : "default";
          }
        },
        field.member);
    if (!out.value.empty()) return out;
    std::string derived = derived_(section, field.info.name);
    if (derived.empty()) return std::nullopt;
    syntax::append_string(out.value, derived);
    out.origin = field.info.absent;
    if (!out.origin.starts_with("derived")) out.origin = "derived: " + out.origin;
    if (out.origin.find("platform") != std::string::npos)
      out.origin += fmt::format(" ({})", platform_.name);
    return out;
  }

  std::string place_of(Span span) const {
    Location place = sources_.locate(span);
    return fmt::format("{}:{}", place.path, place.line);
  }

  Derived derived_;
  const Platform& platform_;
  const SourceMap& sources_;
  std::vector<ResolvedSection> sections_;
};

}  // namespace

std::vector<ResolvedSection> resolved_profile(const ProfileFile& file, const Vm& vm,
                                              const Platform& platform, const SourceMap& sources) {
  Resolver resolver(vm, platform, sources);
  visit_sections(file.profile, [&](const auto& table, const auto& section) {
    if constexpr (requires { section.size(); }) {
      for (const auto& item : section) resolver.add(table, item);
    } else {
      resolver.add(table, section);
    }
  });
  return resolver.take();
}

}  // namespace vmplan::model
