#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in this field, and does not go wrong here. docs/traps.md lists these tests by name."""
import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import (BANNER, GIB, actions, connect_unix, counters, kill_and_wait, kill_qemu, lab_file, lab_of,
                            qemus, small, start_ticks, step_finished, steps_started, support, type_on_console)

RUN = ".vmplan/run/a"
LONGEST_SOCKET = 107  # bytes: sun_path of unix(7) without its final NUL


class Input(support.TestCase):
    """Refused while it is only text: nothing is started and nothing is written."""

    def expect_refused(self, lab, code, path, text):
        """Every command that reads the lab shows code and caret at the text, and leaves the lab as it was."""
        line, column = self.position(lab, path, text)
        before = support.snapshot(lab.root)
        for words in (["validate"], ["build"], ["apply", "--dry-run"], ["apply", "--yes"]):
            shown = lab.run(*words, check=1).stderr
            self.assertIn(code, shown)
            self.assertIn(f"{path}:{line}:{column}", shown)
            self.assertIn("^", shown)
        self.assertEqual(support.snapshot(lab.root), before)
        self.assertEqual(lab.processes(), {})

    @staticmethod
    def position(lab, path, text):
        for number, line in enumerate(lab.read(path).splitlines(), 1):
            if text in line:
                return number, line.index(text) + 1
        raise AssertionError(f"{text} is not in {path}")

    def test_trap_option_injection_through_hostfwd_is_refused_with_its_place(self):
        lab = self.lab(files=lab_of("a"))
        for forward in ("tcp:127.0.0.1:2222-:22,guestfwd=tcp:10.0.2.100:80-cmd:touch injected",
                        "tcp:127.0.0.1:2222-10.0.2.15:22,restrict=off", "tcp:127.0.0.1,hostfwd=tcp::1-:1:2222-:22",
                        "tcp:127.0.0.1:2222-:22,", "unix:/tmp/x-:22", "tcp:127.0.0.1:2222-:22 -monitor stdio"):
            with self.subTest(forward):
                lab.write("profiles/a.toml", small("a", more=f"""
[[network.interfaces]]
name = "lan"
type = "user"
hostfwd = ["{forward}"]
"""))
                self.expect_refused(lab, "VP0608", "profiles/a.toml", f'"{forward}"')

    def test_trap_host_processor_under_tcg_is_refused_and_the_default_runs(self):
        lab = self.lab(files=lab_of("a"))
        lab.edit("profiles/a.toml", "cores = 1", 'cores = 1\ncpu = "host"')
        self.expect_refused(lab, "VP0605", "profiles/a.toml", '"host"')
        lab.edit("profiles/a.toml", 'cpu = "host"\n', "")
        lab.run("apply", "--yes")
        self.assertEqual(lab.machine("a")["state"], "running")

    def test_trap_dotted_key_of_100000_parts_is_a_diagnostic_and_no_crash(self):
        parts = ".".join("a" * 100_000)
        for path, text in (("profiles/a.toml", f"{parts} = 1\n"), ("profiles/a.toml", f"[{parts}]\nb = 1\n"),
                           ("profiles/a.toml", "x = { " + parts + " = 1 }\n"), ("vmplan.toml", f"{parts} = 1\n"),
                           ("profiles/a.toml", "x = " + "[" * 100_000 + "]" * 100_000 + "\n")):
            with self.subTest(f"{path}: {text[:12]}"):
                lab = self.lab(files=lab_of("a"))
                lab.write(path, lab.read(path) + text)
                before = support.snapshot(lab.root)
                used = cpu_of_children()
                done = lab.run("build", check=1)
                self.assertLess(cpu_of_children() - used, 2)
                self.assertRegex(done.stderr, r"error\[?.*VP010[45]")
                self.assertIn(path, done.stderr)
                self.assertLess(len(done.stderr), 4000)
                self.assertEqual(support.snapshot(lab.root), before)

    def test_trap_hostile_openssl_configuration_is_never_read(self):
        lab = self.lab(files=lab_of("a"))
        plain = lab.run("canon", "--node", "vm/a").stdout
        lab.run("build")
        lock = lab.read_bytes("vmplan.lock")
        # Whoever opens this waits for a writer for ever.
        trap = support.scratch_path("openssl.cnf")
        os.mkfifo(trap)
        broken = support.scratch_path("broken.cnf")
        with open(broken, "w", encoding="ascii") as file:
            file.write("openssl_conf = all\n[all]\nproviders = none\nssl_conf = none\n"
                       "[none]\ndefault = off\n[off]\nactivate = 0\nmodule = /nonexistent/module.so\n")
        for file in (trap, broken):
            env = {"OPENSSL_CONF": file, "OPENSSL_MODULES": "/nonexistent", "OPENSSL_ENGINES": "/nonexistent"}
            with self.subTest(os.path.basename(file)):
                os.remove(lab.path("vmplan.lock"))
                lab.run("build", env=env, timeout=60)
                self.assertEqual(lab.read_bytes("vmplan.lock"), lock)
                self.assertEqual(lab.run("canon", "--node", "vm/a", env=env, timeout=60).stdout, plain)
                lab.run("apply", "--yes", env=env, timeout=60)
                self.assertEqual(lab.machine("a")["state"], "running")
                self.assertEqual(counters(lab.events("apply", "--yes", env=env, timeout=60)), {})


def cpu_of_children():
    """Seconds: unlike time on the wall, it does not grow on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Names(support.TestCase):
    def test_trap_comma_and_colon_in_every_path_and_the_machine_runs_with_them(self):
        """Disks, image, kernel, initrd, sockets and logs whose names look like options and protocols."""
        places = {"image": "im,ages:x/ba,driver=nbd:1.qcow2", "kernel": "ker,nel:1/vm,linuz=2:x",
                  "initrd": "ker,nel:1/init,rd:y.img", "root": "dis,ks:y/ro,read-only=on:1.qcow2", "plain": "x:y,z=1.raw",
                  "given": "ex,is:t/third,file=evil:2.qcow2", "qmp": "so,ck:s/qmp,server=off:1.sock",
                  "serial": "so,ck:s/ser,wait=on:1.sock", "log": "lo,gs:z/ser,logappend=off:2.log",
                  "other_log": "lo,gs:z/b,append=off:1.log"}
        lab = self.lab(name="odd")
        for name, source in (("kernel", "vmlinuz"), ("initrd", "initrd.img")):
            os.makedirs(lab.path(os.path.dirname(places[name])), exist_ok=True)
            shutil.copyfile(os.path.join(support.GUEST, source), lab.path(places[name]))
        support.make_disk(lab.path(places["image"]).replace("ba,driver=nbd:1", "base"), size="64M")
        os.rename(lab.path(places["image"]).replace("ba,driver=nbd:1", "base"), lab.path(places["image"]))
        os.makedirs(lab.path("ex,is:t"))
        support.make_disk(lab.path("third.qcow2"), size="16M")
        os.rename(lab.path("third.qcow2"), lab.path(places["given"]))
        digest = hashlib.sha256(lab.read_bytes(places["image"])).hexdigest()
        image = f'[images.base]\npath = "{places["image"]}"\nformat = "qcow2"\nsha256 = "{digest}"\n'
        lab.write("vmplan.toml", lab_file(name="odd", more=image))
        lab.write("profiles/web.toml", small("web", stop_timeout=support.PATIENCE, disk='image = "base"', more=f"""
[[storage.disks]]
name = "plain"
path = "{places["plain"]}"
format = "raw"
size_gb = 1

[[storage.disks]]
name = "given"
path = "{places["given"]}"
format = "qcow2"
readonly = true

[qmp]
socket = "{places["qmp"]}"

[serial]
enabled = true
mode = "socket"
device = "{places["serial"]}"
logfile = "{places["log"]}"

[kernel]
enabled = true
bzimage = "{places["kernel"]}"
initrd = "{places["initrd"]}"
append = "console=ttyS0 quiet no_timer_check"
""").replace("disks/web/root.qcow2", places["root"]))
        lab.write("profiles/b.toml", small("b", more=f"""
[serial]
enabled = true
mode = "file"
logfile = "{places["other_log"]}"
"""))
        lab.run("apply", "--yes")

        def written():
            return lab.read_bytes(places["log"]).decode(errors="replace")

        support.wait_until(lambda: all(text in written() for text in
                                       (BANNER, f"disk: vda {64 << 20} rw", f"disk: vdb {GIB} rw",
                                        f"disk: vdc {16 << 20} ro")), "the guest has booted and sees its disks")
        self.assertIn(BANNER, lab.run("console", "web").stdout)
        with lab.qmp("web", places["qmp"]) as monitor:
            opened = {node["file"] for node in monitor.execute("query-named-block-nodes") if node["drv"] == "file"}
        self.assertLessEqual({places["root"], places["plain"], places["given"]}, set(map(os.path.normpath, opened)))
        type_on_console(lab, "echo typed | tr a-z A-Z", places["serial"], places["log"])
        support.wait_until(lambda: "TYPED" in written(), "the guest has got what was typed")
        self.assertTrue(os.path.isfile(lab.path(places["other_log"])))
        self.assertEqual(counters(lab.events("apply", "--yes")), {})
        events = lab.events("destroy", "--yes", "--disks")
        self.assertEqual(step_finished(events, "vm/web", "wait-powerdown")["exit_code"], 0)
        self.assertEqual([lab.exists(places[name]) for name in ("root", "plain", "given")], [False, False, True])

    def test_trap_socket_names_of_107_bytes_in_a_directory_deeper_than_200(self):
        deep = os.path.join(support.scratch_path("deep"), *(f"a-directory-with-a-rather-long-name-number-{i}" for i in range(5)))
        self.assertGreater(len(deep), 200)
        longest = "sockets/" + "d" * 60 + "/"
        longest += "q" * (LONGEST_SOCKET - len(longest))
        lab = self.lab(files=lab_of("a", more=f'\n[qmp]\nsocket = "{longest}"\n'), place=deep)
        self.assertGreater(len(lab.path(".vmplan/run/a/shim-qmp.sock")), LONGEST_SOCKET)
        lab.run("apply", "--yes")
        self.assertEqual(lab.machine("a")["state"], "running")
        with lab.qmp("a", longest) as monitor:
            self.assertEqual(monitor.execute("query-name"), {"name": "a"})
        self.assertEqual(counters(lab.events("apply", "--yes")), {})
        kill_qemu(lab, "a")
        self.assertEqual(counters(lab.events("apply", "--yes")), {"rerun": 1})
        # Through the supervisor's own sockets: asked to quit, not killed.
        self.assertEqual(step_finished(lab.events("destroy", "--yes"), "vm/a", "wait-quit")["exit_code"], 0)

        lab.edit("profiles/a.toml", longest, longest + "q")
        before = support.snapshot(lab.root)
        shown = lab.run("apply", "--yes", check=1).stderr
        self.assertIn("VP0507", shown)
        self.assertIn(f"{LONGEST_SOCKET + 1} bytes; at most {LONGEST_SOCKET} are allowed", shown)
        self.assertEqual(support.snapshot(lab.root), before)

    def test_trap_two_labs_with_one_machine_name_run_side_by_side(self):
        labs = [self.lab(files=lab_of("a")), self.lab(files=lab_of("a")),
                self.lab(files={**lab_of("a"), "vmplan.toml": lab_file(name="another")})]
        for lab in labs:
            self.assertEqual(counters(lab.events("apply", "--yes")), {"created": 2})
        pids = [lab.machine("a")["pid"] for lab in labs]
        self.assertEqual(len(set(pids)), 3)
        uuids = []
        for lab in labs:
            with lab.qmp("a") as monitor:
                uuids.append(monitor.execute("query-uuid")["UUID"])
        # Two checkouts of one lab are the same lab; another lab is not.
        self.assertEqual(uuids[0], uuids[1])
        self.assertNotEqual(uuids[0], uuids[2])

        labs[0].run("destroy", "--yes")
        kill_qemu(labs[1], "a")
        self.assertEqual([lab.machine("a")["state"] for lab in labs], ["absent", "crashed", "running"])
        self.assertEqual(labs[2].machine("a")["pid"], pids[2])


class Links(support.TestCase):
    def test_trap_links_under_the_names_that_programs_write_lead_nowhere(self):
        """Links can be committed: a lab that somebody else wrote must not reach outside itself when it is applied."""
        victims = support.scratch_path("victims")
        os.mkdir(victims)
        for name in ("disk", "log"):
            with open(os.path.join(victims, name), "w", encoding="ascii") as file:
                file.write("precious")
        before = support.snapshot(victims)
        for path, victim, node in (("disks/a/root.qcow2.vmplan-new", "disk", "disk/a/root"),
                                   ("logs/a/serial.log", "log", "vm/a")):
            with self.subTest(path):
                lab = self.lab(files=lab_of("a", more="""
[serial]
enabled = true
mode = "socket"
"""))
                os.makedirs(os.path.dirname(lab.path(path)))
                # A dangling link is made into a file by whoever opens it for writing.
                for target in (victim, "none"):
                    if lab.exists(path):
                        os.remove(lab.path(path))
                    os.symlink(os.path.join(victims, target), lab.path(path))
                    shown = lab.run("apply", "--yes", check=1).stderr
                    self.assertIn(node, shown)
                    self.assertIn(path, shown)
                    self.assertEqual(qemus(lab), {})
                    self.assertEqual(support.differences(before, support.snapshot(victims)), [])
                # Inside the lab it is no better: the file at its end is not the machine's either.
                os.remove(lab.path(path))
                os.symlink(os.path.relpath(lab.path("profiles/a.toml"), os.path.dirname(lab.path(path))), lab.path(path))
                self.assertIn(path, lab.run("apply", "--yes", check=1).stderr)
                lab.run("validate")
                os.remove(lab.path(path))
                lab.run("apply", "--yes")
                self.assertEqual(lab.machine("a")["state"], "running")


class Processes(support.TestCase):
    def small_lab(self):
        lab = self.lab(files=lab_of("a"))
        lab.run("apply", "--yes")
        return lab

    @staticmethod
    def kill_both(lab):
        """Nobody is left to see how QEMU ended."""
        machine = lab.machine("a")
        kill_and_wait(machine["supervisor_pid"])
        kill_and_wait(machine["pid"])

    def test_trap_pid_reuse_never_signals_the_process_that_has_the_number_now(self):
        with subprocess.Popen(["sleep", "1000"]) as stranger:
            self.addCleanup(stranger.kill)
            same = {"pid": stranger.pid, "start_ticks": start_ticks(stranger.pid)}
            forgeries = {"started at another time": ({**same, "start_ticks": same["start_ticks"] + 1}, "lost"),
                         "in another boot": ({**same, "boot_id": "00000000-0000-0000-0000-000000000000"}, "lost"),
                         "of a machine that has ended": ({**same, "state": "exited", "exit_code": 0}, "stopped"),
                         "down to the tick": (same, "lost"),
                         "as supervisor": ({"shim_pid": stranger.pid, "shim_start_ticks": same["start_ticks"]}, "lost")}
            for what, (changes, state) in forgeries.items():
                with self.subTest(what):
                    lab = self.small_lab()
                    self.kill_both(lab)
                    self.assertEqual(lab.machine("a")["state"], "lost")
                    record = {**json.loads(lab.read(f"{RUN}/run.json")), **changes}
                    lab.write(f"{RUN}/run.json", json.dumps(record, sort_keys=True, separators=(",", ":")) + "\n")
                    machine = lab.machine("a")
                    self.assertEqual((machine["state"], machine["pid"]), (state, 0))
                    for verb in (["powerdown", RUN], ["quit", RUN], ["signal", RUN, "TERM"], ["signal", RUN, "KILL"]):
                        lab.run("step", "machine", *verb, check=False)
                    lab.run("destroy", "--yes")
                    self.assertIsNone(stranger.poll())
            stranger.kill()

    def test_trap_second_qemu_on_the_same_sockets_is_refused_and_the_first_keeps_them(self):
        lab = self.small_lab()
        before = lab.machine("a")
        (start,) = [step for node in lab.plan()["nodes"] if node["id"] == "vm/a"
                    for step in node["commands"] if step["mode"] == "daemon"]
        done = support.run([os.path.join(os.path.dirname(support.VMPLAN), "vmplan-shim"), "run", "--run-dir", RUN,
                            "--executable", shutil.which(start["argv"][0]), "--argv-hash", start["argv_hash"],
                            "--output", "logs/a/second.log", "--ready-qmp", f"{RUN}/shim-qmp.sock", "--", *start["argv"]],
                           check=False, cwd=lab.root, timeout=60)
        self.assertIn(f"a machine already runs in `{RUN}` (PID {before['pid']})", done.stderr)
        self.assertEqual(lab.machine("a"), before)

        # A vmplan that has forgotten everything about it.
        kept = support.scratch_path("state")
        os.mkdir(kept)
        for name in os.listdir(lab.path(".vmplan")):
            if name.startswith("state.db"):
                os.rename(lab.path(".vmplan", name), os.path.join(kept, name))
        lab.edit("profiles/a.toml", "memory_mb = 256", "memory_mb = 512")
        done = lab.run("apply", "--yes", check=1)
        self.assertIn(f"another command line is running in `{RUN}` (PID {before['pid']})", done.stderr)
        self.assertEqual(qemus(lab), {"a": [before["pid"]]})
        # The very machine that is wanted is taken up as it is.
        lab.edit("profiles/a.toml", "memory_mb = 512", "memory_mb = 256")
        lab.run("apply", "--yes")
        self.assertEqual(lab.machine("a"), before)
        self.assertEqual(counters(lab.events("apply", "--yes")), {})
        for name in os.listdir(lab.path(".vmplan")):
            if name.startswith("state.db"):
                os.remove(lab.path(".vmplan", name))
        for name in os.listdir(kept):
            os.rename(os.path.join(kept, name), lab.path(".vmplan", name))

        self.assertEqual(lab.machine("a"), before)
        self.assertEqual(qemus(lab), {"a": [before["pid"]]})
        with lab.qmp("a") as monitor:
            self.assertEqual(monitor.execute("query-name"), {"name": "a"})

    def test_trap_supervisor_that_hangs_or_lost_its_socket_keeps_no_machine_from_being_stopped(self):
        for hangs in (True, False):
            with self.subTest(hangs=hangs):
                lab = self.lab(files=lab_of("a"))
                lab.edit("profiles/a.toml", "stop_timeout_seconds = 1", "stop_timeout_seconds = 1\nquit_timeout_seconds = 1")
                lab.run("apply", "--yes")
                machine = lab.machine("a")
                if hangs:
                    os.kill(machine["supervisor_pid"], signal.SIGSTOP)
                else:
                    os.remove(lab.path(RUN, "shim.sock"))
                monitor_silent = 3
                self.assertEqual(lab.run("step", "machine", "powerdown", RUN, check=False).returncode, monitor_silent)
                self.assertTrue(support.alive(machine["pid"]))
                events = lab.events("destroy", "--yes")
                self.assertEqual(step_finished(events, "vm/a", "powerdown")["exit_code"], monitor_silent)
                self.assertEqual(step_finished(events, "vm/a", "wait-terminate")["exit_code"], 0)
                self.assertEqual(lab.processes(), {})
                self.assertEqual(counters(lab.events("apply", "--yes")).get("created"), 1)

    def test_trap_machine_that_ends_while_it_is_looked_at_is_not_lost(self):
        lab = self.small_lab()
        # The record is read, and then nothing happens for a while: the time in which the machine ends.
        delayed = ["strace", "-f", "-qq", "-o", "/dev/null", "-P", lab.path(RUN, "run.json"), "-e", "trace=read",
                   "-e", "inject=read:delay_exit=1500000", support.VMPLAN, "status", "--format", "json"]
        with subprocess.Popen(delayed, cwd=lab.root, env=support.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True) as status:
            time.sleep(0.7)
            lab.run("step", "machine", "quit", RUN)
            lab.run("step", "machine", "wait", RUN, "5")
            (machine,) = json.loads(status.communicate(timeout=support.PATIENCE)[0])["machines"]
        self.assertEqual((machine["state"], machine["pid"]), ("stopped", 0))

    def test_trap_record_of_no_bytes_keeps_nothing_from_being_destroyed(self):
        lab = self.small_lab()
        self.kill_both(lab)
        lab.write(f"{RUN}/run.json", b"")  # as a host leaves it that lost its power
        lab.run("destroy", "--yes")
        self.assertEqual(os.listdir(lab.path(RUN)), [])
        self.assertEqual(lab.machine("a")["state"], "absent")

    def test_trap_stale_sockets_after_sigkill_of_shim_and_qemu_stop_no_start(self):
        lab = self.small_lab()
        self.kill_both(lab)
        stale = {name for name in os.listdir(lab.path(RUN)) if name.endswith(".sock")}
        self.assertEqual(stale, {"qmp.sock", "shim-qmp.sock", "shim.sock"})
        with self.assertRaises(ConnectionRefusedError):
            connect_unix(lab.path(RUN, "qmp.sock"))
        lost = lab.machine("a")
        self.assertEqual((lost["state"], lost["pid"], lost["supervisor_pid"]), ("lost", 0, 0))
        self.assertEqual(actions(lab), {"vm/a": "rerun"})
        self.assertEqual(counters(lab.events("apply", "--yes")), {"rerun": 1})
        self.assertEqual(lab.machine("a")["state"], "running")
        self.assertEqual(len(qemus(lab)["a"]), 1)
        with lab.qmp("a") as monitor:
            self.assertEqual(monitor.execute("query-name"), {"name": "a"})

    def test_trap_sigkill_of_the_shim_leaves_the_machine_running_and_apply_adopts_it(self):
        lab = self.lab("quickstart", guest=True)
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        before = lab.machine("web")
        kill_and_wait(before["supervisor_pid"])
        orphan = lab.machine("web")
        self.assertEqual((orphan["state"], orphan["pid"], orphan["supervisor_pid"]), ("running", before["pid"], 0))
        self.assertIn("has no supervisor", orphan["note"])
        self.assertIn("has no supervisor", lab.run("status").stdout)

        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"adopted": 1})
        self.assertEqual(steps_started(events), [])
        adopted = lab.machine("web")
        self.assertEqual((adopted["state"], adopted["pid"], adopted["note"]), ("running", before["pid"], ""))
        self.assertNotIn(adopted["supervisor_pid"], (0, before["supervisor_pid"]))
        self.assertEqual(counters(lab.events("apply", "--yes")), {})
        self.assertEqual(lab.console("web").count(BANNER), 1)

        type_on_console(lab, "poweroff -f")
        stopped = lab.wait_for_state("web", "stopped")
        self.assertEqual(stopped["note"], "stopped by guest")
        # Nobody waited for this end: the shim has written what it saw and is about to go.
        support.wait_until(lambda: not lab.processes(), "the shim goes after its machine")

    def test_trap_destroy_without_a_shim_is_as_gentle_as_with_one(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "stop_timeout_seconds = 20", f"stop_timeout_seconds = {support.PATIENCE}")
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        kill_and_wait(lab.machine("web")["supervisor_pid"])
        events = lab.events("destroy", "--yes")
        self.assertEqual(step_finished(events, "vm/web", "wait-powerdown")["exit_code"], 0)
        self.assertIn("vmplan guest: power button, powering off", lab.console("web"))
        self.assertEqual(lab.processes(), {})

    def test_trap_qmp_client_of_a_user_keeps_nobody_from_a_graceful_powerdown(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "stop_timeout_seconds = 20", f"stop_timeout_seconds = {support.PATIENCE}")
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        with lab.qmp() as monitor, connect_unix(lab.path(".vmplan/run/web/qmp.sock")):  # one talks, one waits for its turn
            self.assertTrue(monitor.execute("query-status")["running"])
            events = lab.events("destroy", "--yes")
        self.assertEqual(step_finished(events, "vm/web", "powerdown")["exit_code"], 0)
        self.assertEqual(step_finished(events, "vm/web", "wait-powerdown")["exit_code"], 0)
        self.assertIn("vmplan guest: power button, powering off", lab.console("web"))
        self.assertEqual(lab.processes(), {})


if __name__ == "__main__":
    support.main()
