#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What is done stays done after a power cut: every change of a directory is followed by an fsync of that directory."""
import hashlib
import os
import re

import support

CHANGES = "mkdirat unlinkat renameat renameat2 linkat".split()
CALL = re.compile(r"^(?:\d+ +)?(?P<name>\w+)\((?P<args>.*)\) += 0$")
PLACE = re.compile(r"(\d+|AT_FDCWD)<(?P<path>[^>]*)>")


def forgotten(text):
    """Changes of directories that no later fsync of the directory follows."""
    open_changes = []
    for line in text.splitlines():
        call = CALL.match(line)
        if not call:
            continue
        places = [match["path"] for match in PLACE.finditer(call["args"])]
        if call["name"] == "fsync":
            open_changes = [(place, change) for place, change in open_changes if place not in places]
        else:
            open_changes += [(place, line) for place in places]
    return open_changes


class DurabilityTest(support.TestCase):
    def trace(self, lab, *words):
        file = support.scratch_path("trace")
        # Leak detection of a sanitised binary starts a tracer of its own and cannot work under another one.
        options = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
        support.run(["strace", "-f", "-qq", "-y", "-e", f"trace=fsync,{','.join(CHANGES)}", "-o", file, support.VMPLAN, *words],
                    cwd=lab.root, env=options)
        with open(file, encoding="utf-8") as opened:
            return opened.read()

    def expect_durable(self, lab, call, *words):
        text = self.trace(lab, *words)
        self.assertIn(f"{call}(", text)
        self.assertEqual(forgotten(text), [], " ".join(words))

    def test_control_a_forgotten_directory_is_found(self):
        text = ('mkdirat(5</lab>, "a", 0755) = 0\nfsync(5</lab>) = 0\nfsync(6</lab/a>) = 0\n'
                'unlinkat(6</lab/a>, "b", 0) = 0\nunlinkat(6</lab/a>, "c", 0) = -1 ENOENT (No such file or directory)\n')
        self.assertEqual([place for place, _ in forgotten(text)], ["/lab/a"])

    def test_every_step_that_changes_a_directory(self):
        digest = hashlib.sha256(b"image").hexdigest()
        lab = self.lab(files={"image": "image", "d/x.vmplan-new": "disk", "d/y": "y"})
        os.mkdir(lab.path("d/empty"))
        self.expect_durable(lab, "mkdirat", "step", "mkdir", "a/b/c", "0755")
        self.expect_durable(lab, "unlinkat", "step", "remove", "d/y")
        self.expect_durable(lab, "renameat2", "step", "publish", "d/x", "raw", "0", "-")
        self.expect_durable(lab, "renameat2", "step", "import", "image", "a/b/image", f"sha256:{digest}")

    def test_a_build(self):
        lab = self.lab("quickstart")
        self.expect_durable(lab, "mkdirat", "build")
        self.expect_durable(lab, "renameat", "build", "-o", "plan.json")


if __name__ == "__main__":
    support.main()
