#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real QEMU of each architecture accepts the command line of every example and of every golden argv case, and shows through QMP
exactly the devices that the profiles declare.

The plans are carried out by this file, step by step from the exported plan, with `vmplan step` and qemu-img: what is exported is
complete. QEMU gets one word more, -S, so that no guest runs.
"""
import contextlib
import fcntl
import glob
import json
import os
import struct

import declared
import support
from declared import GIB
from plan_by_hand import Machine, do_all_but_starting, launch_steps, with_free_ports, without_kvm

CASES = os.path.join(support.ROOT, "tests/golden/argv")


def small_elf():
    """The shortest file that pseries takes for a kernel: ppc64, little endian, one segment of one word."""
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 21, 1, 0, 64, 0, 2, 64, 56, 1, 64, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 120, 0, 0, 4, 4, 8) + b"\0\0\0\x48"


def size_in_mib(page):
    return {"2M": 2, "1G": 1024}[page]


@contextlib.contextmanager
def huge_pages(page, memory_mb):
    """Reserves pages of the host for the block, and gives them back. Yields whether there are enough of them.

    It needs root, and memory in pieces that large; one test at a time, whoever runs it.
    """
    path = f"/sys/kernel/mm/hugepages/hugepages-{size_in_mib(page) << 10}kB/nr_hugepages"
    try:
        with open(path, "r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before = int(file.read())
            wanted = before + memory_mb // size_in_mib(page)
            try:
                yield set_pages(path, wanted) >= wanted
            finally:
                set_pages(path, before)
    except (PermissionError, FileNotFoundError, OSError) as error:
        if error.filename != path:
            raise
        yield False


def set_pages(path, count):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(count))
    with open(path, encoding="ascii") as file:
        return int(file.read())


class QemuAcceptsTest(support.TestCase):
    def prepare(self, example):
        """(lab, plan): all is done but the starting."""
        lab = self.lab(example, guest="images/vmlinuz" in self.example_text(example))
        plan = lab.plan()
        self.assertEqual(plan["schema"], "vmplan.plan/1")
        do_all_but_starting(lab, plan, self.made_elsewhere(example))
        return lab, plan

    @staticmethod
    def made_elsewhere(example):
        """Recipes of examples fetch packages, and there is no network here; tests/vm/recipes_test.py runs them."""
        if example != "recipes":
            return {}
        made = {}
        for image, name in (("vmlinuz", "vmlinuz"), ("initrd", "initrd.img")):
            with open(os.path.join(support.GUEST, name), "rb") as file:
                made[image] = file.read()
        return made

    @staticmethod
    def example_text(example):
        text = ""
        for path in glob.glob(os.path.join(support.EXAMPLES, example, "**/*.toml"), recursive=True):
            with open(path, encoding="utf-8") as file:
                text += file.read()
        return text

    def check_machine(self, lab, profile, node, step, argv=None, ports=None):
        with Machine(lab, step, argv) as machine:
            check = declared.Check(self, lab, profile, node, machine, ports)
            check.everything()
            self.assertEqual(machine.quit(), 0)
            check.said()

    def test_every_example(self):
        total = 0
        for example in support.example_names():
            with self.subTest(example):
                lab, plan = self.prepare(example)
                profiles, machines = declared.profiles(lab), launch_steps(plan)
                self.assertEqual(sorted(machines), sorted(profiles))
                for name, (node, step) in machines.items():
                    self.assertEqual(step["argv"][step["argv"].index("-accel") + 1], "tcg", "examples run everywhere")
                    self.check_machine(lab, profiles[name], node, step)
                    total += 1
        self.assertGreaterEqual(total, 10)

    def golden_lab(self, case):
        """A copy of a golden case with what its users would have: files of the right kinds, directories to share."""
        place = os.path.join(CASES, case, "lab")
        files = {}
        for path in glob.glob(os.path.join(place, "**"), recursive=True, include_hidden=True):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    files[os.path.relpath(path, place)] = file.read()
        # One directory more, so that what a case names outside its lab is below it too.
        lab = self.lab(files=files, place=os.path.join(support.scratch_path(case), "lab"))
        for profile in declared.profiles(lab).values():
            self.add_kernel(lab, profile)
            for share in declared.shares(profile):
                os.makedirs(lab.path(share["path"]), exist_ok=True)
            for disk in declared.disks(profile):
                if "size_gb" not in disk and "image" not in disk:
                    support.make_disk(lab.path(disk["path"]), disk["format"], "16M")
        self.add_devices(lab)
        if "path" in tomllib_images(lab).get("system", {}):
            support.make_disk(lab.path("images/system.qcow2"), "qcow2", "16M")
            lab.write("images/plain.raw", bytes(1 << 20))
        return lab

    @staticmethod
    def add_devices(lab):
        """What must be on the host already: bridges and taps that a lab only uses."""
        networks = declared.networks(lab)
        bridges = {network["device"] for network in networks.values() if "device" in network}
        taps = set()
        for profile in declared.profiles(lab).values():
            for nic in declared.nics(profile):
                if "device" in nic:
                    (bridges if declared.nic_kind(nic, networks) == "bridge" else taps).add(nic["device"])
        for name in sorted(bridges):
            support.run(["ip", "link", "add", "name", name, "type", "bridge"])
        for name in sorted(taps):
            support.run(["ip", "tuntap", "add", "dev", name, "mode", "tap"])

    @staticmethod
    def add_kernel(lab, profile):
        """The others take any bytes for a kernel."""
        kernel = profile.get("kernel", {})
        path = kernel.get("bzimage", "boot/vmlinuz")
        if profile["hardware"]["arch"] == "ppc64le" and kernel:
            lab.write(path, small_elf())
        elif profile["hardware"]["arch"] == "x86_64" and kernel:
            with open(os.path.join(support.GUEST, "vmlinuz"), "rb") as file:
                lab.write(path, file.read())

    def test_every_golden_argv(self):
        total, architectures = 0, set()
        for case in sorted(os.listdir(CASES)):
            with self.subTest(case):
                lab = self.golden_lab(case)
                plan = lab.plan()
                profiles, machines = declared.profiles(lab), launch_steps(plan)
                self.assertEqual(sorted(machines), sorted(profiles))
                with open(os.path.join(CASES, case, "argv.txt"), encoding="utf-8") as file:
                    accepted = file.read()
                self.assertEqual("\n".join("".join(word + "\n" for word in step["argv"]) for _, step in machines.values()), accepted)
                do_all_but_starting(lab, plan)
                for name, (node, step) in machines.items():
                    self.check_golden_machine(lab, profiles[name], node, step)
                    architectures.add(profiles[name]["hardware"]["arch"])
                    total += 1
        self.assertGreaterEqual(total, 30)
        self.assertEqual(architectures, set(declared.BOARDS))

    def check_golden_machine(self, lab, profile, node, step):
        argv, ports = with_free_ports(without_kvm(step["argv"]))
        hardware = profile["hardware"]
        page = hardware.get("hugepages", "off")
        if page == "off":
            self.check_machine(lab, profile, node, step, argv, ports)
            return
        with huge_pages(page, hardware["memory_mb"]) as reserved:
            if reserved:
                self.check_machine(lab, profile, node, step, argv, ports)
                return
        # This host gives no such pages. Then that is all that QEMU has to complain of.
        with self.assertRaisesRegex(AssertionError, "^QEMU ended with 1: [^\n]*: unable to map backing store for guest RAM: "
                                                    "Cannot allocate memory\n$"):
            Machine(lab, step, argv)

    def test_machines_of_a_lab_run_side_by_side(self):
        lab, plan = self.prepare("pair")
        with contextlib.ExitStack() as running:
            machines = [running.enter_context(Machine(lab, step)) for _, step in launch_steps(plan).values()]
            self.assertEqual(len({machine.property("nic-lan", "mac") for machine in machines}), 2)
            for machine in machines:
                self.assertEqual(machine.quit(), 0)

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
        lab, plan = self.prepare("existing-disk")
        before = {path: lab.read_bytes(path) for path in ("disks/data.raw", "disks/tools.qcow2")}
        with Machine(lab, launch_steps(plan)["box"][1]) as machine:
            self.assertEqual(machine.quit(), 0)
        self.assertEqual({path: lab.read_bytes(path) for path in before}, before)


def tomllib_images(lab):
    return declared.tomllib.loads(lab.read("vmplan.toml")).get("images", {}) if lab.exists("vmplan.toml") else {}


if __name__ == "__main__":
    # Labs with bridges and taps make them, and hear each other on the loopback.
    support.enter_private_network()
    support.main()
