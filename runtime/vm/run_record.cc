// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/run_record.h"

#include <algorithm>
#include <array>

#include "compiler/base/json_writer.h"
#include "runtime/vm/json_scan.h"

namespace vmplan::vm {
namespace {

constexpr std::string_view kSchema = "vmplan.run/1";
constexpr std::array<std::string_view, 3> kStates = {"starting", "running", "exited"};
constexpr std::size_t kMaxRunRecord = 4096;

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
         c == '.' || c == '_' || c == '+' || c == '-';
}

std::string text_of(std::string_view object, std::string_view key) {
  std::optional<std::string_view> value = json_member(object, key);
  return std::string(value ? json_plain_string(*value).value_or("") : "");
}

std::optional<std::int64_t> integer_of(std::string_view object, std::string_view key) {
  std::optional<std::string_view> value = json_member(object, key);
  return value ? json_integer(*value) : std::nullopt;
}

bool words_only(const RunRecord& record) {
  for (const std::string* text : {&record.boot_id, &record.argv_hash, &record.started_at,
                                  &record.ended_at, &record.requested})
    if (!std::ranges::all_of(*text, is_word_byte)) return false;
  return !record.shutdown || std::ranges::all_of(record.shutdown->reason, is_word_byte);
}

}  // namespace

std::string as_word(std::string_view text) {
  constexpr std::size_t kMaxWord = 64;
  std::string word(text.substr(0, kMaxWord));
  std::ranges::replace_if(
      word, [](char c) { return !is_word_byte(c); }, '_');
  return word;
}

std::string encode(const RunRecord& record) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("argv_hash").string(record.argv_hash);
  json.key("boot_id").string(record.boot_id);
  json.key("ended_at").string(record.ended_at);
  if (record.exit_code) json.key("exit_code").integer(*record.exit_code);
  json.key("pid").integer(record.pid);
  json.key("requested").string(record.requested);
  json.key("schema").string(kSchema);
  json.key("shim_pid").integer(record.shim_pid);
  json.key("shim_start_ticks").integer(record.shim_start_ticks);
  if (record.shutdown) {
    json.key("shutdown").begin_object();
    json.key("guest").boolean(record.shutdown->guest);
    json.key("reason").string(record.shutdown->reason);
    json.end_object();
  }
  if (record.signal) json.key("signal").integer(*record.signal);
  json.key("start_ticks").integer(record.start_ticks);
  json.key("started_at").string(record.started_at);
  json.key("state").string(kStates[static_cast<std::size_t>(record.state)]);
  json.end_object();
  out += '\n';
  return out;
}

Result<RunRecord> decode_run_record(std::string_view bytes) {
  if (bytes.size() > kMaxRunRecord) return fail(ErrorKind::Corrupt, "run.json is too large");
  RunRecord record;
  record.argv_hash = text_of(bytes, "argv_hash");
  record.boot_id = text_of(bytes, "boot_id");
  record.started_at = text_of(bytes, "started_at");
  record.ended_at = text_of(bytes, "ended_at");
  record.requested = text_of(bytes, "requested");
  record.pid = integer_of(bytes, "pid").value_or(0);
  record.start_ticks = integer_of(bytes, "start_ticks").value_or(0);
  record.shim_pid = integer_of(bytes, "shim_pid").value_or(0);
  record.shim_start_ticks = integer_of(bytes, "shim_start_ticks").value_or(0);
  record.exit_code = integer_of(bytes, "exit_code");
  record.signal = integer_of(bytes, "signal");
  if (std::optional<std::string_view> shutdown = json_member(bytes, "shutdown")) {
    const std::string_view guest = json_member(*shutdown, "guest").value_or("");
    record.shutdown = Shutdown{json_boolean(guest).value_or(false), text_of(*shutdown, "reason")};
  }
  const auto state = std::ranges::find(kStates, text_of(bytes, "state"));
  if (state != kStates.end()) record.state = static_cast<RunState>(state - kStates.begin());
  // Whatever was lax above shows here: only the exact spelling of this very record is accepted.
  if (!words_only(record) || encode(record) != bytes)
    return fail(ErrorKind::Corrupt, fmt::format("run.json is not a {} document", kSchema));
  return record;
}

}  // namespace vmplan::vm
