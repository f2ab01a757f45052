// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_lab.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/base/diagnostic_render.h"
#include "compiler/compile.h"
#include "tests/support/serial.h"

namespace vmplan::test {

std::string ModelRun::rendered() const { return render(diagnostics, sources, Colour::Off, 1000); }

bool ModelRun::has(Code code) const {
  return std::any_of(diagnostics.all().begin(), diagnostics.all().end(),
                     [&](const Diagnostic& finding) { return finding.code == code; });
}

ModelRun run_model(const FileReader& files, const model::LabRequest& request) {
  ModelRun run;
  run.files = read_lab(request, files, for_each_serial, run.sources, run.diagnostics);
  run.lab = model::resolve(request, run.files, files, run.diagnostics);
  run.diagnostics.sort(run.sources);
  return run;
}

ModelRun run_model(std::initializer_list<std::pair<std::string, std::string>> files,
                   const model::LabRequest& request) {
  MemoryFileReader reader;
  for (const auto& [path, text] : files) reader.add(path, text);
  return run_model(reader, request);
}

std::string sample_profile(const std::string& name, const std::string& extra) {
  return fmt::format(
      "schema_version = 1\n"
      "[vm]\n"
      "name = \"{0}\"\n"
      "[hardware]\n"
      "arch = \"x86_64\"\n"
      "cores = 2\n"
      "memory_mb = 512\n"
      "acceleration = \"tcg\"\n"
      "[[storage.disks]]\n"
      "name = \"root\"\n"
      "path = \"disks/{0}/root.qcow2\"\n"
      "format = \"qcow2\"\n"
      "size_gb = 1\n"
      "boot = true\n"
      "{1}",
      name, extra);
}

}  // namespace vmplan::test
