// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/tally.h"

#include <algorithm>

namespace vmplan::exec {
namespace {

using change::Action;

std::int64_t& counter_of(Action action, Counters& counters) {
  switch (action) {
    case Action::None:
      return counters.unchanged;
    case Action::Record:
      return counters.recorded;
    case Action::Hold:
      return counters.held;
    case Action::Create:
      return counters.created;
    case Action::Update:
      return counters.updated;
    case Action::Restart:
      return counters.restarted;
    case Action::Rerun:
      return counters.rerun;
    case Action::Replace:
      return counters.replaced;
    case Action::Destroy:
      return counters.destroyed;
  }
  return counters.unchanged;
}

}  // namespace

std::int64_t Tally::nodes_with_work() const {
  return static_cast<std::int64_t>(std::ranges::count_if(set_.rows, change::has_effect));
}

bool Tally::note(const WorkItem& item, Result<ItemRunner::Done> done, EventStream& events) {
  if (item.kind == WorkItem::Kind::Gate) return true;
  const change::Row& row = set_.rows[item.row];
  if (!done) {
    events.emit(NodeFailed{row.id, row.action, done.error().text()});
    failed(item.row, std::move(done).error());
    return false;
  }
  if (!item.is_last) return true;
  std::lock_guard lock(mutex_);
  if (ends_[item.row] == End::Open) ends_[item.row] = done->adopted ? End::Adopted : End::Done;
  return true;
}

void Tally::adopted(std::size_t row) {
  std::lock_guard lock(mutex_);
  ends_[row] = End::Adopted;
}

void Tally::failed(std::size_t row, Error error) {
  std::lock_guard lock(mutex_);
  ends_[row] = End::Failed;
  errors_.insert_or_assign(row, std::move(error));
}

void Tally::count(std::size_t row, Counters& counters) const {
  const Action action = set_.rows[row].action;
  switch (ends_[row]) {
    case End::Failed:
      ++counters.failed;
      break;
    case End::Adopted:
      ++counters.adopted;
      break;
    case End::Done:
      ++counter_of(action, counters);
      break;
    case End::Open:
      ++(has_effect(set_.rows[row]) ? counters.failed : counter_of(action, counters));
      break;
  }
}

ExecResult Tally::result(state::RunId run, const os::Cancel& cancel, EventStream& events) {
  std::lock_guard lock(mutex_);
  ExecResult out;
  out.run = run;
  bool changed = false;
  for (std::size_t i = 0; i < set_.rows.size(); ++i) {
    count(i, out.counters);
    changed = changed || ends_[i] == End::Done || ends_[i] == End::Adopted;
    if (ends_[i] == End::Open && has_effect(set_.rows[i]))
      events.emit(NodeSkipped{set_.rows[i].id, set_.rows[i].action});
  }
  for (auto& [row, error] : errors_) out.failures.push_back({set_.rows[row].id, std::move(error)});
  if (out.counters.failed > 0) {
    out.status = changed ? state::RunStatus::PartiallyFailed : state::RunStatus::Failed;
    if (cancel.level() != os::Cancel::Level::None) out.status = state::RunStatus::Cancelled;
  }
  events.emit(RunFinished{out.status, out.counters});
  return out;
}

}  // namespace vmplan::exec
