#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What all end-to-end tests share: the program under test, a lab of one's own, and a machine-free place afterwards.

Where things are, each with an environment variable: VMPLAN (the binary, default build/dev/vmplan), VMPLAN_GUEST_DIR (a tiny
kernel and initrd, default build/guest) and VMPLAN_E2E_SCRATCH (everything that tests write, default build/e2e-scratch).

A test file ends with `support.main()` and runs as `python3 tests/e2e/x_test.py [-v] [Class.test]`.
"""
import contextlib
import glob
import hashlib
import itertools
import json
import os
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import unittest

sys.dont_write_bytecode = True

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
VMPLAN = os.path.abspath(os.environ.get("VMPLAN") or os.path.join(ROOT, "build/dev/vmplan"))
GUEST = os.path.abspath(os.environ.get("VMPLAN_GUEST_DIR") or os.path.join(ROOT, "build/guest"))
SCRATCH = os.path.abspath(os.environ.get("VMPLAN_E2E_SCRATCH") or os.path.join(ROOT, "build/e2e-scratch"))
EXAMPLES = os.path.join(ROOT, "examples")
RECOMPUTE = os.path.join(ROOT, "tests/vectors/recompute.py")

PATIENCE = 120  # seconds for anything that should take about one: the machine may be busy
LOG_TAIL = 4000

_numbers = itertools.count(1)


def scratch_path(name):
    """A path below the scratch directory that no other test uses; its parent exists."""
    place = os.path.join(SCRATCH, f"{os.path.basename(sys.argv[0]).removesuffix('.py')}-{os.getpid()}")
    os.makedirs(place, exist_ok=True)
    return os.path.join(place, f"{next(_numbers)}-{name}")


def environment(changes=None):
    """What programs under test get: nothing of the caller's but the PATH. A change to None takes a variable away."""
    home = os.path.join(SCRATCH, "home")
    os.makedirs(home, exist_ok=True)
    result = {"PATH": os.environ.get("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), "HOME": home, "LC_ALL": "C.UTF-8",
              "TMPDIR": SCRATCH}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            result[name] = os.environ[name]
    for name, value in (changes or {}).items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def run(argv, check=True, env=None, cwd=None, timeout=PATIENCE, **more):
    """Runs a program, with text output captured. check: True = must exit with 0, False = any code, N = must exit with N."""
    if "stdin" not in more and "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    more.setdefault("stdout", subprocess.PIPE)
    more.setdefault("stderr", subprocess.PIPE)
    more.setdefault("errors", "surrogateescape")
    done = subprocess.run(argv, env=environment(env), cwd=cwd, timeout=timeout, encoding="utf-8", check=False, **more)
    wanted = {True: 0, False: None}.get(check, check) if isinstance(check, bool) else check
    if wanted is not None and done.returncode != wanted:
        raise AssertionError(f"{' '.join(argv)}: exit code {done.returncode}, not {wanted}\n"
                             f"--- stdout\n{(done.stdout or '')[-LOG_TAIL:]}\n--- stderr\n{(done.stderr or '')[-LOG_TAIL:]}")
    return done


def wait_until(condition, what, timeout=PATIENCE, interval=0.05):
    """Returns the first true value of condition()."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {timeout} s still not: {what}")
        time.sleep(interval)


_ports = itertools.count(20000 + os.getpid() * 37 % 9000)


def free_port():
    """A host port in 20000..29999 that was free for TCP and UDP just now; tests that run at once start at different ones."""
    while True:
        port = 20000 + next(_ports) % 10000
        try:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                with socket.socket(socket.AF_INET, kind) as probe:
                    probe.bind(("127.0.0.1", port))
            return port
        except OSError:
            continue


def alive(pid):
    """Whether any thread of a process runs. Its first thread may be a zombie while others still hold its sockets and locks."""
    for stat_file in glob.glob(f"/proc/{pid}/task/*/stat"):
        try:
            with open(stat_file, encoding="ascii", errors="replace") as file:
                if file.read().rpartition(")")[2].split()[0] not in "ZX":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            continue
    return False


def processes_in(directory):
    """{pid: command line} of the processes whose current directory is the directory or below it."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            where = os.readlink(f"/proc/{entry}/cwd")
            if where != directory and not where.startswith(directory + "/"):
                continue
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                line = file.read().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue  # gone meanwhile, or a kernel thread
        if alive(int(entry)):
            found[int(entry)] = line
    return found


def snapshot(directory):
    """{relative path: (kind and mode, mtime in ns, SHA-256 or link target)} of everything below, the directory included."""
    result = {}
    for where, directories, files in os.walk(directory):
        for name in [""] * (where == directory) + directories + files:
            path = os.path.join(where, name) if name else where
            info = os.lstat(path)
            content = None
            if stat.S_ISLNK(info.st_mode):
                content = os.readlink(path)
            elif stat.S_ISREG(info.st_mode):
                with open(path, "rb") as file:
                    content = hashlib.file_digest(file, "sha256").hexdigest()
            result[os.path.relpath(path, directory)] = (oct(info.st_mode), info.st_mtime_ns, content)
    return result


def differences(before, after):
    """What differs between two snapshots, a line each."""
    return [f"{path}: {before.get(path, 'not there')} -> {after.get(path, 'gone')}"
            for path in sorted(before.keys() | after.keys()) if before.get(path) != after.get(path)]


def example_names():
    return sorted(name for name in os.listdir(EXAMPLES) if os.path.isdir(os.path.join(EXAMPLES, name)))


def make_disk(path, format="qcow2", size="1G"):
    """An empty disk image. Its bytes are the same every time."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    run(["qemu-img", "create", "-q", "-f", format, path, size])


class Qmp:
    """A client of one QMP monitor of a machine; sockets with long names are reached through their directory."""

    def __init__(self, path):
        directory = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(PATIENCE)
            self.socket.connect(f"/proc/self/fd/{directory}/{os.path.basename(path)}")
        except BaseException:
            self.socket.close()
            raise
        finally:
            os.close(directory)
        self.lines = self.socket.makefile("r", encoding="utf-8")
        self.greeting = json.loads(self.lines.readline())
        self.events = []
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        """The result of a command; events that come first are kept in `events`."""
        self.socket.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            line = self.lines.readline()
            if not line:
                raise AssertionError(f"QEMU closed its monitor instead of answering {command}")
            reply = json.loads(line)
            if "event" in reply:
                self.events.append(reply)
            elif "error" in reply:
                raise AssertionError(f"{command} {arguments}: {reply['error']}")
            else:
                return reply["return"]

    def close(self):
        self.lines.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@contextlib.contextmanager
def answering(text):
    """A terminal for a standard input, at which somebody has typed this."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, text.encode())
        yield theirs
    finally:
        os.close(ours)
        os.close(theirs)


class Lab:
    """A lab of its own below the scratch directory: a copy of an example, or given files, or both.

    example  name of a directory in examples/; its host ports are replaced by free ones unless keep_ports
    files    {relative path: text or bytes}, written after the example
    guest    True: images/vmlinuz and images/initrd.img are the real tiny guest; "9p": the one that can mount shared directories;
             False: a few bytes, enough to compile
    place    directory to make (must not exist) instead of one that is chosen
    """

    def __init__(self, example=None, files=None, guest=False, place=None, keep_ports=False, name="lab"):
        self.root = place or scratch_path(example or name)
        if example:
            shutil.copytree(os.path.join(EXAMPLES, example), self.root,
                            ignore=shutil.ignore_patterns(".vmplan", "logs", "*.lock", "disks", "images"))
            if not keep_ports:
                self.replace_ports()
        else:
            os.makedirs(self.root)
        if guest:
            self.add_guest("" if guest is True else guest)
        for path, content in (files or {}).items():
            self.write(path, content)
        if example:
            self.add_missing_images()
        # A lab of one file is named on the command line; its lock file is named after it.
        single = [] if self.exists("vmplan.toml") or self.exists("profiles") else \
            [name for name in sorted(os.listdir(self.root)) if name.endswith(".toml")]
        self.words = [f"./{single[0]}"] if len(single) == 1 else []
        self.lock_file = single[0].removesuffix("toml") + "vmplan.lock" if len(single) == 1 else "vmplan.lock"
        self.state_dir = ".vmplan/" + single[0].removesuffix(".toml") if len(single) == 1 else ".vmplan"

    # What lies in it.

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def write(self, path, content):
        full = self.path(path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read()

    def read_bytes(self, path):
        with open(self.path(path), "rb") as file:
            return file.read()

    def exists(self, path):
        return os.path.lexists(self.path(path))

    def edit(self, path, old, new):
        """Replaces a text that occurs exactly once."""
        text = self.read(path)
        if text.count(old) != 1:
            raise AssertionError(f"{path} holds {old!r} {text.count(old)} times, not once")
        self.write(path, text.replace(old, new))

    def toml_files(self):
        return sorted(os.path.relpath(os.path.join(where, name), self.root) for where, _, names in os.walk(self.root)
                      for name in names if name.endswith(".toml"))

    def replace_ports(self):
        for path in self.toml_files():
            self.write(path, re.sub(r'("(?:tcp|udp):[^:"]*:)\d+-', lambda m: f"{m[1]}{free_port()}-", self.read(path)))

    def add_guest(self, kind):
        os.makedirs(self.path("images"), exist_ok=True)
        for name in ("vmlinuz", "initrd.img"):
            source = os.path.join(GUEST, kind, name)
            if not os.path.isfile(source):
                raise AssertionError(f"there is no guest at {source}; make it as docs/testing.md says, or set VMPLAN_GUEST_DIR")
            shutil.copyfile(source, self.path("images", name))

    def add_missing_images(self):
        """Files that examples expect their user to have."""
        text = "".join(self.read(path) for path in self.toml_files())
        for path, make in (("images/vmlinuz", lambda p: self.write("images/vmlinuz", b"not a kernel\n")),
                           ("images/initrd.img", lambda p: self.write("images/initrd.img", b"not an initrd\n")),
                           ("images/base.qcow2", lambda p: make_disk(p, "qcow2", "64M")),
                           ("disks/data.raw", lambda p: make_disk(p, "raw", "16M")),
                           ("disks/tools.qcow2", lambda p: make_disk(p, "qcow2", "16M"))):
            if f'"{path}"' in text and not self.exists(path):
                make(self.path(path))

    # What is done with it.

    def run(self, *args, check=True, env=None, cwd=None, timeout=PATIENCE, **more):
        """vmplan with these words, started in the lab. See run() for `check`."""
        return run([VMPLAN, *args], check=check, env=env, cwd=cwd or self.root, timeout=timeout, **more)

    def json(self, *args, **more):
        """The one object that a command prints with --format json."""
        done = self.run(*args, "--format", "json", **more)
        return json.loads(done.stdout)

    def events(self, *args, **more):
        """The events of apply or destroy: one object a line, the summary last."""
        done = self.run(*args, "--format", "json", **more)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def summary(self, *args, **more):
        """The summary of apply or destroy."""
        last = self.events(*args, **more)[-1]
        if last.get("event") != "summary":
            raise AssertionError(f"the last event is no summary: {last}")
        return last

    def plan(self, *args):
        """The plan, built now and read back; a test is free to look at the bytes in plan.exported.json."""
        self.run("build", "-o", "plan.exported.json", *(args or self.words))
        return json.loads(self.read("plan.exported.json"))

    def lock_keys(self):
        """{node id: key} of the lock file."""
        return dict(line.split(" ") for line in self.read(self.lock_file).splitlines()[1:]
                    if not line.startswith(("platform ", "input ", "output ")))

    def machines(self):
        """{name: what status says} of the machines."""
        return {machine["name"]: machine for machine in self.json("status")["machines"]}

    def machine(self, name):
        return self.machines()[name]

    def wait_for_state(self, name, state, timeout=PATIENCE):
        """What status says of a machine as soon as it is in one of the states (a word or several)."""
        states = (state,) if isinstance(state, str) else tuple(state)
        seen = {}

        def reached():
            seen.update(self.machines().get(name, {}))
            return seen.get("state") in states

        try:
            wait_until(reached, f"{name} is {' or '.join(states)}", timeout, 0.2)
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {seen}") from None
        return dict(seen)

    def console(self, name):
        """All that the guest wrote so far, as it is in its log."""
        path = f"logs/{name}/serial.log"
        return self.read_bytes(path).decode(errors="replace") if self.exists(path) else ""

    def wait_for_console(self, text, name="web", timeout=PATIENCE, count=1):
        """Waits until the guest has written a text (count times: one a boot)."""
        try:
            wait_until(lambda: self.console(name).count(text) >= count, f"{name} writes {text!r}", timeout, 0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n--- console\n{self.console(name)[-LOG_TAIL:]}") from None

    def qmp(self, name="web", socket_path=None):
        """A client of the machine's public monitor."""
        return Qmp(self.path(socket_path or f".vmplan/run/{name}/qmp.sock"))

    def processes(self):
        return processes_in(os.path.realpath(self.root))

    # The end of it.

    def stop_everything(self):
        """Destroys what is applied and fails when anything is left. Whatever is left is killed, so that no test harms another."""
        if not os.path.isdir(self.root):
            return
        problems = []
        states = [path for path in (".vmplan", *self._single_file_states()) if self.exists(f"{path}/state.db")]
        for state in states:
            target = [] if state == ".vmplan" else [f"./{os.path.basename(state)}.toml"]
            done = self.run("destroy", "--yes", *target, check=False)
            if done.returncode != 0:
                problems.append(f"destroy exits with {done.returncode}: {done.stdout}{done.stderr}")
        deadline = time.monotonic() + 20
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        for pid, line in self.processes().items():
            problems.append(f"still running: {pid} {line}")
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if problems:
            raise AssertionError(f"{self.root} did not end clean:\n" + "\n".join(problems))

    def _single_file_states(self):
        return [f".vmplan/{name.removesuffix('.toml')}" for name in os.listdir(self.root) if name.endswith(".toml")]

    def remove(self):
        shutil.rmtree(self.root, ignore_errors=True)


NOBODY = 65534


def without_privileges(lab):
    """What to put before a command so that permissions hold for it: the lab's owner, who is not root, runs it then."""
    if os.geteuid() != 0:
        return []
    for where, _, names in os.walk(lab.root):
        for path in [where, *(os.path.join(where, name) for name in names)]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    # The checkout may lie where only root can go.
    caps = "-all"
    for path in (os.path.dirname(lab.root), os.path.dirname(VMPLAN)):
        while path != "/":
            if not os.stat(path).st_mode & stat.S_IXOTH:
                caps = "-all,+dac_read_search"
            path = os.path.dirname(path)
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", f"--inh-caps={caps}"]
    return become + (["--ambient-caps=+dac_read_search"] if "+" in caps else [])


class TestCase(unittest.TestCase):
    """Labs that are taken down at the end of the test, and kept for a look when it failed."""

    maxDiff = 4000

    def lab(self, *args, **more):
        lab = Lab(*args, **more)
        self.addCleanup(self._end, lab)
        return lab

    def _end(self, lab):
        lab.stop_everything()
        if not self._failed():
            lab.remove()

    def _failed(self):
        result = self._outcome.result
        return any(test is self or getattr(test, "test_case", None) is self
                   for test, _ in [*result.failures, *result.errors]) or not self._outcome.success


def enter_private_network():
    """Starts this test program anew on a host of its own as far as networks go: a loopback, and no other device.

    Devices made here bother nobody and vanish with the last process. /sys is mounted anew because it shows the devices of the
    network that it was mounted in. Whoever is not root becomes root of a user namespace.
    """
    if os.environ.get("VMPLAN_PRIVATE_NETWORK"):
        return
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    start = 'mount -t sysfs sysfs /sys && ip link set lo up && exec "$@"'
    os.execvpe("unshare", ["unshare", *rights, "--net", "--mount", "sh", "-c", start, "sh", sys.executable, "-B", *sys.argv],
               {**os.environ, "VMPLAN_PRIVATE_NETWORK": "1"})


def main():
    """Runs the tests of the calling file; exits 1 when one failed or none was there."""
    for path, what in ((VMPLAN, "no vmplan; build it, or set VMPLAN"),):
        if not os.access(path, os.X_OK):
            sys.exit(f"{path}: there is {what}")
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    if program.result.testsRun == 0 or program.result.skipped:
        sys.exit("no test ran, or one was skipped")
    place = os.path.dirname(scratch_path("x"))
    if program.result.wasSuccessful():
        shutil.rmtree(place, ignore_errors=True)
    sys.exit(0 if program.result.wasSuccessful() else 1)
