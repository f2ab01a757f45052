#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The worked example of docs/plan-format.md is what the program prints today."""
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


class WorkedExample(unittest.TestCase):
    def setUp(self):
        shutil.rmtree(SCRATCH, ignore_errors=True)
        SCRATCH.mkdir(parents=True)
        self.doc = (ROOT / "docs/plan-format.md").read_text(encoding="utf-8").split("## Worked example")[1]
        profile = re.search(r"```toml\n(.*?)```", self.doc, re.S).group(1)
        (SCRATCH / "demo.toml").write_text(profile, encoding="utf-8")

    def run_vmplan(self, *args):
        return subprocess.run([VMPLAN, *args], cwd=SCRATCH, check=True, capture_output=True, text=True).stdout

    def test_every_block_and_hash_is_current(self):
        self.run_vmplan("build", "demo.toml", "-o", "plan.json")
        plan = json.loads((SCRATCH / "plan.json").read_text())
        machine = next(node for node in plan["nodes"] if node["id"] == "vm/demo")
        self.assertIn(self.run_vmplan("canon", "demo.toml"), self.doc)
        self.assertIn(self.run_vmplan("canon", "--node", "disk/demo/root", "demo.toml"), self.doc)
        self.assertIn((SCRATCH / "demo.vmplan.lock").read_text(), self.doc)
        for digest in (plan["plan_hash"], machine["key"], machine["own"], plan["profiles"]["demo"]["profile_hash"]):
            self.assertIn(digest, self.doc)

    def test_every_built_in_step_is_in_the_table_for_people_by_its_grammar(self):
        table = (ROOT / "docs/steps.md").read_text(encoding="utf-8").replace("\\|", "|")
        grammars = [re.split(r" {2,}", line.strip())[0] for line in self.run_vmplan("step").splitlines()]
        self.assertGreater(len(grammars), 10)
        self.assertEqual([grammar for grammar in grammars if f"`{grammar}`" not in table], [])
        named = re.findall(r"^\| (`.*?) \|", table.replace("TERM|KILL", "TERM/KILL"), re.M)
        rows = [words.replace("TERM/KILL", "TERM|KILL") for row in named for words in re.findall(r"`([^`]+)`", row)]
        self.assertCountEqual(rows, grammars)


unittest.main()
