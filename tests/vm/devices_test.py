#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Devices seen from inside a booted guest: what a profile says of them is so, and they are of use."""
import os
import select
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import BANNER, support

WRITABLE_SHARE = """
[[storage.disks]]
name = "out"
path = "out"
format = "host-path"
"""
ATTEMPTS = "append create mkdir link remove rename"


class Shares(support.TestCase):
    def test_a_read_only_share_is_read_only_inside_the_guest_and_what_it_writes_to_another_is_on_the_host(self):
        lab = self.lab("kernel-dev", guest="9p")
        lab.edit("profiles/dev.toml", "vmplan.share=src", "vmplan.share=src vmplan.share=out")
        lab.write("profiles/dev.toml", lab.read("profiles/dev.toml") + WRITABLE_SHARE)
        for share in ("src", "out"):
            for name in ("hello.txt", "may-be-removed", "may-be-renamed"):
                lab.write(f"{share}/{name}", f"{name} of {share}\n")
        before = support.snapshot(lab.path("src"))
        lab.run("apply", "--yes")
        # `remount` is the guest's own view, which the one that follows it shows to be worth nothing.
        lab.wait_for_console(f"share: src allows: read remount; refuses: {ATTEMPTS} create-again", "dev")
        lab.wait_for_console(f"share: out allows: read {ATTEMPTS} remount create-again; refuses:", "dev")
        self.assertEqual(support.differences(before, support.snapshot(lab.path("src"))), [])

        self.assertEqual(lab.read("out/from-guest"), "written by the guest\n")
        self.assertEqual(lab.read("out/was-renamed"), "may-be-renamed of out\n")
        self.assertFalse(lab.exists("out/may-be-removed"))
        # Owners, modes and kinds of files that a guest asks for mean nothing on the host.
        self.assertFalse(os.path.islink(lab.path("out/link-from-guest")))
        self.assertEqual(os.stat(lab.path("out/from-guest")).st_uid, os.getuid())


class Extras(support.TestCase):
    def test_balloon_and_random_numbers_are_of_use_to_the_guest(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "memory_mb = 256", "memory_mb = 256\nballoon = true\nrng = true")
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        lab.wait_for_console("rng: virtio_rng.0, 16 bytes")
        with lab.qmp() as monitor:
            self.assertEqual(monitor.execute("query-balloon"), {"actual": 256 << 20})
            monitor.execute("balloon", value=192 << 20)
            # The guest's driver is what hands the memory back.
            support.wait_until(lambda: monitor.execute("query-balloon")["actual"] == 192 << 20, "the guest gives memory back")


class Terminal(support.TestCase):
    def test_a_serial_pty_keeps_a_log_and_can_be_typed_into(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", 'mode = "socket"', 'mode = "pty"')
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        lab.wait_for_console("guest# ")
        with lab.qmp() as monitor:
            (filename,) = [entry["filename"] for entry in monitor.execute("query-chardev") if entry["label"] == "serial0"]
        terminal = os.open(filename.removeprefix("pty:"), os.O_RDWR | os.O_NOCTTY)
        try:
            # QEMU looks for a reader once a second, and drops what comes before it has seen one.
            def answered():
                os.write(terminal, b"echo $((6 * 7)) is it\n")
                return "\n42 is it" in lab.console("web").replace("\r", "")

            support.wait_until(answered, "the shell answers", interval=0.5)
            shown = b""
            while b"42 is it" not in shown:
                self.assertTrue(select.select([terminal], [], [], support.PATIENCE)[0], f"the terminal shows {shown}")
                shown += os.read(terminal, 1 << 16)
        finally:
            os.close(terminal)


if __name__ == "__main__":
    support.main()
