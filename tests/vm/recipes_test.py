#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A machine whose kernel and initrd come out of Debian's packages by recipes. What recipes may do is in tests/e2e/recipes_test.py."""
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import support


class RecipesTest(support.TestCase):
    def test_a_kernel_and_an_initrd_that_recipes_made_boot(self):
        lab = self.lab("recipes")
        done = lab.run("apply", "--yes")
        self.assertIn("hello from a guest that vmplan made", lab.read("logs/hello/serial.log"))
        self.assertEqual(done.stdout.count("Done: "), 2)
        self.assertIn("Nothing to do", lab.run("apply", "--yes").stdout)
        lab.run("build", "--locked")
        # Whatever is on its way to a start looks at the bytes again.
        [kernel] = Path(lab.root).glob(".vmplan/store/*/vmlinuz")
        lab.run("destroy", "--yes")
        kernel.chmod(0o644)
        with open(kernel, "r+b") as file:
            file.write(b"X")
        failed = lab.run("apply", "--yes", check=1)
        self.assertIn("vmlinuz", failed.stderr)
        self.assertIn("sha256:", failed.stderr)


if __name__ == "__main__":
    support.main()
