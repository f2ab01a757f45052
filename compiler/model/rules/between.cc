// SPDX-License-Identifier: Apache-2.0
// Rules between machines on the order they start in and on what they take together.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "compiler/base/text.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

/// Machines as a graph: each waits for those that `depends_on` names.
class StartOrder {
 public:
  explicit StartOrder(const LabScope& lab) : machines_(lab.machines), marks_(lab.machines.size()) {
    for (std::size_t i = 0; i < machines_.size(); ++i)
      if (machines_[i].places) by_name_.emplace(*machines_[i].profile().vm.name, i);
  }

  void check(Diagnostics& diagnostics) {
    for (const MachineScope& vm : machines_) check_names(vm, diagnostics);
    for (std::size_t i = 0; i < machines_.size(); ++i)
      if (marks_[i] == Mark::New) walk(i, diagnostics);
  }

 private:
  enum class Mark : std::uint8_t { New, OnTheWay, Done };
  struct Visit {
    std::size_t machine;
    std::size_t next = 0;
  };

  static const std::vector<ListItem>& waits_for(const MachineScope& vm) {
    static const std::vector<ListItem> kNone;
    const WrittenList& field = vm.profile().vm.depends_on;
    return field.has() ? *field : kNone;
  }

  void check_names(const MachineScope& vm, Diagnostics& diagnostics) const {
    for (const ListItem& item : waits_for(vm)) {
      if (by_name_.contains(item.text)) continue;
      std::vector<std::string_view> names;
      for (const auto& [name, index] : by_name_) names.push_back(name);
      auto near = nearest(item.text, names);
      diagnostics.add(
          {Code::UnknownMachine,
           fmt::format("machine {} depends on `{}`, which is not in the lab", vm.label, item.text),
           "no such machine",
           item.span,
           {},
           near ? fmt::format("did you mean `{}`?", *near)
                : std::string("name a machine as its `[vm]` does")});
    }
  }

  /// Depth first, without recursion: a lab may be one long chain.
  void walk(std::size_t start, Diagnostics& diagnostics) {
    std::vector<Visit> way = {{start}};
    marks_[start] = Mark::OnTheWay;
    while (!way.empty()) {
      Visit& here = way.back();
      const auto& waits = waits_for(machines_[here.machine]);
      if (here.next == waits.size()) {
        marks_[here.machine] = Mark::Done;
        way.pop_back();
        continue;
      }
      const ListItem& item = waits[here.next++];
      auto found = by_name_.find(item.text);
      if (found == by_name_.end()) continue;
      if (marks_[found->second] == Mark::OnTheWay) report(way, found->second, item, diagnostics);
      if (marks_[found->second] != Mark::New) continue;
      marks_[found->second] = Mark::OnTheWay;
      way.push_back({found->second});
    }
  }

  void report(const std::vector<Visit>& way, std::size_t back_to, const ListItem& closing,
              Diagnostics& diagnostics) const {
    auto first = std::find_if(way.begin(), way.end(),
                              [&](const Visit& visit) { return visit.machine == back_to; });
    std::vector<Note> notes;
    for (auto step = first; step + 1 != way.end(); ++step) {
      const ListItem& item = waits_for(machines_[step->machine])[step->next - 1];
      notes.push_back(
          {fmt::format("{} waits for `{}`", machines_[step->machine].label, item.text), item.span});
    }
    diagnostics.add(
        {Code::DependsOnCircle,
         notes.empty() ? fmt::format("machine {} waits for itself", machines_[back_to].label)
                       : fmt::format("machines wait for each other: {} waits for `{}`",
                                     machines_[way.back().machine].label, closing.text),
         "this closes the circle", closing.span, std::move(notes), "remove one of the names"});
  }

  const std::vector<MachineScope>& machines_;
  std::vector<Mark> marks_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
};

void check_limit(std::string_view what, const WrittenInteger& limit, std::int64_t sum,
                 std::string_view unit, Diagnostics& diagnostics) {
  if (!limit.present || !limit.has() || sum <= *limit) return;
  diagnostics.add({Code::LimitExceeded,
                   fmt::format("the machines of the lab take more {} than its limit", what),
                   fmt::format("they take {}{}", sum, unit),
                   limit.span,
                   {},
                   fmt::format("take less, or write {} or more", sum)});
}

}  // namespace

void start_order(const LabScope& lab, Diagnostics& diagnostics) {
  StartOrder(lab).check(diagnostics);
}

void lab_limits(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  const LimitsSection& limits = lab.sources->lab_file->limits;
  std::int64_t cores = 0;
  std::int64_t memory = 0;
  std::int64_t disk = 0;
  for (const MachineScope& vm : lab.machines) {
    const HardwareSection& hardware = vm.profile().hardware;
    if (hardware.cores.has() && hardware.sockets.has() && hardware.threads.has())
      cores += *hardware.sockets * *hardware.cores * *hardware.threads;
    if (hardware.memory_mb.has()) memory += *hardware.memory_mb;
    for (const DiskSection& section : vm.profile().disks)
      if (section.size_gb.has()) disk += *section.size_gb;
  }
  check_limit("processors", limits.cores, cores, "", diagnostics);
  check_limit("memory", limits.memory_mb, memory, " MiB", diagnostics);
  check_limit("disk space", limits.disk_gb, disk, " GiB", diagnostics);
}

}  // namespace vmplan::model::rules
