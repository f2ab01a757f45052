#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Machines that boot from a disk, on architectures other than the host's: their firmware starts, and talks on the serial port."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import counters, lab_file, small, support

BANK = 64 << 20
MARK = b"far behind the last variable"


def firmware_lab(arch, text):
    """A machine without a guest that counts as started once its firmware has said the text."""
    profile = small("fw", more='\n[serial]\nenabled = true\nmode = "socket"\n')
    for old, new in (('arch = "x86_64"', f'arch = "{arch}"'),
                     ("[lifecycle]", f'[lifecycle]\nwait = "serial:{text}"\nboot_timeout_seconds = 600')):
        profile = profile.replace(old, new)
    return {"vmplan.toml": lab_file(), "profiles/fw.toml": profile}


class Firmware(support.TestCase):
    def test_uefi_of_aarch64_starts_and_its_variables_are_made_once_and_outlive_destroy(self):
        lab = self.lab(files=firmware_lab("aarch64", "UEFI Interactive Shell"))
        self.assertEqual(counters(lab.events("apply", "--yes")), {"created": 3})
        self.assertIn("UEFI firmware", lab.console("fw"))
        self.assertEqual(counters(lab.events("apply", "--yes")), {})
        lab.run("destroy", "--yes")
        variables = lab.path(".vmplan/firmware/fw.fd")
        kept = os.stat(variables)
        self.assertEqual(kept.st_size, BANK)
        with open(variables, "r+b") as file:
            self.assertTrue(any(file.read(4096)), "the firmware wrote its variables")
            file.seek(BANK // 2)
            file.write(MARK)

        # The same flash again: nothing is made, and nobody wrote where the firmware does not.
        lab.edit("profiles/fw.toml", "serial:UEFI Interactive Shell", "qmp")
        self.assertEqual(counters(lab.events("apply", "--yes")), {"created": 1, "recorded": 2})
        self.assertEqual(os.stat(variables).st_ino, kept.st_ino)
        with open(variables, "rb") as file:
            file.seek(BANK // 2)
            self.assertEqual(file.read(len(MARK)), MARK)

    def test_the_boot_loader_of_riscv64_starts(self):
        lab = self.lab(files=firmware_lab("riscv64", "U-Boot 20"))
        lab.run("apply", "--yes")
        self.assertRegex(lab.console("fw"), r"OpenSBI v[\s\S]*U-Boot 20")

    def test_the_firmware_of_ppc64le_starts(self):
        lab = self.lab(files=firmware_lab("ppc64le", "Press \\\"s\\\" to enter Open Firmware"))
        lab.run("apply", "--yes")
        self.assertRegex(lab.console("fw"), "SLOF[\\s\\S]*QEMU Starting")


if __name__ == "__main__":
    support.main()
