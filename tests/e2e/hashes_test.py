#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every hash that vmplan writes is recomputed from the files alone, by a program that shares no code with it."""
import hashlib
import json
import os
import random
import sys

import support


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_count(plan):
    """What recompute.py has to compare in a plan, its lock and its canonical profiles."""
    steps = [step for node in plan["nodes"] for step in node["commands"] + node["rollback"] + node["probe"]]
    daemons = [step for step in steps if step["mode"] == "daemon"]
    return len(steps) + 2 * len(plan["nodes"]) + len(daemons) + 2 + 1 + len(plan["profiles"])


class HashesTest(support.TestCase):
    def recompute(self, lab, plan="plan.exported.json", check=True, canon=()):
        return support.run([sys.executable, "-B", support.RECOMPUTE, lab.path(plan), lab.path(lab.lock_file), *canon],
                           check=check)

    def canonical_profiles(self, lab, plan):
        words = []
        for name, about in plan["profiles"].items():
            text = lab.run("canon", *(lab.words or [name])).stdout
            lab.write(f"canon-{name}.txt", text)
            words.append(f"{name}={lab.path(f'canon-{name}.txt')}")
            self.assertEqual(about["profile_hash"], sha(text.encode()))
        return words

    def test_every_example_recomputes(self):
        for example in support.example_names():
            with self.subTest(example):
                lab = self.lab(example)
                plan = lab.plan()
                done = self.recompute(lab, canon=self.canonical_profiles(lab, plan))
                self.assertEqual(done.stdout, f"{hash_count(plan)} hashes recomputed\n")
                self.assertEqual(lab.read_bytes("plan.exported.json"), lab.read_bytes(f"{lab.state_dir}/cache/plan.json"))

    def test_argv_hash_vector(self):
        with open(os.path.join(support.ROOT, "tests/vectors/argv_hash.json"), encoding="utf-8") as file:
            vector = json.load(file)
        self.assertEqual(len(vector["argv"]), 24)
        self.assertEqual(vector["argv_hash"], "sha256:5f21305f782cdf48dcd9193a2fb909d1d10c0ee83d34797eed217661107c9f8c")
        self.assertEqual(sha("\0".join(vector["argv"]).encode()), vector["argv_hash"])

    def test_canon_node_prints_the_documents_of_own_and_key(self):
        lab = self.lab("backing")
        plan = lab.plan()
        nodes = {node["id"]: node for node in plan["nodes"]}
        for node_id, node in nodes.items():
            own, key = lab.run("canon", "--node", node_id).stdout.encode().splitlines()
            self.assertEqual(sha(own), node["own"], node_id)
            self.assertEqual(sha(key), node["key"], node_id)
            self.assertEqual(canonical(json.loads(own)), own)
            identities = [[dep, nodes[dep].get("output_digest") or nodes[dep]["key"]] for dep in sorted(node["deps"])]
            self.assertEqual(key, canonical({"deps": identities, "own": node["own"]}))
        self.assertEqual(lab.lock_keys(), {node_id: node["key"] for node_id, node in nodes.items()})

    def test_what_people_read_is_in_no_digest(self):
        lab = self.lab("quickstart")
        before = lab.plan()
        lab.edit("profiles/web.toml", "Boots a tiny kernel", "Starts a tiny kernel")
        after = lab.plan()
        self.assertNotEqual(before["nodes"], after["nodes"])  # display and profile_hash differ
        self.assertNotEqual(before["digest"], after["digest"])
        self.assertEqual(before["plan_hash"], after["plan_hash"])
        self.assertEqual([node["own"] for node in before["nodes"]], [node["own"] for node in after["nodes"]])

    def test_digests_of_inputs_are_those_of_the_files(self):
        lab = self.lab("backing")
        nodes = {node["id"]: node for node in lab.plan()["nodes"]}
        base = sha(lab.read_bytes("images/base.qcow2"))
        self.assertEqual(nodes["image/base"]["output_digest"], base)
        self.assertEqual(nodes["image/base"]["inputs"], [{"path": "images/base.qcow2", "sha256": base}])
        self.assertIn(f"input {base} images/base.qcow2\n", lab.read("vmplan.lock"))
        self.assertNotIn("output_digest", nodes["disk/alpha/root"])
        for node_id, backed in (("disk/alpha/root", True), ("disk/beta/root", True), ("disk/beta/data", False)):
            self.assertEqual(nodes[node_id]["spec"]["backing"].get("sha256"), base if backed else None)

        lab = self.lab("pair")
        lab.plan()
        for path in ("images/vmlinuz", "images/initrd.img"):
            self.assertIn(f"input {sha(lab.read_bytes(path))} {path}\n", lab.read("vmplan.lock"))

    def test_platform_digest_in_the_lock(self):
        lab = self.lab("quickstart")
        platform = lab.plan()["platform"]
        self.assertIn(f"platform {platform['name']} {sha(canonical(platform))}\n", lab.read("vmplan.lock"))

    def test_canonical_profile_is_a_fixed_point_and_the_same_by_name_and_file(self):
        for example in support.example_names():
            with self.subTest(example):
                lab = self.lab(example)
                for name, about in lab.plan()["profiles"].items():
                    text = lab.run("canon", *(lab.words or [name])).stdout
                    # By itself a file is less than the lab makes of it where that has defaults, or several machines of it.
                    if example != "fleet":
                        self.assertEqual(lab.run("canon", "./" + about["source"]).stdout, text)
                    again = self.lab(files={f"{name}.toml": text})
                    self.assertEqual(again.run("canon", f"./{name}.toml").stdout, text)
                    self.assertTrue(text.endswith("\n") and not text.endswith("\n\n") and "\r" not in text)

    def test_plan_with_one_byte_changed_is_not_accepted(self):
        lab = self.lab("backing")
        lab.plan()
        data = lab.read_bytes("plan.exported.json")
        generator = random.Random(1)
        places = {0, len(data) - 1, len(data) - 2, data.rindex(b'"digest"') + 12, data.rindex(b'"plan_hash"') + 20,
                  data.index(b'"generator"') + 14, data.index(b'"explanation"') + 16, data.index(b"\n"),
                  *generator.sample(range(len(data)), 24)}
        for place in sorted(places):
            # The next digit or letter, so that most changes are still JSON; a blank where that would be no text.
            changed = data[place] + 1 if data[place : place + 1].isalnum() else ord(" ")
            if changed == data[place]:
                changed = ord("x")
            lab.write("damaged.json", data[:place] + bytes([changed]) + data[place + 1 :])
            done = self.recompute(lab, "damaged.json", check=False)
            self.assertNotEqual(done.returncode, 0, f"byte {place}: {data[place:place + 1]} -> {bytes([changed])}")

    def test_lock_with_another_key_is_not_accepted(self):
        lab = self.lab("backing")
        lab.plan()
        self.recompute(lab)
        lines = lab.read("vmplan.lock").splitlines(keepends=True)
        last = lines[-1].rstrip("\n")
        for damaged in ([*lines[:-1], last[:-1] + ("0" if last[-1] != "0" else "1") + "\n"], lines[:-1],
                        [*lines, "vm/zeta " + last.split(" ")[1] + "\n"]):
            lab.write("vmplan.lock", "".join(damaged))
            self.assertNotEqual(self.recompute(lab, check=False).returncode, 0)

    def test_a_single_change_changes_only_the_keys_that_rest_on_it(self):
        lab = self.lab("backing")
        before = {node["id"]: node["key"] for node in lab.plan()["nodes"]}
        lab.edit("profiles/beta.toml", "memory_mb = 256", "memory_mb = 257")
        after = {node["id"]: node["key"] for node in lab.plan()["nodes"]}
        self.assertEqual({node_id for node_id in before if before[node_id] != after[node_id]}, {"vm/beta"})
        support.make_disk(lab.path("images/base.qcow2"), "qcow2", "65M")
        moved = {node["id"]: node["key"] for node in lab.plan()["nodes"]}
        self.assertEqual({node_id for node_id in after if after[node_id] != moved[node_id]},
                         {"image/base", "disk/alpha/root", "disk/beta/root", "vm/alpha", "vm/beta"})


if __name__ == "__main__":
    support.main()
