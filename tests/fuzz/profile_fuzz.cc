// SPDX-License-Identifier: Apache-2.0
// Any bytes as a profile: never a crash; a sound profile's canonical TOML is a fixed point.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "compiler/base/diagnostic_render.h"
#include "compiler/model/model.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmplan;
  SourceMap sources;
  SourceId id = sources.add("web.toml", std::string(reinterpret_cast<const char*>(data), size));
  Diagnostics diagnostics;
  model::ProfileFile profile = model::read_profile(sources, id, diagnostics);
  diagnostics.sort(sources);
  (void)render(diagnostics, sources);
  if (profile.sound == diagnostics.has_errors()) std::abort();
  if (!profile.sound) return 0;
  SourceMap again;
  Diagnostics none;
  model::ProfileFile second =
      model::read_profile(again, again.add("web.toml", profile.canonical), none);
  if (!none.empty() || second.canonical != profile.canonical) std::abort();
  return 0;
}
