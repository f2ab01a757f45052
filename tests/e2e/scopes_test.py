#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Profiles of the user and the system, looked up by name. What is looked at and in which order is in runtime/build/scopes_test.cc."""
import json
import os
import shutil

import support

PROFILE = """\
schema_version = 1
[vm]
name = "{name}"
[hardware]
arch = "x86_64"
cores = 1
memory_mb = {memory}
acceleration = "tcg"
[[storage.disks]]
name = "root"
path = "disks/{name}.qcow2"
format = "qcow2"
size_gb = 1
boot = true
"""


def profile(name, memory=256):
    return PROFILE.format(name=name, memory=memory)


class ScopesTest(support.TestCase):
    def setUp(self):
        super().setUp()
        self.config = support.scratch_path("config")
        os.makedirs(os.path.join(self.config, "vmplan/profiles"))
        self.env = {"XDG_CONFIG_HOME": self.config}

    def user(self, name, text):
        path = os.path.join(self.config, "vmplan/profiles", name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_in(self, lab, *words, check=True):
        return support.run([support.VMPLAN, *words], cwd=lab.root, env=self.env, check=check)

    def test_a_profile_of_the_user_in_an_empty_directory(self):
        path = self.user("dev.toml", profile("dev"))
        lab = self.lab(files={"notes.txt": "mine\n"})
        shown = self.run_in(lab, "show", "dev").stdout
        self.assertEqual(shown.splitlines()[0], f"# {path} (user)")
        self.assertRegex(shown, rf"(?m)^memory_mb = 256 +# {path}:7$")
        facts = json.loads(self.run_in(lab, "show", "dev", "--format", "json").stdout)
        self.assertEqual((facts["profile"], facts["scope"], facts["source"]), ("dev", "user", path))
        self.assertIn('name = "dev"', self.run_in(lab, "canon", "dev").stdout)
        self.assertEqual(self.run_in(lab, "validate", "--profile", "dev").stdout, "valid: 1 profile, 0 warnings\n")
        # So far everything only looked.
        self.assertEqual(os.listdir(lab.root), ["notes.txt"])

        self.run_in(lab, "build", "--profile", "dev", "-o", "plan.json")
        with open(lab.path("plan.json"), encoding="utf-8") as file:
            plan = json.load(file)
        self.assertEqual(plan["profiles"]["dev"]["source"], "user:dev.toml")
        self.assertNotIn(self.config, json.dumps(plan))
        self.assertTrue(os.path.exists(lab.path("dev.vmplan.lock")))
        self.run_in(lab, "build", "--profile", "dev", "--locked")

    def test_applied_and_destroyed_also_when_its_file_is_gone(self):
        path = self.user("dev.toml", profile("dev"))
        lab = self.lab(files={"notes.txt": "mine\n"})
        self.run_in(lab, "apply", "--profile", "dev", "disk/dev/root", "--yes", "-q")
        self.assertTrue(os.path.exists(lab.path("disks/dev.qcow2")))
        os.unlink(path)
        self.assertIn("there is no profile `dev`", self.run_in(lab, "build", "--profile", "dev", check=1).stderr)
        self.run_in(lab, "status", "--profile", "dev")
        self.run_in(lab, "destroy", "--profile", "dev", "--disks", "--yes", "-q")
        self.assertFalse(os.path.exists(lab.path("disks/dev.qcow2")))
        self.assertIn("there is no profile `gone`", self.run_in(lab, "destroy", "--profile", "gone", "--yes", check=1).stderr)

    def test_a_lab_of_one_file_is_destroyed_when_its_file_is_gone(self):
        lab = self.lab(files={"web.toml": profile("web")})
        lab.run("apply", "web.toml", "disk/web/root", "--yes", "-q")
        os.unlink(lab.path("web.toml"))
        lab.run("status", "web.toml")
        lab.run("destroy", "web.toml", "--disks", "--yes", "-q")
        self.assertFalse(os.path.exists(lab.path("disks/web.qcow2")))

    def test_the_lab_hides_the_user_and_says_so(self):
        path = self.user("web.toml", profile("web", memory=1024))
        lab = self.lab(files={"profiles/web.toml": profile("web", memory=512)})
        for words in (["show", "web"], ["build", "--profile", "web"], ["validate", "--profile", "web"], ["canon", "web"]):
            done = self.run_in(lab, *words)
            self.assertEqual(done.stderr.count("VP0208"), 1, words)
            self.assertIn(f"profiles/web.toml counts, {path} does not", done.stderr)
        self.assertRegex(self.run_in(lab, "show", "web").stdout, r"(?m)^memory_mb = 512 ")
        (found,) = json.loads(self.run_in(lab, "validate", "--profile", "web", "--format", "json").stdout)["diagnostics"]
        self.assertEqual(found["code"], "VP0208")
        self.assertEqual(self.run_in(lab, "build", "-q").stderr, "", "an ordinary build knows nothing of the user")
        self.assertTrue(os.path.exists(lab.path("vmplan.lock")))
        self.assertFalse(os.path.exists(lab.path("web.vmplan.lock")))

    def test_a_profile_of_many_machines(self):
        self.user("box.toml", profile("box-{index}").replace("[vm]", "[instances]\ncount = 2\n[vm]"))
        lab = self.lab(files={"notes.txt": "mine\n"})
        self.assertEqual([node["id"] for node in json.loads(self.run_in(lab, "show", "--profile", "box", "--format", "json").stdout)["nodes"]],
                         ["disk/box-0/root", "disk/box-1/root", "vm/box-0", "vm/box-1"])
        self.assertIn('name = "box-1" ', self.run_in(lab, "show", "--profile", "box", "box-1").stdout)
        for words in (["box"], ["--profile", "box", "box"]):
            self.assertIn("`vmplan show MACHINE --profile box`", self.run_in(lab, "show", *words, check=1).stderr)
        self.assertIn("no profile of one machine", self.run_in(lab, "canon", "box", check=1).stderr)

    def test_a_machine_of_a_file_that_is_named(self):
        lab = self.lab(files={"web.toml": profile("front"), "other/db.toml": profile("db")})
        self.assertIn('name = "front" ', lab.run("show", "front", "web.toml").stdout)
        self.assertIn("`vmplan show ./web.toml` lists them", lab.run("show", "web", "./web.toml", check=1).stderr)
        self.assertIn('name = "db" ', lab.run("show", "db", "other/db.toml").stdout)

    def test_no_such_profile(self):
        self.user("dev.toml", profile("dev"))
        lab = self.lab(files={"profiles/web.toml": profile("web")})
        for words in (["show", "dve"], ["build", "--profile", "dve"], ["validate", "--profile", "dve"], ["canon", "dve"]):
            done = self.run_in(lab, *words, check=1)
            self.assertIn("error[VP0207]: there is no profile `dve`\n", done.stderr, words)
            self.assertIn(f"looked in this lab, {self.config}/vmplan/profiles, /etc/vmplan/profiles\n", done.stderr)
            self.assertIn("did you mean `dev`?", done.stderr)
        (found,) = json.loads(self.run_in(lab, "validate", "--profile", "dve", "--format", "json", check=1).stdout)["diagnostics"]
        self.assertEqual(found["code"], "VP0207")
        self.assertEqual(sorted(os.listdir(lab.root)), ["profiles"])

    def test_a_lab_that_names_scopes(self):
        self.user("dev.toml", profile("dev"))
        lab = self.lab(files={"profiles/web.toml": profile("web"),
                              "vmplan.toml": 'schema_version = 1\n[lab]\nname = "shop"\nscopes = ["user"]\n'})
        self.assertEqual([node["id"] for node in json.loads(self.run_in(lab, "show", "--format", "json").stdout)["nodes"]],
                         ["disk/dev/root", "disk/web/root", "vm/dev", "vm/web"])
        self.run_in(lab, "build")
        shutil.rmtree(os.path.join(self.config, "vmplan"))
        done = self.run_in(lab, "build", "--locked", check=1)
        self.assertIn("vm/dev", done.stderr)

    def test_only_what_is_asked_for_is_looked_at(self):
        """An ordinary build touches neither directory, as the system calls show; a build by name does."""
        self.user("dev.toml", profile("dev"))
        lab = self.lab(files={"profiles/web.toml": profile("web")})

        def touched(*words):
            trace = support.scratch_path("trace")
            support.run(["strace", "-f", "-qq", "-e", "trace=%file", "-o", trace, support.VMPLAN, *words], cwd=lab.root,
                        env={**self.env, "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"})
            with open(trace, encoding="utf-8") as file:
                return [line for line in file if self.config in line or "/etc/vmplan" in line]

        self.assertEqual(touched("build", "-n"), [])
        self.assertEqual(touched("validate"), [])
        self.assertNotEqual(touched("build", "--profile", "dev", "-n"), [])


if __name__ == "__main__":
    support.main()
