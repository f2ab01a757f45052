# SPDX-License-Identifier: Apache-2.0
"""What a profile declares, held against what a running QEMU shows: all of it, and nothing else.

It reads the profile itself, as TOML, and knows where devices have to be; from the plan it takes only what is derived (UUID, MAC
addresses, machine type).
"""
import collections
import glob
import os
import re
import socket
import stat
import tomllib

import support

GIB = 1 << 30
# Of each architecture: whether devices sit behind root ports of their own, the device of the serial port where it is none of the
# board's, the type of that of the board, what is booted in a kernel's place, and what QEMU says on every start.
Board = collections.namedtuple("Board", "has_ports serial_device board_serial boot_loader messages")
BOARDS = {
    "x86_64": Board(True, "isa-serial", "", "", ()),
    "aarch64": Board(True, "", "pl011", "", ()),
    "riscv64": Board(True, "", "serial-mm", "/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf", ()),
    "ppc64le": Board(False, "spapr-vty", "", "", tuple(
        f"qemu-system-ppc64: warning: TCG doesn't support requested feature, {name}\n"
        for name in ("cap-cfpc=workaround", "cap-sbbc=workaround", "cap-ibs=workaround", "cap-ccf-assist=on"))),
}
# First place of each class: of eight functions each on a root bus with ports, and of slots on pseries' one bus.
FIRST_SLOT = {"nic": (2, 1), "disk": (4, 9), "share": (8, 25), "balloon": (7, 29), "rng": (7, 30), "seed": (9, 31)}


def merged(under, over):
    """A profile laid over what it builds on: tables are merged, and tables of a list by their name."""
    if isinstance(under, dict) and isinstance(over, dict):
        return {key: merged(under[key], over[key]) if key in under and key in over else over.get(key, under.get(key))
                for key in [*under, *(key for key in over if key not in under)]}
    if isinstance(under, list) and isinstance(over, list) and all(isinstance(item, dict) for item in under + over):
        by_name = {item["name"]: item for item in under}
        for item in over:
            by_name[item["name"]] = merged(by_name.get(item["name"], {}), item)
        return list(by_name.values())
    return over


def read_profile(lab, path):
    parsed = tomllib.loads(lab.read(path))
    if "extends" in parsed.get("vm", {}):
        parsed = merged(read_profile(lab, parsed["vm"]["extends"]), parsed)
    return parsed


def defaults(lab):
    """What vmplan.toml lays under every profile."""
    if "vmplan.toml" not in lab.toml_files():
        return {}
    return tomllib.loads(lab.read("vmplan.toml")).get("defaults", {})


def instances(profile):
    """The profiles of the machines that one stands for."""
    section = profile.pop("instances", None)
    if section is None:
        return [profile]
    each = section.get("for_each", [None] * section.get("count", 1))
    return [replaced(profile, index, text) for index, text in enumerate(each)]


def replaced(value, index, each):
    """A copy with the placeholders replaced."""
    if isinstance(value, dict):
        return {key: replaced(below, index, each) for key, below in value.items()}
    if isinstance(value, list):
        return [replaced(item, index, each) for item in value]
    if not isinstance(value, str):
        return value
    text = re.sub(r"\{\{|\{each\}|\{index(?:\+(\d+))?(?::0(\d))?\}", lambda found: stands_for(found, index, each), value)
    return int(text) if re.fullmatch(r"\{[^{}]*\}", value) and text.isdigit() else text


def stands_for(found, index, each):
    if found[0] in ("{{", "{each}"):
        return "{" if found[0] == "{{" else each
    return str(index + int(found[1] or 0)).zfill(int(found[2] or 0))


def profiles(lab):
    """{name of the machine: its profile}."""
    paths = [path for path in lab.toml_files() if path != "vmplan.toml" and not path.startswith("templates/")]
    found = [one for path in paths for one in instances(merged(defaults(lab), read_profile(lab, path)))]
    return {profile["vm"]["name"]: profile for profile in found}


def disks(profile):
    return [disk for disk in profile.get("storage", {}).get("disks", []) if disk["format"] != "host-path"]


def shares(profile):
    return [disk for disk in profile.get("storage", {}).get("disks", []) if disk["format"] == "host-path"]


def nics(profile):
    return profile.get("network", {}).get("interfaces", [])


def networks(lab):
    """{name: table} of vmplan.toml."""
    return tomllib.loads(lab.read("vmplan.toml")).get("networks", {}) if lab.exists("vmplan.toml") else {}


def nic_kind(nic, of_lab):
    """What a card is connected to: its type, or the mode of its network."""
    return nic.get("type") or of_lab[nic["network"]]["mode"]


def serial_of(profile):
    """(mode, log) of the serial port; ("none", "") where there is none."""
    serial = profile.get("serial", {})
    mode = serial.get("mode", "pty") if serial.get("enabled") else "none"
    log = serial.get("logfile", f"logs/{profile['vm']['name']}/serial.log") if mode != "none" else ""
    return mode, serial.get("device", log) if mode == "file" else log


class Check:
    """One machine. `test` is the test case that asserts; `ports` says which port of the host stands for which of the profile."""

    def __init__(self, test, lab, profile, node, machine, ports=None):
        self.test, self.lab, self.profile, self.node, self.machine, self.ports = test, lab, profile, node, machine, ports or {}
        self.board = BOARDS[profile["hardware"]["arch"]]

    def everything(self):
        self.versions()
        self.hardware()
        self.memory()
        self.kernel()
        self.devices()
        self.disks()
        self.nics()
        self.shares()
        self.channels()
        self.serial_port()

    def versions(self):
        self.test.assertEqual(self.machine.qmp.greeting["QMP"]["version"]["qemu"]["major"], 7)
        status = self.machine.qmp.execute("query-status")
        self.test.assertEqual((status["running"], status["status"]), (False, "prelaunch"))
        self.test.assertFalse(self.machine.qmp.execute("query-kvm")["enabled"])
        self.test.assertEqual(self.machine.qmp.execute("query-name"), {"name": self.profile["vm"]["name"]})
        self.test.assertEqual(self.machine.qmp.execute("query-uuid"), {"UUID": self.node["spec"]["uuid"]})
        self.test.assertEqual(self.machine.property("/machine", "type"), self.node["spec"]["machine"] + "-machine")
        if "machine" in self.profile["hardware"]:
            self.test.assertEqual(self.node["spec"]["machine"], self.profile["hardware"]["machine"])

    def hardware(self):
        hardware = self.profile["hardware"]
        sockets, cores, threads = (hardware.get(name, 1) for name in ("sockets", "cores", "threads"))
        cpus = self.machine.qmp.execute("query-cpus-fast")
        self.test.assertEqual(len(cpus), sockets * cores * threads)
        places = [cpu["props"] for cpu in cpus]
        if "thread-id" in places[0]:
            for names, count in ((["socket-id"], sockets), (["socket-id", "core-id"], sockets * cores),
                                 (["socket-id", "core-id", "thread-id"], sockets * cores * threads)):
                self.test.assertEqual(len({tuple(place.get(name, 0) for name in names) for place in places}), count, names)
        if "numa" in hardware:
            seen = collections.Counter(place["node-id"] for place in places)
            self.test.assertEqual(dict(seen), {index: node["cores"] for index, node in enumerate(hardware["numa"])})
        for flag in hardware.get("cpu_flags", []):
            self.test.assertEqual(self.machine.property(cpus[0]["qom-path"], flag[1:]), flag[0] == "+", flag)

    def memory(self):
        hardware = self.profile["hardware"]
        self.test.assertEqual(self.machine.qmp.execute("query-memory-size-summary")["base-memory"], hardware["memory_mb"] << 20)
        page = {"2M": 2 << 20, "1G": GIB}.get(hardware.get("hugepages"))
        nodes = hardware.get("numa", [hardware] if page else [])
        self.test.assertEqual([entry["size"] for entry in sorted(self.machine.qmp.execute("query-memdev"), key=lambda e: e["id"])],
                              [node["memory_mb"] << 20 for node in nodes] or [hardware["memory_mb"] << 20])
        for index in range(len(nodes)):
            kind = "memory-backend-memfd" if page else "memory-backend-ram"
            self.test.assertEqual(self.machine.property(f"/objects/mem{index}", "type"), kind)
            if page:
                self.test.assertTrue(self.machine.property(f"/objects/mem{index}", "hugetlb"))
                self.test.assertEqual(self.machine.property(f"/objects/mem{index}", "hugetlbsize"), page)

    def kernel(self):
        kernel = self.profile.get("kernel", {})
        kernel = dict(kernel) if kernel.get("enabled") else {"bzimage": self.board.boot_loader}
        for image, file in (("image", "bzimage"), ("initrd_image", "initrd")):
            if image in kernel:
                kernel[file] = self.stored(kernel[image])
        for name, key in (("kernel", "bzimage"), ("initrd", "initrd"), ("append", "append")):
            self.test.assertEqual(self.machine.property("/machine", name), kernel.get(key, ""), name)

    def stored(self, image):
        """Where the lab keeps an image."""
        [path] = glob.glob(self.lab.path(f".vmplan/store/*/{image}"))
        return os.path.relpath(path, self.lab.root)

    def place(self, kind, index):
        """(id of the root port, or none; slot; function) of a device."""
        with_ports, without = FIRST_SLOT[kind]
        if not self.board.has_ports:
            return None, without + index, 0
        slot, function = with_ports + index // 8, index % 8 + (kind == "rng")
        return f"rp{slot}f{function}", slot, function

    def devices(self):
        """Nothing but what is declared, each at the address that its class and position give it."""
        expected, ports, where = {}, set(), {}

        def declare(kind, index, name, driver):
            port, slot, function = self.place(kind, index)
            if port:
                ports.add((port, slot, function))
            if name:
                expected[name] = driver
                where[name] = (port, 0 if port else slot)

        for index, disk in enumerate(disks(self.profile)):
            declare("disk", index, f"disk-{disk['name']}", "virtio-blk-pci")
        for index, share in enumerate(shares(self.profile)):
            declare("share", index, f"share-{share['name']}", "virtio-9p-pci")
        for index, nic in enumerate(nics(self.profile)):
            declare("nic", index, f"nic-{nic['name']}" if nic_kind(nic, networks(self.lab)) != "none" else "", "virtio-net-pci")
        hardware = self.profile["hardware"]
        if hardware.get("balloon") or hardware.get("rng"):
            declare("balloon", 0, "balloon0" if hardware.get("balloon") else "", "virtio-balloon-pci")
        if hardware.get("rng"):
            declare("rng", 0, "rng-0", "virtio-rng-pci")
        if "cloud_init" in self.profile:
            declare("seed", 0, "seed0", "virtio-blk-pci")
        if self.board.serial_device and serial_of(self.profile)[0] != "none":
            expected["serial-0"] = self.board.serial_device
        expected |= {port: "pcie-root-port" for port, _, _ in ports}

        self.test.assertEqual(self.machine.children("/machine/peripheral"), expected)
        # What has no id was not asked for.
        self.test.assertEqual(self.machine.children("/machine/peripheral-anon"), {})
        for port, slot, function in ports:
            self.test.assertEqual(self.machine.property(port, "addr"), slot * 8 + function, port)
        for name, (port, slot) in where.items():
            self.test.assertEqual(self.machine.property(name, "addr"), slot * 8, name)
            self.test.assertTrue(re.search(rf"/{port}/|/{port}$" if port else r"/pci\.0$", self.machine.property(name, "parent_bus")),
                                 self.machine.property(name, "parent_bus"))
        if hardware.get("rng"):
            self.test.assertEqual(self.machine.property("rng-0", "rng"), "/objects/rng0")
            self.test.assertEqual(self.machine.property("/objects/rng0", "filename"), "/dev/urandom")

    def disks(self):
        declared = {disk["name"]: disk for disk in disks(self.profile)}
        seen, flash = {}, {}
        for entry in self.machine.qmp.execute("query-block"):
            disk = re.fullmatch(r"/machine/peripheral/disk-([^/]+)/virtio-backend", entry["qdev"])
            (seen if disk else flash)[disk[1] if disk else entry["qdev"]] = entry["inserted"]
        self.test.assertEqual(sorted(seen), sorted(declared))
        self.seed(flash.pop("/machine/peripheral/seed0/virtio-backend", None))
        self.firmware(flash)
        for name, disk in declared.items():
            inserted = seen[name]
            self.test.assertEqual(os.path.normpath(inserted["image"]["filename"]), disk["path"], name)
            self.test.assertEqual(inserted["drv"], disk["format"], name)
            self.test.assertEqual(inserted["ro"], disk.get("readonly", False), name)
            if "size_gb" in disk:
                self.test.assertEqual(inserted["image"]["virtual-size"], disk["size_gb"] * GIB, name)
            backing = inserted["image"].get("backing-image")
            self.test.assertEqual(backing is not None, "image" in disk, name)
            if backing:
                self.base(disk, backing)
            self.test.assertEqual(self.machine.property(f"disk-{name}", "bootindex"), 1 if disk.get("boot") else -1)

    def seed(self, inserted):
        self.test.assertEqual(inserted is not None, "cloud_init" in self.profile)
        if inserted:
            path = f"{self.lab.state_dir}/seed/{self.profile['vm']['name']}.iso"
            self.test.assertEqual((inserted["image"]["filename"], inserted["drv"], inserted["ro"]), (path, "raw", True))
            self.test.assertEqual(self.lab.read_bytes(path)[32769:32774], b"CD001")

    def base(self, disk, backing):
        image = tomllib.loads(self.lab.read("vmplan.toml"))["images"][disk["image"]]
        self.test.assertEqual(backing["format"], image["format"])
        # Relative to the lab, or to the overlay: both lead into the store.
        path = os.path.normpath(self.lab.path(backing["filename"]))
        self.test.assertTrue(path.startswith(self.lab.path(".vmplan/store/")), path)
        if "path" in image:  # else a recipe made it, and this copy is all there is
            self.test.assertEqual(self.lab.read_bytes(os.path.relpath(path, self.lab.root)), self.lab.read_bytes(image["path"]))

    def firmware(self, flash):
        """aarch64 without a kernel has code that is only read, and variables of its own; nothing else has flash to write to."""
        seen = {(entry["image"]["filename"], entry["ro"]) for entry in flash.values()}
        expected = set()
        if self.profile["hardware"]["arch"] == "aarch64" and not self.profile.get("kernel", {}).get("enabled"):
            variables = f"{self.lab.state_dir}/firmware/{self.profile['vm']['name']}.fd"
            expected = {("/usr/share/AAVMF/AAVMF_CODE.fd", True), (variables, False)}
        self.test.assertEqual(seen, expected)

    def nics(self):
        spec = {nic["name"]: nic for nic in self.node["spec"]["interfaces"]}
        forwards = self.machine.qmp.execute("human-monitor-command", **{"command-line": "info usernet"})
        seen = set(re.findall(r"(TCP|UDP)\[HOST_FORWARD\] +\d+ +(\S+) +(\d+) +(\S+) +(\d+)", forwards))
        declared = set()
        for index, nic in enumerate(nics(self.profile)):
            kind = nic_kind(nic, networks(self.lab))
            if kind == "none":
                continue
            self.cable(index, nic, kind, spec[nic["name"]])
            mac = self.machine.property(f"nic-{nic['name']}", "mac")
            self.test.assertEqual(mac.lower(), spec[nic["name"]]["mac"])
            if "mac" in nic:
                self.test.assertEqual(mac.lower(), nic["mac"].lower())
            else:
                self.test.assertEqual(int(mac[:2], 16) & 3, 2, "locally administered, unicast")
            self.test.assertEqual(self.machine.property(f"nic-{nic['name']}", "netdev"), f"net{index}")
            for text in nic.get("hostfwd", []):
                kind, host, port, guest, guest_port = re.fullmatch(r"(tcp|udp):([^:]*):(\d+)-([^:]*):(\d+)", text).groups()
                port = str(self.ports.get(port, port))
                declared.add((kind.upper(), host or "127.0.0.1", port, guest or "10.0.2.15", guest_port))
        self.test.assertEqual(seen, declared)
        for kind, host, port, *_ in declared:
            if kind == "TCP":
                socket.create_connection((host, int(port)), timeout=support.PATIENCE).close()

    def cable(self, index, nic, kind, spec):
        """What QEMU says is at the other end."""
        about = self.machine.qmp.execute("human-monitor-command", **{"command-line": "info network"})
        (line,) = re.findall(rf"net{index}: index=0,(type=.*)", about)
        line = line.strip()
        self.test.assertEqual(spec["type"], kind)
        if kind == "user":
            self.test.assertTrue(line.startswith("type=user,"), line)
        elif kind == "socket":
            self.test.assertRegex(line, r"^type=socket,socket: mcast=239\.19[2-5](\.\d+){2}:\d+$")
        else:
            self.test.assertEqual(line, f"type=tap,ifname={spec['device']},script=no,downscript=no")
            if kind == "tap" and "device" in nic:
                self.test.assertEqual(spec["device"], nic["device"])
        if "address" in nic:
            self.test.assertEqual(spec["address"].split("/")[0], nic["address"])

    def shares(self):
        """By tag. That a share is read-only shows in a booted guest only."""
        for index, share in enumerate(shares(self.profile)):
            self.test.assertEqual(self.machine.property(f"share-{share['name']}", "mount_tag"), share["name"])
            self.test.assertEqual(self.machine.property(f"share-{share['name']}", "fsdev"), f"share{index}")

    def channels(self):
        run = f"{self.lab.state_dir}/run/{self.profile['vm']['name']}"
        seen = {entry["label"]: entry["filename"] for entry in self.machine.qmp.execute("query-chardev")}
        expected = {"shim0": f"{run}/shim-qmp.sock"}
        qmp = self.profile.get("qmp", {})
        if qmp.get("enabled", True):
            expected["qmp0"] = qmp.get("socket", f"{run}/qmp.sock")
        mode, log = serial_of(self.profile)
        if mode == "socket":
            expected["serial0"] = self.profile["serial"].get("device", f"{run}/serial.sock")
        elif mode == "file":
            self.test.assertEqual(seen.pop("serial0"), "file")
        elif mode == "pty":
            terminal = seen.pop("serial0").removeprefix("pty:")
            self.test.assertTrue(terminal.startswith("/dev/pts/") and stat.S_ISCHR(os.stat(terminal).st_mode), terminal)
        if log:
            self.test.assertTrue(self.lab.exists(log), log)
            self.test.assertEqual(self.node["spec"]["serial"]["logfile"], log)
        self.board_port(seen, mode)
        self.test.assertEqual(sorted(seen), sorted(expected))
        for label, path in expected.items():
            self.test.assertIn(f"unix:{path},server", seen[label])
            self.test.assertTrue(stat.S_ISSOCK(os.stat(self.lab.path(path)).st_mode), path)
        if "qmp0" in expected:
            # The public monitor is free although the supervisor's is taken.
            with support.Qmp(self.lab.path(expected["qmp0"])) as public:
                self.test.assertEqual(public.execute("query-status")["status"], "prelaunch")

    def board_port(self, seen, mode):
        """A port that is part of the board leads nowhere when none is declared."""
        if mode == "none" and self.board.board_serial:
            for label in [label for label, filename in seen.items() if filename == "null"]:
                del seen[label]

    def serial_port(self):
        mode, _ = serial_of(self.profile)
        if self.board.serial_device:
            if mode != "none":
                self.test.assertEqual(self.machine.property("serial-0", "chardev"), "serial0")
            return
        board = self.machine.children("/machine/unattached")
        led = [self.machine.property(f"/machine/unattached/{name}", "chardev") for name, kind in sorted(board.items())
               if kind == self.board.board_serial]
        self.test.assertEqual("serial0" in led, mode != "none", led)

    def said(self):
        """What QEMU wrote is what it writes whatever is declared, and the name of the terminal it opened."""
        terminal = r"char device redirected to /dev/pts/\d+ \(label serial0\)\n" if serial_of(self.profile)[0] == "pty" else ""
        self.test.assertRegex(self.machine.messages(), f"^{terminal}{re.escape(''.join(self.board.messages))}\\Z")
