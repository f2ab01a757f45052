// SPDX-License-Identifier: Apache-2.0
// Where machine types end, to the number: what is just possible, and what is just not.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "tests/support/model_lab.h"

using namespace vmplan;
using namespace vmplan::test;

namespace {

ModelRun run_machine(const std::string& arch, const std::string& hardware,
                     const std::string& acceleration = "tcg") {
  return run_model({{"profiles/web.toml", fmt::format("schema_version = 1\n"
                                                      "[vm]\n"
                                                      "name = \"web\"\n"
                                                      "[[storage.disks]]\n"
                                                      "name = \"root\"\n"
                                                      "path = \"root.qcow2\"\n"
                                                      "format = \"qcow2\"\n"
                                                      "size_gb = 1\n"
                                                      "boot = true\n"
                                                      "[hardware]\n"
                                                      "arch = \"{}\"\n"
                                                      "acceleration = \"{}\"\n"
                                                      "{}",
                                                      arch, acceleration, hardware)}});
}

std::string shape(int sockets, int cores, int threads) {
  return fmt::format("memory_mb = 512\nsockets = {}\ncores = {}\nthreads = {}\n", sockets, cores,
                     threads);
}

std::string nodes(int count) {
  std::string out = fmt::format("cores = {0}\nmemory_mb = {1}\n", count, count * 256);
  for (int i = 0; i < count; ++i) out += "[[hardware.numa]]\ncores = 1\nmemory_mb = 256\n";
  return out;
}

}  // namespace

TEST_CASE("x86_64 numbers processors up to 254, and wastes numbers on odd shapes") {
  for (const std::string& good :
       {shape(1, 255, 1), shape(64, 3, 1), shape(1, 127, 2), shape(3, 64, 1), shape(15, 8, 2)})
    CHECK_FALSE(run_machine("x86_64", good).diagnostics.has_errors());
  for (const std::string& bad :
       {shape(16, 5, 3), shape(5, 33, 1), shape(9, 17, 1), shape(1, 43, 5)})
    CHECK(run_machine("x86_64", bad).has(Code::OutOfRange));
  // Others number them one by one.
  CHECK_FALSE(run_machine("aarch64", shape(16, 5, 3)).diagnostics.has_errors());
}

TEST_CASE("threads are refused where they cannot be, and warned of where a guest cannot see them") {
  CHECK(run_machine("ppc64le", shape(1, 2, 2)).has(Code::OutOfRange));
  CHECK(run_machine("ppc64le", shape(1, 2, 2), "kvm").lab);
  CHECK(run_machine("ppc64le", shape(1, 2, 1)).lab);
  CHECK(run_machine("x86_64", shape(1, 2, 2)).has(Code::ThreadsHidden));
  CHECK(run_machine("x86_64", shape(1, 2, 2)).lab);
  CHECK(run_machine("x86_64", shape(1, 2, 2) + "cpu = \"max\"\n").has(Code::ThreadsHidden));
  for (const std::string& shown : {shape(1, 2, 2) + "cpu = \"Nehalem\"\n", shape(2, 2, 1)})
    CHECK_FALSE(run_machine("x86_64", shown).has(Code::ThreadsHidden));
  CHECK_FALSE(run_machine("x86_64", shape(1, 2, 2), "kvm").has(Code::ThreadsHidden));
  CHECK_FALSE(run_machine("aarch64", shape(1, 2, 2)).has(Code::ThreadsHidden));
}

TEST_CASE("ppc64le takes memory in blocks, in every node, and elsewhere an odd size is a warning") {
  CHECK(run_machine("ppc64le", "cores = 1\nmemory_mb = 1280\n").lab);
  ModelRun odd = run_machine("ppc64le", "cores = 1\nmemory_mb = 1000\n");
  CHECK(odd.has(Code::OutOfRange));
  CHECK_FALSE(odd.has(Code::MemoryGranularity));
  CHECK(run_machine("x86_64", "cores = 1\nmemory_mb = 1000\n").has(Code::MemoryGranularity));
  const std::string uneven =
      "cores = 2\nmemory_mb = 512\n[[hardware.numa]]\ncores = 1\nmemory_mb = 384\n"
      "[[hardware.numa]]\ncores = 1\nmemory_mb = 128\n";
  CHECK(run_machine("ppc64le", uneven).has(Code::OutOfRange));
  CHECK(run_machine("x86_64", uneven).lab);
}

TEST_CASE("NUMA nodes: 2 on riscv64, 128 elsewhere") {
  CHECK(run_machine("riscv64", nodes(2)).lab);
  CHECK(run_machine("riscv64", nodes(3)).has(Code::OutOfRange));
  for (const char* arch : {"x86_64", "aarch64", "ppc64le"}) {
    CHECK(run_machine(arch, nodes(128)).lab);
    CHECK(run_machine(arch, nodes(129)).has(Code::OutOfRange));
  }
}
