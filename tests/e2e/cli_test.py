#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as docs/cli.md describes it: words, exit codes, outputs. Nothing here starts a machine."""
import json
import os
import pty
import re

import support

COMMANDS = "build validate canon show explain graph apply status console destroy platform schema step version help".split()
DIGEST = r"sha256:[0-9a-f]{64}"
SUMMARY = re.compile(rf"\Abuilt (\d+) nodes? \((\d+) changed\) in (\d+) ms  plan ({DIGEST})\n\Z")
COLOUR = "\x1b["


def vmplan(*words, **more):
    return support.run([support.VMPLAN, *words], **more)


class WordsTest(support.TestCase):
    def test_without_arguments_shows_the_commands_and_fails(self):
        done = vmplan(check=1)
        for name in COMMANDS:
            self.assertRegex(done.stdout, rf"(?m)^  {name} +\S")
        self.assertEqual(vmplan("help").stdout, done.stdout)
        self.assertEqual(vmplan("--help").stdout, done.stdout)
        self.assertEqual(vmplan("-h").stdout, done.stdout)
        listed = re.findall(r"(?m)^  ([a-z]+) {2,}", done.stdout)
        self.assertEqual(sorted(listed), sorted(COMMANDS))

    def test_help_for_every_command(self):
        for name in COMMANDS:
            with self.subTest(name):
                done = vmplan("help", name)
                self.assertEqual(done.stderr, "")
                self.assertIn(f"usage: vmplan {name}", done.stdout)
                self.assertIn("common options:", done.stdout)
                self.assertRegex(done.stdout, r"examples:\n  vmplan ")
                self.assertEqual(vmplan(name, "--help").stdout, done.stdout)
                self.assertEqual(vmplan(name, "-h").stdout, done.stdout)
                for example in re.findall(r"(?m)^  vmplan (\S+)", done.stdout.split("examples:")[1]):
                    self.assertIn(example, COMMANDS)

    def test_help_for_nothing_known(self):
        self.assertIn("build", vmplan("help", "biuld", check=1).stderr)

    def test_unknown_command(self):
        for word, meant in (("biuld", "build"), ("stauts", "status"), ("destory", "destroy"), ("aply", "apply")):
            done = vmplan(word, check=1)
            self.assertIn(f"`{word}`", done.stderr)
            self.assertIn(f"did you mean `{meant}`", done.stderr)
            self.assertEqual(done.stdout, "")
        self.assertNotIn("did you mean", vmplan("xyzzy-plugh", check=1).stderr)

    def test_unknown_option(self):
        for words, meant in ((["build", "--outptu=x"], "--output"), (["apply", "--yse"], "--yes"), (["build", "--lockd"], "--locked"),
                             (["status", "--formt", "json"], "--format")):
            done = vmplan(*words, check=1)
            self.assertIn(f"did you mean `{meant}`", done.stderr)
            self.assertIn(f"usage: vmplan {words[0]}", done.stderr)
        self.assertIn("--bogus", vmplan("version", "--bogus", check=1).stderr)
        self.assertIn("-Z", vmplan("build", "-Z", check=1).stderr)

    def test_option_without_its_value(self):
        for words in (["build", "-o"], ["build", "--platform"], ["apply", "-j"], ["build", "-C"], ["-C"]):
            done = vmplan(*words, check=1)
            self.assertNotEqual(done.stderr, "", words)

    def test_job_counts(self):
        lab = self.lab("minimal")
        for word in ("0", "-1", "x", "1025", "1e3", "", "99999999999999999999"):
            self.assertIn("-j", lab.run("build", "./web.toml", f"--jobs={word}", check=1).stderr, word)
        lab.run("build", "./web.toml", "-j", "1024")

    def test_control_characters_of_words_are_not_printed(self):
        for words in (["\x1b[31mred"], ["show", "\x1b[31mred"], ["build", "/nonexistent/\x1b[31m"], ["build", "--\x1b[31m"]):
            lab = self.lab("quickstart")
            self.assertNotIn("\x1b", lab.run(*words, check=1).stderr, words)

    def test_version(self):
        text = vmplan("version").stdout
        self.assertRegex(text, r"\Avmplan \d+\.\d+\.\d+\n\Z")
        self.assertEqual(vmplan("--version").stdout, text)
        self.assertEqual("vmplan " + json.loads(vmplan("version", "--format", "json").stdout)["version"] + "\n", text)

    def test_words_after_two_dashes_are_no_options(self):
        lab = self.lab("quickstart")
        self.assertIn("--yes", lab.run("show", "--", "--yes", check=1).stderr)

    def test_two_paths(self):
        lab = self.lab("quickstart")
        self.assertIn("two paths", lab.run("build", "./a.toml", "./b.toml", check=1).stderr)


class PlacesTest(support.TestCase):
    def test_directory_option_before_and_after_the_command(self):
        lab = self.lab("quickstart")
        for words in (["-C", lab.root, "build"], ["build", "-C", lab.root], ["build", f"--directory={lab.root}"],
                      ["--directory", lab.root, "build"]):
            if lab.exists("vmplan.lock"):
                os.unlink(lab.path("vmplan.lock"))
            vmplan(*words, cwd="/")
            self.assertTrue(lab.exists("vmplan.lock"), words)

    def test_validate_says_in_json_too_that_no_lab_is_there(self):
        lab = self.lab("quickstart")
        os.mkfifo(lab.path("fifo.toml"))
        for words, cwd, code in ((["./fifo.toml"], lab.root, "VP0201"), (["./none.toml"], lab.root, "VP0201"), ([], "/", "VP0202"),
                                 (["./\udcff.toml"], lab.root, "VP0201")):
            done = vmplan("validate", "--format", "json", *words, cwd=cwd, check=1)
            found = json.loads(done.stdout)
            self.assertEqual((found["errors"], [one["code"] for one in found["diagnostics"]]), (1, [code]))
            self.assertTrue(done.stderr.startswith("error: "), done.stderr)

    def test_directory_that_is_not_there(self):
        done = vmplan("-C", "/nonexistent/lab", "build", check=1)
        self.assertIn("/nonexistent/lab", done.stderr)

    def test_no_lab_here(self):
        lab = self.lab("quickstart")
        done = vmplan("build", cwd="/", check=1)
        self.assertIn("no lab here", done.stderr)
        done = vmplan("build", lab.path("nowhere"), cwd="/", check=1)
        self.assertIn("nowhere", done.stderr)

    def test_lab_of_one_file(self):
        lab = self.lab("minimal")
        for words, cwd in ((["build", "web.toml"], lab.root), (["build", lab.path("web.toml")], "/"), (["build", "./web.toml"], lab.root)):
            done = lab.run(*words, cwd=cwd)
            self.assertRegex(done.stderr, SUMMARY)
            self.assertEqual(sorted(os.listdir(lab.root)), [".vmplan", "web.toml", "web.vmplan.lock"])
            self.assertTrue(lab.exists(".vmplan/web/cache/plan.json"))
        self.assertEqual(os.listdir(lab.path(".vmplan")), ["web"])
        self.assertEqual(lab.read(".vmplan/web/.gitignore"), "*\n")
        plan = json.loads(lab.read(".vmplan/web/cache/plan.json"))
        self.assertEqual(plan["lab"], "web")
        self.assertEqual(plan["profiles"]["web"]["source"], "web.toml")

    def test_two_labs_of_one_file_in_a_directory(self):
        lab = self.lab("minimal")
        lab.write("db.toml", lab.read("web.toml").replace('"web"', '"db"').replace("disks/root", "disks/db"))
        lab.run("build", "web.toml")
        lab.run("build", "db.toml")
        self.assertEqual(sorted(os.listdir(lab.path(".vmplan"))), ["db", "web"])
        self.assertNotIn("vm/web", lab.read("db.vmplan.lock"))
        self.assertNotIn("vm/db", lab.read("web.vmplan.lock"))

    def test_files_of_the_state_are_private_and_ignored(self):
        lab = self.lab("quickstart")
        lab.run("build", umask=0)
        self.assertEqual(os.stat(lab.path(".vmplan")).st_mode & 0o777, 0o700)
        self.assertEqual(lab.read(".vmplan/.gitignore"), "*\n")
        self.assertEqual(os.stat(lab.path("vmplan.lock")).st_mode & 0o133, 0)


class BuildTest(support.TestCase):
    def test_summary_line(self):
        lab = self.lab("backing")
        done = lab.run("build")
        match = SUMMARY.match(done.stderr)
        self.assertTrue(match, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(match.group(1, 2), ("6", "6"))
        self.assertEqual(match[4], lab.plan()["plan_hash"])
        again = SUMMARY.match(lab.run("build").stderr)
        self.assertEqual(again.group(1, 2, 4), ("6", "0", match[4]))
        lab.edit("profiles/alpha.toml", "memory_mb = 256", "memory_mb = 512")
        self.assertEqual(SUMMARY.match(lab.run("build").stderr).group(1, 2), ("6", "1"))
        os.unlink(lab.path("profiles/beta.toml"))
        self.assertEqual(SUMMARY.match(lab.run("build").stderr).group(1, 2), ("3", "0"))

    def test_json(self):
        lab = self.lab("backing")
        lab.edit("profiles/alpha.toml", 'name = "alpha"', 'name = "alpha"\ndescripton = "x"')
        about = lab.json("build")
        self.assertEqual(sorted(about), ["changed", "elapsed_ms", "lab", "nodes", "plan_hash", "reused", "warnings"])
        self.assertEqual((about["lab"], about["nodes"], about["changed"], about["reused"]), ("backing", 6, 6, 0))
        self.assertEqual(about["plan_hash"], lab.plan()["plan_hash"])
        self.assertIsInstance(about["elapsed_ms"], int)
        self.assertEqual(len(about["warnings"]), 1)
        about = lab.json("build")
        self.assertEqual((about["changed"], about["reused"]), (0, 6))

    def test_quiet(self):
        lab = self.lab("quickstart")
        done = lab.run("build", "-q")
        self.assertEqual((done.stdout, done.stderr), ("", ""))

    def test_explain(self):
        lab = self.lab("quickstart")
        self.assertIn("vm/web\n  new\n", lab.run("build", "--explain").stdout)
        self.assertIn("up to date\n", lab.run("build", "--explain").stderr)
        lab.edit("profiles/web.toml", "memory_mb = 256", "memory_mb = 320")
        done = lab.run("build", "--explain")
        self.assertIn("memory_mb", done.stdout)
        self.assertIn("320", done.stdout)
        self.assertNotIn("disk/web/root", done.stdout)

    def test_output_file(self):
        lab = self.lab("quickstart")
        lab.run("build", "-o", "out.json")
        os.mkdir(lab.path("sub"))
        lab.run("build", "-o", "../sub/plan.json", cwd=lab.path("profiles"))
        plan = lab.read_bytes("out.json")
        self.assertEqual(lab.read_bytes("sub/plan.json"), plan)
        self.assertEqual(lab.run("build", "--output=-").stdout.encode(), plan)
        self.assertEqual(json.loads(plan)["schema"], "vmplan.plan/1")
        self.assertTrue(plan.endswith(b"}\n"))
        done = lab.run("build", "-o", "missing/plan.json", check=1)
        self.assertIn("missing", done.stderr)

    def test_output_outside_the_lab(self):
        lab, other = self.lab("quickstart"), self.lab(files={"x": ""})
        lab.run("build", "-o", other.path("plan.json"))
        self.assertEqual(other.read_bytes("plan.json"), lab.read_bytes(".vmplan/cache/plan.json"))

    def test_locked(self):
        lab = self.lab("backing")
        done = lab.run("build", "--locked", check=1)
        self.assertIn("vmplan.lock", done.stderr)
        self.assertFalse(lab.exists("vmplan.lock"))
        lab.run("build")
        kept = lab.read("vmplan.lock")
        self.assertRegex(lab.run("build", "--locked").stderr, SUMMARY)
        lab.edit("profiles/alpha.toml", "memory_mb = 256", "memory_mb = 512")
        done = lab.run("build", "--locked", check=1)
        old = [line for line in kept.splitlines() if line.startswith("vm/alpha ")][0]
        self.assertRegex(done.stderr, rf"(?m)^  ~ {old} -> {DIGEST}$")
        self.assertNotIn("beta", done.stderr)
        self.assertEqual(lab.read("vmplan.lock"), kept)
        lab.run("build")
        lab.run("build", "--locked")
        lab.write("images/base.qcow2", lab.read_bytes("images/base.qcow2") + b"\0")
        done = lab.run("build", "--locked", check=1)
        self.assertRegex(done.stderr, rf"(?m)^  ~ input images/base\.qcow2 {DIGEST} -> {DIGEST}$")
        os.unlink(lab.path("profiles/beta.toml"))
        lab.write("profiles/gamma.toml", lab.read("profiles/alpha.toml").replace("alpha", "gamma"))
        done = lab.run("build", "--locked", check=1)
        self.assertRegex(done.stderr, rf"(?m)^  - vm/beta {DIGEST}$")
        self.assertRegex(done.stderr, rf"(?m)^  \+ vm/gamma {DIGEST}$")

    def test_damaged_lock_is_named(self):
        lab = self.lab("backing")
        lab.run("build")
        good = lab.read("vmplan.lock")
        lines = good.splitlines(keepends=True)
        damaged = {
            "merge conflict": "".join([*lines[:4], "<<<<<<< HEAD\n", lines[4], "=======\n", lines[4], ">>>>>>> branch\n", *lines[5:]]),
            "cut off": good[:-20],
            "another format": good.replace("# vmplan lock 1", "# vmplan lock 9"),
            "doubled": good + lines[-1],
            "unsorted": "".join([*lines[:-2], lines[-1], lines[-2]]),
            "binary": "\0\1\2",
            "no digest": good.replace("sha256:", "sha512:", 1),
        }
        for what, text in damaged.items():
            with self.subTest(what):
                lab.write("vmplan.lock", text)
                done = lab.run("build", "--locked", check=1)
                self.assertIn("vmplan.lock", done.stderr)
                if what == "merge conflict":
                    self.assertRegex(done.stderr, r"(?i)conflict|line 5|:5\b")
                self.assertEqual(lab.read("vmplan.lock"), text)
                done = lab.run("build")
                self.assertEqual("vmplan.lock" in done.stderr, what != "unsorted", done.stderr)  # that one is readable
                self.assertEqual(lab.read("vmplan.lock"), good)

    def test_errors_change_nothing_and_name_every_place(self):
        lab = self.lab("backing")
        lab.run("build")
        before = support.snapshot(lab.root)
        lab.edit("profiles/alpha.toml", "cores = 1", "cores = 0")
        lab.edit("profiles/beta.toml", 'arch = "x86_64"', 'arch = "x86_46"')
        after_edit = support.snapshot(lab.root)
        done = lab.run("build", check=1)
        self.assertRegex(done.stderr, r"profiles/alpha\.toml:\d+:\d+")
        self.assertRegex(done.stderr, r"profiles/beta\.toml:\d+:\d+")
        self.assertIn("2 errors and 0 warnings; nothing was changed", done.stderr)
        self.assertEqual(support.differences(after_edit, support.snapshot(lab.root)), [])
        self.assertEqual(after_edit["vmplan.lock"], before["vmplan.lock"])
        found = json.loads(lab.run("validate", "--format", "json", check=1).stdout)
        self.assertEqual((found["errors"], found["warnings"], len(found["diagnostics"])), (2, 0, 2))
        found = json.loads(lab.run("build", "--format", "json", check=1).stdout)
        self.assertEqual(len(found["diagnostics"]), 2)

    def test_platforms(self):
        lab = self.lab("quickstart")
        lab.edit("profiles/web.toml", 'acceleration = "tcg"', 'acceleration = "auto"')
        lab.run("build")
        self.assertIn("linux-x86_64-kvm/1", lab.read("vmplan.lock"))
        done = lab.run("build", "--platform", "linux-x86_64-tcg")
        self.assertIn("linux-x86_64-tcg/1", lab.read("vmplan.lock"))
        self.assertIn("warning", done.stderr)  # the fallback is said
        self.assertIn("linux-x86_64-tgc", lab.run("build", "--platform", "linux-x86_64-tgc", check=1).stderr)


class OutputTest(support.TestCase):
    def test_json_of_everything(self):
        lab = self.lab("backing")
        lab.run("build")
        self.assertEqual(lab.json("validate"), {"diagnostics": [], "errors": 0, "warnings": 0})
        nodes = lab.json("show")["nodes"]
        self.assertEqual({node["id"]: node["key"] for node in nodes}, lab.lock_keys())
        plan = {node["id"]: node for node in lab.plan()["nodes"]}
        self.assertEqual(lab.json("show", "alpha"), plan["vm/alpha"])
        self.assertEqual(lab.json("show", "disk/alpha/root"), plan["disk/alpha/root"])
        shown = [json.loads(line) for line in lab.run("show", "disk/*", "--format", "json").stdout.splitlines()]
        self.assertEqual([node["id"] for node in shown], ["disk/alpha/root", "disk/beta/data", "disk/beta/root"])
        self.assertEqual(lab.json("explain", "vm/alpha"), {"applied": False, "id": "vm/alpha"})
        about = lab.json("explain", "VP0302")
        self.assertEqual((about["code"], sorted(about)), ("VP0302", ["code", "explanation", "severity", "title"]))
        graph = lab.json("graph")
        self.assertEqual([node["id"] for node in graph["nodes"]], sorted(plan))
        self.assertEqual({(edge["from"], edge["to"]) for edge in graph["edges"]},
                         {(node_id, dep) for node_id, node in plan.items() for dep in node["deps"]})
        platforms = lab.json("platform", "list")["platforms"]
        self.assertIn("linux-x86_64-tcg/1", [platform["name"] for platform in platforms])
        self.assertIn(json.loads(lab.run("platform", "show", "linux-x86_64-tcg").stdout), platforms)

    def test_status_of_what_was_not_applied(self):
        lab = self.lab("backing")
        self.assertEqual(lab.json("status"), {"machines": []})
        self.assertEqual(lab.run("status").stdout, "no machines\n")
        lab.run("build")
        machines = lab.json("status")["machines"]
        self.assertEqual([machine["name"] for machine in machines], ["alpha", "beta"])
        for machine in machines:
            self.assertEqual(sorted(machine), ["name", "node", "note", "pid", "since", "state", "supervisor_pid"])
            self.assertEqual((machine["state"], machine["pid"], machine["supervisor_pid"]), ("absent", 0, 0))
            self.assertEqual(machine["node"], "vm/" + machine["name"])
        self.assertEqual([m["name"] for m in lab.json("status", "be*")["machines"]], ["beta"])
        self.assertRegex(lab.run("status").stdout, r"(?m)^alpha +absent ")

    def test_change_set(self):
        lab = self.lab("backing")
        text = lab.run("apply", "--dry-run").stdout
        self.assertIn("Plan: 6 to create", text)
        self.assertIsInstance(lab.json("apply", "--dry-run"), dict)
        only = lab.run("apply", "--dry-run", "alpha").stdout
        self.assertIn("Plan: 3 to create", only)
        self.assertNotIn("beta", only)

    def test_graph_is_what_dot_reads(self):
        lab = self.lab("backing")
        dot = lab.run("graph").stdout
        self.assertTrue(dot.startswith("digraph") or dot.startswith("strict digraph"), dot)
        self.assertIn('"vm/alpha" -> "disk/alpha/root"', dot)
        self.assertIn("svg", lab.run("graph", "--format", "svg", check=1).stderr)

    def test_targets(self):
        lab = self.lab("backing")
        self.assertEqual(lab.run("show", "alpha").stdout, lab.run("show", "vm/alpha").stdout)
        for glob, expected in (("*", ["vm/alpha", "vm/beta"]), ("al*", ["vm/alpha"]), ("vm/*", ["vm/alpha", "vm/beta"]),
                               ("disk/beta/*", ["disk/beta/data", "disk/beta/root"]), ("image/*", ["image/base"]),
                               ("disk/*", ["disk/alpha/root", "disk/beta/data", "disk/beta/root"]), ("?lpha", ["vm/alpha"])):
            shown = [json.loads(line)["id"] for line in lab.run("show", glob, "--format", "json").stdout.splitlines()]
            self.assertEqual(shown, expected, glob)
        done = lab.run("show", "alhpa", check=1)
        self.assertIn("did you mean `alpha`", done.stderr)
        self.assertIn("disk", lab.run("show", "disk", check=1).stderr)

    def test_colour(self):
        lab = self.lab("quickstart")
        lab.edit("profiles/web.toml", "cores = 1", "cores = 0")
        self.assertNotIn(COLOUR, lab.run("validate", check=1).stderr)  # no terminal
        forced = lab.run("validate", check=1, env={"CLICOLOR_FORCE": "1"})
        self.assertIn(COLOUR, forced.stderr)
        plain = lab.run("validate", check=1, env={"CLICOLOR_FORCE": "1", "NO_COLOR": "1"})
        self.assertNotIn(COLOUR, plain.stderr)
        self.assertEqual(re.sub(r"\x1b\[[0-9;]*m", "", forced.stderr), plain.stderr)

    def test_colour_on_a_terminal(self):
        lab = self.lab("quickstart")
        lab.edit("profiles/web.toml", "cores = 1", "cores = 0")
        for env, coloured in (({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            ours, theirs = pty.openpty()
            try:
                lab.run("validate", check=1, env=env, stderr=theirs)
                text = os.read(ours, 65536).decode(errors="replace")
            finally:
                os.close(ours)
                os.close(theirs)
            self.assertIn("cores", text)
            self.assertEqual(COLOUR in text, coloured, env)

    def test_output_that_cannot_be_written(self):
        lab = self.lab("quickstart")
        for words in (["help"], ["show"], ["version"], ["canon", "web"], ["graph"], ["build", "-o", "-"], ["status"],
                      ["apply", "--dry-run"], ["build", "--format", "json"]):
            with open("/dev/full", "wb") as full:
                done = lab.run(*words, check=1, stdout=full)
            self.assertIn("standard output", done.stderr, words)

    def test_reader_that_goes_away(self):
        lab = self.lab("backing")
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = lab.run("build", "-o", "-", stdout=writing, check=False)
        finally:
            os.close(writing)
        self.assertIn(done.returncode, (1, -13))
        lab.run("build", "--locked", check=False)

    def test_refused_without_a_terminal(self):
        lab = self.lab("quickstart")
        done = lab.run("apply", check=1)
        self.assertIn("--yes", done.stderr)
        done = lab.run("apply", check=1, input="y\n")
        self.assertIn("--yes", done.stderr)
        self.assertFalse(lab.exists("disks"))

    def test_destroy_where_nothing_is_applied(self):
        lab = self.lab("quickstart")
        before = support.snapshot(lab.path("profiles"))
        for words in ([], ["--yes"], ["web", "--yes"], ["--disks", "--yes"]):
            self.assertIn("nothing is applied", lab.run("destroy", *words).stdout)
        self.assertEqual(support.snapshot(lab.path("profiles")), before)

    def test_console_of_a_machine_that_never_ran(self):
        lab = self.lab("quickstart")
        lab.run("build")
        self.assertIn("web", lab.run("console", "web", check=1).stderr)

    def test_steps_by_hand(self):
        lab = self.lab("quickstart")
        names = re.findall(r"(?m)^  (\S+)", lab.run("step").stdout)
        for name in ("mkdir", "publish", "verify", "verify-chain", "verify-disk", "check", "machine", "import", "remove"):
            self.assertIn(name, names)
        lab.run("step", "mkdir", "a/b", "0700")
        self.assertEqual(os.stat(lab.path("a/b")).st_mode & 0o777, 0o700)
        lab.run("step", "check", "a/b/missing", check=1)
        self.assertNotEqual(lab.run("step", "mkdir", "../outside", "0700", check=False).returncode, 0)
        self.assertFalse(os.path.exists(lab.path("../outside")))
        self.assertNotEqual(lab.run("step", "bogus", check=False).returncode, 0)

    def test_codes_are_explained_without_a_lab(self):
        with open(os.path.join(support.ROOT, "docs/diagnostics.md"), encoding="utf-8") as file:
            codes = sorted(set(re.findall(r"\bVP\d{4}\b", file.read())))
        self.assertGreaterEqual(len(codes), 20)
        for code in codes:
            self.assertRegex(vmplan("explain", code, cwd="/").stdout, rf"\A{code}: .+\n\n.+")
        self.assertNotEqual(vmplan("explain", "VP9999", cwd="/", check=1).stderr, "")


if __name__ == "__main__":
    support.main()
