#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recomputes every hash of a plan file from the file alone, without any code of vmplan.

usage: recompute.py PLAN [LOCK] [NAME=CANONICAL_TOML_FILE ...]
Exits 1 and names the first difference; prints the number of hashes that were compared.
"""
import hashlib
import json
import re
import sys

compared = 0


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def canonical(value):
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # Python spells controls below 0x20 as RFC 8785 does, and leaves DEL alone.
    return text.encode()


def expect(what, stated, computed):
    global compared
    compared += 1
    if stated != computed:
        sys.exit(f"{what}: the file says {stated}, recomputed {computed}")


def check_steps(node):
    for step in node["commands"] + node["rollback"] + node["probe"]:
        argv = step["argv"]
        assert argv and all("\0" not in word for word in argv)
        expect(f"{node['id']} {step['step_id']} argv_hash", step["argv_hash"], sha("\0".join(argv).encode()))


def own_document(node):
    names = ("id", "kind", "commands", "rollback", "probe", "inputs", "outputs", "spec",
             "requires_privilege", "destructive", "deps")
    document = {name: node[name] for name in names}
    document["format"] = "vmplan.node/1"
    document["deps"] = sorted(node["deps"])
    if "output_digest" in node:
        document["output_digest"] = node["output_digest"]
    return canonical(document)


def check_plan(path):
    data = open(path, "rb").read()
    plan = json.loads(data)
    nodes = {node["id"]: node for node in plan["nodes"]}
    assert [node["id"] for node in plan["nodes"]] == sorted(nodes), "nodes are sorted by id"
    keys = {}

    def key(node_id):
        if node_id not in keys:
            node = nodes[node_id]
            deps = [[dep, nodes[dep].get("output_digest") or key(dep)] for dep in sorted(node["deps"])]
            keys[node_id] = sha(canonical({"deps": deps, "own": node["own"]}))
        return keys[node_id]

    for node in plan["nodes"]:
        check_steps(node)
        expect(f"{node['id']} own", node["own"], sha(own_document(node)))
        expect(f"{node['id']} key", node["key"], key(node["id"]))
        launch = [step for step in node["commands"] if step["mode"] == "daemon"]
        if launch:
            expect(f"{node['id']} metadata", node["metadata"]["argv_hash"], launch[0]["argv_hash"])
    lines = "".join(f"{node_id} {keys[node_id]}\n" for node_id in sorted(nodes))
    expect("plan_hash", plan["plan_hash"], sha(lines.encode()))
    end = data.rindex(b',"digest"')
    expect("digest", plan["digest"], sha(data[:end]))
    assert data[end:] == f',"digest":"{plan["digest"]}"}}\n'.encode(), "the file ends after its digest"
    return plan, keys


def check_lock(path, keys):
    lines = open(path, encoding="utf-8").read().splitlines()
    assert lines[0] == "# vmplan lock 1"
    stated = dict(re.fullmatch(r"(\S+) (sha256:[0-9a-f]{64})", line).groups() for line in lines[1:]
                  if not line.startswith(("platform ", "input ", "output ")))
    expect("lock keys", stated, keys)


def main():
    plan, keys = check_plan(sys.argv[1])
    for argument in sys.argv[2:]:
        if "=" in argument:
            name, file = argument.split("=", 1)
            expect(f"{name} profile_hash", plan["profiles"][name]["profile_hash"], sha(open(file, "rb").read()))
        else:
            check_lock(argument, keys)
    print(f"{compared} hashes recomputed")


main()
