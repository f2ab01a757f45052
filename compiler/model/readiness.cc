// SPDX-License-Identifier: Apache-2.0
#include "compiler/model/readiness.h"

namespace vmplan::model {

Readiness read_readiness(std::string_view wait) {
  constexpr std::string_view kSerial = "serial:";
  if (wait == "qmp") return {};
  if (wait == "agent" || wait == "ssh") return {"", "comes in a later release", true};
  if (!wait.starts_with(kSerial)) return {"", "expected `qmp` or `serial:TEXT`", false};
  std::string_view text = wait.substr(kSerial.size());
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"'))
    text = text.substr(1, text.size() - 2);
  if (text.empty()) return {"", "no text to wait for", false};
  return {std::string(text), "", false};
}

}  // namespace vmplan::model
