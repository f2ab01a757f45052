#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The life of machines on real QEMU: started, changed, crashed, interrupted, stopped; only what must happen happens."""
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import (BANNER, Background, actions, counters, die_while_qemu_starts, identity, kill_qemu, lab_file,
                            lab_of, leftovers, on_a_terminal, planned, qemus, small, step_finished, steps_started, support)


class Apply(support.TestCase):
    def test_first_apply_boots_the_guest_and_the_second_runs_no_step(self):
        lab = self.lab("quickstart", guest=True)
        self.assertEqual(counters(lab.events("apply", "--yes")), {"created": 2})
        lab.wait_for_console(BANNER)
        lab.wait_for_console(f"disk: vda {1 << 30} rw")
        (nic,) = lab.plan()["nodes"][1]["spec"]["interfaces"]
        lab.wait_for_console(f"nic: eth0 {nic['mac']}")
        before = lab.machine("web")
        self.assertEqual(before["state"], "running")

        again = lab.events("apply", "--yes")
        self.assertEqual([event["event"] for event in again], ["summary"])
        self.assertEqual(counters(again), {})
        self.assertEqual(again[-1]["unchanged"], 2)
        self.assertIn("Nothing to do: 0 changed", lab.run("apply", "--yes").stdout)
        self.assertEqual(lab.machine("web"), before)

    def test_sigkill_of_qemu_shows_as_crashed_and_apply_brings_back_exactly_that_machine(self):
        lab = self.lab(files=lab_of("a", "b"))
        lab.run("apply", "--yes")
        before = lab.machines()
        killed = kill_qemu(lab, "a")
        crashed = lab.wait_for_state("a", "crashed")
        self.assertIn("SIGKILL", crashed["note"])
        self.assertEqual(crashed["pid"], 0)
        self.assertEqual(lab.machine("b"), before["b"])
        self.assertEqual(actions(lab), {"vm/a": "rerun"})

        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"rerun": 1})
        self.assertEqual({node for node, _ in steps_started(events)}, {"vm/a"})
        after = lab.machines()
        self.assertEqual(after["a"]["state"], "running")
        self.assertNotEqual(after["a"]["pid"], killed)
        self.assertEqual(after["b"], before["b"])
        self.assertEqual(qemus(lab), {"a": [after["a"]["pid"]], "b": [before["b"]["pid"]]})

    def test_changed_memory_restarts_only_that_machine_and_explain_names_attribute_and_word(self):
        lab = self.lab(files=lab_of("a", "b"))
        lab.run("apply", "--yes")
        before = lab.machines()
        disk = identity(lab, "disks/a/root.qcow2")
        lab.edit("profiles/a.toml", "memory_mb = 256", "memory_mb = 512")

        why = lab.json("explain", "vm/a")
        self.assertEqual(why["attributes"], [{"path": "memory_mb", "before": 256, "after": 512}])
        self.assertEqual([step["step_id"] for step in why["steps"]], ["start"])
        self.assertCountEqual(why["steps"][0]["words"], [{"change": "removed", "word": "256M"},
                                                        {"change": "added", "word": "512M"}])
        text = lab.run("explain", "vm/a").stdout
        for part in ("memory_mb: 256 -> 512", "- 256M", "+ 512M"):
            self.assertIn(part, text)
        self.assertTrue(lab.json("explain", "vm/b")["same_key"])

        self.assertEqual(actions(lab), {"vm/a": "restart"})
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"restarted": 1})
        self.assertEqual({node for node, _ in steps_started(events)}, {"vm/a"})
        after = lab.machines()
        self.assertEqual(after["b"], before["b"])
        self.assertFalse(support.alive(before["a"]["pid"]))
        self.assertEqual(qemus(lab), {"a": [after["a"]["pid"]], "b": [before["b"]["pid"]]})
        with lab.qmp("a") as monitor:
            self.assertEqual(monitor.execute("query-memory-size-summary")["base-memory"], 512 << 20)
        self.assertEqual(identity(lab, "disks/a/root.qcow2"), disk)

    def test_a_changed_stop_timeout_is_recorded_and_nothing_runs(self):
        lab = self.lab(files=lab_of("a", stop_timeout=60))
        lab.run("apply", "--yes")
        before = lab.machine("a")
        lab.edit("profiles/a.toml", "stop_timeout_seconds = 60", "stop_timeout_seconds = 2")
        row = planned(lab)["vm/a"]
        self.assertEqual(row["action"], "record")
        self.assertEqual([change["path"] for change in row["attributes"]], ["lifecycle.stop_timeout_seconds"])
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"recorded": 1})
        self.assertEqual(steps_started(events), [])
        self.assertEqual(lab.machine("a"), before)
        self.assertEqual(counters(lab.events("apply", "--yes")), {})

        # What was recorded is what destroy goes by: 2 seconds, not 60.
        (wait,) = [event["argv"] for event in lab.events("destroy", "--yes")
                   if event["event"] == "step_started" and event["step"] == "wait-powerdown"]
        self.assertEqual(wait[-1], "2")

    def test_two_machines_start_at_once_and_one_that_fails_leaves_the_other_alone(self):
        lab = self.lab(files=lab_of("a", "b"))
        port = support.free_port()
        forward = f'[[network.interfaces]]\nname = "lan"\ntype = "user"\nhostfwd = ["tcp:127.0.0.1:{port}-:22"]\n'
        lab.write("profiles/b.toml", small("b", more=forward))
        with support.socket.create_server(("127.0.0.1", port)):
            done = lab.run("apply", "--yes", "--keep-going", check=1)
        self.assertIn("failed: vm/b", done.stderr)
        self.assertIn(f"tcp:127.0.0.1:{port}-:22", done.stderr)  # what QEMU said
        first = lab.machine("a")
        self.assertEqual(first["state"], "running")
        self.assertEqual(list(qemus(lab)), ["a"])
        self.assertEqual(counters(lab.events("apply", "--yes")), {"created": 1})
        self.assertEqual(lab.machine("b")["state"], "running")
        self.assertEqual(lab.machine("a"), first)


class Stop(support.TestCase):
    def test_a_guest_that_powers_off_stays_off_until_it_is_named(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "console=ttyS0 quiet no_timer_check", "console=ttyS0 quiet no_timer_check vmplan.poweroff=0")
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        stopped = lab.wait_for_state("web", "stopped")
        self.assertEqual(stopped["note"], "stopped by guest")
        events = lab.events("apply", "--yes")
        self.assertEqual([event["event"] for event in events], ["summary"])
        self.assertEqual(counters(events), {})
        self.assertEqual(lab.machine("web"), stopped)
        self.assertEqual(qemus(lab), {})
        self.assertIn("stopped by guest", lab.run("apply", "--dry-run").stdout)

        self.assertEqual(counters(lab.events("apply", "vm/web", "--yes")), {"rerun": 1})
        lab.wait_for_console(BANNER, count=2)
        lab.wait_for_state("web", "stopped")

    def test_destroy_of_a_booted_guest_ends_by_its_power_button(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "stop_timeout_seconds = 20", f"stop_timeout_seconds = {support.PATIENCE}")
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        disk = lab.path("disks/web/root.qcow2")
        events = lab.events("destroy", "--yes")
        self.assertEqual(counters(events), {"destroyed": 1, "recorded": 1})
        steps = [step for node, step in steps_started(events) if node == "vm/web"]
        self.assertEqual((steps[:2], steps[-1]), (["powerdown", "wait-powerdown"], "clean"))
        # 0: it had ended when the first wait was over. What follows on the ladder finds nothing to do.
        self.assertEqual(step_finished(events, "vm/web", "wait-powerdown")["exit_code"], 0)
        for step in ("quit", "terminate"):
            self.assertLess(step_finished(events, "vm/web", step)["elapsed_ms"], 5000)
        self.assertEqual(step_finished(events, "vm/web", "quit")["message"], "it does not run")
        self.assertIn("vmplan guest: power button, powering off", lab.console("web"))
        self.assertEqual(os.listdir(lab.path(".vmplan/run/web")), [])
        self.assertEqual(lab.processes(), {})
        self.assertTrue(os.path.isfile(disk))
        self.assertEqual(lab.machine("web")["state"], "absent")

    def test_a_guest_that_ignores_its_power_button_is_stopped_the_next_way(self):
        lab = self.lab(files=lab_of("a"))
        lab.run("apply", "--yes")
        events = lab.events("destroy", "--yes")
        still_running = 4
        self.assertEqual(step_finished(events, "vm/a", "wait-powerdown")["exit_code"], still_running)
        self.assertEqual(step_finished(events, "vm/a", "wait-quit")["exit_code"], 0)
        self.assertEqual(lab.processes(), {})


class Console(support.TestCase):
    def test_console_finds_its_log_in_an_allowed_place(self):
        place = self.lab(files={"x": ""}, name="place")
        lab = self.lab(files=lab_of("a", more=f"""
[serial]
enabled = true
mode = "file"
logfile = "{place.path("a.log")}"
"""))
        lab.write("vmplan.toml", lab_file(more=f'[paths]\nallow = ["{place.root}"]\n'))
        lab.run("apply", "--yes")
        place.write("a.log", "written by the guest\n")
        self.assertEqual(lab.run("console", "a").stdout, "written by the guest\n")


    def test_console_steers_no_terminal_also_behind_a_pipe(self):
        lab = self.lab(files=lab_of("a", more='\n[serial]\nenabled = true\nmode = "socket"\n'))
        lab.run("apply", "--yes")
        # Where is the cursor? The terminal would type the answer. Title, clipboard, and a colour.
        written = b"one\x1b[6n two\x1b]0;title\x07\x1b]52;c;ZXZpbA==\x07 \x1b[31mred\x1b[0m\r\n"
        with open(lab.path("logs/a/serial.log"), "ab") as log:
            log.write(written)
        shown = subprocess.run([support.VMPLAN, "console", "a"], cwd=lab.root, env=support.environment(), check=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=support.PATIENCE)
        self.assertEqual(shown.stdout, b"one two \x1b[31mred\x1b[0m\r\n\x1b[0m")
        # Every byte is in the file that the machine's node names.
        (log,) = [line.split(" = ")[1] for line in lab.run("show", "vm/a").stdout.splitlines() if "serial.logfile" in line]
        self.assertEqual(lab.read_bytes(json.loads(log)), written)

    def test_ctrl_c_ends_console_follow_and_says_so(self):
        lab = self.lab(files=lab_of("a", more='\n[serial]\nenabled = true\nmode = "socket"\n'))
        lab.run("apply", "--yes")
        with subprocess.Popen([support.VMPLAN, "console", "a", "--follow"], cwd=lab.root, env=support.environment(),
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as console:
            with open(lab.path("logs/a/serial.log"), "ab") as log:
                log.write(b"hello\n")
            self.assertEqual(console.stdout.readline(), b"hello\n")
            console.send_signal(signal.SIGINT)
            self.assertEqual(console.wait(support.PATIENCE), 128 + signal.SIGINT)
            self.assertEqual(console.stderr.read(), b"")


class Inputs(support.TestCase):
    def test_a_kernel_that_changes_after_the_build_is_refused_with_both_digests(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "stop_timeout_seconds = 20", "stop_timeout_seconds = 1")
        kernel = lab.read_bytes("images/vmlinuz")
        other = kernel[:-1] + bytes([kernel[-1] ^ 1])
        # The question comes when everything is built and hashed; whoever answers it has had time to change the file.
        code, shown = on_a_terminal(lab, "apply", question="Do exactly this?", answer="y",
                                    meanwhile=lambda: lab.write("images/vmlinuz", other))
        self.assertEqual(code, 1, shown)
        expected, found = (f"sha256:{hashlib.sha256(data).hexdigest()}" for data in (kernel, other))
        self.assertIn("images/vmlinuz", shown)
        self.assertIn(f"it has {found}, the plan says {expected}", shown)
        self.assertEqual(lab.processes(), {})
        self.assertFalse(lab.exists("logs/web/serial.log"))
        self.assertEqual(lab.machine("web")["state"], "absent")
        by_hand = lab.run("step", "verify", "images/vmlinuz", expected, check=False)
        self.assertNotEqual(by_hand.returncode, 0)
        self.assertIn(found, by_hand.stderr)

        lab.write("images/vmlinuz", kernel)
        self.assertEqual(counters(lab.events("apply", "--yes")), {"created": 1})
        self.assertEqual(lab.machine("web")["state"], "running")

    def test_an_image_with_another_digest_than_pinned_stops_apply_before_anything_starts(self):
        pinned = hashlib.sha256(b"another image").hexdigest()
        image = f'[images.base]\npath = "images/base.qcow2"\nformat = "qcow2"\nsha256 = "{pinned}"\n'
        lab = self.lab(files={"vmplan.toml": lab_file(more=image), "profiles/a.toml": small("a", disk='image = "base"')})
        support.make_disk(lab.path("images/base.qcow2"), size="64M")
        lab.run("build")  # reads no byte of a pinned image
        done = lab.run("apply", "--yes", check=1)
        found = hashlib.sha256(lab.read_bytes("images/base.qcow2")).hexdigest()
        self.assertIn(f"it has sha256:{found}, the plan says sha256:{pinned}", done.stderr)
        self.assertEqual(lab.processes(), {})
        self.assertFalse(lab.exists("disks"))
        self.assertEqual(lab.machine("a")["state"], "absent")
        self.assertEqual([name for _, _, names in os.walk(lab.path(".vmplan/store")) for name in names], [])


class Interrupted(support.TestCase):
    def restart_in_the_background(self, stop_timeout):
        """A lab whose machine is deaf, and an apply that waits for it to stop."""
        lab = self.lab(files=lab_of("a", stop_timeout=stop_timeout))
        lab.run("apply", "--yes")
        lab.edit("profiles/a.toml", "memory_mb = 256", "memory_mb = 512")
        apply = Background(lab, "apply", "--yes")
        apply.wait_for(event="step_started", step="wait-powerdown")
        return lab, apply

    def expect_new_machine(self, lab):
        self.assertEqual(lab.machine("a")["state"], "running")
        self.assertEqual(list(map(len, qemus(lab).values())), [1])
        with lab.qmp("a") as monitor:
            self.assertEqual(monitor.execute("query-memory-size-summary")["base-memory"], 512 << 20)
        self.assertEqual(counters(lab.events("apply", "--yes")), {})

    def test_ctrl_c_finishes_the_running_step_starts_no_other_and_the_next_apply_goes_on(self):
        lab, apply = self.restart_in_the_background(stop_timeout=3)
        apply.process.send_signal(signal.SIGINT)
        self.assertEqual(apply.finish(), 128 + signal.SIGINT)
        self.assertEqual(steps_started(apply.events)[-1], ("vm/a", "wait-powerdown"))
        step_finished(apply.events, "vm/a", "wait-powerdown")
        self.assertEqual(lab.machine("a")["state"], "running")
        self.assertEqual(counters(lab.events("apply", "--yes")), {"restarted": 1})
        self.expect_new_machine(lab)

    def test_ctrl_c_twice_ends_a_long_wait_at_once_and_the_next_apply_goes_on(self):
        lab, apply = self.restart_in_the_background(stop_timeout=3600)
        for _ in range(2):
            apply.process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        self.assertEqual(apply.finish(), 128 + signal.SIGINT)
        self.assertEqual(lab.machine("a")["state"], "running")

        again = Background(lab, "apply", "--yes")
        again.wait_for(event="step_started", step="wait-powerdown")
        with lab.qmp("a") as monitor:  # its user is quicker than the hour that it has
            monitor.execute("quit")
        self.assertEqual(again.finish(), 0, again.errors)
        self.assertEqual(counters(again.events), {"restarted": 1})
        lab.edit("profiles/a.toml", "stop_timeout_seconds = 3600", "stop_timeout_seconds = 1")
        lab.run("apply", "--yes")
        self.expect_new_machine(lab)

    def test_ctrl_c_twice_ends_the_hashing_of_a_huge_image_at_once(self):
        pin = "0" * 64
        image = f'[images.base]\npath = "images/base.raw"\nformat = "raw"\nsha256 = "{pin}"\n'
        lab = self.lab(files={**lab_of("a", disk='image = "base"'), "vmplan.toml": lab_file(more=image)})
        os.makedirs(lab.path("images"))
        with open(lab.path("images/base.raw"), "wb") as file:
            file.truncate(1 << 40)  # a hole: nothing to store, and the better part of an hour to read
        apply = Background(lab, "apply", "--yes")
        apply.wait_for(event="node_started", node="image/base")
        by_hand = subprocess.Popen([support.VMPLAN, "step", "import", "images/base.raw", "x", f"sha256:{pin}"], cwd=lab.root,
                                   env=support.environment(), stderr=subprocess.PIPE, text=True)
        support.wait_until(lambda: lab.exists("x.vmplan-new"), "the import has begun")
        for _ in range(2):
            for process in (apply.process, by_hand):
                process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        self.assertEqual(apply.finish(timeout=30), 128 + signal.SIGINT)
        self.assertIn("interrupted", by_hand.communicate(timeout=30)[1])
        self.assertFalse(lab.exists("x"))
        self.assertEqual([names for _, _, names in os.walk(lab.path(".vmplan/store")) if names], [])

    def test_sigkill_of_apply_at_any_moment_leaves_a_lab_that_the_next_apply_completes(self):
        names = ("a", "b", "c")
        lab = self.lab(files=lab_of(*names))
        began = time.monotonic()
        lab.run("apply", "--yes")
        whole = time.monotonic() - began
        self.take_down(lab)
        rounds = 20
        for i in range(rounds):
            moment = (i + random.random()) / rounds * whole
            with self.subTest(killed_after=f"{moment:.3f} of {whole:.3f} s"):
                apply = subprocess.Popen([support.VMPLAN, "apply", "--yes", "-q"], cwd=lab.root,
                                         env=support.environment(), stdin=subprocess.DEVNULL)
                time.sleep(moment)
                apply.kill()
                apply.wait()
                self.check_completed(lab, names)
                self.take_down(lab)

    def test_apply_adopts_a_machine_whose_vmplan_and_supervisor_died_while_it_started(self):
        lab = self.lab(files=lab_of("a"))
        pid = die_while_qemu_starts(lab)
        machine = lab.machine("a")
        self.assertEqual((machine["state"], machine["pid"]), ("starting", pid))
        self.assertIn("half-updated", machine["note"])
        os.kill(pid, signal.SIGCONT)
        lab.run("apply", "--yes")
        machine = lab.machine("a")
        self.assertEqual((machine["state"], machine["pid"]), ("running", pid))
        self.assertNotEqual(machine["supervisor_pid"], 0)
        self.assertEqual(qemus(lab), {"a": [pid]})
        self.assertEqual(counters(lab.events("apply", "--yes")), {})

    def test_destroy_stops_a_machine_whose_vmplan_and_supervisor_died_while_it_started(self):
        for goes_on in (True, False):
            with self.subTest(goes_on=goes_on):
                lab = self.lab(files=lab_of("a"))
                lab.edit("profiles/a.toml", "stop_timeout_seconds = 1",
                         "stop_timeout_seconds = 1\nquit_timeout_seconds = 1\nterm_timeout_seconds = 1\nforce_kill = true")
                pid = die_while_qemu_starts(lab)
                if goes_on:
                    os.kill(pid, signal.SIGCONT)
                lab.run("destroy", "--yes")
                self.assertFalse(support.alive(pid))
                self.assertEqual(lab.processes(), {})
                self.assertEqual(lab.machine("a")["state"], "absent")
                self.assertEqual(counters(lab.events("apply", "--yes")).get("created"), 1)

    def check_completed(self, lab, names):
        lab.run("apply", "--yes")
        machines = lab.machines()
        self.assertEqual({name: machine["state"] for name, machine in machines.items()}, dict.fromkeys(names, "running"))
        self.assertEqual(qemus(lab), {name: [machines[name]["pid"]] for name in names})
        self.assertEqual(leftovers(lab), [])
        for name in names:
            support.run(["qemu-img", "check", "-U", "-q", lab.path(f"disks/{name}/root.qcow2")])
        again = lab.run("apply", "--yes", "--format", "json")
        self.assertEqual((again.stdout.count("\n"), again.stderr), (1, ""))
        self.assertIn('"unchanged":6', again.stdout)

    def take_down(self, lab):
        """Everything gone, quicker than the stop timeouts of deaf machines."""
        for name in qemus(lab):
            with lab.qmp(name) as monitor:
                monitor.execute("quit")
        lab.run("destroy", "--yes", "--disks")
        self.assertEqual(lab.processes(), {})
        self.assertEqual([name for _, _, names in os.walk(lab.path("disks")) for name in names], [])


if __name__ == "__main__":
    support.main()
