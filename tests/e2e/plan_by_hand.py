# SPDX-License-Identifier: Apache-2.0
"""An exported plan carried out without vmplan's executor: its steps one by one, and its QEMUs with -S, so that no guest runs."""
import base64
import json
import re
import shutil
import subprocess

import support

STEP_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/nonexistent"}


def in_order(nodes):
    """The nodes, each after what it rests on."""
    left, done, order = {node["id"]: node for node in nodes}, set(), []
    while left:
        ready = [node_id for node_id, node in sorted(left.items()) if done >= set(node["deps"])]
        assert ready, f"a circle, or a dependency that is missing: {sorted(left)}"
        for node_id in ready:
            order.append(left.pop(node_id))
            done.add(node_id)
    return order


def launch_steps(plan):
    """{name of the machine: (node, launch step)}, in the order of the plan."""
    return {node["metadata"]["profile_name"]: (node, step)
            for node in plan["nodes"] for step in node["commands"] if step["mode"] == "daemon"}


def do_step(lab, step, blobs):
    argv = list(step["argv"])
    argv[0] = support.VMPLAN if argv[0] == "vmplan" else shutil.which(argv[0], path=STEP_ENVIRONMENT["PATH"])
    secrets = {use["reference"].removeprefix("env:"): "a secret of the tests" for use in step["secrets"]}
    fed = {"input": base64.b64decode(blobs[step["stdin"]["blob"]]).decode()} if step["stdin"] else {}
    done = support.run(argv, cwd=lab.path(step["cwd"]), check=False, env={**STEP_ENVIRONMENT, **step["env"], **secrets},
                       timeout=step["timeout_seconds"] or support.PATIENCE, **fed)
    assert done.returncode in step["expected_exit_codes"], f"{step['argv']}: {done.stderr}"


def do_all_but_starting(lab, plan, made=None):
    """`made`: {image: file} of images whose recipes are not run; the file takes the place of what they make."""
    for node in in_order(plan["nodes"]):
        image = node["id"].removeprefix("image/")
        if made and image in made:
            lab.write(node["outputs"][0]["path"], made[image])
            continue
        for step in node["commands"]:
            if step["mode"] == "daemon":
                continue
            if step["argv"][:3] == ["vmplan", "step", "verify-chain"]:
                # Compares with what apply recorded; nothing was applied here, and it must notice that.
                done = lab.run(*step["argv"][1:], check=1)
                assert "not applied" in done.stderr, done.stderr
            elif step["argv"][:4] == ["vmplan", "step", "link", "check"] and step["step_id"] == "verify":
                # Whose a device without mark is stands in apply's journal, and here is none.
                done = lab.run(*step["argv"][1:], check=1)
                assert "does not carry the mark" in done.stderr, done.stderr
            elif step["argv"][:4] != ["vmplan", "step", "serial", "wait"]:  # no guest, no words of it
                do_step(lab, step, plan["blobs"])


def without_kvm(argv):
    """The same command line for a host without KVM: what only KVM can do becomes what stands in for it under TCG."""
    if argv[argv.index("-accel") + 1] == "tcg":
        return list(argv)
    instead = {"-accel": {"kvm": "tcg"}, "-cpu": {"host": "max"}}
    changed = [instead.get(before, {}).get(word, word) for before, word in zip([""] + argv, argv)]
    return [re.sub(r"gic-version=host", "gic-version=3", word) if before == "-machine" else word
            for before, word in zip([""] + changed, changed)]


def with_free_ports(argv):
    """(the same command line on ports of this host that are free, {port in the plan: port used})."""
    ports = {}

    def replace(match):
        ports[match[2]] = support.free_port()
        return f"{match[1]}{ports[match[2]]}-"

    return [re.sub(r'("(?:tcp|udp):[^:"]*:)(\d+)-', replace, word) if before == "-netdev" else word
            for before, word in zip([""] + argv, argv)], ports


class Machine:
    """QEMU, started from a plan's launch step with -S, and a client of its supervisor's monitor."""

    def __init__(self, lab, step, argv=None):
        """argv: instead of the step's own."""
        self.errors = support.scratch_path("qemu.err")
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([*(argv or step["argv"]), "-S"], cwd=lab.path(step["cwd"]), stdin=subprocess.DEVNULL,
                                            stdout=errors, stderr=errors, env={**STEP_ENVIRONMENT, **step["env"]})
        monitor = lab.path(step["ready"]["qmp"])

        def connected():
            if self.process.poll() is not None:
                raise AssertionError(f"QEMU ended with {self.process.returncode}: {self.messages()}")
            try:
                return support.Qmp(monitor)
            except (ConnectionRefusedError, FileNotFoundError):
                return None

        try:
            self.qmp = support.wait_until(connected, "QEMU answers", interval=0.005)
        except BaseException:
            self.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def messages(self):
        with open(self.errors, encoding="utf-8", errors="replace") as file:
            return file.read()

    def property(self, path, name):
        """Of any object: a path such as /machine, or the id of a device."""
        return self.qmp.execute("qom-get", path=path if path.startswith("/") else f"/machine/peripheral/{path}", property=name)

    def children(self, path):
        """{name: type} of the objects right below one."""
        return {entry["name"]: entry["type"].removeprefix("child<").removesuffix(">")
                for entry in self.qmp.execute("qom-list", path=path) if entry["type"].startswith("child<")}

    def quit(self):
        self.qmp.execute("quit")
        self.qmp.close()
        return self.process.wait(support.PATIENCE)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
