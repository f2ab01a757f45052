// SPDX-License-Identifier: Apache-2.0
#include "tests/support/run_lab.h"

#include <stdexcept>

#include "compiler/change/departed.h"
#include "runtime/exec/leftovers.h"
#include "runtime/exec/recovery.h"
#include "runtime/state/schema.h"
#include "runtime/state/sqlite_store.h"

namespace vmplan::test {
namespace {

constexpr std::size_t kHeaderSize = 104;
constexpr std::size_t kBackingAt = 112;

void put_big_endian(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    bytes[at + i] = static_cast<char>((value >> (8 * (size - 1 - i))) & 0xFFU);
}

exec::Ids ids_of(const std::vector<state::UnfinishedNode>& nodes) {
  exec::Ids ids;
  for (const state::UnfinishedNode& node : nodes) ids.insert(node.node.id);
  return ids;
}

std::string after_dot_slash(const std::string& path) {
  return path.starts_with("./") ? path.substr(2) : path;
}

os::ProcessExit qemu_img_create(const std::vector<std::string>& argv, MemoryFileSystem& files) {
  std::string backing;
  for (std::size_t i = 0; i + 1 < argv.size(); ++i)
    if (argv[i] == "-b") backing = argv[i + 1];
  const std::int64_t size = Gibibytes{std::stoll(argv.back())}.bytes().value;
  files.put(after_dot_slash(argv[argv.size() - 2]), fake_qcow2(size, backing));
  return FakeProcessRunner::exit_with(0);
}

}  // namespace

std::string fake_qcow2(std::int64_t size, const std::string& backing) {
  std::string bytes(kBackingAt, '\0');
  bytes.replace(0, 4, "QFI\xfb");
  put_big_endian(bytes, 4, 3, 4);
  put_big_endian(bytes, 8, backing.empty() ? 0 : kBackingAt, 8);
  put_big_endian(bytes, 16, backing.size(), 4);
  put_big_endian(bytes, 24, static_cast<std::uint64_t>(size), 8);
  put_big_endian(bytes, 100, kHeaderSize, 4);  // what follows ends the list of extensions
  return bytes + backing;
}

std::vector<std::string> RecordingObserver::steps() const {
  std::vector<std::string> out;
  for (const exec::Event& event : events_)
    if (const auto* step = std::get_if<exec::StepStarted>(&event.what))
      out.push_back(fmt::format("{} {} {}", to_text(step->phase), step->node, step->step));
  return out;
}

std::vector<std::string> RecordingObserver::names() const {
  std::vector<std::string> out;
  for (const exec::Event& event : events_) out.emplace_back(to_json(event).string_or("event", ""));
  return out;
}

std::unique_ptr<state::StateStore> memory_store() {
  Result<db::Database> database = db::Database::open(":memory:", db::Database::Mode::ReadWrite);
  if (!database) throw std::runtime_error(database.error().text());
  if (Status made = state::migrate(*database); !made) throw std::runtime_error(made.error().text());
  return std::make_unique<state::SqliteStore>(std::move(*database));
}

RunLab::RunLab() : store(memory_store()) {
  files.put("images/base", kBaseBytes);
  find_net_device = [](const std::string&) -> Result<std::optional<os::NetDevice>> {
    return std::optional<os::NetDevice>();
  };
  may_configure_network = [] { return false; };
  processes.answer_with([this](const os::ProcessSpec& spec) { return answer(spec); });
}

Result<os::ProcessExit> RunLab::answer(const os::ProcessSpec& spec) {
  const std::vector<std::string>& argv = spec.argv;
  if (argv.at(0) == "qemu-img" && argv.at(1) == "create") return qemu_img_create(argv, files);
  if (argv.size() == 2 && argv.at(1) == "--version")
    return FakeProcessRunner::exit_with(
        0, "QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7+deb12u16)\n");
  return FakeProcessRunner::exit_with(127, "", "no such program in the fake world");
}

exec::LabHost RunLab::host(os::FileSystem* files_seen) {
  exec::LabHost host{
      files_seen == nullptr ? files : *files_seen, processes, machines, clock, cancel, "/lab"};
  host.find_program = [](const std::string& name) -> Result<std::string> {
    return "/usr/bin/" + name;
  };
  host.find_net_device = find_net_device;
  host.may_configure_network = may_configure_network;
  return host;
}

Result<exec::ExecResult> RunLab::apply(const plan::Plan& plan) {
  return apply(plan, *store, files);
}

Result<exec::ExecResult> RunLab::apply(const plan::Plan& plan, state::StateStore& seen_store,
                                       os::FileSystem& files_seen) {
  exec::LabHost world = host(&files_seen);
  if (auto recovered = exec::recover(seen_store, world); !recovered) return fail(recovered.error());
  Result<change::Applied> before = seen_store.applied();
  if (!before) return fail(before.error());
  const std::vector<state::UnfinishedNode> unfinished = seen_store.unfinished().value();
  exec::Ids planned;
  for (const plan::CommandPlan& node : plan.nodes) planned.insert(node.id);
  exec::count_half_started(*before, unfinished, planned);
  exec::Observed seen = exec::observe(*before, world);
  change::Difference difference = change::diff(*before, plan, seen.observations);
  const exec::Leftovers leftovers =
      exec::leftovers_of(unfinished, difference.set, ids_of(unfinished));
  if (Status settled = exec::settle(leftovers, seen_store, world); !settled)
    return fail(settled.error());
  exec::ExecOptions with = options;
  with.adopt = seen.to_adopt;
  return exec::execute(difference.set, with, seen_store, world, observer);
}

Result<exec::ExecResult> RunLab::destroy(bool remove_disks) {
  Result<change::Applied> before = store->applied();
  if (!before) return fail(before.error());
  const std::vector<state::UnfinishedNode> unfinished = store->unfinished().value();
  exec::count_half_started(*before, unfinished, {});
  exec::Ids ids;
  for (const auto& [id, node] : *before) ids.insert(id);
  change::ChangeSet set = change::destroy_set(*before, ids, remove_disks);
  const exec::Leftovers leftovers = exec::leftovers_of(unfinished, set, ids_of(unfinished));
  if (Status settled = exec::settle(leftovers, *store, host()); !settled)
    return fail(settled.error());
  exec::ExecOptions with = options;
  with.remove_disks = remove_disks;
  return exec::execute(set, with, *store, host(), observer);
}

change::AppliedNode RunLab::applied(const std::string& id) const {
  return store->applied().value().at(id);
}

bool RunLab::is_applied(const std::string& id) const {
  return store->applied().value().contains(id);
}

plan::Plan two_machines(const std::string& web_word) {
  plan::CommandPlan base = image_node("base", kBaseBytes);
  return plan_with({base, disk_node("db", 2, &base), disk_node("web", 1, &base), vm_node("db"),
                    vm_node("web", web_word, {"db"})});
}

}  // namespace vmplan::test
