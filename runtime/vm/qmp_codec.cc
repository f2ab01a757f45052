// SPDX-License-Identifier: Apache-2.0
#include "runtime/vm/qmp_codec.h"

#include "compiler/base/json_read.h"
#include "compiler/base/json_writer.h"

namespace vmplan::vm {
namespace {

Result<QmpMessage> corrupt(std::string message) {
  return fail(ErrorKind::Corrupt, std::move(message));
}

QmpGreeting greeting_of(const Json& body) {
  QmpGreeting greeting;
  const Json* version = body.find("version");
  if (version == nullptr) return greeting;
  greeting.package = version->string_or("package", "");
  if (const Json* qemu = version->find("qemu")) {
    greeting.major = static_cast<int>(qemu->int_or("major", 0));
    greeting.minor = static_cast<int>(qemu->int_or("minor", 0));
    greeting.micro = static_cast<int>(qemu->int_or("micro", 0));
  }
  return greeting;
}

QmpReply reply_of(const Json& message) {
  QmpReply reply;
  if (const Json* id = message.find("id"))
    if (const std::int64_t* number = id->if_int()) reply.id = *number;
  if (const Json* error = message.find("error")) {
    reply.outcome = QmpError{std::string(error->string_or("class", "")),
                             std::string(error->string_or("desc", ""))};
  } else {
    reply.outcome = *message.find("return");
  }
  return reply;
}

Result<QmpMessage> event_of(const Json& message) {
  const std::string_view name = message.string_or("event", "");
  if (name.empty()) return corrupt("a QMP event has no name");
  QmpEvent event;
  event.name = name;
  if (const Json* data = message.find("data"); data != nullptr && data->is(Json::Kind::Object))
    event.data = *data;
  if (const Json* time = message.find("timestamp")) {
    event.seconds = time->int_or("seconds", 0);
    event.microseconds = time->int_or("microseconds", 0);
  }
  return event;
}

}  // namespace

Result<QmpMessage> decode_qmp_line(std::string_view line) {
  Result<Json> message = read_foreign_json(line);
  if (!message) return fail(Error(message.error()).with("a QMP message cannot be read"));
  if (!message->is(Json::Kind::Object)) return corrupt("a QMP message is no object");
  if (const Json* greeting = message->find("QMP")) return greeting_of(*greeting);
  if (message->find("return") != nullptr || message->find("error") != nullptr)
    return reply_of(*message);
  if (message->find("event") != nullptr) return event_of(*message);
  return corrupt("a QMP message is neither greeting, reply nor event");
}

void QmpDecoder::feed(std::string_view bytes) {
  if (!broken_) buffer_.append(bytes);
}

Result<std::optional<QmpMessage>> QmpDecoder::next() {
  while (!broken_) {
    const std::size_t end = buffer_.find('\n', scanned_);
    const std::size_t length = end == std::string::npos ? buffer_.size() : end;
    if (length > kMaxQmpLine) {
      broken_ =
          Error{ErrorKind::Corrupt, fmt::format("a QMP line is longer than {} bytes", kMaxQmpLine)};
      break;
    }
    if (end == std::string::npos) {
      scanned_ = buffer_.size();
      return std::optional<QmpMessage>();
    }
    std::string line = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    scanned_ = 0;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    Result<QmpMessage> message = decode_qmp_line(line);
    if (message) return std::optional<QmpMessage>(std::move(*message));
    broken_ = message.error();
  }
  buffer_.clear();
  return fail(*broken_);
}

std::string encode_qmp_command(std::string_view name, const Json& arguments, std::int64_t id) {
  Json command = json_object({{"execute", name}, {"id", id}});
  if (const JsonObject* members = arguments.if_object(); members != nullptr && !members->empty())
    command["arguments"] = arguments;
  return canonical(command) + "\n";
}

}  // namespace vmplan::vm
