#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images that recipes make: made once, recorded in the lock file, the same wherever the lab is. No network: what they run is here."""
import hashlib
import os
import shutil
import signal
import subprocess
import time

import support

LAB = """\
schema_version = 1

[images.base]
format = "qcow2"
revision = "1"

[[recipe]]
image = "base"
run = ["cp", "recipe/motd", "{work}/disk.raw"]
inputs = ["recipe/motd"]

[[recipe]]
image = "base"
run = ["truncate", "--size=16M", "{work}/disk.raw"]

[[recipe]]
image = "base"
run = ["qemu-img", "convert", "-f", "raw", "-O", "qcow2", "{work}/disk.raw", "{out}"]
"""

RANDOM = """\
schema_version = 1

[images.base]
format = "raw"

[[recipe]]
image = "base"
run = ["cp", "/proc/sys/kernel/random/uuid", "{out}"]
"""

SLOW = """\
schema_version = 1

[images.base]
format = "raw"

[[recipe]]
image = "base"
run = ["mkdir", "{work}/once"]

[[recipe]]
image = "base"
run = ["python3", "recipe/slow.py", "{out}"]
inputs = ["recipe/slow.py"]
"""

SLOW_PROGRAM = """\
import os, sys, time
if not os.path.exists("fast"):
    time.sleep(600)
open(sys.argv[1], "w").write("made")
"""

PROFILE = """\
schema_version = 1

[vm]
name = "{name}"

[hardware]
arch = "x86_64"
cores = 1
memory_mb = 256
acceleration = "tcg"

[[storage.disks]]
name = "root"
path = "disks/{name}.qcow2"
format = "qcow2"
image = "base"
boot = true
"""


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class RecipesTest(support.TestCase):
    def recipe_lab(self, text=LAB, **files):
        return self.lab(files={"vmplan.toml": text, "profiles/web.toml": PROFILE.format(name="web"),
                               "recipe/motd": "welcome\n", **files})

    def stored(self, lab):
        [path] = [os.path.join(place, name) for place, _, names in os.walk(lab.path(".vmplan/store")) for name in names]
        return path

    def outputs(self, lab):
        return [line for line in lab.read("vmplan.lock").splitlines() if line.startswith("output ")]

    def test_made_once_and_recorded(self):
        lab = self.recipe_lab()
        lab.run("build")
        self.assertEqual(self.outputs(lab), [])
        done = lab.run("apply", "image/base", "--yes")
        self.assertIn("created image/base", done.stderr)
        [line] = self.outputs(lab)
        digest = sha256_of(self.stored(lab))
        self.assertRegex(line, rf"^output image/base/[0-9a-f]{{64}} sha256:{digest}$")
        self.assertFalse(os.path.exists(lab.path(".vmplan/work/base")))
        self.assertEqual(os.stat(self.stored(lab)).st_mode & 0o777, 0o444)
        self.assertIn("Nothing to do", lab.run("apply", "image/base", "--yes").stdout)
        lab.run("build", "--locked")

    def test_the_rest_is_based_on_what_was_made(self):
        lab = self.recipe_lab()
        lab.run("apply", "disk/web/root", "--yes")
        node = next(node for node in lab.plan()["nodes"] if node["id"] == "disk/web/root")
        self.assertEqual(node["spec"]["backing"]["sha256"], "sha256:" + sha256_of(self.stored(lab)))
        self.assertIn("Nothing to do", lab.run("apply", "disk/web/root", "--yes").stdout)
        lab.run("step", "verify-chain", "disk/web/root", "disks/web.qcow2", "qcow2")

    def test_the_same_bytes_in_another_directory(self):
        labs = [self.recipe_lab(), self.recipe_lab()]
        for lab in labs:
            lab.run("apply", "image/base", "--yes")
        with open(self.stored(labs[0]), "rb") as one, open(self.stored(labs[1]), "rb") as other:
            self.assertEqual(one.read(), other.read())
        self.assertEqual(labs[0].read("vmplan.lock"), labs[1].read("vmplan.lock"))

    def test_a_colleague_with_the_lock_file_gets_the_recorded_bytes_or_an_error(self):
        mine, theirs = self.recipe_lab(RANDOM), self.recipe_lab(RANDOM)
        mine.run("apply", "image/base", "--yes")
        shutil.copy(mine.path("vmplan.lock"), theirs.path("vmplan.lock"))
        failed = theirs.run("apply", "image/base", "--yes", check=1)
        self.assertIn("is not the image that the plan pins", failed.stderr)
        self.assertIn("sha256:" + sha256_of(self.stored(mine)), failed.stderr)
        self.assertEqual(theirs.read("vmplan.lock"), mine.read("vmplan.lock"))

    def test_another_recipe_is_another_image_and_disks_keep_theirs(self):
        lab = self.recipe_lab()
        lab.run("apply", "disk/web/root", "--yes")
        before = self.stored(lab)
        lab.write("recipe/motd", "welcome again\n")
        self.assertEqual(self.outputs(lab)[0].split()[2], "sha256:" + sha256_of(before))
        done = lab.run("apply", "disk/web/root", "--yes")
        self.assertIn("= hold     disk/web/root", done.stdout)
        self.assertIn("on top of another base image", done.stdout)
        self.assertTrue(os.path.exists(before))
        self.assertEqual(len(self.outputs(lab)), 1)
        lab.run("step", "verify-chain", "disk/web/root", "disks/web.qcow2", "qcow2")
        # What is new gets the new one.
        lab.write("profiles/db.toml", PROFILE.format(name="db"))
        lab.run("apply", "disk/db/root", "--yes")
        newest = next(node for node in lab.plan()["nodes"] if node["id"] == "image/base")["outputs"][0]["path"]
        self.assertNotEqual(lab.path(newest), before)
        self.assertIn(os.path.relpath(lab.path(newest), lab.path("disks")),
                      support.run(["qemu-img", "info", lab.path("disks/db.qcow2")]).stdout)

    def test_locked_does_not_run_what_is_not_recorded(self):
        lab = self.recipe_lab()
        lab.run("build")
        failed = lab.run("apply", "image/base", "--yes", "--locked", check=1)
        self.assertIn("--locked", failed.stderr)
        self.assertFalse(os.path.exists(lab.path(".vmplan/store")))

    def test_a_killed_recipe_begins_anew(self):
        lab = self.recipe_lab(SLOW, **{"recipe/slow.py": SLOW_PROGRAM})
        process = subprocess.Popen([support.VMPLAN, "apply", "image/base", "--yes"], cwd=lab.root,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   env=support.environment(None))
        deadline = time.monotonic() + support.PATIENCE
        while not os.path.exists(lab.path(".vmplan/work/base/once")):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        lab.write("fast", "")
        lab.run("apply", "image/base", "--yes")
        with open(self.stored(lab), encoding="utf-8") as file:
            self.assertEqual(file.read(), "made")
        self.assertFalse(os.path.exists(lab.path(".vmplan/work/base")))

    def test_what_is_said_when_a_program_fails(self):
        lab = self.recipe_lab(RANDOM.replace("/proc/sys/kernel/random/uuid", "nowhere"))
        failed = lab.run("apply", "image/base", "--yes", check=1)
        self.assertIn("step recipe-1", failed.stderr)
        self.assertIn("nowhere", failed.stderr)
        self.assertFalse(os.path.exists(lab.path(".vmplan/store/")) and os.listdir(lab.path(".vmplan/store/")) == ["base"])


if __name__ == "__main__":
    support.main()
