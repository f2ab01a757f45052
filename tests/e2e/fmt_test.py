#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""vmplan fmt: what it writes, what it leaves alone, and what it says."""
import glob
import json
import os
import stat

import support

UGLY = '# web\nschema_version=1\n[vm]\nname=\'web\'  # as in DNS\n\n\n[hardware]\nmemory_mb = 512\ncores=1\narch = "x86_64"\n'
NEAT = ('# web\nschema_version = 1\n\n[vm]\nname = "web"  # as in DNS\n\n[hardware]\narch = "x86_64"\ncores = 1\n'
        'memory_mb = 512\n')
LAB = 'schema_version = 1\n\n[lab]\nname = "shop"\n'
BROKEN = "schema_version = 1\n[vm]\nname = web\n"
BROKEN_SAYS = """error[VP0101]: profiles/bad.toml is not valid TOML
   --> profiles/bad.toml:3:8
    |
  3 | name = web
    |        ^ this is no value of TOML
    = help: put text in double quotes: `"web"`

1 error and 0 warnings; nothing was changed
"""


def lab_files(**profiles):
    return {"vmplan.toml": LAB, **{f"profiles/{name}.toml": text for name, text in profiles.items()}}


class FmtTest(support.TestCase):
    def assert_unchanged(self, lab, before):
        self.assertEqual(support.differences(before, support.snapshot(lab.root)), [])

    def test_a_lab(self):
        lab = self.lab(files=lab_files(a=UGLY, b=NEAT))
        before = support.snapshot(lab.root)
        done = lab.run("fmt")
        self.assertEqual((done.stdout, done.stderr), ("profiles/a.toml\n", "formatted 1 of 3 files\n"))
        self.assertEqual(lab.read("profiles/a.toml"), NEAT)
        changed = [line.split(":")[0] for line in support.differences(before, support.snapshot(lab.root))]
        self.assertEqual(changed, ["profiles", "profiles/a.toml"])
        before = support.snapshot(lab.root)
        done = lab.run("fmt")
        self.assertEqual((done.stdout, done.stderr), ("", "formatted 0 of 3 files\n"))
        self.assert_unchanged(lab, before)

    def test_nothing_but_the_text_changes(self):
        lab = self.lab("quickstart")
        before = lab.run("canon", "web").stdout
        text = lab.read("profiles/web.toml")
        lab.write("profiles/web.toml", text.replace(" = ", "=").replace("\n", "\r\n"))
        self.assertEqual(lab.run("fmt").stdout, "profiles/web.toml\n")
        self.assertEqual(lab.read_bytes("profiles/web.toml").decode(), text)
        self.assertEqual(lab.run("canon", "web").stdout, before)

    def test_every_example_is_formatted(self):
        files = glob.glob(os.path.join(support.EXAMPLES, "**", "*.toml"), recursive=True)
        self.assertGreater(len(files), len(support.example_names()))
        self.assertEqual(support.run([support.VMPLAN, "fmt", "--check", *files], check=False).stdout, "")

    def test_check(self):
        lab = self.lab(files=lab_files(a=UGLY, b=NEAT, c=UGLY))
        before = support.snapshot(lab.root)
        done = lab.run("fmt", "--check", check=1)
        self.assertEqual(done.stdout, "profiles/a.toml\nprofiles/c.toml\n")
        self.assertEqual(done.stderr, "error: 2 of 4 files would change; run `vmplan fmt`\n")
        done = lab.run("fmt", "--check", "./profiles/a.toml", "profiles/b.toml", check=1)
        self.assertEqual(done.stdout, "profiles/a.toml\n")
        self.assertEqual(done.stderr, "error: 1 of 2 files would change; run `vmplan fmt ./profiles/a.toml profiles/b.toml`\n")
        self.assert_unchanged(lab, before)
        lab.run("fmt", "-q")
        done = lab.run("fmt", "--check")
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_places(self):
        lab = self.lab(files=lab_files(a=UGLY))
        other = self.lab(files={"one.toml": UGLY, "sub/x": ""})
        self.assertEqual(lab.run("fmt", "--check", cwd=lab.path("profiles"), check=1).stdout, "../profiles/a.toml\n")
        self.assertEqual(lab.run("fmt", "--check", "a.toml", cwd=lab.path("profiles"), check=1).stdout, "a.toml\n")
        self.assertEqual(lab.run("fmt", "--check", lab.root, cwd="/", check=1).stdout, lab.path("profiles/a.toml\n"))
        self.assertEqual(lab.run("fmt", "--check", "vmplan.toml").stdout, "")
        name = os.path.basename(lab.root)
        done = lab.run("fmt", "--check", name, f"{name}/profiles/a.toml", name, cwd=os.path.dirname(lab.root), check=1)
        self.assertEqual(done.stdout, f"{name}/profiles/a.toml\n")
        self.assertIn("1 of 2 files", done.stderr)
        done = lab.run("fmt", ".", other.path("one.toml"))
        self.assertEqual(done.stdout, f"profiles/a.toml\n{other.path('one.toml')}\n")
        self.assertEqual(other.read("one.toml"), NEAT)

    def test_only_the_profiles_of_the_lab(self):
        lab = self.lab(files={"vmplan.toml": '[lab]\nprofiles = ["vm/*.toml"]\nschema_version = 7\n', "vm/a.toml": UGLY,
                              "profiles/b.toml": UGLY, "vm/.hidden.toml": UGLY, "vm/note.txt": UGLY})
        self.assertEqual(lab.run("fmt").stdout, "vm/a.toml\n")
        lab.write("vmplan.toml", '[lab]\nprofiles = "vm/*.toml"\n')
        self.assertIn("VP0302", lab.run("fmt", check=1).stderr)
        lab.write("vmplan.toml", '[lab]\nprofiles = ["../*.toml"]\n')
        self.assertIn("VP0204", lab.run("fmt", check=1).stderr)
        os.unlink(lab.path("vmplan.toml"))
        self.assertEqual(lab.run("fmt").stdout, "profiles/b.toml\n")

    def test_a_broken_file_keeps_all_from_being_written(self):
        lab = self.lab(files=lab_files(a=UGLY, bad=BROKEN))
        before = support.snapshot(lab.root)
        for words in (["fmt"], ["fmt", "--check"], ["fmt", "profiles/a.toml", "profiles/bad.toml"]):
            done = lab.run(*words, check=1)
            self.assertEqual((done.stdout, done.stderr), ("", BROKEN_SAYS), words)
        lab.write("profiles/bad.toml", b"a = '\xff'\n")
        self.assertIn("VP0102", lab.run("fmt", check=1).stderr)
        lab.write("profiles/bad.toml", BROKEN)
        os.utime(lab.path("profiles/bad.toml"), ns=(before["profiles/bad.toml"][1],) * 2)
        self.assert_unchanged(lab, before)

    def test_what_is_not_there_or_no_file(self):
        lab = self.lab(files=lab_files(a=UGLY))
        before = support.snapshot(lab.root)
        self.assertEqual(lab.run("fmt", ".", "gone.toml", check=1).stderr, "error: gone.toml: there is no such file or directory\n")
        self.assertIn("neither a directory nor a file", lab.run("fmt", "/dev/null", check=1).stderr)
        self.assertIn("no lab here", lab.run("fmt", cwd="/", check=1).stderr)
        empty = self.lab(files={"x/y": ""})
        self.assertIn("VP0202", empty.run("fmt", "x", check=1).stderr)
        self.assert_unchanged(lab, before)

    def test_mode_is_kept_and_no_right_to_write_is_respected(self):
        lab = self.lab(files=lab_files(a=UGLY, b=UGLY))
        os.chmod(lab.path("profiles/a.toml"), 0o640)
        os.chmod(lab.path("profiles/b.toml"), 0o444)
        done = lab.run("fmt", check=1, umask=0o077)
        self.assertEqual(done.stdout, "profiles/a.toml\n")
        self.assertEqual(done.stderr, "error: `profiles/b.toml` is read-only; make it writable first: chmod u+w profiles/b.toml\n"
                                      "formatted 1 of 3 files\n")
        self.assertEqual(stat.S_IMODE(os.stat(lab.path("profiles/a.toml")).st_mode), 0o640)
        self.assertEqual(lab.read("profiles/b.toml"), UGLY)

    def test_directory_that_cannot_be_written(self):
        lab = self.lab(files={**lab_files(a=UGLY), "vmplan.toml": LAB.replace(" = ", "=")})
        become = support.without_privileges(lab)
        os.chmod(lab.path("profiles"), 0o555)
        self.addCleanup(os.chmod, lab.path("profiles"), 0o755)
        done = support.run([*become, support.VMPLAN, "fmt"], cwd=lab.root, check=1)
        self.assertEqual(done.stdout, "vmplan.toml\n")
        self.assertEqual(done.stderr, f"error: cannot write `{lab.path('profiles/a.toml')}`: Permission denied\n"
                                      "formatted 1 of 2 files\n")
        self.assertEqual(sorted(os.listdir(lab.path("profiles"))), ["a.toml"])
        self.assertEqual(lab.read("profiles/a.toml"), UGLY)
        report = json.loads(support.run([*become, support.VMPLAN, "fmt", "--format", "json"], cwd=lab.root, check=1).stdout)
        self.assertEqual((report["changed"], [one["file"] for one in report["failed"]]), ([], ["profiles/a.toml"]))
        # Looking needs no right to write.
        self.assertEqual(support.run([*become, support.VMPLAN, "fmt", "--check"], cwd=lab.root, check=1).stdout, "profiles/a.toml\n")

    def test_a_link_inside_the_lab_is_followed(self):
        lab = self.lab(files={**lab_files(), "shared/base.toml": UGLY, "profiles/x": ""})
        os.symlink("../shared/base.toml", lab.path("profiles/a.toml"))
        os.symlink(lab.path("shared/base.toml"), lab.path("profiles/b.toml"))
        for words in ([], ["profiles/a.toml"], [lab.path("profiles/b.toml")]):
            lab.write("shared/base.toml", UGLY)
            done = lab.run("fmt", *words)
            self.assertEqual(done.stdout, lab.path("shared/base.toml\n"))  # once, as what it is
            self.assertTrue(os.path.islink(lab.path("profiles/a.toml")) and os.path.islink(lab.path("profiles/b.toml")))
            self.assertEqual(lab.read("shared/base.toml"), NEAT)

    def test_a_link_out_of_the_lab_is_refused(self):
        outside = self.lab(files={"base.toml": UGLY})
        lab = self.lab(files=lab_files(b=UGLY))
        os.symlink(outside.path("base.toml"), lab.path("profiles/a.toml"))
        before = support.snapshot(lab.root)
        for words in ([], ["profiles/a.toml"], ["profiles/b.toml", "profiles/a.toml"]):
            done = lab.run("fmt", *words, check=1)
            self.assertIn("error[VP0201]: profiles/a.toml cannot be read", done.stderr)
            self.assertIn(f"leads out of the lab, to `{outside.path('base.toml')}`", done.stderr)
        os.unlink(lab.path("profiles/a.toml"))
        os.symlink("nowhere", lab.path("profiles/a.toml"))
        self.assertIn("profiles/a.toml does not exist", lab.run("fmt", check=1).stderr)
        self.assertEqual(lab.read("profiles/b.toml"), UGLY)
        self.assertEqual(outside.read("base.toml"), UGLY)
        self.assertEqual(sorted(before), sorted(support.snapshot(lab.root)))

    def test_standard_input(self):
        lab = self.lab(files={"x": ""})
        self.assertEqual(lab.run("fmt", "-", input=UGLY).stdout, NEAT)
        self.assertEqual(lab.run("fmt", "-", input=NEAT).stdout, NEAT)
        self.assertEqual(lab.run("fmt", "-", input="").stdout, "")
        done = lab.run("fmt", "-", input=BROKEN, check=1)
        self.assertEqual((done.stdout, done.stderr), ("", BROKEN_SAYS.replace("profiles/bad.toml", "<stdin>")))
        done = lab.run("fmt", "-", "--check", input=UGLY, check=1)
        self.assertEqual((done.stdout, done.stderr), ("<stdin>\n", "error: 1 of 1 file would change; run `vmplan fmt -`\n"))
        self.assertEqual(lab.run("fmt", "-", "--check", input=NEAT).stdout, "")
        self.assertEqual(lab.json("fmt", "-", input=UGLY), {"changed": True, "text": NEAT})
        self.assertIn("`-`", lab.run("fmt", "-", "x", check=1).stderr)
        self.assertIn("VP0103", lab.run("fmt", "-", input="#" * (5 << 20), check=1).stderr)
        self.assertEqual(os.listdir(lab.root), ["x"])

    def test_json(self):
        lab = self.lab(files=lab_files(a=UGLY))
        about = {"changed": ["profiles/a.toml"], "check": True, "diagnostics": [], "failed": [], "files": 2}
        self.assertEqual(lab.json("fmt", "--check", check=1), about)
        self.assertEqual(lab.json("fmt"), {**about, "check": False})
        self.assertEqual(lab.json("fmt"), {**about, "check": False, "changed": []})
        lab.write("profiles/a.toml", BROKEN)
        about = lab.json("fmt", check=1)
        self.assertEqual([(one["code"], one["file"], one["line"]) for one in about["diagnostics"]],
                         [("VP0101", "profiles/a.toml", 3)])


if __name__ == "__main__":
    support.main()
