#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vmplan migrate: the proposal, the backup, the file, and everything that keeps it from writing."""
import os
import stat

import support

DRAFT = """# The web server.

[vm]
name = "web"
[hardware]
arch = "x86_64"
cpus = 1
memory = 256   # enough
accel = "tcg"

[[storage.disks]]
name = "root"
file = "disks/root.qcow2"
format = "qcow2"
size = 1
boot = true
"""
CURRENT = """# The web server.

schema_version = 1

[vm]
name = "web"
[hardware]
arch = "x86_64"
cores = 1
memory_mb = 256   # enough
acceleration = "tcg"

[[storage.disks]]
name = "root"
path = "disks/root.qcow2"
format = "qcow2"
size_gb = 1
boot = true
"""
DIFF = """--- profiles/web.toml
+++ profiles/web.toml
@@ -1,16 +1,18 @@
 # The web server.
 
+schema_version = 1
+
 [vm]
 name = "web"
 [hardware]
 arch = "x86_64"
-cpus = 1
-memory = 256   # enough
-accel = "tcg"
+cores = 1
+memory_mb = 256   # enough
+acceleration = "tcg"
 
 [[storage.disks]]
 name = "root"
-file = "disks/root.qcow2"
+path = "disks/root.qcow2"
 format = "qcow2"
-size = 1
+size_gb = 1
 boot = true
"""
LAB = "schema_version = 1\n"
CONFLICT = DRAFT.replace("cpus = 1\n", "cpus = 1\ncores = 2\n")


class MigrateTest(support.TestCase):
    def draft_lab(self, **more):
        return self.lab(files={"vmplan.toml": LAB, "profiles/web.toml": DRAFT, **more})

    def assert_unchanged(self, lab, before):
        self.assertEqual(support.differences(before, support.snapshot(lab.root)), [])

    def test_the_proposal_writes_nothing(self):
        lab = self.draft_lab()
        before = support.snapshot(lab.root)
        done = lab.run("migrate")
        self.assertEqual(done.stdout, DIFF)
        self.assertEqual(done.stderr, "1 of 2 files would change; `vmplan migrate --write` writes them and keeps each original as "
                                      "FILE.vN.bak, N being its version\n")
        done = lab.run("migrate", "-q", "profiles/web.toml")
        self.assertEqual((done.stdout, done.stderr), (DIFF, ""))
        self.assert_unchanged(lab, before)

    def test_write_keeps_the_original(self):
        lab = self.draft_lab()
        os.chmod(lab.path("profiles/web.toml"), 0o600)
        done = lab.run("migrate", "--write", umask=0)
        self.assertEqual(done.stdout, "profiles/web.toml: version 0 to 1; the original is profiles/web.toml.v0.bak\n")
        self.assertEqual(lab.read("profiles/web.toml"), CURRENT)
        self.assertEqual(lab.read("profiles/web.toml.v0.bak"), DRAFT)
        for name in ("web.toml", "web.toml.v0.bak"):
            self.assertEqual(stat.S_IMODE(os.stat(lab.path("profiles", name)).st_mode), 0o600)
        self.assertEqual(sorted(os.listdir(lab.path("profiles"))), ["web.toml", "web.toml.v0.bak"])
        lab.run("build")
        before = support.snapshot(lab.root)
        for words in (["migrate"], ["migrate", "-w"]):
            done = lab.run(*words)
            self.assertEqual((done.stdout, done.stderr), ("", "nothing to migrate: 2 files of version 1\n"))
        self.assert_unchanged(lab, before)

    def test_an_old_file_is_told_about_it(self):
        lab = self.draft_lab()
        self.assertIn("; or run `vmplan migrate profiles/web.toml`\n", lab.run("build", check=1).stderr)
        lab.write("profiles/web.toml", "schema_version = 0\n" + DRAFT)
        self.assertEqual(lab.run("validate", check=1).stderr, """error[VP0306]: schema version 0 is not known
   --> profiles/web.toml:1:18
    |
  1 | schema_version = 0
    |                  ^ this vmplan reads version 1
    = help: run `vmplan migrate profiles/web.toml`: it shows what the file says in version 1

1 error and 0 warnings; nothing was changed
""")
        lab.run("migrate", "profiles/web.toml", "--write")
        lab.run("build")

    def test_a_newer_file(self):
        lab = self.draft_lab(**{"profiles/new.toml": "schema_version = 2\n"})
        before = support.snapshot(lab.root)
        for words in (["migrate"], ["migrate", "--write"], ["migrate", "profiles/new.toml"]):
            done = lab.run(*words, check=1)
            self.assertEqual(done.stdout, "")
            self.assertIn("help: use a newer vmplan", done.stderr)
        self.assert_unchanged(lab, before)

    def test_a_lab_file_of_version_0(self):
        lab = self.lab(files={"vmplan.toml": 'schema_version = 0\n[lab]\nprofiles = ["vm/*.toml"]\n', "vm/web.toml": DRAFT})
        lab.run("migrate", "--write")
        self.assertEqual(lab.read("vmplan.toml"), 'schema_version = 1\n[lab]\nprofiles = ["vm/*.toml"]\n')
        self.assertEqual(lab.read("vm/web.toml"), CURRENT)
        self.assertTrue(lab.exists("vmplan.toml.v0.bak") and lab.exists("vm/web.toml.v0.bak"))
        lab.run("build")

    def test_a_backup_is_never_overwritten(self):
        lab = self.draft_lab(**{"profiles/a.toml": DRAFT, "profiles/web.toml.v0.bak": "mine\n"})
        before = support.snapshot(lab.root)
        done = lab.run("migrate", "--write", check=1)
        self.assertEqual((done.stdout, done.stderr),
                         ("", "error: the backup `profiles/web.toml.v0.bak` exists already and is never overwritten; move it away "
                              "and run the command again\nnothing was changed\n"))
        self.assert_unchanged(lab, before)
        os.unlink(lab.path("profiles/web.toml.v0.bak"))
        os.mkdir(lab.path("profiles/web.toml.v0.bak"))
        self.assertIn("exists already", lab.run("migrate", "--write", check=1).stderr)
        os.rmdir(lab.path("profiles/web.toml.v0.bak"))
        # What a run left behind that ended between backup and file.
        lab.write("profiles/web.toml.v0.bak", DRAFT)
        lab.run("migrate", "--write")
        self.assertEqual(lab.read("profiles/web.toml.v0.bak"), DRAFT)
        self.assertEqual((lab.read("profiles/web.toml"), lab.read("profiles/a.toml")), (CURRENT, CURRENT))

    def test_a_conflict_keeps_all_from_being_written(self):
        lab = self.draft_lab(**{"profiles/bad.toml": CONFLICT})
        before = support.snapshot(lab.root)
        for words in (["migrate", "--write"], ["migrate"]):
            done = lab.run(*words, check=1)
            self.assertEqual(done.stdout, "")
            self.assertEqual(done.stderr, """error[VP0311]: `hardware.cpus` would become `hardware.cores`, which is there already
   --> profiles/bad.toml:7:1
    |
  7 | cpus = 1
    | ^^^^ the spelling of version 0
    = note: the other one
   --> profiles/bad.toml:8:1
    |
  8 | cores = 2
    | ^^^^^
    = help: keep the one that is right; vmplan does not guess

1 error and 0 warnings; nothing was changed
""")
        self.assert_unchanged(lab, before)

    def test_a_broken_or_missing_file_keeps_all_from_being_written(self):
        lab = self.draft_lab()
        before = support.snapshot(lab.root)
        self.assertIn("no such file", lab.run("migrate", "--write", ".", "profiles/gone.toml", check=1).stderr)
        self.assert_unchanged(lab, before)
        lab.write("profiles/bad.toml", "[vm\n")
        self.assertIn("profiles/bad.toml:1:", lab.run("migrate", "--write", check=1).stderr)
        self.assertEqual(lab.read("profiles/web.toml"), DRAFT)
        self.assertEqual(sorted(os.listdir(lab.path("profiles"))), ["bad.toml", "web.toml"])

    def test_directory_that_cannot_be_written(self):
        lab = self.draft_lab()
        become = support.without_privileges(lab)
        os.chmod(lab.path("profiles"), 0o555)
        self.addCleanup(os.chmod, lab.path("profiles"), 0o755)
        self.assertEqual(support.run([*become, support.VMPLAN, "migrate"], cwd=lab.root).stdout, DIFF)
        done = support.run([*become, support.VMPLAN, "migrate", "--write"], cwd=lab.root, check=1)
        self.assertRegex(done.stderr, r"\Aerror: no backup of `profiles/web\.toml`: cannot write `.+`: Permission denied\n\Z")
        self.assertEqual(done.stdout, "")
        self.assertEqual(os.listdir(lab.path("profiles")), ["web.toml"])
        self.assertEqual(lab.read("profiles/web.toml"), DRAFT)

    def test_links(self):
        outside = self.lab(files={"base.toml": DRAFT})
        lab = self.lab(files={"vmplan.toml": LAB, "shared/base.toml": DRAFT, "profiles/x": ""})
        os.symlink("../shared/base.toml", lab.path("profiles/web.toml"))
        lab.run("migrate", "--write")
        self.assertTrue(os.path.islink(lab.path("profiles/web.toml")))
        self.assertEqual((lab.read("shared/base.toml"), lab.read("shared/base.toml.v0.bak")), (CURRENT, DRAFT))
        os.unlink(lab.path("profiles/web.toml"))
        os.symlink(outside.path("base.toml"), lab.path("profiles/web.toml"))
        self.assertIn("leads out of the lab", lab.run("migrate", "--write", check=1).stderr)
        self.assertEqual(outside.toml_files() + [outside.read("base.toml")], ["base.toml", DRAFT])

    def test_a_file_without_a_lab(self):
        lab = self.lab(files={"web.toml": DRAFT})
        lab.run("migrate", "--write", "web.toml")
        self.assertEqual((lab.read("web.toml"), lab.read("web.toml.v0.bak")), (CURRENT, DRAFT))

    def test_patch_reads_the_diff(self):
        lab = self.draft_lab()
        support.run(["git", "apply", "-p0", "-"], cwd=lab.root, input=lab.run("migrate").stdout,
                    env={"GIT_CEILING_DIRECTORIES": os.path.dirname(lab.root)})
        self.assertEqual(lab.read("profiles/web.toml"), CURRENT)

    def test_json(self):
        lab = self.draft_lab()
        about = lab.json("migrate")
        self.assertEqual((about["files"], about["diagnostics"], len(about["changes"])), (2, [], 1))
        change = about["changes"][0]
        self.assertEqual({key: change[key] for key in ("backup", "diff", "error", "file", "from", "lossy", "to", "written")},
                         {"backup": "profiles/web.toml.v0.bak", "diff": DIFF, "error": "", "file": "profiles/web.toml", "from": 0,
                          "lossy": False, "to": 1, "written": False})
        self.assertEqual(change["edits"][0], {"count": 1, "key": "hardware.memory", "kind": "rename", "lossy": False,
                                              "to": "memory_mb"})
        self.assertEqual(len(change["edits"]), 5)
        self.assertTrue(lab.json("migrate", "--write")["changes"][0]["written"])
        self.assertEqual(lab.json("migrate"), {"changes": [], "diagnostics": [], "files": 2})
        lab.write("profiles/web.toml", CONFLICT)
        self.assertEqual([one["code"] for one in lab.json("migrate", check=1)["diagnostics"]], ["VP0311"])


if __name__ == "__main__":
    support.main()
