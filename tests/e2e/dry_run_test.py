#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What only looks, touches nothing: every system call of a dry run is judged, and the directory is the same afterwards."""
import os
import re

import support

# Calls that start, signal, connect, or change something. Opening, writing and memory maps are judged by their arguments.
NETWORK = """socket socketpair connect bind listen accept accept4 sendto sendmsg sendmmsg recvfrom recvmsg recvmmsg shutdown
    setsockopt""".split()
PROCESSES = "fork vfork execveat ptrace setns unshare setsid setpgid process_vm_writev pidfd_open pidfd_send_signal".split()
SIGNALS = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo".split()
FILES = """creat mkdir mkdirat rmdir rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat mknod mknodat truncate
    ftruncate fallocate chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat setxattr
    lsetxattr fsetxattr removexattr lremovexattr fremovexattr sendfile copy_file_range splice tee vmsplice memfd_create flock
    io_uring_setup io_submit mount umount2 fsync fdatasync sync syncfs inotify_init1 fanotify_init umask""".split()
FORBIDDEN = {*NETWORK, *PROCESSES, *SIGNALS, *FILES}
WRITES = {"write", "pwrite64", "writev", "pwritev", "pwritev2"}
OPENS = {"open", "openat", "openat2"}
WRITE_FLAGS = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE")
LOCKS = re.compile(r"F_(OFD_)?SETLKW?\b|F_SETLEASE|F_NOTIFY")

LINE = re.compile(r"^(?P<pid>\d+) +(?P<rest>.*)$")
CALL = re.compile(r"^(?P<name>[a-z_0-9]+)\((?P<args>.*)$")
RESUMED = re.compile(r"^<\.\.\. (?P<name>[a-z_0-9]+) resumed>(?P<args>.*)$")


def read_trace(text):
    """(pid, call, arguments and result) of every call; interrupted ones are put together again."""
    waiting = {}
    for line in text.splitlines():
        match = LINE.match(line)
        if not match:
            raise AssertionError(f"not understood: {line}")
        pid, rest = match["pid"], match["rest"]
        if rest.startswith("+++ exited"):
            continue
        if rest.startswith(("---", "+++")):
            yield pid, "signal", rest
            continue
        if resumed := RESUMED.match(rest):
            name, args = waiting.pop(pid)
            if name != resumed["name"]:
                raise AssertionError(f"not understood: {line}")
            yield pid, name, args + resumed["args"]
            continue
        call = CALL.match(rest)
        if not call:
            raise AssertionError(f"not understood: {line}")
        if rest.endswith("<unfinished ...>"):
            waiting[pid] = call["name"], call["args"].removesuffix("<unfinished ...>")
        else:
            yield pid, call["name"], call["args"]
    yield from ((pid, name, args) for pid, (name, args) in waiting.items())


def judge(text):
    """What a look must not do and did, and how often each call was made."""
    wrong, count = [], {}
    for pid, name, args in read_trace(text):
        count[name] = count.get(name, 0) + 1
        bad = name in FORBIDDEN or name == "signal"
        if name == "execve":
            bad = count[name] > 1
        elif name in ("clone", "clone3"):
            bad = "CLONE_THREAD" not in args
        elif name in OPENS:
            bad = bool(WRITE_FLAGS.search(args))
        elif name in WRITES:
            bad = not re.match(r"[12]<", args)
        elif name == "fcntl":
            bad = bool(LOCKS.search(args))
        elif name == "mmap":
            bad = "PROT_WRITE" in args and "MAP_SHARED" in args and "MAP_ANONYMOUS" not in args
        if bad:
            wrong.append(f"{pid} {name}({args}")
    return wrong, count


class DryRunTest(support.TestCase):
    def trace(self, lab, *words, check=True, program=None):
        """(trace, finished process) of a command in the lab."""
        file = support.scratch_path("trace")
        # Leak detection of a sanitised binary starts a tracer of its own and cannot work under another one.
        options = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}
        done = support.run(["strace", "-f", "-qq", "-y", "-s", "64", "-e", "trace=all", "-o", file, program or support.VMPLAN, *words],
                           cwd=lab.root, check=check, env=options)
        with open(file, encoding="utf-8", errors="surrogateescape") as opened:
            return opened.read(), done

    def assert_touches_nothing(self, lab, *words, check=True):
        before = support.snapshot(lab.root)
        text, done = self.trace(lab, *words, check=check)
        wrong, count = judge(text)
        self.assertEqual(wrong, [], f"vmplan {' '.join(words)}")
        self.assertEqual(count["execve"], 1)
        self.assertGreater(sum(count.values()), 20)
        self.assertEqual(support.differences(before, support.snapshot(lab.root)), [])
        return done

    # The judge itself.

    def test_control_a_real_build_is_caught(self):
        lab = self.lab("quickstart")
        wrong, count = judge(self.trace(lab, "build", "-j", "2")[0])
        seen = {line.split(" ")[1].split("(")[0] for line in wrong}
        self.assertIn("openat", " ".join(sorted(seen)))
        self.assertTrue(seen & {"mkdir", "mkdirat"}, seen)
        self.assertTrue(seen & {"rename", "renameat", "renameat2"}, seen)
        self.assertTrue(seen & WRITES, seen)
        self.assertEqual(count["execve"], 1)  # building starts no program either
        self.assertFalse(seen & {*NETWORK, *PROCESSES, *SIGNALS, "clone", "clone3", "signal"}, seen)

    def test_control_programs_signals_and_sockets_are_caught(self):
        lab = self.lab(files={"x.py": "import os, signal, socket, subprocess\nsubprocess.run(['true'])\nsocket.socket()\n"
                                      "os.kill(os.getpid(), signal.SIGURG)\n"})
        wrong, count = judge(self.trace(lab, "-B", "x.py", program="python3")[0])
        text = "\n".join(wrong)
        for word in ("execve(", "socket(", "kill(", "signal("):
            self.assertIn(word, text)
        self.assertTrue("vfork(" in text or "clone(" in text or "clone3(" in text, text)
        self.assertGreater(count["execve"], 1)

    def test_control_threads_of_its_own_are_allowed(self):
        # Threads pay only from a certain number of machines on.
        profile = self.lab("minimal").read("web.toml")
        files = {f"profiles/{n}.toml": profile.replace('"web"', f'"web{n}"').replace("disks/", f"disks/{n}/") for n in range(64)}
        lab = self.lab(files=files)
        text, _ = self.trace(lab, "build", "--dry-run", "-j", "4")
        self.assertIn("CLONE_THREAD", text, "the trace saw no thread, so it does not show that threads are told from processes")
        self.assert_touches_nothing(lab, "build", "--dry-run", "-j", "4")

    # What is claimed.

    def test_build_before_and_after_a_real_build(self):
        for example in support.example_names():
            with self.subTest(example):
                lab = self.lab(example)
                for options in (["-j", "1"], ["-j", "3", "-v"]):
                    done = self.assert_touches_nothing(lab, "build", "--dry-run", *options, *lab.words)
                    self.assertRegex(done.stderr, r"built \d+ nodes? \([1-9]\d* changed\)")
                self.assertFalse(lab.exists(".vmplan") or lab.exists(lab.lock_file) or lab.exists("logs"))
                lab.run("build", *lab.words)
                done = self.assert_touches_nothing(lab, "build", "--dry-run", *lab.words)
                self.assertRegex(done.stderr, r"built \d+ nodes? \(0 changed\)")
                # Something to say, and something to hash again.
                path = [p for p in lab.toml_files() if not p.endswith("vmplan.toml")][0]
                lab.write(path, re.sub(r"memory_mb = \d+", "memory_mb = 300", lab.read(path)))
                done = self.assert_touches_nothing(lab, "build", "--dry-run", "--explain", *lab.words)
                self.assertIn("memory_mb", done.stdout)
                self.assertRegex(done.stderr, r"\([12] changed\)")

    def test_build_to_standard_output(self):
        lab = self.lab("backing")
        done = self.assert_touches_nothing(lab, "build", "-n", "-o", "-")
        lab.run("build", "-o", "plan.json")
        self.assertEqual(done.stdout, lab.read("plan.json"))

    def test_build_to_a_file_is_refused(self):
        lab = self.lab("quickstart")
        done = self.assert_touches_nothing(lab, "build", "--dry-run", "-o", "plan.json", check=1)
        self.assertIn("-o -", done.stderr)

    def test_locked_dry_run(self):
        lab = self.lab("quickstart")
        self.assert_touches_nothing(lab, "build", "--dry-run", "--locked", check=1)
        lab.run("build")
        self.assert_touches_nothing(lab, "build", "--dry-run", "--locked")

    def test_changed_inputs_are_hashed_without_a_trace(self):
        lab = self.lab("backing")
        lab.run("build")
        lab.write("images/base.qcow2", b"x" * 100000)
        done = self.assert_touches_nothing(lab, "build", "--dry-run")
        self.assertRegex(done.stderr, r"\(5 changed\)")

    def test_broken_profiles(self):
        lab = self.lab("quickstart")
        lab.edit("profiles/web.toml", 'arch = "x86_64"', 'arch = "x86"')
        done = self.assert_touches_nothing(lab, "build", "--dry-run", check=1)
        self.assertIn("profiles/web.toml:", done.stderr)

    def test_platform_host_is_not_probed(self):
        lab = self.lab("quickstart")
        done = self.assert_touches_nothing(lab, "build", "--dry-run", "--platform", "host", check=1)
        self.assertIn("starts nothing", done.stderr)

    def test_apply_where_nothing_was_ever_applied(self):
        for example in support.example_names():
            with self.subTest(example):
                lab = self.lab(example)
                done = self.assert_touches_nothing(lab, "apply", "--dry-run", *lab.words)
                self.assertRegex(done.stdout, r"(?m)^Plan: [1-9]\d* to create")
                self.assertFalse(lab.exists(f"{lab.state_dir}/state.db") or lab.exists(".vmplan"))
                lab.run("build", *lab.words)
                done = self.assert_touches_nothing(lab, "apply", "--dry-run", "--argv", "--format", "json", *lab.words)
                self.assertFalse(lab.exists(f"{lab.state_dir}/state.db"))

    def test_what_only_looks(self):
        for built in (False, True):
            lab = self.lab("backing")
            if built:
                lab.run("build")
            for words in (["validate"], ["fmt", "--check"], ["migrate"], ["show"], ["show", "alpha"], ["show", "--format", "json", "disk/*"], ["status"],
                          ["status", "--format", "json"], ["canon", "alpha"], ["canon", "--node", "vm/alpha"],
                          ["explain", "vm/alpha"], ["explain", "VP0302"], ["graph"], ["graph", "--format", "json"],
                          ["platform", "list"], ["version"], ["help"], ["help", "apply"]):
                with self.subTest(words=words, built=built):
                    self.assert_touches_nothing(lab, *words)

    def test_what_only_looks_where_something_is_applied(self):
        lab = self.lab("quickstart")
        lab.run("apply", "disk/web/root", "--yes")
        self.assertTrue(lab.exists(".vmplan/state.db"))
        for words in (["status"], ["status", "--format", "json"], ["apply", "--dry-run"], ["explain", "disk/web/root"],
                      ["step", "check", "disks/web/root.qcow2"]):
            with self.subTest(words=words):
                self.assert_touches_nothing(lab, *words)

    def test_apply_without_consent_changes_no_machine(self):
        lab = self.lab("quickstart")
        done = lab.run("apply", check=1)
        self.assertIn("--yes", done.stderr)
        self.assertEqual(lab.processes(), {})
        self.assertFalse(lab.exists("disks") or lab.exists("logs"))
        self.assertEqual(lab.machines(), {})  # not even built


if __name__ == "__main__":
    support.main()
