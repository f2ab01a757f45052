#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whatever stands in a profile or in vmplan.toml, and whatever lies under their names: an answer, soon, and nothing written.

Every command that only reads is run on spoiled copies of the examples and golden labs. It must exit with 0 or 1, say why with code
and place, stay within its time and memory, and leave the lab as it was. The seed is printed; VMPLAN_SEED=N repeats a run. How the
compiler itself takes spoiled texts is tested in process (tests/compiler/mutation_test.cc); this is about what only a process shows.
"""
import glob
import itertools
import json
import os
import random
import re
import resource
import secrets
import shutil
import socket
import sys
import time

import mutators
import schemas
import support

LONG = bool(os.environ.get("VMPLAN_LONG"))
RANDOM_SECONDS = 900 if LONG else 12
with open(support.VMPLAN, "rb") as _binary:
    SANITIZED = b"__asan_init" in _binary.read()

# Generous: what is wrong with time or memory here is wrong by orders of magnitude.
CPU_SECONDS = 90 if SANITIZED else 20
ADDRESS_SPACE = 1 << 30
LARGEST = 4 << 20  # bytes that are read of a file

FLAWS = re.compile(r"Sanitizer|runtime error:|terminate called|Assertion|internal error", re.I)
# What steers a terminal. Canonical bytes (JSON, TOML) have their own rules, which leave the upper half alone.
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
STEERING_IN_DATA = re.compile(r"[\x00-\x08\x0b-\x1f]")
FINDING = re.compile(r"(?m)^(?:error|warning)\[(VP\d{4})\]: .+\n(.*)$")
PLACE = re.compile(r"^ +--> .+:\d+:\d+$")
# Findings about a file or a lab as a whole: it cannot be read, is too large, has no profiles, is a file whose name is no lab's.
WITHOUT_PLACE = {"VP0103", "VP0201", "VP0202", "VP0203", "VP0207", "VP0401"}

# Root may read everything; without these it may read what the modes say.
AS_THE_MODES_SAY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []


def limits():
    # Not with AddressSanitizer, which reserves terabytes.
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def listing(directory):
    """{path: what lstat says} of everything below; unlike support.snapshot it reads no file."""
    found = {}
    for where, directories, files in os.walk(directory):
        for path in [where, *(os.path.join(where, name) for name in directories + files)]:
            info = os.lstat(path)
            found[os.path.relpath(path, directory)] = (oct(info.st_mode), info.st_ino, info.st_size, info.st_mtime_ns)
    return found


def codes(done):
    """Codes of the errors that were shown."""
    return set(re.findall(r"(?m)^error\[(VP\d{4})\]", done.stderr))


class Judging(support.TestCase):
    def judge(self, lab, words, through=()):
        """Runs one command, holds it to all that is promised, and returns it."""
        before, used = listing(lab.root), cpu_seconds()
        done = support.run([*through, support.VMPLAN, *words], cwd=lab.root, check=False, preexec_fn=limits)
        used = cpu_seconds() - used
        said = f"vmplan {' '.join(words)}: {done.returncode}\n--- stdout\n{done.stdout[-1000:]}\n--- stderr\n{done.stderr[-3000:]}"
        self.assertIn(done.returncode, (0, 1), said)
        self.assertNotRegex(done.stderr, FLAWS, said)
        self.assertLess(used, CPU_SECONDS, said)
        self.assertEqual(support.differences(before, listing(lab.root)), [], said)
        self.assertNotRegex(done.stderr, STEERING, said)
        self.assertNotRegex(done.stdout, STEERING_IN_DATA, said)
        self.assertLess(len(done.stderr), 200_000, said)
        if done.returncode == 1:
            self.assertRegex(done.stderr, r"(?m)^error(\[VP\d{4}\])?: .", said)
        elif words[0] != "canon":  # which needs one sound profile, not a sound lab
            self.assertEqual(codes(done), set(), said)
        for code, next_line in FINDING.findall(done.stderr):
            self.assertTrue(PLACE.match(next_line) or code in WITHOUT_PLACE, f"{code} has no place\n{said}")
        if "json" in words:
            self.judge_json(json.loads(done.stdout), done)
        return done

    def judge_json(self, document, done):
        found = document["diagnostics"]
        schemas.check("diagnostics", {**document, "diagnostics": found[:20]})
        self.assertEqual(document["errors"] > 0, done.returncode == 1)
        for severity in ("error", "warning"):
            count = sum(one["severity"] == severity for one in found)
            self.assertTrue(count == document[severity + "s"] or count >= 1000, f"{count} of {document[severity + 's']} {severity}s")
        for one in found:
            self.assertTrue("line" in one or one["code"] in WITHOUT_PLACE, one)

    # Each starts a process, so of these the short mode takes one in turn, beside the one that prints JSON.
    OTHERS = itertools.cycle(["validate", "build", "show", "canon"])

    def judge_all(self, lab, profile, path=(), through=(), every=LONG):
        """Runs what reads a lab (at `path`, when that is not where it starts) and what reads one of its profiles. {name: what it said}"""
        commands = {"validate": ["validate", *path], "build": ["build", "--dry-run", *path], "show": ["show", *path],
                    "canon": ["canon", profile]}
        said = {"json": self.judge(lab, ["validate", "--format", "json", *path], through)}
        for name in commands if every else [next(self.OTHERS)]:
            said[name] = self.judge(lab, commands[name], through)
        return said


class RandomTexts(Judging):
    def test_spoiled_texts_are_answered(self):
        seed = int(os.environ.get("VMPLAN_SEED") or secrets.randbits(32))
        print(f"seed {seed} (VMPLAN_SEED={seed} repeats it)", file=sys.stderr)
        examples = [os.path.join(support.EXAMPLES, name) for name in support.example_names()]
        golden = [lab for lab in sorted(glob.glob(os.path.join(support.ROOT, "tests/golden/*/*/lab")))
                  if glob.glob(os.path.join(lab, "**/*.toml"), recursive=True)]
        deadline, count, refused = time.monotonic() + RANDOM_SECONDS, 0, 0
        while time.monotonic() < deadline:
            count += 1
            numbers = random.Random(f"{seed}/{count}")
            refused += self.spoil(numbers, numbers.choice(golden if numbers.random() < 0.25 else examples), f"mutant {count}")
        print(f"{count} mutants, {refused} of them refused", file=sys.stderr)
        self.assertGreater(count, 5)
        self.assertGreater(refused, 0)

    def spoil(self, numbers, base, name):
        """Whether the mutant was refused."""
        lab = self.copy_of(base)
        path = numbers.choice(lab.toml_files())
        others = [lab.read_bytes(other) for other in lab.toml_files()]
        done, text = mutators.mutant(numbers, lab.read_bytes(path), others)
        lab.write(path, text)
        with self.subTest(name, base=os.path.relpath(base, support.ROOT), path=path, done=done, kept=lab.root):
            said = self.judge_all(lab, "./" + path, lab.words, every=True)
            lab.remove()
            return said["json"].returncode == 1
        return True

    @staticmethod
    def copy_of(base):
        """A lab with the files of a base; the images that examples want are a few bytes, enough to compile."""
        lab = support.Lab(name="spoiled")
        shutil.copytree(base, lab.root, dirs_exist_ok=True)
        for name in ("images/vmlinuz", "images/initrd.img", "images/base.qcow2"):
            if not lab.exists(name):
                lab.write(name, b"bytes\n")
        single = [] if lab.exists("vmplan.toml") or lab.exists("profiles") else sorted(glob.glob("*.toml", root_dir=lab.root))
        lab.words = ["./" + name for name in single[:1]]
        return lab


class LargeTexts(Judging):
    """Texts that are large in one way, and what is said of them."""

    HEAD = b"schema_version = 1\n"

    def setUp(self):
        self.large_lab = self.lab("quickstart")
        self.sound = self.large_lab.read_bytes("profiles/web.toml")
        self.assertEqual(self.sound.count(self.HEAD), 1)

    def assert_said(self, text, *expected, at="profiles/web.toml"):
        """The codes of the errors are the expected ones, whatever the command."""
        self.large_lab.write(at, text)
        for name, done in self.judge_all(self.large_lab, "web").items():
            self.assertEqual(codes(done), set(expected), f"{name}: {done.stderr[-2000:]}")

    def at_top(self, lines):
        return self.sound.replace(self.HEAD, self.HEAD + lines + b"\n")

    def in_place_of(self, old, new):
        self.assertEqual(self.sound.count(old), 1, old)
        return self.sound.replace(old, new)

    def test_a_million_keys(self):
        self.assert_said(self.at_top(b"".join(b"key%d = %d\n" % (n, n) for n in range(1_000_000))), "VP0103")

    def test_as_many_unknown_keys_as_there_is_time_for(self):
        count = 200_000 if LONG else 10_000
        self.large_lab.write("profiles/web.toml", self.at_top(b"".join(b"k%d=1\n" % n for n in range(count))))
        said = self.judge_all(self.large_lab, "web", every=True)
        self.assertIn(f"{count} warnings", said["validate"].stdout)
        self.assertIn(f"... and {count - 50} more", said["validate"].stderr)
        found = json.loads(said["json"].stdout)
        self.assertEqual((len(found["diagnostics"]), found["warnings"]), (1000, count))

    def test_a_reason_is_not_hidden_behind_many_warnings(self):
        self.assert_said(self.at_top(b"k=1\n" + b"".join(b"k%d=1\n" % n for n in range(1000))) + b"\n[qmp]\nenabled = 3\n", "VP0302")

    def test_lists_of_many_items(self):
        name = b'name = "web"\n'
        count = 400_000 if LONG else 20_000
        self.assert_said(self.in_place_of(name, name + b"tags = [" + b"1,\n" * count + b"]\n"), "VP0302")
        self.assert_said(self.in_place_of(name, name + b"tags = [" + b'"a",\n' * count + b"]\n"), "VP0403")
        # Every place in a long line is found without a walk from its start.
        self.assert_said(self.in_place_of(name, name + b"tags = [" + b"1," * (count // 20) + b"]\n"), "VP0302")

    def test_many_sections(self):
        count = 20_000 if LONG else 2_000
        disks = b"".join(b"[[storage.disks]]\nname='d%d'\npath='d%d'\nformat='raw'\n" % (n, n) for n in range(count))
        self.assert_said(self.sound + b"\n" + disks, "VP0614")
        self.assert_said(self.sound + b"\n" + b"[[storage.disks]]\nname='d'\n" * count, "VP0303", "VP0403")
        self.assert_said(self.sound + b"\n" + b"[vm]\n" * count, "VP0101")

    def test_nesting(self):
        for depth in (65, 100_000):
            for text in (b"x = " + b"[" * depth + b"]" * depth, b"x = " + b"[" * depth, b"x = " + b"{a=" * depth, b"[" * depth):
                self.assert_said(self.at_top(text), "VP0105")
            for text in (b"x" + b".x" * depth + b" = 1", b"[x" + b".x" * depth + b"]", b'"x"' + b' . "x"' * depth + b" = 1"):
                self.assert_said(self.at_top(text), "VP0104")

    def test_long_texts(self):
        size = 2_000_000 if LONG else 200_000
        long = b"x" * size
        self.assert_said(self.in_place_of(b'name = "web"', b'name = "' + long + b'"'), "VP0401")
        self.assert_said(self.at_top(long + b" = 1"))
        self.assert_said(self.in_place_of(b'path = "disks/web/root.qcow2"', b'path = "' + b"../" * (size // 3) + b'x"'), "VP0501")
        self.assert_said(self.at_top(b"x = " + b"9" * size), "VP0101")
        self.assert_said(self.sound + b"\n#" + b"\xc3\xa9" * (size // 2))

    def test_one_byte_over_and_over(self):
        for byte, code in ((b"\0", "VP0101"), (b"\xff", "VP0102"), (b'"', "VP0101"), (b"=", "VP0101"), (b"\r", "VP0101"),
                           (b"\x1b", "VP0101")):
            self.assert_said(byte * LARGEST, code)
        self.assert_said(b"\n" * LARGEST, "VP0303", "VP0602")
        self.assert_said(b"\n" * (LARGEST + 1), "VP0103")

    def test_vmplan_toml_too(self):
        self.assert_said(b"[" * LARGEST, "VP0105", at="vmplan.toml")


class FilesOfOtherKinds(Judging):
    """What lies under the name of a profile, of vmplan.toml, or of a file that a profile builds on is no plain file of the lab."""

    def make(self, kind, path):
        os.remove(path)
        if kind == "sparse file of 1 GiB":
            with open(path, "wb") as file:
                file.truncate(1 << 30)
        elif kind == "FIFO":
            os.mkfifo(path)
        elif kind == "socket":
            # Bound by its short name: the scratch directory may lie deep.
            there = os.open(os.path.dirname(path), os.O_PATH)
            with socket.socket(socket.AF_UNIX) as listening:
                listening.bind(f"/proc/self/fd/{there}/{os.path.basename(path)}")
            os.close(there)
        elif kind == "directory":
            os.mkdir(path)
        elif kind == "loop of links":
            os.symlink(os.path.basename(path), path)
        elif kind == "link to nothing":
            os.symlink("nothing", path)
        elif kind == "link out of the lab":
            outside = self.lab(files={"sound": support.Lab("minimal").read("web.toml")}).path("sound")
            os.symlink(outside, path)
        elif kind == "link to a device":
            os.symlink("/dev/zero", path)
        else:
            self.assertEqual(kind, "unreadable file")
            with open(path, "wb"):
                os.chmod(path, 0)

    KINDS = ("sparse file of 1 GiB", "FIFO", "socket", "directory", "loop of links", "link to nothing", "link out of the lab",
             "link to a device", "unreadable file")

    def said_of(self, kind, name, words=(), template=False):
        """What is said of a sound lab whose file `name` is replaced by one of a kind. `words`: the path to name."""
        lab = self.lab("quickstart")
        lab.write("parts/base.toml", "[hardware]\nrng = true\n")
        if template:
            lab.edit("profiles/web.toml", 'name = "web"', 'name = "web"\nextends = "parts/base.toml"')
        self.make(kind, lab.path(name))
        return self.judge_all(lab, words[0] if words else "web", words, AS_THE_MODES_SAY)

    def assert_unreadable(self, said, name):
        for command, done in said.items():
            if command != "canon":
                self.assertEqual((done.returncode, codes(done)), (1, {"VP0201"}), done.stderr)
                self.assertIn(name, done.stderr)

    def test_control_the_lab_is_sound_without_them(self):
        lab = self.lab("quickstart")
        for done in self.judge_all(lab, "web", through=AS_THE_MODES_SAY, every=True).values():
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_as_a_profile(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                said = self.said_of(kind, "profiles/web.toml")
                self.assert_unreadable(said, "profiles/web.toml")
                self.assertEqual({done.returncode for done in said.values()}, {1})

    def test_as_the_only_file(self):
        """Named on the command line. A directory of that name is a lab then, and what is not there is none."""
        for kind in self.KINDS:
            with self.subTest(kind):
                for done in self.said_of(kind, "profiles/web.toml", ["./profiles/web.toml"]).values():
                    self.assertEqual(done.returncode, 1, done.stderr)

    def test_as_vmplan_toml(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.assert_unreadable(self.said_of(kind, "vmplan.toml"), "vmplan.toml")

    def test_as_a_file_that_a_profile_builds_on(self):
        for kind in self.KINDS:
            with self.subTest(kind):
                self.assert_unreadable(self.said_of(kind, "parts/base.toml", template=True), "parts/base.toml")

    def test_an_empty_file(self):
        lab = self.lab("quickstart")
        for path in ("profiles/web.toml", "vmplan.toml"):
            lab.write(path, b"")
            for done in self.judge_all(lab, "web").values():
                self.assertLessEqual({"VP0303"}, codes(done), done.stderr)

    def test_a_directory_of_profiles_that_cannot_be_listed(self):
        for kind, code in (("FIFO", "VP0203"), ("loop of links", "VP0201"), ("link out of the lab", "VP0201"), ("no right", "VP0201")):
            with self.subTest(kind):
                lab = self.lab("quickstart")
                if kind == "no right":
                    os.chmod(lab.path("profiles"), 0)
                else:
                    shutil.rmtree(lab.path("profiles"))
                    lab.write("profiles", b"")
                    self.make(kind, lab.path("profiles"))
                for command, done in self.judge_all(lab, "web", through=AS_THE_MODES_SAY).items():
                    if command != "canon":
                        self.assertEqual((done.returncode, codes(done)), (1, {code}), done.stderr)


if __name__ == "__main__":
    support.main()
