// SPDX-License-Identifier: Apache-2.0
// Any bytes as TOML: what the reader takes is formatted, and formatting it again changes nothing;
// that it means the same is checked inside. Migrating it gives a text of the current version.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "compiler/model/key_order.h"
#include "compiler/model/migrate.h"
#include "compiler/syntax/format_toml.h"

namespace {

using namespace vmplan;

std::optional<std::string> formatted(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  return syntax::format_toml(sources, sources.add("web.toml", text), model::key_order(),
                             diagnostics);
}

std::optional<model::MigrationProposal> migrated(const std::string& text) {
  SourceMap sources;
  Diagnostics diagnostics;
  return model::propose_migration(sources, sources.add("web.toml", text), model::FileKind::Profile,
                                  diagnostics);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::optional<std::string> once = formatted(text);
  if (once && formatted(*once) != once) std::abort();
  if (const auto proposal = migrated(text)) {
    const auto again = migrated(proposal->text);
    if (!again || again->is_needed()) std::abort();
  }
  return 0;
}
