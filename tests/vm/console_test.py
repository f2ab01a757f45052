#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Looking at a guest's console, with a real guest: any number of people at once, in nobody's way, and safe from what it writes."""
import os
import pty
import signal
import subprocess
import sys
import threading

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import BANNER, counters, lab_of, on_a_terminal, support, type_on_console

# A title, a cleared screen, a question that a terminal would answer by typing, and a colour.
HOSTILE = r"printf '\033]0;title\007\033[2J\033[6n\033[31mred\033[0m\n'"


class Follower:
    """`vmplan console web --follow`, behind a pipe or at a terminal."""

    def __init__(self, lab, terminal):
        ours, theirs = pty.openpty() if terminal else os.pipe()
        self.process = subprocess.Popen([support.VMPLAN, "console", "web", "--follow"], cwd=lab.root, env=support.environment(),
                                        stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE)
        os.close(theirs)
        self.shown = b""
        self.thread = threading.Thread(target=self._read, args=(ours,), daemon=True)
        self.thread.start()

    def _read(self, ours):
        try:
            while piece := os.read(ours, 65536):
                self.shown += piece
        except OSError:
            pass  # a terminal whose other end is closed
        os.close(ours)

    def finish(self):
        """(exit code, all that was shown, messages)"""
        try:
            _, errors = self.process.communicate(timeout=support.PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.thread.join(support.PATIENCE)
        return self.process.returncode, self.shown, errors.decode()


class Console(support.TestCase):
    def test_followers_of_a_console_see_everything_stand_in_nobodys_way_and_end_with_the_machine(self):
        lab = self.lab("quickstart", guest=True)
        lab.run("apply", "--yes")
        lab.wait_for_console(BANNER)
        followers = [Follower(lab, terminal) for terminal in (True, False, True)]
        for follower in followers:
            self.addCleanup(follower.process.kill)
        # They hold no lock that a writer needs, and send the guest nothing.
        self.assertEqual(counters(lab.events("apply", "--yes")), {})
        type_on_console(lab, "echo typed | tr a-z A-Z")
        for follower in followers:
            support.wait_until(lambda f=follower: b"TYPED" in f.shown, "what was typed is shown")
        type_on_console(lab, HOSTILE)
        support.wait_until(lambda: b"\033[31mred" in lab.read_bytes("logs/web/serial.log"), "the guest has written it")
        type_on_console(lab, "poweroff -f")
        lab.wait_for_state("web", "stopped")

        log = lab.read_bytes("logs/web/serial.log")
        self.assertIn(b"\033]0;title\007\033[2J\033[6n", log)  # the log keeps what the guest wrote
        for index, follower in enumerate(followers):
            code, shown, errors = follower.finish()
            self.assertEqual((code, errors), (0, ""))
            self.assertIn(BANNER.encode(), shown)
            self.assertIn(b"TYPED", shown)
            if index != 1:  # at a terminal
                self.assertIn(b"\033[31mred", shown)
                for steering in (b"\033]0;", b"\007", b"\033[2J", b"\033[6n"):
                    self.assertNotIn(steering, shown)
        # Looking has changed nothing, and destroying keeps the log.
        lab.run("destroy", "--yes")
        self.assertEqual(lab.read_bytes("logs/web/serial.log")[:len(log)], log)


class AutoAttach(support.TestCase):
    SECTIONS = '\n[serial]\nenabled = true\nmode = "socket"\n\n[console]\nauto_attach = true\n'

    def test_apply_at_a_terminal_goes_on_with_the_console_of_the_machine_it_started(self):
        lab = self.lab(files=lab_of("a", more=self.SECTIONS))
        lab.write("logs/a/serial.log", "an earlier boot\n")
        ours, theirs = pty.openpty()
        with subprocess.Popen([support.VMPLAN, "apply", "--yes"], cwd=lab.root, env=support.environment(),
                              stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs) as apply:
            self.addCleanup(apply.kill)
            os.close(theirs)
            shown = b""
            while b"console of a" not in shown:
                shown += os.read(ours, 65536)
            # The lab is not locked meanwhile, and has nothing to do.
            self.assertEqual(counters(lab.events("apply", "--yes")), {})
            with open(lab.path("logs/a/serial.log"), "ab") as log:
                log.write(b"hello\n")
            while b"hello" not in shown:
                shown += os.read(ours, 65536)
            apply.send_signal(signal.SIGINT)
            self.assertEqual(apply.wait(support.PATIENCE), 0, "leaving a console is no failure of apply")
        os.close(ours)
        self.assertIn(b"Done: 2 created", shown)
        self.assertNotIn(b"an earlier boot", shown)
        self.assertEqual(lab.machine("a")["state"], "running")

    def test_nobody_who_reads_a_pipe_is_attached(self):
        lab = self.lab(files=lab_of("a", more=self.SECTIONS))
        self.assertNotIn("console of", lab.run("apply", "--yes").stderr)

    def test_what_cannot_be_shown_is_said(self):
        for names, more, wanted in ((("a", "b"), self.SECTIONS, "2 machines ask for their console; `vmplan console a --follow`"),
                                    (("a",), "\n[console]\nauto_attach = true\n", "a asks for its console and keeps no console log")):
            lab = self.lab(files=lab_of(*names, more=more))
            code, text = on_a_terminal(lab, "apply", question="Do exactly this?", answer="yes", meanwhile=lambda: None)
            self.assertEqual(code, 0, text)
            self.assertIn(wanted, text)
            self.assertNotIn("console of", text)


if __name__ == "__main__":
    support.main()
