// SPDX-License-Identifier: Apache-2.0
// The front half of the compiler: texts of a lab -> typed files, one per machine.
#include <utility>

#include "compiler/compile.h"
#include "compiler/model/instance_findings.h"
#include "compiler/model/instances.h"
#include "compiler/model/templates.h"

namespace vmplan {
namespace {

/// One text on its way to the profiles of its machines.
struct Reading {
  model::ProfileFile file;
  Diagnostics found;
  /// While it waits for other files, and for its machines to be told apart.
  std::optional<syntax::Document> document;
  std::optional<model::Instances> instances;

  std::size_t machines() const { return instances ? instances->count : 1; }
};

/// Lays those that wait over what they build on, and reads them unless they are many.
void complete(Reading& reading, const model::Templates& templates,
              const model::DefaultsSection& defaults) {
  auto whole = model::whole_profile(*reading.document, templates, defaults, reading.found);
  if (whole) reading.instances = model::instances_of(*whole);
  if (reading.instances) {
    // What is wrong in the first is wrong in all of them, so that the others tell nothing.
    Diagnostics placeholders;
    (void)model::instance_of(*whole, *reading.instances, 0, placeholders);
    if (placeholders.has_errors()) reading.instances->count = 1;
  }
  if (!reading.instances)
    model::finish_profile(whole ? &*whole : nullptr, reading.file, reading.found);
  reading.document = reading.instances ? std::move(whole) : std::nullopt;
}

/// One machine of a text, and where the result goes.
struct Job {
  Reading* reading = nullptr;
  std::size_t machine = 0;
};

void finish(const Job& job, model::ProfileFile& file, Diagnostics& found) {
  Reading& reading = *job.reading;
  if (job.machine == 0) found = std::move(reading.found);
  if (!reading.instances) {
    file = std::move(reading.file);
    return;
  }
  file.source = reading.file.source;
  file.path = reading.file.path;
  file.scope = reading.file.scope;
  file.instance = job.machine;
  // What is wrong with a placeholder is wrong whatever the rest says.
  Diagnostics placeholders;
  const syntax::Document document =
      model::instance_of(*reading.document, *reading.instances, job.machine, placeholders);
  model::finish_profile(&document, file, found);
  if (placeholders.has_errors()) file.sound = false;
  found.append(std::move(placeholders));
}

}  // namespace

model::LabSources read_lab(const model::LabRequest& request, const FileReader& files,
                           const ForEach& for_each, SourceMap& sources, Diagnostics& diagnostics) {
  model::LabSources lab;
  // Which files there are, and their texts.
  model::LabTexts texts = model::load_texts(request, files, sources, lab.lab_file, diagnostics);
  const model::DefaultsSection defaults =
      lab.lab_file ? lab.lab_file->defaults : model::DefaultsSection();
  // Each profile by itself: located tree, typed sections, canonical TOML, profile_hash.
  std::vector<Reading> readings(texts.profiles.size());
  for_each(readings.size(), [&](std::size_t i) {
    Reading& reading = readings[i];
    reading.document = model::read_profile(sources, texts.profiles[i].source, defaults,
                                           reading.file, reading.found);
  });
  // Those that build on other files wait until these are there. From here on `sources` is frozen.
  std::vector<const syntax::Document*> documents;
  for (const Reading& reading : readings)
    if (reading.document) documents.push_back(&*reading.document);
  model::Templates templates =
      model::load_templates(documents, lab.lab_file, files, sources, diagnostics);
  for (const auto& [path, document] : templates) lab.templates.push_back(path);
  if (!documents.empty())
    for_each(readings.size(), [&](std::size_t i) {
      if (readings[i].document) complete(readings[i], templates, defaults);
    });
  // Those that stand for many machines become one profile for each.
  std::vector<Job> jobs;
  bool all_in_lab = true;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    readings[i].file.scope = texts.profiles[i].scope;
    if (texts.profiles[i].scope != model::Scope::Project) {
      all_in_lab = false;
      readings[i].file.path = std::move(texts.profiles[i].path);
    }
    for (std::size_t machine = 0; machine < readings[i].machines(); ++machine)
      jobs.push_back({&readings[i], machine});
  }
  lab.profiles.resize(jobs.size());
  std::vector<Diagnostics> found(jobs.size());
  for_each(jobs.size(), [&](std::size_t i) { finish(jobs[i], lab.profiles[i], found[i]); });
  if (!all_in_lab && lab.lab_file)
    model::drop_hidden(lab.profiles, found, *lab.lab_file, sources, diagnostics);
  model::InstanceFindings once;
  for (std::size_t i = 0; i < found.size(); ++i)
    once.add(lab.profiles[i].instance, std::move(found[i]), diagnostics);
  return lab;
}

}  // namespace vmplan
