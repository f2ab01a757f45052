#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`[cloud_init]`: machines get their seeds, an edit reaches one of them, and a password is nowhere but in its hash."""
import os
import subprocess
import sys

import yaml

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import actions, counters, lab_file, planned, qemus, small, support

CANARY = "canary-3f9c-of-the-tests"
SECRET = {"VMPLAN_TEST_PASSWORD": CANARY}
SEEDED = """
[cloud_init]
runcmd = ["echo hello"]

[[cloud_init.users]]
name = "admin"
password = { secret = "env:VMPLAN_TEST_PASSWORD", version = "1" }
"""


def files_of(lab, name):
    """{file: bytes} of a machine's seed, as another program reads it."""
    out = lab.path("extracted", name)
    os.makedirs(out, exist_ok=True)
    subprocess.run(["xorriso", "-indev", lab.path(f".vmplan/seed/{name}.iso"), "-osirrox", "on", "-extract", "/", out],
                   check=True, capture_output=True, env=support.environment())
    found = {}
    for file in sorted(os.listdir(out)):
        os.chmod(os.path.join(out, file), 0o600)
        with open(os.path.join(out, file), "rb") as opened:
            found[file] = opened.read()
        os.remove(os.path.join(out, file))
    os.rmdir(out)
    return found


def holders(lab, text):
    """Everything below the lab, and every command line of the system, that holds a text."""
    found = []
    for directory, _, names in os.walk(lab.root):
        for name in names:
            path = os.path.join(directory, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    if text.encode() in file.read():
                        found.append(path)
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if text.encode() in file.read():
                    found.append(f"/proc/{pid}/cmdline")
        except OSError:  # it has ended
            continue
    return found


class Seed(support.TestCase):
    def two(self):
        return self.lab(files={"vmplan.toml": lab_file("seeds"), "profiles/a.toml": small("a", more=SEEDED),
                               "profiles/b.toml": small("b", more=SEEDED)})

    def test_an_edit_of_the_seed_restarts_its_machine_only_and_a_second_apply_changes_nothing(self):
        lab = self.two()
        self.assertEqual(counters(lab.events("apply", "--yes", env=SECRET)), {"created": 6})
        before = qemus(lab)
        first = lab.read_bytes(".vmplan/seed/a.iso")
        self.assertEqual(os.stat(lab.path(".vmplan/seed/a.iso")).st_mode & 0o777, 0o600)
        again = lab.events("apply", "--yes")
        self.assertEqual([event["event"] for event in again], ["summary"])

        lab.edit("profiles/a.toml", "echo hello", "echo bye")
        self.assertEqual(actions(lab), {"seed/a": "replace", "vm/a": "restart"})
        lab.run("apply", "--yes", env=SECRET)
        after = qemus(lab)
        self.assertEqual(after["b"], before["b"])
        self.assertNotEqual(after["a"], before["a"])
        self.assertIn(b"echo bye", files_of(lab, "a")["user-data"])

        # Back again: the same bytes, so the same seed.
        lab.edit("profiles/a.toml", "echo bye", "echo hello")
        lab.run("apply", "--yes", env=SECRET)
        self.assertEqual(lab.read_bytes(".vmplan/seed/a.iso"), first)
        lab.run("destroy", "--yes")
        self.assertFalse(lab.exists(".vmplan/seed/a.iso"))

    def test_a_password_is_in_the_seed_as_its_hash_and_nowhere_else(self):
        lab = self.two()
        lab.run("build", env=SECRET)
        lab.run("apply", "--yes", env=SECRET)
        seed = files_of(lab, "a")
        self.assertEqual(sorted(seed), ["meta-data", "network-config", "user-data"])
        self.assertTrue(seed["user-data"].startswith(b"#cloud-config\n"))
        (user,) = yaml.safe_load(seed["user-data"])["users"]
        self.assertRegex(user.pop("hashed_passwd"), r"^\$6\$rounds=100000\$[0-9a-f]{16}\$[./0-9A-Za-z]{86}$")
        self.assertEqual(user, {"name": "admin", "lock_passwd": False})
        meta = yaml.safe_load(seed["meta-data"])
        self.assertEqual(meta["local-hostname"], "a")
        self.assertRegex(meta["instance-id"], "^iid-[0-9a-f]{32}$")
        self.assertEqual(yaml.safe_load(seed["network-config"]), {"version": 2, "ethernets": {}})
        self.assertEqual(holders(lab, CANARY), [])

        lab.edit("profiles/a.toml", 'version = "1"', 'version = "2"')
        shown = lab.run("apply", "--dry-run", env=SECRET).stdout
        self.assertIn("users.admin.password: (sensitive, changed)", shown)
        self.assertEqual(planned(lab)["seed/a"]["attributes"], [{"path": "users.admin.password", "sensitive": True}])
        lab.run("apply", "--yes", env={"VMPLAN_TEST_PASSWORD": CANARY + "-2"})
        self.assertNotEqual(files_of(lab, "a")["user-data"], seed["user-data"])
        self.assertEqual(holders(lab, CANARY), [])

    def test_a_missing_secret_is_found_before_the_first_step(self):
        lab = self.two()
        done = lab.run("apply", "--yes", check=1)
        self.assertIn("env:VMPLAN_TEST_PASSWORD", done.stderr)
        self.assertEqual(lab.processes(), {})
        self.assertFalse(lab.exists("disks"))
        lab.run("apply", "--yes", env=SECRET)
        self.assertEqual(sorted(qemus(lab)), ["a", "b"])

    def test_a_guest_sees_its_seed_as_one_more_disk_that_it_cannot_write_to(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "[lifecycle]\n", "[cloud_init]\n\n[lifecycle]\n")
        lab.run("apply", "--yes")
        lab.wait_for_console("disk: vdb ")
        size = os.stat(lab.path(".vmplan/seed/web.iso")).st_size
        lab.wait_for_console(f"disk: vdb {size} ro")


if __name__ == "__main__":
    support.main()
