// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tree_labs.h"

#include <filesystem>
#include <set>

#include "tests/support/golden.h"
#include "tests/support/memory_file_reader.h"
#include "tests/support/serial.h"

namespace vmplan::test {
namespace {

namespace fs = std::filesystem;

LabText read_lab_text(const fs::path& root) {
  LabText lab;
  lab.name = fs::relative(root, in_tree("")).generic_string();
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.is_regular_file() && entry.path().extension() == ".toml")
      lab.files[fs::relative(entry.path(), root).generic_string()] = slurp(entry.path());
  lab.request.single_file = lab.files.size() == 1 && !lab.files.contains("vmplan.toml") &&
                            lab.files.begin()->first.find('/') == std::string::npos;
  if (lab.request.single_file) lab.request.path = lab.files.begin()->first;
  return lab;
}

}  // namespace

const std::vector<LabText>& tree_labs() {
  static const std::vector<LabText> kLabs = [] {
    std::set<fs::path> roots;
    for (const auto& entry : fs::directory_iterator(in_tree("examples")))
      if (entry.is_directory()) roots.insert(entry.path());
    for (const auto& kind : fs::directory_iterator(in_tree("tests/golden")))
      for (const auto& entry : fs::directory_iterator(kind.path()))
        if (fs::is_directory(entry.path() / "lab")) roots.insert(entry.path() / "lab");
    std::vector<LabText> labs;
    for (const fs::path& root : roots)
      if (LabText lab = read_lab_text(root); !lab.files.empty()) labs.push_back(std::move(lab));
    return labs;
  }();
  return kLabs;
}

TreeRun compile_tree_lab(const LabText& lab) {
  MemoryFileReader files;
  for (const auto& [path, text] : lab.files) files.add(path, text);
  for (const char* image : {"images/base.qcow2", "images/initrd.img", "images/vmlinuz"})
    files.add(image, image);
  TreeRun run;
  run.read = read_lab(lab.request, files, for_each_serial, run.sources, run.diagnostics);
  run.compiled =
      compile(lab.request, run.read, files, for_each_serial, run.sources, run.diagnostics);
  return run;
}

}  // namespace vmplan::test
