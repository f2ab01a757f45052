// SPDX-License-Identifier: Apache-2.0
// Images are the same bytes whenever and wherever they are made, and xorriso reads them.
#include "runtime/os/iso_image.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "runtime/os/cancel.h"
#include "runtime/os/posix_process.h"
#include "tests/support/scratch.h"

namespace vmplan::os {
namespace {

using namespace std::chrono_literals;

const std::array<IsoFile, 3> kFiles = {
    {{"meta-data", "{}\n"}, {"user-data", "#cloud-config\n{}\n"}, {"network-config", ""}}};

TEST_CASE("iso: two images of the same files are the same bytes, at any time and place") {
  const Result<std::string> first = iso_image("cidata", kFiles);
  REQUIRE(first);
  std::this_thread::sleep_for(1100ms);  // dates in an image have seconds
  const char* zone = std::getenv("TZ");
  const std::string old = zone == nullptr ? "" : zone;
  ::setenv("TZ", "Asia/Tokyo", 1);
  ::tzset();
  const Result<std::string> second = iso_image("cidata", kFiles);
  zone == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", old.c_str(), 1);
  ::tzset();
  REQUIRE(second);
  CHECK(*first == *second);
  const std::array<IsoFile, 3> other = {
      {kFiles[0], {"user-data", "#cloud-config\n[]\n"}, kFiles[2]}};
  CHECK(*iso_image("cidata", other) != *first);
}

TEST_CASE("iso: an image names no program and no version") {
  const std::string image = *iso_image("cidata", kFiles);
  std::string lower = image;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* word : {"libisofs", "xorriso", "libburn", "linux"})
    CHECK(lower.find(word) == std::string::npos);
}

TEST_CASE("iso: the volume id is read back, and other bytes have none") {
  const std::string image = *iso_image("cidata", kFiles);
  CHECK(iso_volume_id(image) == "cidata");
  CHECK(iso_volume_id(image.substr(0, kIsoHeaderBytes)) == "cidata");
  CHECK(iso_volume_id(image.substr(0, 1000)).empty());
  CHECK(iso_volume_id(std::string(100'000, 'x')).empty());
  CHECK(iso_volume_id(*iso_image("other", kFiles)) == "other");
}

TEST_CASE("iso: xorriso finds the files, their bytes, modes and owners") {
  test::Scratch scratch("iso");
  const std::string path = scratch / "seed.iso";
  scratch.write("seed.iso", *iso_image("cidata", kFiles));
  ProcessSpec spec;
  spec.executable = "/usr/bin/xorriso";
  const std::string copy = scratch / "user-data";
  spec.argv = {"xorriso",  "-indev", path,       "-lsl",       "/", "--",
               "-osirrox", "on",     "-extract", "/user-data", copy};
  spec.env = {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C"}};
  spec.timeout = Millis{60'000};
  Cancel cancel;
  const LabRoot root = LabRoot::open(scratch.path(), {}).value();
  PosixProcessRunner processes{root};
  Result<ProcessExit> exit = processes.run(spec, cancel);
  REQUIRE(exit);
  INFO(exit->output << exit->error_tail);
  CHECK(exit->code == 0);
  for (const char* line :
       {"-r--r--r--    1 0        0               3 Jan  1  2000 'meta-data'",
        "-r--r--r--    1 0        0               0 Jan  1  2000 'network-config'",
        "-r--r--r--    1 0        0              17 Jan  1  2000 'user-data'"})
    CHECK(exit->output.find(line) != std::string::npos);
  CHECK(scratch.read("user-data") == "#cloud-config\n{}\n");
}

}  // namespace
}  // namespace vmplan::os
