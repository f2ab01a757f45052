// SPDX-License-Identifier: Apache-2.0
#include "compiler/plan/plan_file.h"

#include <fmt/format.h>

#include "compiler/base/base64.h"
#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"
#include "compiler/plan/canonical.h"
#include "compiler/plan/verify.h"

namespace vmplan::plan {
namespace {

constexpr std::string_view kNodesOpen = "\"nodes\":[\n";
constexpr std::string_view kDigestMember = ",\"digest\":\"";

void append_member(std::string& out, std::string_view name) {
  out += out.ends_with('{') ? "\"" : ",\"";
  out += name;
  out += "\":";
}

void append_header(std::string& out, const Plan& plan) {
  out += '{';
  append_member(out, "schema");
  append_json_string(out, kPlanSchema);
  append_member(out, "lab");
  append_json_string(out, plan.lab);
  append_member(out, "generator");
  append_json_string(out, plan.generator);
  append_member(out, "platform");
  append_canonical(out, plan.platform);
  append_member(out, "paths");
  append_canonical(out, json_object({{"allow", Json::strings(plan.paths_allow)}}));
  append_member(out, "profiles");
  JsonObject profiles;
  for (const auto& [name, profile] : plan.profiles)
    profiles.emplace(name, json_object({{"profile_hash", profile.profile_hash.text()},
                                        {"source", profile.source}}));
  append_canonical(out, Json(std::move(profiles)));
  append_member(out, "blobs");
  JsonObject blobs;
  for (const auto& [digest, bytes] : plan.blobs) blobs.emplace(digest, base64_encode(bytes));
  append_canonical(out, Json(std::move(blobs)));
  out += ',';
  out += kNodesOpen;
}

/// The digest at the end of the file must be that of the bytes before it.
Status check_digest(std::string_view file) {
  std::size_t at = file.rfind(kDigestMember);
  std::string_view rest =
      at == std::string_view::npos ? "" : file.substr(at + kDigestMember.size());
  std::optional<Digest> digest =
      rest.ends_with("\"}\n") ? Digest::parse(rest.substr(0, rest.size() - 3)) : std::nullopt;
  if (!digest)
    return fail(ErrorKind::Corrupt,
                "the file does not end in a digest: it is no plan file, or it was cut");
  if (*digest != sha256(file.substr(0, at)))
    return fail(ErrorKind::Corrupt,
                "the file's digest does not fit its bytes: it was edited or cut");
  return {};
}

/// The header line as a JSON object of its own. `line` is everything before the list of nodes.
Result<Json> parse_header(std::string_view line) {
  std::string header(line);
  if (!header.ends_with(',')) return fail(ErrorKind::Corrupt, "this is no plan file");
  header.back() = '}';
  return read_foreign_json(header);
}

Status read_header(const Json& header, Plan& plan) {
  auto bad = [](std::string_view member) {
    return fail(ErrorKind::Corrupt,
                fmt::format("the header's \"{}\" is missing or has another type", member));
  };
  if (header.string_or("schema", "") != kPlanSchema)
    return fail(ErrorKind::Corrupt,
                fmt::format("the file's schema is \"{}\"; this version reads {}",
                            header.string_or("schema", ""), kPlanSchema));
  plan.lab = header.string_or("lab", "");
  plan.generator = header.string_or("generator", "");
  const Json* platform = header.find("platform");
  if (platform == nullptr || !platform->is(Json::Kind::Object)) return bad("platform");
  plan.platform = *platform;
  const Json* paths = header.find("paths");
  const Json* allow = paths == nullptr ? nullptr : paths->find("allow");
  if (allow == nullptr || !allow->is(Json::Kind::Array)) return bad("paths");
  for (const Json& place : *allow->if_array()) {
    if (place.if_string() == nullptr) return bad("paths");
    plan.paths_allow.push_back(*place.if_string());
  }
  const Json* profiles = header.find("profiles");
  if (profiles == nullptr || !profiles->is(Json::Kind::Object)) return bad("profiles");
  for (const auto& [name, profile] : *profiles->if_object()) {
    std::optional<Digest> hash = Digest::parse(profile.string_or("profile_hash", ""));
    if (!hash) return bad("profiles");
    plan.profiles.emplace(name, ProfileRef{std::string(profile.string_or("source", "")), *hash});
  }
  const Json* blobs = header.find("blobs");
  if (blobs == nullptr || !blobs->is(Json::Kind::Object)) return bad("blobs");
  for (const auto& [digest, text] : *blobs->if_object()) {
    std::optional<std::string> bytes =
        base64_decode(text.if_string() == nullptr ? "=" : *text.if_string());
    if (!bytes) return bad("blobs");
    plan.blobs.emplace(digest, std::move(*bytes));
  }
  return {};
}

Status read_nodes(std::string_view lines, Plan& plan) {
  while (!lines.empty()) {
    std::size_t end = lines.find('\n');
    std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    if (line.ends_with(',')) line.remove_suffix(1);
    Result<CommandPlan> node = read_node(line);
    if (!node) return fail(std::move(node.error()));
    plan.nodes.push(std::move(*node));
  }
  return {};
}

}  // namespace

std::string write_plan(const Plan& plan) {
  std::string out;
  append_header(out, plan);
  bool first = true;
  for (const CommandPlan& node : plan.nodes) {
    if (!first) out += ",\n";
    first = false;
    append_node(out, node);
  }
  if (!first) out += '\n';
  out += "],\"plan_hash\":\"";
  out += plan_hash(plan).text();
  out += '"';
  Digest digest = sha256(out);
  out += kDigestMember;
  out += digest.text();
  out += "\"}\n";
  return out;
}

Result<Plan> read_plan(std::string_view file) {
  if (Status whole = check_digest(file); !whole) return fail(std::move(whole.error()));
  std::size_t open = file.find(kNodesOpen);
  if (open == std::string_view::npos)
    return fail(ErrorKind::Corrupt, "this is no plan file: it has no list of nodes");
  Result<Json> header = parse_header(file.substr(0, open));
  if (!header) return fail(std::move(header.error()));
  Plan plan;
  if (Status ok = read_header(*header, plan); !ok) return fail(std::move(ok.error()));
  std::size_t begin = open + kNodesOpen.size();
  std::size_t end = file.rfind("],\"plan_hash\":\"");
  if (end == std::string_view::npos || end < begin)
    return fail(ErrorKind::Corrupt, "the list of nodes has no end");
  if (Status ok = read_nodes(file.substr(begin, end - begin), plan); !ok)
    return fail(std::move(ok.error()));
  if (Status ok = verify(plan); !ok) return fail(std::move(ok.error()));
  if (write_plan(plan) != file)
    return fail(ErrorKind::Corrupt, "the file is not spelled as vmplan writes it");
  return plan;
}

}  // namespace vmplan::plan
