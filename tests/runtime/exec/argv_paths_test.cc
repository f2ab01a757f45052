// SPDX-License-Identifier: Apache-2.0
#include "runtime/exec/argv_paths.h"

#include <catch2/catch.hpp>

namespace vmplan::exec {
namespace {

using Argv = std::vector<std::string>;
using Paths = std::vector<NamedPath>;

TEST_CASE("argv paths: disks, logs, sockets, shares and the kernel of a QEMU", "[argv-paths]") {
  const Argv argv = {
      "/usr/bin/qemu-system-x86_64",
      "-blockdev",
      R"({"driver":"file","filename":"disks/a,b.qcow2","node-name":"f0","read-only":false})",
      "-blockdev",
      R"({"driver":"qcow2","file":{"driver":"file","filename":"./x:y.img"},"read-only":true})",
      "-drive",
      "if=pflash,format=raw,readonly=on,file=fw/code.fd",
      "-drive",
      "if=pflash,format=raw,file=fw/va,,rs.fd",
      "-chardev",
      "socket,id=serial0,path=run/serial.sock,server=on,wait=off,logfile=logs/a,,b=c.log",
      "-fsdev",
      "local,path=share,security_model=none,id=s",
      "-kernel",
      "images/vmlinuz",
      "-initrd",
      "images/initrd.img",
      "-append",
      "path=/etc/passwd logfile=/x",
      "-name",
      "path=no"};
  CHECK(paths_in(argv) == Paths{{"disks/a,b.qcow2", PathUse::Writes},
                                {"./x:y.img", PathUse::Reads},
                                {"fw/code.fd", PathUse::Reads},
                                {"fw/va,rs.fd", PathUse::Writes},
                                {"run/serial.sock", PathUse::Writes},
                                {"logs/a,b=c.log", PathUse::Writes},
                                {"share", PathUse::Reads},
                                {"images/vmlinuz", PathUse::Reads},
                                {"images/initrd.img", PathUse::Reads}});
}

TEST_CASE("argv paths: qemu-img names its file, and a base beside it", "[argv-paths]") {
  CHECK(paths_in({"qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", "../../s/base",
                  "./disks/web/x.vmplan-new", "1G"}) ==
        Paths{{"./disks/web/x.vmplan-new", PathUse::Writes},
              {"./disks/web/../../s/base", PathUse::Reads}});
  CHECK(paths_in({"qemu-img", "create", "-b", "/abs/base", "/abs/x"}) ==
        Paths{{"/abs/x", PathUse::Writes}, {"/abs/base", PathUse::Reads}});
  CHECK(paths_in({"qemu-img", "--version"}).empty());
}

TEST_CASE("argv paths: words that say nothing, and programs that nobody knows", "[argv-paths]") {
  CHECK(paths_in({}).empty());
  CHECK(paths_in({"qemu-system-x86_64"}).empty());
  CHECK(paths_in({"qemu-system-x86_64", "-kernel"}).empty());
  CHECK(paths_in({"qemu-system-x86_64", "-blockdev", "{broken"}).empty());
  CHECK(paths_in({"qemu-system-x86_64", "-chardev", "null,id=x"}).empty());
  CHECK(paths_in({"xorriso", "-kernel", "x"}).empty());
}

}  // namespace
}  // namespace vmplan::exec
