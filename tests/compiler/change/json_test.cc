// SPDX-License-Identifier: Apache-2.0
// schemas/changeset.schema.json knows every word and every member that a change set can hold; that
// whole documents pass is tested with the real program.
#include "compiler/change/json.h"

#include <catch2/catch.hpp>

#include "tests/support/schema_file.h"

using namespace vmplan;
using namespace vmplan::test;

TEST_CASE("change set schema: the words of actions, causes and risks") {
  Json schema = schema_file("changeset");
  std::set<std::string> actions = all_words(&change::to_text);
  CHECK(words(at(schema, "$defs/action/enum")) == actions);
  CHECK(words(at(schema, "$defs/risk/enum")) == all_words<plan::Risk>(&plan::to_text));

  change::Row row;
  row.action = change::Action::Restart;
  for (int cause = 0; cause <= UINT8_MAX; ++cause)
    row.reasons.push_back({static_cast<change::Reason::Cause>(cause), "why"});
  change::Difference difference;
  difference.set.rows.push_back(row);
  Json document = change::to_json(difference);
  std::set<std::string> causes;
  for (const Json& reason : *at(document.find("rows")->if_array()->front(), "reasons").if_array())
    causes.insert(std::string(reason.string_or("cause", "")));
  CHECK(words(at(schema, "$defs/reason/properties/cause/enum")) == causes);
}

TEST_CASE("change set schema: the members of set, row and summary") {
  Json schema = schema_file("changeset");
  change::Difference difference;
  change::Row row;
  row.action = change::Action::Update;
  row.attributes.push_back({"cores", Json(1), Json(2), true});
  row.reasons.push_back({change::Reason::Cause::Own, "cores changed"});
  difference.set.rows.push_back(row);
  difference.refusals.push_back({"disk/a/root", "it would shrink", "set it back"});
  Json document = change::to_json(difference);
  CHECK(keys(at(schema, "properties")) == keys(document));
  CHECK(keys(at(schema, "$defs/refusal/properties")) ==
        keys(document.find("refusals")->if_array()->front()));
  CHECK(keys(at(schema, "properties/summary/properties")) == keys(at(document, "summary")));
  const Json& shown = document.find("rows")->if_array()->front();
  CHECK(keys(at(schema, "$defs/row/properties")) == keys(shown));
  CHECK(keys(at(schema, "$defs/attribute/properties")) ==
        keys(at(shown, "attributes").if_array()->front()));
  CHECK(keys(at(schema, "$defs/reason/properties")) ==
        keys(at(shown, "reasons").if_array()->front()));
}
