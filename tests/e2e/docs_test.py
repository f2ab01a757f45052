#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The worked example of docs/plan-format.md is what the program prints today, and examples/README.md lists what is there."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
VMPLAN = pathlib.Path(os.environ.get("VMPLAN", ROOT / "build/dev/vmplan")).resolve()
SCRATCH = pathlib.Path(os.environ.get("VMPLAN_E2E_SCRATCH", ROOT / "build/e2e-scratch")) / "docs"


PAGE = ROOT / "docs/plan-format.md"
HEADING = "## Worked example"
EXAMPLE = """

`demo.toml`, a lab of one file:

```toml
{profile}```

`vmplan canon demo.toml`:

```toml
{canonical}```

Its SHA-256 is the profile_hash, `{profile_hash}`.

`vmplan canon --node disk/demo/root demo.toml` prints two lines:

```
{disk_documents}```

Without their line feeds they hash to own, `{disk_own}`, and key,
`{disk_key}`. The machine rests on the disk, so its key document is

```
{machine_key_document}
```

and its key `{machine_key}`. `demo.vmplan.lock` is then

```
{lock}```

and plan_hash the SHA-256 of its last two lines, `{plan_hash}`.
"""


class ListOfExamples(unittest.TestCase):
    def test_it_names_each_example_once(self):
        page = (ROOT / "examples/README.md").read_text(encoding="utf-8")
        named = re.findall(r"(?m)^\| \[([^\]]+)\]\(([^)]+)/\) \| \S", page)
        self.assertEqual(sorted(named), sorted((path.name, path.name) for path in (ROOT / "examples").iterdir() if path.is_dir()))


class WorkedExample(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        shutil.rmtree(SCRATCH, ignore_errors=True)
        SCRATCH.mkdir(parents=True)
        self.before, self.shown = PAGE.read_text(encoding="utf-8").split(HEADING)
        self.profile = re.search(r"```toml\n(.*?)```", self.shown, re.S).group(1)
        (SCRATCH / "demo.toml").write_text(self.profile, encoding="utf-8")

    def run_vmplan(self, *args):
        return subprocess.run([VMPLAN, *args], cwd=SCRATCH, check=True, capture_output=True, text=True).stdout

    def current(self):
        """The section as the program's output makes it."""
        self.run_vmplan("build", "demo.toml", "-o", "plan.json")
        plan = json.loads((SCRATCH / "plan.json").read_text())
        nodes = {node["id"]: node for node in plan["nodes"]}
        disk, machine = nodes["disk/demo/root"], nodes["vm/demo"]
        return EXAMPLE.format(
            profile=self.profile, canonical=self.run_vmplan("canon", "demo.toml"),
            profile_hash=plan["profiles"]["demo"]["profile_hash"],
            disk_documents=self.run_vmplan("canon", "--node", "disk/demo/root", "demo.toml"),
            disk_own=disk["own"], disk_key=disk["key"],
            machine_key_document=self.run_vmplan("canon", "--node", "vm/demo", "demo.toml").splitlines()[1],
            machine_key=machine["key"], lock=(SCRATCH / "demo.vmplan.lock").read_text(), plan_hash=plan["plan_hash"])

    def test_the_page_is_what_the_program_prints(self):
        current = self.current()
        if self.shown != current and "VMPLAN_ACCEPT" in os.environ:
            PAGE.write_text(self.before + HEADING + current, encoding="utf-8")
            self.fail("docs/plan-format.md was rewritten; read it, and run again")
        self.assertEqual(self.shown, current)

    def test_every_built_in_step_is_in_the_table_for_people_by_its_grammar(self):
        table = (ROOT / "docs/steps.md").read_text(encoding="utf-8").replace("\\|", "|")
        grammars = [re.split(r" {2,}", line.strip())[0] for line in self.run_vmplan("step").splitlines()]
        self.assertGreater(len(grammars), 10)
        self.assertEqual([grammar for grammar in grammars if f"`{grammar}`" not in table], [])
        named = re.findall(r"^\| (`.*?) \|", table.replace("TERM|KILL", "TERM/KILL"), re.M)
        rows = [words.replace("TERM/KILL", "TERM|KILL") for row in named for words in re.findall(r"`([^`]+)`", row)]
        self.assertCountEqual(rows, grammars)


unittest.main()
