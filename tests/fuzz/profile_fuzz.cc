// SPDX-License-Identifier: Apache-2.0
// Any bytes as a profile: never a crash; a sound profile's canonical TOML is a fixed point.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "compiler/base/diagnostic_render.h"
#include "compiler/model/instances.h"
#include "compiler/model/model.h"

namespace {

/// The files it builds on are not there.
vmplan::model::ProfileFile read(const vmplan::SourceMap& sources, vmplan::SourceId id,
                                vmplan::Diagnostics& diagnostics) {
  vmplan::model::ProfileFile file;
  auto waiting = vmplan::model::read_profile(sources, id, {}, file, diagnostics);
  if (!waiting) return file;
  auto whole = vmplan::model::whole_profile(*waiting, {}, {}, diagnostics);
  std::size_t errors = diagnostics.error_count();
  if (auto instances = whole ? vmplan::model::instances_of(*whole) : std::nullopt)
    whole = vmplan::model::instance_of(*whole, *instances, instances->count - 1, diagnostics);
  bool sound = errors == diagnostics.error_count();
  vmplan::model::finish_profile(whole ? &*whole : nullptr, file, diagnostics);
  if (!sound) file.sound = false;
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmplan;
  SourceMap sources;
  SourceId id = sources.add("web.toml", std::string(reinterpret_cast<const char*>(data), size));
  Diagnostics diagnostics;
  model::ProfileFile profile = read(sources, id, diagnostics);
  diagnostics.sort(sources);
  (void)render(diagnostics, sources);
  if (profile.sound == diagnostics.has_errors()) std::abort();
  if (!profile.sound) return 0;
  SourceMap again;
  Diagnostics none;
  model::ProfileFile second = read(again, again.add("web.toml", profile.canonical), none);
  if (!none.empty() || second.canonical != profile.canonical) std::abort();
  return 0;
}
