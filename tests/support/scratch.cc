// SPDX-License-Identifier: Apache-2.0
#include "tests/support/scratch.h"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vmplan::test {

namespace fs = std::filesystem;

Scratch::Scratch(std::string_view name) {
  static std::atomic<int> counter{0};
  path_ = std::string(VMPLAN_TEST_SCRATCH) + "/" + std::string(name) + "-" +
          std::to_string(::getpid()) + "-" + std::to_string(++counter);
  fs::remove_all(path_);
  fs::create_directories(path_);
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Scratch::operator/(std::string_view relative) const {
  return path_ + "/" + std::string(relative);
}

void Scratch::write(std::string_view relative, std::string_view bytes) const {
  fs::path file = *this / relative;
  fs::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

std::string Scratch::read(std::string_view relative) const {
  std::ifstream in(*this / relative, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

bool Scratch::exists(std::string_view relative) const {
  return fs::exists(fs::symlink_status(*this / relative));
}

void Scratch::make_directory(std::string_view relative) const {
  fs::create_directories(*this / relative);
}

void Scratch::make_symlink(std::string_view relative, std::string_view target) const {
  fs::create_symlink(std::string(target), *this / relative);
}

}  // namespace vmplan::test
