#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the initrd of the tiny guest: busybox, a few kernel modules and the scripts beside this file.

usage: make_initrd.py MODULE_TREE BUSYBOX OUTPUT

The same input gives the same bytes: names sorted, every time and owner 0, inodes counted from 1, no name or time in the
gzip header.
"""

import gzip
import re
import stat
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# The power button, and the virtio devices that profiles declare; what these need is found and added.
MODULES = ["button", "evdev", "virtio_pci", "virtio_blk", "virtio_net", "virtio_balloon", "virtio_rng"]
# For shared directories; Debian's kernel for clouds has none of it.
MODULES_IF_THERE = ["9pnet_virtio", "9p"]

DIRECTORIES = ["bin", "dev", "etc", "etc/acpi", "etc/acpi/PWRF", "lib", "lib/modules", "mnt", "proc", "sys"]

SCRIPTS = {
    "init": "init",
    # Where acpid looks when it is told nothing else.
    "etc/acpi/PWRF/00000080": "power_button",
    "etc/udhcpc.sh": "udhcpc.sh",
}


def module_name(path):
    return path.stem.replace("-", "_")


def dependencies(module):
    """Names of the modules that this one needs directly, as its .modinfo section says."""
    found = re.search(rb"\0depends=([^\0]*)\0", module.read_bytes())
    return [name for name in found.group(1).decode().split(",") if name] if found else []


def load_order(tree):
    """The wanted modules and all they need, each after what it needs."""
    available = {module_name(path): path for path in sorted(tree.rglob("*.ko"))}
    order = []

    def visit(name):
        if name not in available:
            sys.exit(f"make_initrd.py: {tree} has no module {name}; is it in the kernel itself now?")
        if available[name] in order:
            return
        for needed in dependencies(available[name]):
            visit(needed)
        order.append(available[name])

    for name in MODULES + [name for name in MODULES_IF_THERE if name in available]:
        visit(name)
    return order


def entries(modules, busybox):
    """Every file of the archive: path -> (mode, content)."""
    directory = (stat.S_IFDIR | 0o755, b"")
    files = dict.fromkeys(DIRECTORIES, directory)
    files["bin/busybox"] = (stat.S_IFREG | 0o755, busybox.read_bytes())
    files["bin/sh"] = (stat.S_IFLNK | 0o777, b"busybox")
    for target, source in SCRIPTS.items():
        files[target] = (stat.S_IFREG | 0o755, (HERE / source).read_bytes())
    for module in modules:
        files[f"lib/modules/{module.name}"] = (stat.S_IFREG | 0o644, module.read_bytes())
    order = "".join(f"{module.name}\n" for module in modules)
    files["lib/modules/order"] = (stat.S_IFREG | 0o644, order.encode())
    return files


def padded(data):
    return data + b"\0" * (-len(data) % 4)


def newc_entry(inode, name, mode, content):
    """One member of a cpio archive in the "newc" format; see initramfs/buffer-format in the kernel's documentation."""
    path = name.encode() + b"\0"
    uid = gid = time = device_major = device_minor = special_major = special_minor = checksum = 0
    links = 1
    numbers = (inode, mode, uid, gid, links, time, len(content), device_major, device_minor,
               special_major, special_minor, len(path), checksum)
    header = b"070701" + b"".join(b"%08X" % number for number in numbers)
    return padded(header + path) + padded(content)


def archive(files):
    members = [newc_entry(inode, name, *files[name]) for inode, name in enumerate(sorted(files), start=1)]
    return b"".join(members) + newc_entry(0, "TRAILER!!!", 0, b"")


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    tree, busybox, output = (Path(argument) for argument in sys.argv[1:])
    files = entries(load_order(tree), busybox)
    with open(output, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as compressed:
        compressed.write(archive(files))


if __name__ == "__main__":
    main()
