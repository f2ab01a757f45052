// SPDX-License-Identifier: Apache-2.0
#include "compiler/change/json.h"

#include <array>

namespace vmplan::change {
namespace {

std::string_view to_text(Reason::Cause cause) {
  switch (cause) {
    case Reason::Cause::Own:
      return "own";
    case Reason::Cause::Upstream:
      return "upstream";
    case Reason::Cause::Drift:
      return "drift";
    case Reason::Cause::New:
      return "new";
    case Reason::Cause::Left:
      return "left";
    case Reason::Cause::Operator:
      return "operator";
  }
  return "own";
}

Json row_json(const Row& row) {
  JsonArray reasons;
  for (const Reason& reason : row.reasons)
    reasons.push_back(json_object({{"cause", to_text(reason.cause)}, {"text", reason.text}}));
  return json_object({{"action", change::to_text(row.action)},
                      {"attributes", attributes_json(row.attributes)},
                      {"id", row.id},
                      {"kept", row.kept},
                      {"note", row.note},
                      {"reasons", std::move(reasons)},
                      {"risk", plan::to_text(row.risk)}});
}

}  // namespace

Json attributes_json(const std::vector<AttributeChange>& changes) {
  JsonArray list;
  for (const AttributeChange& change : changes) {
    Json item = json_object({{"path", change.path}});
    if (change.before) item["before"] = *change.before;
    if (change.after) item["after"] = *change.after;
    if (change.sensitive) item["sensitive"] = true;
    list.push_back(std::move(item));
  }
  return Json(std::move(list));
}

Json to_json(const Difference& difference) {
  const ChangeSet& set = difference.set;
  static constexpr std::array<Action, 9> kActions = {
      Action::None,    Action::Record, Action::Hold,    Action::Create, Action::Update,
      Action::Restart, Action::Rerun,  Action::Replace, Action::Destroy};
  JsonArray rows;
  for (const Row& row : set.rows)
    if (row.action != Action::None || row.kept || !row.note.empty()) rows.push_back(row_json(row));
  JsonArray refusals;
  for (const Refusal& refusal : difference.refusals)
    refusals.push_back(
        json_object({{"help", refusal.help}, {"id", refusal.id}, {"text", refusal.text}}));
  Json summary;
  for (Action action : kActions)
    summary[to_text(action)] = static_cast<std::int64_t>(set.count(action));
  return json_object({{"lab", set.lab},
                      {"plan_hash", set.plan_hash.text()},
                      {"refusals", std::move(refusals)},
                      {"risk", plan::to_text(set.risk)},
                      {"rows", std::move(rows)},
                      {"summary", std::move(summary)}});
}

}  // namespace vmplan::change
