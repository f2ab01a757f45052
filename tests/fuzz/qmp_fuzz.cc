// SPDX-License-Identifier: Apache-2.0
// Any bytes from a monitor, in pieces of any size: never a crash, and pieces do not matter.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "runtime/vm/qmp_codec.h"

namespace {

/// How many messages come out, and whether the stream broke.
struct Outcome {
  std::size_t messages = 0;
  bool broken = false;
  bool operator==(const Outcome&) const = default;
};

Outcome drain(vmplan::vm::QmpDecoder& decoder, Outcome outcome) {
  while (!outcome.broken) {
    auto next = decoder.next();
    outcome.broken = !next.has_value();
    if (outcome.broken || !*next) break;
    ++outcome.messages;
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::size_t piece = data[0] % 16U + 1;
  vmplan::vm::QmpDecoder whole;
  whole.feed(bytes);
  Outcome at_once = drain(whole, {});
  vmplan::vm::QmpDecoder pieces;
  Outcome bit_by_bit;
  for (std::size_t at = 0; at < bytes.size() && !bit_by_bit.broken; at += piece) {
    pieces.feed(bytes.substr(at, piece));
    bit_by_bit = drain(pieces, bit_by_bit);
  }
  if (!(at_once == bit_by_bit)) std::abort();
  return 0;
}
