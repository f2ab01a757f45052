#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the tests with real machines share: profiles, events, and ways to make life hard for a machine.

A small machine has no guest: its firmware finds nothing to boot and waits. It is ready as soon as QEMU answers, 0.2 s after
its start, and deaf to its power button, so that every stop takes its stop timeout. Where a guest matters, the example
`quickstart` boots the tiny one.
"""
import errno
import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "e2e"))
import support  # noqa: E402  (its place is known only now)

BANNER = "vmplan guest ready"
PROMPT = "guest# "
GIB = 1 << 30


def small(name, memory_mb=256, stop_timeout=1, disk="size_gb = 1", more=""):
    """Profile of a small machine with one disk. `more` comes last, so it may open further sections."""
    return f"""schema_version = 1

[vm]
name = "{name}"

[hardware]
arch = "x86_64"
cores = 1
memory_mb = {memory_mb}
acceleration = "tcg"

[lifecycle]
stop_timeout_seconds = {stop_timeout}

[[storage.disks]]
name = "root"
path = "disks/{name}/root.qcow2"
format = "qcow2"
boot = true
{disk}
{more}"""


def lab_file(name="small", more=""):
    return f'schema_version = 1\n\n[lab]\nname = "{name}"\n\n{more}'


def lab_of(*names, **more):
    """The files of a lab of small machines, one profile each."""
    files = {f"profiles/{name}.toml": small(name, **more) for name in names}
    return {"vmplan.toml": lab_file(), **files}


def steps_started(events):
    """[(node, step)] in order."""
    return [(event["node"], event["step"]) for event in events if event["event"] == "step_started"]


def step_finished(events, node, step):
    """The one step_finished event of a step."""
    (found,) = [event for event in events
                if event["event"] == "step_finished" and (event["node"], event["step"]) == (node, step)]
    return found


def counters(events):
    """The counters of the summary that are not 0, `unchanged` left out."""
    last = events[-1]
    if last.get("event") != "summary":
        raise AssertionError(f"the last event is no summary: {last}")
    return {name: count for name, count in last.items()
            if name not in ("event", "at", "status", "unchanged") and count != 0}


def planned(lab):
    """{node: row} of what apply would do now."""
    return {row["id"]: row for row in lab.json("apply", "--dry-run")["rows"]}


def actions(lab):
    """{node: action} of what apply would do now, without what stays as it is."""
    return {node: row["action"] for node, row in planned(lab).items() if row["action"] != "none"}


def qemus(lab):
    """{name of the machine: [pid of its QEMU, ...]}, as the system sees them."""
    found = {}
    for pid, line in lab.processes().items():
        words = line.split()
        if len(words) > 2 and os.path.basename(words[0]).startswith("qemu-system") and words[-2] == "-name":
            found.setdefault(words[-1], []).append(pid)
    return found


def identity(lab, path):
    """What must stay as it is of a file that nobody may touch: inode, time of the last write, bytes."""
    info = os.stat(lab.path(path))
    return info.st_ino, info.st_mtime_ns, lab.read_bytes(path)


def leftovers(lab):
    """Unfinished files anywhere in the lab."""
    return [os.path.join(where, name) for where, _, names in os.walk(lab.root)
            for name in names if name.endswith(".vmplan-new")]


def kill_and_wait(pid, number=signal.SIGKILL):
    os.kill(pid, number)
    support.wait_until(lambda: not support.alive(pid), f"{pid} has ended")


def kill_qemu(lab, name):
    """SIGKILL, as the kernel does it when memory is short. Returns the PID that is gone."""
    pid = lab.machine(name)["pid"]
    kill_and_wait(pid)
    return pid


def start_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rpartition(")")[2].split()[19])


def connect_unix(path):
    """A client of a Unix socket, whatever the length of its directory's name."""
    directory = os.open(os.path.dirname(path), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        client.connect(f"/proc/self/fd/{directory}/{os.path.basename(path)}")
    except BaseException:
        client.close()
        raise
    finally:
        os.close(directory)
    return client


def type_on_console(lab, line, path=".vmplan/run/web/serial.sock", log="logs/web/serial.log"):
    """Types a line into the guest's shell, once that asks for one, and stays until its echo is in the log."""
    def shown():
        return lab.read_bytes(log).decode(errors="replace")

    support.wait_until(lambda: PROMPT in shown(), "the guest's shell asks for a line")
    with connect_unix(lab.path(path)) as console:
        console.sendall(line.encode() + b"\n")
        support.wait_until(lambda: line in shown(), f"the guest echoes {line!r}")


def die_while_qemu_starts(lab, name="a", attempts=20):
    """An apply that dies with its supervisor while QEMU starts. QEMU is left stopped (SIGSTOP), before it was ready.

    Returns its PID.
    """
    record = f".vmplan/run/{name}/run.json"
    for _ in range(attempts):
        apply = subprocess.Popen([support.VMPLAN, "apply", "--yes", "-q"], cwd=lab.root, env=support.environment(),
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seen = {}
        while seen.get("pid", 0) == 0 and apply.poll() is None:
            try:
                seen = json.loads(lab.read(record))
            except (FileNotFoundError, ValueError):
                pass
        caught = seen.get("state") == "starting"
        if caught:
            while "qemu" not in os.readlink(f"/proc/{seen['pid']}/exe"):
                pass  # it waits until its PID is recorded, and without its supervisor it would end there
            os.kill(seen["pid"], signal.SIGSTOP)
            caught = json.loads(lab.read(record))["state"] == "starting"
        if caught:
            apply.kill()
            os.kill(seen["shim_pid"], signal.SIGKILL)
            apply.wait()
            support.wait_until(lambda: not support.alive(seen["shim_pid"]), "the supervisor has ended")
            if json.loads(lab.read(record))["state"] == "starting":
                return seen["pid"]
        if seen.get("pid"):
            os.kill(seen["pid"], signal.SIGCONT)
        apply.wait()
        with lab.qmp(name) as monitor:
            monitor.execute("quit")
        lab.run("destroy", "--yes")
    raise AssertionError(f"QEMU was ready too soon {attempts} times")


class Background:
    """vmplan in the background, with its events as they come."""

    def __init__(self, lab, *args):
        self.process = subprocess.Popen([support.VMPLAN, *args, "--format", "json"], cwd=lab.root,
                                        env=support.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.events = []
        self.errors = ""
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self._read_events, self._read_errors)]
        for thread in self.threads:
            thread.start()

    def _read_events(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def _read_errors(self):
        self.errors = self.process.stderr.read()

    def wait_for(self, **wanted):
        """The first event with these members."""
        def found():
            for event in list(self.events):
                if all(event.get(name) == value for name, value in wanted.items()):
                    return event
            if self.process.poll() is not None and not self.threads[0].is_alive():
                raise AssertionError(f"it ended without an event {wanted}: {self.events} {self.errors}")
            return None

        return support.wait_until(found, f"an event {wanted}", interval=0.01)

    def finish(self, timeout=support.PATIENCE):
        """The exit code."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"still running after {timeout} s: {self.events} {self.errors}") from None
        for thread in self.threads:
            thread.join(support.PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
        return code


def on_a_terminal(lab, *args, question, answer, meanwhile):
    """Runs vmplan with somebody at its terminal: when the question comes, `meanwhile` happens and then the answer is typed.

    Returns exit code and everything that was shown.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen([support.VMPLAN, *args], cwd=lab.root, env=support.environment(), stdin=theirs,
                               stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown = b""
    answered = False
    deadline = time.monotonic() + support.PATIENCE
    try:
        while time.monotonic() < deadline:
            if not select.select([ours], [], [], 0.1)[0]:
                continue
            try:
                piece = os.read(ours, 65536)
            except OSError as error:
                if error.errno != errno.EIO:  # the other end is closed
                    raise
                piece = b""
            if not piece:
                break
            shown += piece
            if not answered and question.encode() in shown:
                answered = True
                meanwhile()
                os.write(ours, answer.encode() + b"\n")
        code = process.wait(support.PATIENCE)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(ours)
    text = shown.decode(errors="replace").replace("\r\n", "\n")
    if not answered:
        raise AssertionError(f"it never asked {question!r}: {text}")
    return code, text
