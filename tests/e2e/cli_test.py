#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as docs/cli.md describes it: words, exit codes, outputs. Nothing here starts a machine."""
import json
import os
import pty
import re
import shutil
import subprocess

import support

COMMANDS = "build validate fmt migrate canon show explain graph apply status console destroy platform schema step version help".split()
DIGEST = r"sha256:[0-9a-f]{64}"
SUMMARY = re.compile(rf"\Abuilt (\d+) nodes? \((\d+) changed\) in (\d+) ms  plan ({DIGEST})\n\Z")
COLOUR = "\x1b["


def vmplan(*words, **more):
    return support.run([support.VMPLAN, *words], **more)


class ProgramsTest(support.TestCase):
    def test_a_program_has_left_the_group_of_the_terminal_before_a_signal_can_reach_it(self):
        """Ctrl-C is for vmplan, which lets a running step finish."""
        lab = self.lab("quickstart")
        trace = support.scratch_path("trace")
        support.run(["strace", "-f", "-qq", "-e", "trace=setpgid,rt_sigprocmask,execve", "-e", "signal=none", "-o", trace,
                     support.VMPLAN, "apply", "disk/web/root", "--yes", "-q"], cwd=lab.root,
                    env={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"})
        calls = {}
        with open(trace, encoding="utf-8") as file:
            for line in file:
                pid, _, call = line.partition(" ")
                calls.setdefault(pid, []).append(call.strip())
        (program,) = [list_ for list_ in calls.values() if any("qemu-img" in call for call in list_ if call.startswith("execve("))
                      and "setpgid(0, 0)" in " ".join(list_)]
        before = program[:[call.startswith("execve(") for call in program].index(True)]
        left = [call.startswith("setpgid(0, 0)") for call in before].index(True)
        opened = [call.startswith("rt_sigprocmask(SIG_SETMASK, [],") for call in before].index(True)
        self.assertLess(left, opened, before)


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

    def test_unknown_formats(self):
        lab = self.lab("quickstart")
        for words, known in ((["status", "--format", "yaml"], "text, json"), (["build", "--format=jsn"], "text, json"),
                             (["version", "--format", ""], "text, json"), (["graph", "--format", "text"], "dot, json")):
            done = lab.run(*words, check=1)
            self.assertEqual(done.stdout, "")
            self.assertIn(f"{words[0]} has the formats {known}, not", done.stderr)
        self.assertIn("did you mean `json`", lab.run("build", "--format=jsn", check=1).stderr)
        self.assertFalse(lab.exists("vmplan.lock"))
        self.assertIn("dot (default), json", vmplan("help", "graph").stdout)
        self.assertIn("text (default), json", vmplan("help", "build").stdout)

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
        for name in ("web", "db"):
            lab.run("apply", f"{name}.toml", f"disk/{name}/root", "--yes")
            self.assertEqual(os.listdir(lab.path(f"logs/runs/{name}/1")), [f"disk_{name}_root.log"])

    def test_profiles_that_are_named_must_be_there(self):
        lab = self.lab("quickstart")
        lab.run("build")
        lab.edit("vmplan.toml", 'name = "quickstart"', 'name = "quickstart"\nprofiles = ["profiles/*.toml", "extra/db.toml", "nodir/*.toml"]')
        for words in (["validate"], ["build"], ["apply", "--yes"]):
            done = lab.run(*words, check=1)
            self.assertIn("extra/db.toml does not exist", done.stderr)
            self.assertIn("the directory of `nodir/*.toml` does not exist", done.stderr)

    def test_file_names_that_are_no_text_are_refused(self):
        lab = self.lab("quickstart")
        profile = lab.read("profiles/web.toml").replace('"web"', '"b"').replace("disks/web", "disks/b")
        for name, shown in ((b"w\xff.toml", "w\\xff.toml has a name that is not UTF-8"),
                            (b"w\nx.toml", "w\\x0ax.toml has a name that holds a control character")):
            path = os.path.join(os.fsencode(lab.path("profiles")), name)
            with open(path, "w", encoding="utf-8") as file:
                file.write(profile)
            done = lab.run("build", check=1)
            self.assertIn(shown, done.stderr)
            self.assertIn("rename the file", done.stderr)
            self.assertFalse(lab.exists(".vmplan/cache/plan.json"))
            found = json.loads(lab.run("validate", "--format", "json", check=1).stdout)
            self.assertIn("VP0201", json.dumps(found))
            os.remove(path)
        lab.run("build")

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
        lab.edit("profiles/web.toml", "memory_mb = 320", "memory_mb = 384")
        lab.write("profiles/new.toml", lab.read("profiles/web.toml").replace('"web"', '"new"').replace("disks/web", "disks/new")
                  .replace('hostfwd = [', 'hostfwd = [] # ['))
        about = {node["id"]: node for node in lab.json("build", "--explain", "--dry-run")["explained"]}
        self.assertEqual(about["vm/web"]["attributes"], [{"after": 384, "before": 320, "path": "memory_mb"}])
        self.assertEqual(about["vm/new"], {"id": "vm/new", "what": "new"})
        self.assertNotIn("explained", lab.json("build"))
        self.assertEqual(lab.json("build", "--explain")["explained"], [])

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
        # As /dev/stdout is, but nothing that a mistake would take away from the machine.
        os.symlink("/proc/self/fd/1", lab.path("stdout"))
        self.assertEqual(lab.run("build", "-o", "stdout").stdout.encode(), plan)
        self.assertTrue(os.path.islink(lab.path("stdout")))
        os.mkfifo(lab.path("pipe"))
        with subprocess.Popen(["cat", lab.path("pipe")], stdout=subprocess.PIPE) as reader:
            lab.run("build", "-o", "pipe")
            self.assertEqual(reader.communicate(timeout=support.PATIENCE)[0], plan)
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
        # The name that `platform list` prints, with its number, is no file.
        lab.run("build", "--locked", "--platform", "linux-x86_64-tcg/1")
        lab.write("vmplan.toml", 'schema_version = 1\n[lab]\nname = "quickstart"\nplatform = "linux-x86_64-tcg/1"\n')
        lab.run("build", "--locked")
        self.assertIn("linux-x86_64-tgc", lab.run("build", "--platform", "linux-x86_64-tgc", check=1).stderr)


class OutputTest(support.TestCase):
    def test_json_of_everything(self):
        lab = self.lab("backing")
        lab.run("build")
        self.assertEqual(lab.json("validate"), {"diagnostics": [], "errors": 0, "warnings": 0})
        nodes = lab.json("show")["nodes"]
        self.assertEqual({node["id"]: node["key"] for node in nodes}, lab.lock_keys())
        plan = {node["id"]: node for node in lab.plan()["nodes"]}
        self.assertEqual(lab.json("show", "vm/alpha"), plan["vm/alpha"])
        profile = {section["section"]: {field["name"]: field for field in section["fields"]}
                   for section in lab.json("show", "alpha")["sections"]}
        self.assertEqual(profile["[vm]"]["name"]["value"], '"alpha"')
        self.assertRegex(profile["[vm]"]["name"]["origin"], r"^profiles/alpha.toml:\d+$")
        self.assertEqual((profile["[hardware]"]["threads"]["value"], profile["[hardware]"]["threads"]["origin"]),
                         ("1", "default"))
        # What is shown is a profile itself, and the same one.
        lab.write("shown/profiles/alpha.toml", lab.run("show", "alpha").stdout)
        shutil.copy(lab.path("vmplan.toml"), lab.path("shown/vmplan.toml"))
        shutil.copytree(lab.path("images"), lab.path("shown/images"))
        again = {node["id"]: node for node in json.loads(lab.run("build", "-C", "shown", "-n", "-o", "-").stdout)["nodes"]}
        self.assertEqual(again["vm/alpha"]["commands"][-1]["argv"], plan["vm/alpha"]["commands"][-1]["argv"])
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
        self.assertEqual(lab.run("show", "vm/alpha").stdout, lab.run("show", "vm/alph?").stdout)
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

    def test_refused_without_a_terminal_and_nothing_is_written(self):
        lab = self.lab("quickstart")
        before = support.snapshot(lab.root)
        for more in ({}, {"input": "y\n"}):
            done = lab.run("apply", check=1, **more)
            self.assertIn("--yes", done.stderr)
            self.assertEqual(support.differences(before, support.snapshot(lab.root)), [])

    def test_a_no_changes_nothing(self):
        lab = self.lab("quickstart")
        before = support.snapshot(lab.root)
        for answer in ("n\n", "\n", "maybe\n"):
            with support.answering(answer) as terminal:
                done = lab.run("apply", check=1, stdin=terminal)
            self.assertIn("Do exactly this? [y/N] nothing was changed\n", done.stderr)
            self.assertEqual(support.differences(before, support.snapshot(lab.root)), [])

        lab.run("apply", "disk/web/root", "--yes")
        lab.edit("profiles/web.toml", "memory_mb = 256", "memory_mb = 320")
        before = support.snapshot(lab.root)
        for words in (["apply"], ["destroy"], ["destroy", "--disks"]):
            with support.answering("n\n") as terminal:
                done = lab.run(*words, check=1, stdin=terminal)
            self.assertTrue(done.stderr.endswith("nothing was changed\n"), done.stderr)
            changed = support.differences(before, support.snapshot(lab.root))
            self.assertEqual([line for line in changed if not line.startswith(".vmplan/") and not line.startswith(".:")
                              and not line.startswith(".vmplan:")], [])
            self.assertEqual(lab.run("explain", "disk/web/root").stdout, "disk/web/root\n  same key: nothing changed\n")

    def test_a_question_shows_what_it_is_about(self):
        lab = self.lab("quickstart")
        for words in (["apply", "--format", "json"], ["apply", "-q"], ["apply", "-q", "--format", "json"]):
            with support.answering("n\n") as terminal:
                done = lab.run(*words, check=1, stdin=terminal)
            self.assertEqual(done.stdout, "", words)
            self.assertIn("+ create   vm/web", done.stderr, words)
            self.assertIn("Plan: 2 to create, 0 to destroy.\nDo exactly this?", done.stderr, words)
        lab.run("apply", "disk/web/root", "--yes")
        for words in (["destroy", "--format", "json"], ["destroy", "-q"]):
            with support.answering("n\n") as terminal:
                done = lab.run(*words, "--disks", check=1, stdin=terminal)
            self.assertEqual(done.stdout, "", words)
            self.assertIn("- destroy  disk/web/root", done.stderr, words)
        # On the terminal that shows it already it is not shown twice.
        with support.answering("n\n") as terminal:
            self.assertNotIn("create", lab.run("apply", check=1, stdin=terminal).stderr)

    def test_destroy_of_one_machine_settles_no_other(self):
        lab = self.lab("backing")
        lab.run("build")
        lab.write(".vmplan/run", "in the way of the run directories")
        lab.run("apply", "--yes", "--keep-going", check=1)
        half = {name: "half-updated" in machine["note"] for name, machine in lab.machines().items()}
        self.assertEqual(half, {"alpha": True, "beta": True})
        os.unlink(lab.path(".vmplan/run"))
        for answer in ("n", "backing"):
            with support.answering(answer + "\n") as terminal:
                lab.run("destroy", "alpha", check=answer == "backing" or 1, stdin=terminal)
            half = {name: "half-updated" in machine["note"] for name, machine in lab.machines().items()}
            self.assertEqual(half, {"alpha": answer == "n", "beta": True})

    def test_destroy_where_nothing_is_applied(self):
        lab = self.lab("quickstart")
        before = support.snapshot(lab.root)
        for words in ([], ["--yes"], ["--disks", "--yes"]):
            self.assertIn("nothing is applied", lab.run("destroy", *words).stdout)
        self.assertIn("`nosuch`", lab.run("destroy", "nosuch", check=1).stderr)
        summary = lab.summary("destroy", "--yes")
        self.assertEqual((summary["status"], summary["destroyed"], summary["unchanged"]), ("succeeded", 0, 0))
        self.assertEqual(support.differences(before, support.snapshot(lab.root)), [])
        lab.run("build")
        self.assertIn("nothing is applied", lab.run("destroy", "web", "--yes").stdout)
        self.assertIn("did you mean `web`", lab.run("destroy", "wbe", check=1).stderr)

    def test_destroy_does_not_take_a_state_that_cannot_be_looked_at_for_none(self):
        lab, elsewhere = self.lab("quickstart"), self.lab(files={"x": ""}, name="elsewhere")
        os.symlink(elsewhere.root, lab.path(".vmplan"))
        for words in (["destroy", "--yes"], ["apply", "disk/web/root", "--yes"], ["status"]):
            self.assertIn(".vmplan", lab.run(*words, check=1).stderr, words)
        self.assertEqual(os.listdir(elsewhere.root), ["x"])
        os.unlink(lab.path(".vmplan"))

    def test_destroy_disks_of_a_machine_takes_its_own_disks_and_no_others(self):
        lab = self.lab("backing")
        lab.run("apply", "disk/*", "--yes")
        disks = {name: [node["outputs"][0]["path"] for node in lab.plan()["nodes"] if node["id"].startswith(f"disk/{name}/")]
                 for name in ("alpha", "beta")}
        self.assertTrue(all(lab.exists(path) for paths in disks.values() for path in paths))
        lab.run("destroy", "alpha", "--yes")
        self.assertTrue(all(lab.exists(path) for path in disks["alpha"]))
        with support.answering("n\n") as terminal:
            done = lab.run("destroy", "alpha", "--disks", check=1, stdin=terminal)
        self.assertIn("Disks will be deleted", done.stderr)
        lab.run("destroy", "alpha", "--disks", "--yes")
        self.assertEqual([path for path in disks["alpha"] if lab.exists(path)], [])
        self.assertTrue(all(lab.exists(path) for path in disks["beta"]))

    def test_a_failure_names_its_node_once_and_is_no_done(self):
        lab = self.lab("quickstart")
        lab.write("disks/web/root.qcow2", "in the way")
        done = lab.run("apply", "--yes", check=1)
        self.assertRegex(done.stderr, r"(?m)^failed: disk/web/root: step publish: ")
        self.assertTrue(done.stdout.endswith("\nFailed: 2 failed, 0 unchanged.\n"), done.stdout)
        (failed,) = [event for event in lab.events("apply", "--yes", check=1) if event["event"] == "node_failed"]
        self.assertTrue(failed["error"].startswith("step publish: "), failed)
        os.unlink(lab.path("disks/web/root.qcow2"))
        self.assertIn("Done: 1 created", lab.run("apply", "disk/web/root", "--yes").stdout)

    def test_every_view_says_half_updated_until_it_is_finished(self):
        lab = self.lab("quickstart")
        lab.write("disks/web/root.qcow2", "in the way")
        lab.run("apply", "--yes", check=1)
        half = "half-updated: a run that did not finish began to create it"
        (machine,) = lab.json("status")["machines"]
        self.assertEqual((machine["name"], machine["note"]), ("web", f"disk/web/root: {half}; not applied"))
        self.assertIn(half, lab.run("status").stdout)
        rows = {row["id"]: row for row in lab.json("apply", "--dry-run")["rows"]}
        self.assertEqual(rows["disk/web/root"]["note"], f"{half}; this goes on from there")
        self.assertEqual(rows["vm/web"]["note"], "")
        self.assertIn(f"note: {half}; this goes on from there", lab.run("apply", "--dry-run").stdout)
        self.assertIn(half, lab.run("explain", "disk/web/root").stdout)
        self.assertEqual(lab.json("explain", "disk/web/root"), {"applied": False, "half_updated": True, "id": "disk/web/root"})
        self.assertNotIn("half", lab.run("explain", "vm/web").stdout)

        # Another disk is wanted by now.
        lab.edit("profiles/web.toml", "size_gb = 1", "size_gb = 2")
        self.assertIn(f"note: {half}; this starts anew", lab.run("apply", "--dry-run").stdout)
        # A machine that no profile names is no place to say it.
        lab.write("vmplan.lock", "")
        done = lab.run("status")
        self.assertIn(f"disk/web/root: {half}", done.stderr)

        os.unlink(lab.path("disks/web/root.qcow2"))
        lab.run("apply", "disk/web/root", "--yes")
        for words in (["status"], ["apply", "--dry-run"], ["explain", "disk/web/root"]):
            done = lab.run(*words)
            self.assertNotIn("half", done.stdout + done.stderr, words)

    def test_destroy_needs_no_platform(self):
        for platform in ("host", "platforms/gone.json", "linux-x86_64-tgc"):
            with self.subTest(platform):
                lab = self.lab("quickstart")
                lab.run("apply", "disk/web/root", "--yes")
                lab.edit("vmplan.toml", "[lab]", f'[lab]\nplatform = "{platform}"')
                # Nor profiles that are sound, nor a QEMU that can be asked.
                lab.write("profiles/web.toml", "no = [profile")
                done = lab.run("destroy", "--yes", "--disks", env={"PATH": "/nonexistent"})
                self.assertEqual(done.stderr, "destroying disk/web/root\ndestroyed disk/web/root\n")
                self.assertFalse(lab.exists("disks/web/root.qcow2"))

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

    def test_steps_by_hand_reach_the_allowed_places_and_no_others(self):
        lab, shared, other = self.lab("quickstart"), self.lab(files={"x": ""}), self.lab(files={"x": ""})
        self.assertIn(shared.root, lab.run("step", "mkdir", shared.path("a"), "0700", check=1).stderr)
        lab.write("vmplan.toml", lab.read("vmplan.toml") + f'\n[paths]\nallow = ["{shared.root}"]\n')
        lab.run("step", "mkdir", shared.path("a"), "0700")
        self.assertTrue(os.path.isdir(shared.path("a")))
        self.assertIn(other.root, lab.run("step", "mkdir", other.path("a"), "0700", check=1).stderr)
        self.assertFalse(other.exists("a"))

    def test_codes_are_explained_without_a_lab(self):
        with open(os.path.join(support.ROOT, "docs/diagnostics.md"), encoding="utf-8") as file:
            codes = sorted(set(re.findall(r"\bVP\d{4}\b", file.read())))
        self.assertGreaterEqual(len(codes), 20)
        for code in codes:
            self.assertRegex(vmplan("explain", code, cwd="/").stdout, rf"\A{code}: .+\n\n.+")
        self.assertNotEqual(vmplan("explain", "VP9999", cwd="/", check=1).stderr, "")


if __name__ == "__main__":
    support.main()
