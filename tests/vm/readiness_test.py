#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`[lifecycle] wait`: apply is done when the guest says so, and says what is wrong when it does not."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import BANNER, counters, lab_file, qemus, small, step_finished, support

SERIAL = '\n[serial]\nenabled = true\nmode = "file"\n'


class Wait(support.TestCase):
    def test_apply_returns_once_the_guest_has_said_the_text_and_the_second_does_nothing(self):
        lab = self.lab("quickstart", guest=True)
        # Of an earlier run: only what comes after the start counts.
        lab.write("logs/web/serial.log", f"{BANNER}: of yesterday\n")
        lab.edit("profiles/web.toml", "[lifecycle]\n", f'[lifecycle]\nwait = "serial:{BANNER}"\nboot_timeout_seconds = 600\n')
        events = lab.events("apply", "--yes")
        self.assertEqual(lab.console("web").count(BANNER), 2, "apply returned before the guest said it")
        self.assertEqual(counters(events), {"created": 2})
        self.assertEqual(step_finished(events, "vm/web", "wait-serial")["exit_code"], 0)
        again = lab.events("apply", "--yes")
        self.assertEqual([event["event"] for event in again], ["summary"])
        self.assertEqual(counters(again), {})

    def test_a_text_that_does_not_come_fails_with_the_name_of_the_log_and_destroy_cleans_up(self):
        lab = self.lab(files={"vmplan.toml": lab_file(), "profiles/a.toml": small("a", more=SERIAL).replace(
            "[lifecycle]", '[lifecycle]\nwait = "serial:never said"\nboot_timeout_seconds = 1')})
        done = lab.run("apply", "--yes", check=1)
        self.assertIn("the guest has not written `never said` within 1 s; see `logs/a/serial.log`", done.stderr)
        # QEMU runs on, so that one can look why.
        self.assertEqual(list(qemus(lab)), ["a"])
        lab.run("destroy", "--yes")
        self.assertEqual(lab.processes(), {})
        self.assertFalse(lab.exists(".vmplan/run/a/qmp.sock"))

    def test_a_machine_that_ends_before_it_has_said_the_text_is_not_waited_for(self):
        lab = self.lab("quickstart", guest=True)
        lab.edit("profiles/web.toml", "[lifecycle]\n", '[lifecycle]\nwait = "serial:never said"\nboot_timeout_seconds = 3600\n')
        lab.edit("profiles/web.toml", "no_timer_check", "no_timer_check vmplan.poweroff=0")
        done = lab.run("apply", "--yes", check=1)
        self.assertRegex(done.stderr, "the machine in `.vmplan/run/web` is stopped and has not written `never said`")


if __name__ == "__main__":
    support.main()
