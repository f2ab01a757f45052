// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_lab.h"

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

ModelRun run_model_of_profile(const std::string& name, const FileReader& files,
                              model::LabRequest request) {
  ModelRun lab = run_model(files, request);
  Diagnostics about_the_name;
  auto found = model::find_profile(name, lab.files, request.scopes, about_the_name);
  if (found && found->scope != model::Scope::Project) {
    request.single_file = true;
    request.path = found->file;
    request.scope = found->scope;
    lab = run_model(files, request);
  } else if (!found) {
    lab = ModelRun();
  }
  lab.diagnostics.append(std::move(about_the_name));
  lab.diagnostics.sort(lab.sources);
  return lab;
}

ModelRun run_model(std::initializer_list<std::pair<std::string, std::string>> files,
                   const model::LabRequest& request) {
  MemoryFileReader reader;
  for (const auto& [path, text] : files) reader.add(path, text);
  return run_model(reader, request);
}

}  // namespace vmplan::test
