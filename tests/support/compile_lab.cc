// SPDX-License-Identifier: Apache-2.0
#include "tests/support/compile_lab.h"

#include <stdexcept>

#include "compiler/base/diagnostic_render.h"
#include "compiler/plan/verify.h"
#include "tests/support/memory_file_reader.h"
#include "tests/support/serial.h"

namespace vmplan::test {

Compiled compile_lab(const std::map<std::string, std::string>& files,
                     const model::LabRequest& request) {
  MemoryFileReader reader;
  for (const auto& [path, text] : files) reader.add(path, text);
  return compile_lab(reader, request);
}

Compiled compile_lab(const FileReader& files, const model::LabRequest& request) {
  SourceMap sources;
  Diagnostics diagnostics;
  model::LabSources read = read_lab(request, files, for_each_serial, sources, diagnostics);
  std::optional<Compiled> compiled =
      compile(request, read, files, for_each_serial, sources, diagnostics);
  if (!compiled) throw std::runtime_error(render(diagnostics, sources));
  if (Status sound = plan::verify(compiled->plan); !sound)
    throw std::runtime_error(sound.error().text());
  return std::move(*compiled);
}

}  // namespace vmplan::test
