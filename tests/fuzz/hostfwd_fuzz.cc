// SPDX-License-Identifier: Apache-2.0
// Any text as a forwarded port: what is accepted is re-emitted in the one form, without a byte that
// QEMU would split at.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "compiler/model/hostfwd.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmplan::model;
  HostForwardReading reading =
      read_host_forward(std::string_view(reinterpret_cast<const char*>(data), size));
  if (reading.forward.has_value() == !reading.fault.empty()) std::abort();
  if (!reading.forward) return 0;
  std::string text = to_text(*reading.forward);
  if (text.find_first_not_of("tcpud:0123456789.-") != std::string::npos) std::abort();
  HostForwardReading again = read_host_forward(text);
  if (!again.forward || !(*again.forward == *reading.forward)) std::abort();
  return 0;
}
