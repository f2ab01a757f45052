#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same lab gives the same bytes, whoever builds it, wherever, and however its files are written.

Every variation is built and compared with one reference, byte by byte. Each hostile setting comes with a control that shows that
it does bite other programs here; otherwise a test that passes would mean nothing.
"""
import json
import os
import random
import stat
import subprocess
import sys
import time
import tomllib

import support


# Names and texts that casing, collation and number formats of some locale would spoil.
MACHINE = """schema_version = 1

[vm]
name = "{name}"
description = "I\\u0131\\u0130i \\u00e4\\u00f6\\u00fc 1234567.5, {name}"

[hardware]
arch = "x86_64"
cores = {cores}
memory_mb = {memory}
acceleration = "tcg"

[[storage.disks]]
name = "INIT"
path = "disks/{name}/I i, \\u0131: 1.qcow2"
format = "qcow2"
image = "IMAGE-i"
boot = true

[[storage.disks]]
name = "data"
path = "disks/{name}/data.raw"
format = "raw"
size_gb = 1234

[[network.interfaces]]
name = "WIFI"
type = "user"
hostfwd = ["tcp:127.0.0.1:{port}-:22", "udp::{port}-10.0.2.15:53"]

[[network.interfaces]]
name = "idle"
type = "none"

[serial]
enabled = true
mode = "socket"

[kernel]
enabled = true
bzimage = "images/vmlinuz"
append = 'console=ttyS0 q="I i, \\ 1,5"'

[lifecycle]
stop_timeout_seconds = {cores}
force_kill = true
"""

LAB = """schema_version = 1

[lab]
name = "Iliad-i"
instance = "I-i"

[images.IMAGE-i]
path = "images/I i.qcow2"
format = "qcow2"

[paths]
allow = []
"""


def lab_files():
    files = {"vmplan.toml": LAB, "images/vmlinuz": b"not a kernel\n", "images/I i.qcow2": bytes(range(256)) * 1000}
    for index, name in enumerate("i1 Ib2 iA3 IC4 z5 Z6 a-7 a_8 a9 A10 I11 i12 J13".split()):
        files[f"profiles/{index:02}-{name}.toml"] = MACHINE.format(name=name, cores=index % 4 + 1, memory=256 + 1000 * index,
                                                                   port=21000 + index)
    return files


class Shuffler:
    """Writes a parsed TOML file again: the same values, everything else different."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self, value):
        if "'" not in value and value.isprintable() and self.random.random() < 0.4:
            return f"'{value}'"
        if self.random.random() < 0.15 and '"""' not in value:
            return '"""\n' + self.escaped(value) + '"""'
        return '"' + self.escaped(value) + '"'

    def escaped(self, value):
        parts = []
        for letter in value:
            if letter in '"\\' or not letter.isprintable() or self.random.random() < 0.1:
                parts.append(f"\\u{ord(letter):04X}" if self.random.random() < 0.5 else f"\\U{ord(letter):08x}")
            else:
                parts.append(letter)
        return "".join(parts)

    def integer(self, value):
        spelled = [str(value), f"+{value}", hex(value), f"0o{value:o}", f"0b{value:b}"]
        if value > 999:
            spelled.append(f"{value:_}")
        return self.random.choice(spelled)

    def value(self, value):
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return self.integer(value)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return "{ " + ", ".join(f"{self.key(k)} = {self.value(v)}" for k, v in self.shuffled(value.items())) + " }"
        items = [self.value(item) for item in value]
        if items and self.random.random() < 0.5:
            return "[\n" + "".join(f"    {item},  # item\n" for item in items) + "  ]"
        return "[" + self.random.choice([", ", ",", " , "]).join(items) + "]"

    def key(self, name):
        return self.random.choice([name, f'"{name}"', f"'{name}'"])

    def shuffled(self, items):
        items = list(items)
        self.random.shuffle(items)
        return items

    def line(self, key, value):
        space = self.random.choice(["", " ", "  ", "\t"])
        end = self.random.choice(["", "", "  # 1 = one", "\t#"])
        return f"{self.random.choice(['', '  '])}{key}{space}={space}{self.value(value)}{end}\n"

    def header(self, path, brackets):
        space = self.random.choice(["", " "])
        return f"{'[' * brackets}{space}{'.'.join(self.key(part) for part in path)}{space}{']' * brackets}\n"

    def table(self, path, table):
        """Blocks of lines that may stand in any order, each a list item; items of one array of tables keep theirs."""
        plain = {k: v for k, v in table.items() if not isinstance(v, dict) and not self.is_tables(v)}
        blocks = []
        if plain or not table:
            blocks.append([self.header(path, 1) + "".join(self.line(self.key(k), v) for k, v in self.shuffled(plain.items()))])
        for name, value in table.items():
            if name in plain:
                continue
            if isinstance(value, dict):
                blocks += self.table([*path, name], value)
            else:
                blocks.append([self.header([*path, name], 2) + "".join(self.line(self.key(k), v)
                                                                      for k, v in self.shuffled(item.items()))
                               for item in value])
        return blocks

    @staticmethod
    def is_tables(value):
        return isinstance(value, list) and bool(value) and isinstance(value[0], dict)

    def document(self, parsed):
        top, blocks = [], []
        for name, value in parsed.items():
            if not isinstance(value, dict):
                top.append(self.line(self.key(name), value))
            elif self.random.random() < 0.2:
                top.append(self.line(self.key(name), value))  # an inline table
            elif self.random.random() < 0.2:
                top += [self.line(f"{self.key(name)} . {self.key(key)}", item) for key, item in value.items()]
            else:
                blocks += self.table([name], value)
        self.random.shuffle(top)
        # Interleaves the blocks; what is in one stays in order.
        body = []
        while blocks:
            block = self.random.choice(blocks)
            body.append(block.pop(0))
            blocks = [b for b in blocks if b]
        gap = ["\n", "\n# [vm]\n\n", "\n\n\n"]
        text = "# shuffled\n" + "".join(top) + "".join(self.random.choice(gap) + part for part in body)
        return text.replace("\n", "\r\n") if self.random.random() < 0.2 else text


class DeterminismTest(support.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = lab_files()
        cls.locales = support.scratch_path("locales")
        os.makedirs(cls.locales)
        support.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", f"{cls.locales}/tr_TR.UTF-8"])
        lab = support.Lab(files=cls.files, name="reference")
        lab.run("build", "-o", "plan.json", "-j", "1", "-q")
        cls.reference = (lab.read_bytes("plan.json"), lab.read_bytes("vmplan.lock"))
        # The files as the product reads them, not only as this file writes them.
        cls.plan = json.loads(cls.reference[0])
        assert len(cls.plan["nodes"]) == 13 * 3 + 1, len(cls.plan["nodes"])

    def turkish(self):
        return {"LOCPATH": self.locales, "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}

    def assert_same(self, lab):
        plan, lock = lab.read_bytes("plan.json"), lab.read_bytes("vmplan.lock")
        self.assertEqual(plan.decode().splitlines(), self.reference[0].decode().splitlines())
        self.assertEqual(plan, self.reference[0])
        self.assertEqual(lock, self.reference[1])
        self.assertEqual(lab.read_bytes(".vmplan/cache/plan.json"), self.reference[0])

    def build_and_compare(self, lab=None, options=(), **more):
        lab = lab or self.lab(files=self.files)
        lab.run("build", "-o", "plan.json", *options, **more)
        self.assert_same(lab)
        return lab

    # Controls.

    def test_control_another_value_gives_another_plan(self):
        for old, new in (("memory_mb = 1256", "memory_mb = 1257"), ("size_gb = 1234", "size_gb = 1235"),
                         ("WIFI", "WiFI"), ("1,5", "1.5")):
            lab = self.lab(files=self.files)
            lab.edit("profiles/01-Ib2.toml", old, new)
            lab.run("build", "-o", "plan.json")
            self.assertNotEqual(lab.read_bytes("plan.json"), self.reference[0], new)
            self.assertNotEqual(lab.read_bytes("vmplan.lock"), self.reference[1], new)

    # Where, when, who.

    def test_directories_of_other_names(self):
        for name in ("a", "with space, comma: and ü", "I" * 200, "deep/" * 30 + "lab"):
            place = support.scratch_path("x") + "/" + name
            os.makedirs(os.path.dirname(place), exist_ok=True)
            self.build_and_compare(self.lab(files=self.files, place=place))

    def test_started_from_elsewhere(self):
        lab = self.lab(files=self.files)
        elsewhere = self.lab(files={"empty": ""})
        for words, cwd in ((["build", lab.root], elsewhere.root), (["build", "."], lab.root), (["build"], lab.path("profiles")),
                           (["-C", lab.root, "build"], "/"), (["build", "-C", "profiles"], lab.root),
                           (["build", "./vmplan.toml"], lab.root), (["build", os.path.relpath(lab.root, "/tmp")], "/tmp")):
            lab.run(*words, "-o", lab.path("plan.json"), cwd=cwd)
            self.assert_same(lab)
        self.assertEqual(os.listdir(elsewhere.root), ["empty"])

    def test_through_a_symbolic_link(self):
        lab = self.lab(files=self.files)
        link = support.scratch_path("link")
        os.symlink(lab.root, link)
        lab.run("build", link, "-o", lab.path("plan.json"), cwd="/")
        self.assert_same(lab)

    def test_turkish_locale(self):
        lowered = support.run(["sed", "s/.*/\\L&/"], env=self.turkish(), input="TITLE\n").stdout
        self.assertEqual(lowered, "tıtle\n", "the locale is not Turkish, so the test would prove nothing")
        lab = self.build_and_compare(env=self.turkish())
        for name in ("i1", "I11"):
            texts = [lab.run("canon", name, env=env).stdout for env in (None, self.turkish())]
            self.assertEqual(texts[0], texts[1])

    def test_names_fold_the_same_in_every_locale(self):
        messages = []
        for env in ({"LC_ALL": "C"}, self.turkish()):
            lab = self.lab(files=self.files)
            lab.write("profiles/zz.toml", self.files["profiles/00-i1.toml"].replace('name = "i1"', 'name = "I1"'))
            done = lab.run("validate", check=1, env=env)
            messages.append(done.stderr)
        self.assertIn("I1", messages[0])
        self.assertEqual(messages[0], messages[1])

    def test_locales_and_time_zones(self):
        for env in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX", "LANG": None}, {"LC_ALL": "xx_NONSENSE.UTF-99"}, {"LC_ALL": "", "LANG": ""},
                    {"LC_ALL": None, "LC_CTYPE": "C", "LC_NUMERIC": "tr_TR.UTF-8", "LC_COLLATE": "tr_TR.UTF-8",
                     "LOCPATH": self.locales}, {"LANGUAGE": "tr:de", "LC_ALL": "\xff/../x"},
                    {"TZ": "XYZ-5:45"}, {"TZ": "ABC+12DEF,M3.2.0,M11.1.0"}, {"TZ": ":/nonexistent"}):
            with self.subTest(env=env):
                self.build_and_compare(env=env)

    def test_environments(self):
        self.build_and_compare(env={"HOME": None, "TMPDIR": None, "LC_ALL": None})
        for env in ({"HOME": "/nonexistent"}, {"HOME": ""}, {"HOME": "relative"}, {"TMPDIR": "/nonexistent/tmp"},
                    {"SOURCE_DATE_EPOCH": "0"}, {"SOURCE_DATE_EPOCH": "soon"}, {"XDG_CONFIG_HOME": "/nonexistent"},
                    {"USER": "I", "LOGNAME": "i", "HOSTNAME": "h"}, {"PATH": "/nonexistent"}, {"COLUMNS": "1", "TERM": "xterm"},
                    {"NO_COLOR": "1"}, {"CLICOLOR_FORCE": "1"}, {"QEMU_AUDIO_DRV": "none"}, {"GCONV_PATH": "/nonexistent"}):
            with self.subTest(env=env):
                self.build_and_compare(env=env)

    def test_hostile_openssl_configurations(self):
        lab = self.lab(files={"broken": "openssl_conf = init\n[init]\nproviders = list\nalg_section = evp\n[list]\ndefault = off\n"
                                        "bogus = bogus\n[off]\nactivate = 0\n[bogus]\nmodule = /nonexistent/bogus.so\nactivate = 1\n"
                                        "[evp]\ndefault_properties = fips=yes\n",
                              "garbage": bytes(range(256)) * 8, "directory/x": ""})
        control = [sys.executable, "-c", "import _hashlib; _hashlib.openssl_sha256(b'x')"]
        support.run(control)
        spoiled = support.run(control, env={"OPENSSL_CONF": lab.path("broken")}, check=False)
        self.assertNotEqual(spoiled.returncode, 0, "the configuration does not bite, so the test would prove nothing")
        for name in ("broken", "garbage", "directory", "missing"):
            self.build_and_compare(env={"OPENSSL_CONF": lab.path(name), "OPENSSL_MODULES": "/nonexistent",
                                        "OPENSSL_CONF_INCLUDE": lab.path("directory"), "OPENSSL_ia32cap": "0"})

    def test_umasks(self):
        for umask in (0o000, 0o022, 0o027, 0o077):
            lab = self.build_and_compare(umask=umask)
            mode = stat.S_IMODE(os.stat(lab.path(".vmplan")).st_mode)
            self.assertEqual(mode & ~0o700, 0, f"umask {umask:03o}: .vmplan has mode {mode:o}")

    def test_users(self):
        lab = self.lab(files=self.files)
        own_uid = os.geteuid()
        if own_uid == 0:
            become = support.without_privileges(lab)
            expected = support.NOBODY
        else:
            become = ["unshare", "--user", "--map-root-user"]
            expected = 0
        seen = support.run([*become, "id", "-u"], cwd=lab.root).stdout.strip()
        self.assertEqual(int(seen), expected)
        self.assertNotEqual(int(seen), own_uid)
        support.run([*become, support.VMPLAN, "build", "-o", "plan.json"], cwd=lab.root)
        self.assert_same(lab)
        if own_uid == 0:
            self.assertEqual(os.stat(lab.path("vmplan.lock")).st_uid, support.NOBODY)

    def test_jobs(self):
        for count in ("1", "2", "7", "64"):
            self.build_and_compare(options=["-j", count])

    def test_repeated_builds_with_many_threads(self):
        lab = self.lab(files=self.files)
        for _ in range(10):
            self.build_and_compare(lab, ["-j", "7"])

    def test_closed_and_odd_streams(self):
        lab = self.lab(files=self.files)
        subprocess.run(["sh", "-c", 'exec "$0" build -o plan.json <&- 2>&-', support.VMPLAN], cwd=lab.root, check=True,
                       env=support.environment(), timeout=support.PATIENCE)
        self.assert_same(lab)
        with open(lab.path("plan.json"), "wb") as file:
            lab.run("build", "-o", "-", stdout=file)
        self.assert_same(lab)

    def test_files_made_in_another_order_at_another_time(self):
        lab = self.lab(files=dict(reversed(self.files.items())))
        for index, path in enumerate(self.files):
            os.utime(lab.path(path), (index * 1e6, index * 1e8))
            os.chmod(lab.path(path), 0o400)
        self.build_and_compare(lab)

    def test_same_bytes_are_not_written_again(self):
        lab = self.lab(files=self.files)
        # Files that changed within the last 50 ms are hashed again next time, so that no change is missed.
        time.sleep(0.5)
        self.build_and_compare(lab)
        before = support.snapshot(lab.root)
        lab.run("build", "-j", "2")
        self.assertEqual(support.differences(before, support.snapshot(lab.root)), [])

    # However it is written.

    def test_tables_and_keys_shuffled(self):
        for seed in range(20):
            with self.subTest(seed=seed):
                lab = self.lab(files=self.files)
                shuffler = Shuffler(seed)
                for path in lab.toml_files():
                    parsed = tomllib.loads(lab.read(path))
                    text = shuffler.document(parsed)
                    self.assertEqual(tomllib.loads(text), parsed, text)  # the shuffler itself
                    self.assertNotEqual(text, lab.read(path))
                    lab.write(path, text)
                self.build_and_compare(lab)

    def test_examples_shuffled(self):
        for example in support.example_names():
            with self.subTest(example):
                lab = self.lab(example)
                plan = lab.plan()
                canon = {name: lab.run("canon", *(lab.words or [name])).stdout for name in plan["profiles"]}
                kept = lab.read_bytes("plan.exported.json"), lab.read_bytes(lab.lock_file)
                for seed in range(3):
                    for path in lab.toml_files():
                        lab.write(path, Shuffler(seed).document(tomllib.loads(lab.read(path))))
                    lab.plan()
                    self.assertEqual((lab.read_bytes("plan.exported.json"), lab.read_bytes(lab.lock_file)), kept)
                    for name, text in canon.items():
                        self.assertEqual(lab.run("canon", *(lab.words or [name])).stdout, text)

    def test_defaults_spelled_out(self):
        lab = self.lab(files=self.files)
        path = "profiles/04-z5.toml"
        lab.edit(path, "[vm]\n", '[vm]\nbackend = "qemu"\n')
        lab.edit(path, "size_gb = 1234\n", "size_gb = 1234\nboot = false\nreadonly = false\n")
        lab.edit(path, 'type = "none"\n', 'type = "none"\nhostfwd = []\n')
        lab.edit(path, "force_kill = true\n", "force_kill = true\nterm_timeout_seconds = 5\n\n[qmp]\nenabled = true\n")
        self.build_and_compare(lab)

    def test_unknown_keys_warn_and_change_no_byte(self):
        lab = self.lab(files=self.files)
        for path in lab.toml_files():
            # A key at the top, a table at the end, and one in a known table.
            text = "surprise = 1\n" + lab.read(path) + "\n[unheard]\nof = [1, 2]\n"
            lab.write(path, text.replace("[vm]\n", "[vm]\ndescripton = 'x'\n"))
        done = lab.run("build", "-o", "plan.json")
        self.assertIn("descripton", done.stderr)
        self.assertIn("surprise", done.stderr)
        self.assertIn("unheard", done.stderr)
        self.assert_same(lab)


if __name__ == "__main__":
    support.main()
