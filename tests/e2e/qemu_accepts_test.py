#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real QEMU accepts the command line of every example, and shows through QMP exactly the devices that the profiles declare.

The plans are carried out by this file, step by step from the exported plan, with `vmplan step` and qemu-img: what is exported is
complete. QEMU gets one word more, -S, so that no guest runs.
"""
import json
import os
import re
import shutil
import socket
import stat
import subprocess
import tomllib

import support

GIB = 1 << 30
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


class Machine:
    """QEMU, started from a plan's launch step with -S, and a client of its supervisor's monitor."""

    def __init__(self, lab, step):
        self.errors = support.scratch_path("qemu.err")
        # An accelerator that this host may lack is the one thing that is replaced; the examples ask for TCG.
        argv = list(step["argv"])
        assert argv[argv.index("-accel") + 1] == "tcg", "examples run everywhere"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([*argv, "-S"], cwd=lab.path(step["cwd"]), stdin=subprocess.DEVNULL, stdout=errors,
                                            stderr=errors, env={**STEP_ENVIRONMENT, **step["env"]})
        monitor = lab.path(step["ready"]["qmp"])

        def connected():
            if self.process.poll() is not None:
                raise AssertionError(f"QEMU ended with {self.process.returncode}: {self.messages()}")
            try:
                return support.Qmp(monitor)
            except (ConnectionRefusedError, FileNotFoundError):
                return None

        try:
            self.qmp = support.wait_until(connected, "QEMU answers")
        except BaseException:
            self.kill()
            raise

    def messages(self):
        with open(self.errors, encoding="utf-8", errors="replace") as file:
            return file.read()

    def get(self, device, name):
        return self.qmp.execute("qom-get", path=f"/machine/peripheral/{device}", property=name)

    def quit(self):
        self.qmp.execute("quit")
        self.qmp.close()
        return self.process.wait(support.PATIENCE)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class QemuAcceptsTest(support.TestCase):
    def do_step(self, lab, step):
        argv = list(step["argv"])
        argv[0] = support.VMPLAN if argv[0] == "vmplan" else shutil.which(argv[0], path=STEP_ENVIRONMENT["PATH"])
        done = support.run(argv, cwd=lab.path(step["cwd"]), check=False, env={**STEP_ENVIRONMENT, **step["env"]},
                           timeout=step["timeout_seconds"] or support.PATIENCE)
        self.assertIn(done.returncode, step["expected_exit_codes"], f"{step['argv']}: {done.stderr}")

    def prepare(self, example):
        """(lab, nodes of machines by name): all is done but the starting."""
        lab = self.lab(example, guest="images/vmlinuz" in self.example_text(example))
        plan = lab.plan()
        self.assertEqual(plan["schema"], "vmplan.plan/1")
        machines = {}
        for node in in_order(plan["nodes"]):
            for step in node["commands"]:
                if step["argv"][:3] == ["vmplan", "step", "verify-chain"]:
                    # Compares with what apply recorded; nothing was applied here, and it must notice that.
                    done = lab.run(*step["argv"][1:], check=1)
                    self.assertIn("not applied", done.stderr)
                elif step["mode"] == "daemon":
                    machines[node["metadata"]["profile_name"]] = (node, step)
                else:
                    self.do_step(lab, step)
        return lab, machines

    @staticmethod
    def example_text(example):
        text = ""
        for where, _, names in os.walk(os.path.join(support.EXAMPLES, example)):
            for name in names:
                if name.endswith(".toml"):
                    with open(os.path.join(where, name), encoding="utf-8") as file:
                        text += file.read()
        return text

    def profiles(self, lab):
        found = {}
        for path in lab.toml_files():
            if not path.endswith("vmplan.toml"):
                parsed = tomllib.loads(lab.read(path))
                found[parsed["vm"]["name"]] = parsed
        return found

    def check_machine(self, lab, profile, node, machine):
        self.assertEqual(machine.qmp.greeting["QMP"]["version"]["qemu"]["major"], 7)
        status = machine.qmp.execute("query-status")
        self.assertEqual((status["running"], status["status"]), (False, "prelaunch"))
        self.check_board(profile, node, machine)
        self.check_devices(profile, machine)
        self.check_disks(lab, profile, machine)
        self.check_nics(profile, node, machine)
        self.check_channels(lab, profile, node, machine)

    def check_board(self, profile, node, machine):
        self.assertEqual(machine.qmp.execute("query-name"), {"name": profile["vm"]["name"]})
        self.assertEqual(machine.qmp.execute("query-uuid"), {"UUID": node["spec"]["uuid"]})
        memory = machine.qmp.execute("query-memory-size-summary")["base-memory"]
        self.assertEqual(memory, profile["hardware"]["memory_mb"] << 20)
        self.assertEqual(len(machine.qmp.execute("query-cpus-fast")), profile["hardware"]["cores"])
        self.assertFalse(machine.qmp.execute("query-kvm")["enabled"])
        machine_type = machine.qmp.execute("qom-get", path="/machine", property="type")
        self.assertEqual(machine_type, node["spec"]["machine"] + "-machine")
        for name in ("kernel", "initrd", "append"):
            written = profile.get("kernel", {}).get({"kernel": "bzimage"}.get(name, name), "")
            self.assertEqual(machine.qmp.execute("qom-get", path="/machine", property=name), written)

    def check_devices(self, profile, machine):
        """Nothing but what is declared, each at the address that its class and position give it."""
        expected = {}
        for index, disk in enumerate(profile.get("storage", {}).get("disks", [])):
            port = f"rp{4 + index // 8}f{index % 8}"
            expected |= {port: "pcie-root-port", f"disk-{disk['name']}": "virtio-blk-pci"}
            self.assertIn(f"/{port}/", machine.get(f"disk-{disk['name']}", "parent_bus"))
        for index, nic in enumerate(profile.get("network", {}).get("interfaces", [])):
            port = f"rp{2 + index // 8}f{index % 8}"
            expected[port] = "pcie-root-port"
            if nic["type"] != "none":
                expected[f"nic-{nic['name']}"] = "virtio-net-pci"
                self.assertIn(f"/{port}/", machine.get(f"nic-{nic['name']}", "parent_bus"))
        if profile.get("serial", {}).get("enabled"):
            expected["serial-0"] = "isa-serial"
        seen = {entry["name"]: entry["type"].removeprefix("child<").removesuffix(">")
                for entry in machine.qmp.execute("qom-list", path="/machine/peripheral") if entry["type"].startswith("child<")}
        self.assertEqual(seen, expected)
        # What has no id was not asked for.
        others = machine.qmp.execute("qom-list", path="/machine/peripheral-anon")
        self.assertEqual([entry for entry in others if entry["type"].startswith("child<")], [])
        for device, kind in expected.items():
            if kind == "pcie-root-port":
                slot, function = re.fullmatch(r"rp(\d+)f(\d+)", device).groups()
                self.assertEqual(machine.get(device, "addr"), int(slot) * 8 + int(function), device)

    def check_disks(self, lab, profile, machine):
        declared = {disk["name"]: disk for disk in profile.get("storage", {}).get("disks", [])}
        seen = {re.fullmatch(r"/machine/peripheral/disk-([^/]+)/virtio-backend", entry["qdev"])[1]: entry["inserted"]
                for entry in machine.qmp.execute("query-block")}
        self.assertEqual(sorted(seen), sorted(declared))
        for name, disk in declared.items():
            inserted = seen[name]
            self.assertEqual(inserted["image"]["filename"], disk["path"], name)
            self.assertEqual(inserted["drv"], disk["format"], name)
            self.assertEqual(inserted["ro"], disk.get("readonly", False), name)
            if "size_gb" in disk:
                self.assertEqual(inserted["image"]["virtual-size"], disk["size_gb"] * GIB, name)
            backing = inserted["image"].get("backing-image")
            self.assertEqual(backing is not None, "image" in disk, name)
            if backing:
                # Relative to the lab, or to the overlay: both lead into the store.
                path = os.path.normpath(lab.path(backing["filename"]))
                self.assertTrue(path.startswith(lab.path(".vmplan/store/")), path)
                self.assertEqual(lab.read_bytes(os.path.relpath(path, lab.root)), lab.read_bytes("images/base.qcow2"))
            self.assertEqual(machine.get(f"disk-{name}", "bootindex"), 1 if disk.get("boot") else -1)

    def check_nics(self, profile, node, machine):
        spec = {nic["name"]: nic for nic in node["spec"]["interfaces"]}
        forwards = machine.qmp.execute("human-monitor-command", **{"command-line": "info usernet"})
        seen = set(re.findall(r"(TCP|UDP)\[HOST_FORWARD\] +\d+ +(\S+) +(\d+) +(\S+) +(\d+)", forwards))
        declared = set()
        for index, nic in enumerate(profile.get("network", {}).get("interfaces", [])):
            if nic["type"] == "none":
                continue
            mac = machine.get(f"nic-{nic['name']}", "mac")
            self.assertEqual(mac.lower(), spec[nic["name"]]["mac"])
            if "mac" in nic:
                self.assertEqual(mac.lower(), nic["mac"])
            else:
                self.assertEqual(int(mac[:2], 16) & 3, 2, "locally administered, unicast")
            self.assertEqual(machine.get(f"nic-{nic['name']}", "netdev"), f"net{index}")
            for text in nic.get("hostfwd", []):
                kind, host, port, guest, guest_port = re.fullmatch(r"(tcp|udp):([^:]*):(\d+)-([^:]*):(\d+)", text).groups()
                declared.add((kind.upper(), host or "127.0.0.1", port, guest or "10.0.2.15", guest_port))
        self.assertEqual(seen, declared)
        for kind, host, port, *_ in declared:
            if kind == "TCP":
                socket.create_connection((host, int(port)), timeout=support.PATIENCE).close()

    def check_channels(self, lab, profile, node, machine):
        name = profile["vm"]["name"]
        run = f"{lab.state_dir}/run/{name}"
        seen = {entry["label"]: entry["filename"] for entry in machine.qmp.execute("query-chardev")}
        expected = {"shim0": f"{run}/shim-qmp.sock"}
        if profile.get("qmp", {}).get("enabled", True):
            expected["qmp0"] = f"{run}/qmp.sock"
        serial = profile.get("serial", {})
        if serial.get("enabled"):
            self.assertEqual(machine.get("serial-0", "chardev"), "serial0")
            log = serial.get("logfile", f"logs/{name}/serial.log")
            self.assertTrue(lab.exists(log), log)
            if serial["mode"] == "socket":
                expected["serial0"] = f"{run}/serial.sock"
            else:
                self.assertEqual(seen.pop("serial0"), "file")
                self.assertEqual(node["spec"]["serial"], {"mode": "file", "logfile": log})
        self.assertEqual(sorted(seen), sorted(expected))
        for label, path in expected.items():
            self.assertIn(f"unix:{path},server", seen[label])
            self.assertTrue(stat.S_ISSOCK(os.stat(lab.path(path)).st_mode), path)
        if "qmp0" in expected:
            # The public monitor is free although the supervisor's is taken.
            with support.Qmp(lab.path(expected["qmp0"])) as public:
                self.assertEqual(public.execute("query-status")["status"], "prelaunch")

    def test_every_example(self):
        total = 0
        for example in support.example_names():
            with self.subTest(example):
                lab, machines = self.prepare(example)
                profiles = self.profiles(lab)
                self.assertEqual(sorted(machines), sorted(profiles))
                for name, (node, step) in machines.items():
                    machine = Machine(lab, step)
                    try:
                        self.check_machine(lab, profiles[name], node, machine)
                        self.assertEqual(machine.quit(), 0)
                    finally:
                        machine.kill()
                    self.assertEqual(machine.messages(), "", f"{example}: QEMU says something about {name}")
                    total += 1
        self.assertGreaterEqual(total, 7)

    def test_machines_of_a_lab_run_side_by_side(self):
        lab, machines = self.prepare("pair")
        running = []
        try:
            for name, (_, step) in machines.items():
                running.append(Machine(lab, step))
            macs = {machine.get("nic-lan", "mac") for machine in running}
            self.assertEqual(len(macs), 2)
            for machine in running:
                self.assertEqual(machine.quit(), 0)
        finally:
            for machine in running:
                machine.kill()

    def test_made_disks_are_what_qemu_img_says(self):
        lab, _ = self.prepare("backing")
        seen = {}
        for path in ("disks/alpha/root.qcow2", "disks/beta/root.qcow2", "disks/beta/data.raw"):
            form = "raw" if path.endswith("raw") else "qcow2"
            about = json.loads(support.run(["qemu-img", "info", "-f", form, "--output=json", lab.path(path)]).stdout)
            seen[path] = (about["format"], about["virtual-size"], about.get("backing-filename-format"))
            if form == "qcow2":
                self.assertFalse(os.path.isabs(about["backing-filename"]))
                self.assertEqual(os.path.normpath(lab.path(os.path.dirname(path), about["backing-filename"])),
                                 os.path.normpath(about["full-backing-filename"]))
        self.assertEqual(seen, {"disks/alpha/root.qcow2": ("qcow2", 64 << 20, "qcow2"),
                                "disks/beta/root.qcow2": ("qcow2", 2 * GIB, "qcow2"),
                                "disks/beta/data.raw": ("raw", GIB, None)})
        leftovers = [path for path in support.snapshot(lab.root) if path.endswith(".vmplan-new")]
        self.assertEqual(leftovers, [])

    def test_existing_disks_keep_their_bytes(self):
        lab, machines = self.prepare("existing-disk")
        before = {path: lab.read_bytes(path) for path in ("disks/data.raw", "disks/tools.qcow2")}
        machine = Machine(lab, machines["box"][1])
        try:
            self.assertEqual(machine.quit(), 0)
        finally:
            machine.kill()
        self.assertEqual({path: lab.read_bytes(path) for path in before}, before)


if __name__ == "__main__":
    support.main()
