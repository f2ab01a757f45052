// SPDX-License-Identifier: Apache-2.0
// vmplan schema: the JSON Schema of a file that vmplan reads or of what it prints.
#include <fmt/format.h>

#include <map>

#include "cli/cmd.h"
#include "cli/schema_texts.h"
#include "compiler/base/json_pretty.h"
#include "compiler/base/json_read.h"
#include "compiler/base/text.h"
#include "compiler/model/schema.h"

namespace vmplan::cli {
namespace {

/// By name: the texts, as they are printed and stand in schemas/.
std::map<std::string, std::string, std::less<>> all_schemas() {
  std::map<std::string, std::string, std::less<>> all;
  for (const SchemaText& schema : schema_texts()) all.emplace(schema.name, schema.text);
  all.emplace("profile", pretty(model::profile_schema()));
  all.emplace("lab", pretty(model::lab_file_schema()));
  return all;
}

std::string title_of(const std::string& text) {
  Result<Json> schema = read_foreign_json(text);
  return schema ? std::string(schema->string_or("title", "")) : std::string();
}

int list_schemas(Context& context) {
  JsonArray list;
  for (const auto& [name, text] : all_schemas()) {
    std::string title = title_of(text);
    if (context.format == Format::Json) {
      list.push_back(json_object({{"name", name}, {"title", title}}));
    } else {
      context.terminal.out(fmt::format("{:<12} {}\n", name, title));
    }
  }
  if (context.format == Format::Json)
    context.terminal.json(json_object({{"schemas", std::move(list)}}));
  return kDone;
}

}  // namespace

int cmd_schema(Context& context) {
  const std::vector<std::string>& words = context.args.positionals();
  if (words.empty()) return list_schemas(context);
  if (words.size() > 1) {
    context.terminal.error("usage: vmplan schema [NAME]");
    return kError;
  }
  auto all = all_schemas();
  auto found = all.find(words.front());
  if (found != all.end()) {
    // A schema is JSON in either format.
    context.terminal.out(found->second);
    return kDone;
  }
  std::vector<std::string_view> names;
  for (const auto& [name, text] : all) names.push_back(name);
  std::optional<std::string_view> near = nearest(words.front(), names);
  context.terminal.error(
      fmt::format("there is no schema `{}`; {}", printable(words.front()),
                  near ? fmt::format("did you mean `{}`?", *near) : "`vmplan schema` lists them"));
  return kError;
}

}  // namespace vmplan::cli
