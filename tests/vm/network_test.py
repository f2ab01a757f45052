#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Networks of a lab with booted guests: machines talk to each other, and devices of the host come and go without harm to others.

All of it happens in a network of its own, so no device of the real host is made, seen or touched.
"""
import json
import os
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import actions, counters, lab_file, small, support

BRIDGED = {"vmplan.toml": lab_file(more='[networks.lan]\nmode = "bridge"\n'),
           "profiles/a.toml": small("a", more='\n[[network.interfaces]]\nname = "eth0"\nnetwork = "lan"\n')}


def devices():
    """{name: what `ip` says of it}, of all but the loopback."""
    listed = json.loads(support.run(["ip", "-json", "-details", "link", "show"]).stdout)
    return {device["ifname"]: device for device in listed if device["ifname"] != "lo"}


def by_alias():
    return {device.get("ifalias", ""): device for device in devices().values()}


def device_of(lab, node_id):
    """The name that the plan gives the device of a node."""
    (node,) = [node for node in lab.plan()["nodes"] if node["id"] == node_id]
    return node["spec"]["device"]


class Talk(support.TestCase):
    def check_that_they_talk(self, lab):
        lab.wait_for_console("ping: 10.20.0.12 answers", "left")
        lab.wait_for_console("ping: 10.20.0.11 answers", "right")

    def test_machines_on_a_socket_network_talk_to_each_other(self):
        lab = self.lab("network", guest=True)
        lab.run("apply", "--yes")
        self.check_that_they_talk(lab)
        self.assertEqual(devices(), {})

    def test_machines_on_a_bridge_talk_to_each_other_and_their_devices_go_with_them(self):
        lab = self.lab("network", guest=True)
        lab.edit("vmplan.toml", 'mode = "socket"', 'mode = "bridge"')
        lab.run("apply", "--yes")
        self.check_that_they_talk(lab)
        seen = by_alias()
        self.assertEqual(sorted(seen), ["vmplan network net/lan", "vmplan network tap/left/eth0", "vmplan network tap/right/eth0"])
        bridge = seen["vmplan network net/lan"]
        self.assertEqual(bridge["linkinfo"]["info_kind"], "bridge")
        for side in ("left", "right"):
            self.assertEqual(seen[f"vmplan network tap/{side}/eth0"]["master"], bridge["ifname"])
        self.assertEqual(counters(lab.events("apply", "--yes")), {})
        # The taps of a machine go with it, and what others need stays.
        lab.run("destroy", "left", "--yes")
        self.assertEqual(sorted(by_alias()), ["vmplan network net/lan", "vmplan network tap/right/eth0"])
        lab.run("destroy", "--yes")
        self.assertEqual(devices(), {})


class Devices(support.TestCase):
    def setUp(self):
        super().setUp()
        self.assertEqual(devices(), {})
        self.addCleanup(self.remove_devices)

    @staticmethod
    def remove_devices():
        for name in devices():
            support.run(["ip", "link", "delete", "dev", name])

    def bridged(self):
        return self.lab(files=BRIDGED)

    def test_a_foreign_device_of_the_same_name_is_refused_and_left_alone(self):
        lab = self.bridged()
        name = device_of(lab, "net/lan")
        support.run(["ip", "link", "add", "name", name, "type", "bridge"])
        before = devices()
        done = lab.run("apply", "--yes", check=1)
        self.assertIn(f"device `{name}` is there and does not carry the mark", done.stderr)
        self.assertEqual(devices(), before)
        self.assertEqual(lab.processes(), {})
        support.run(["ip", "link", "delete", "dev", name])
        lab.run("apply", "--yes")
        # Nor is one deleted that has taken the place of vmplan's own.
        support.run(["ip", "link", "set", "dev", name, "alias", "mine now"])
        done = lab.run("destroy", "--yes", check=1)
        self.assertIn("but `mine now`", done.stderr)
        self.assertEqual(devices()[name]["ifalias"], "mine now")
        support.run(["ip", "link", "delete", "dev", name])
        lab.run("destroy", "--yes")

    def test_a_run_that_was_killed_before_it_could_mark_its_device_is_continued(self):
        for _ in range(20):
            lab = self.bridged()
            name = device_of(lab, "net/lan")
            path = f"/sys/class/net/{name}"
            apply = subprocess.Popen([support.VMPLAN, "apply", "--yes", "-q"], cwd=lab.root, env=support.environment(),
                                     stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while not os.path.exists(path) and apply.poll() is None:
                pass
            apply.kill()
            apply.wait()
            time.sleep(0.1)  # an `ip` that was under way
            unmarked = not devices()[name].get("ifalias")
            lab.run("apply", "--yes")
            self.assertEqual(sorted(by_alias()), ["vmplan small net/lan", "vmplan small tap/a/eth0"])
            lab.run("destroy", "--yes")
            self.assertEqual(devices(), {})
            if unmarked:
                return
        self.fail("every run was killed too late")

    def test_lost_devices_are_made_again_and_a_machine_without_its_tap_restarts(self):
        lab = self.bridged()
        lab.run("apply", "--yes")
        support.run(["ip", "link", "delete", "dev", device_of(lab, "net/lan")])
        self.assertEqual(actions(lab), {"net/lan": "rerun", "tap/a/eth0": "rerun"})
        before = lab.machine("a")["pid"]
        lab.run("apply", "--yes")
        self.assertEqual(lab.machine("a")["pid"], before)
        self.assertEqual(actions(lab), {})
        support.run(["ip", "link", "delete", "dev", device_of(lab, "tap/a/eth0")])
        self.assertEqual(actions(lab), {"tap/a/eth0": "rerun", "vm/a": "restart"})
        lab.run("apply", "--yes")
        self.assertNotEqual(lab.machine("a")["pid"], before)
        self.assertEqual(actions(lab), {})

    def test_a_bridge_and_a_tap_that_are_there_are_used_and_stay(self):
        support.run(["ip", "link", "add", "name", "br-mine", "type", "bridge"])
        support.run(["ip", "tuntap", "add", "dev", "tap-mine", "mode", "tap"])
        cards = ('\n[[network.interfaces]]\nname = "one"\ntype = "bridge"\ndevice = "br-mine"\n'
                 '\n[[network.interfaces]]\nname = "two"\ntype = "tap"\ndevice = "tap-mine"\n')
        lab = self.lab(files={"vmplan.toml": lab_file(), "profiles/a.toml": small("a", more=cards)})
        lab.run("apply", "--yes")
        self.assertEqual(devices()[device_of(lab, "tap/a/one")]["master"], "br-mine")
        lab.run("destroy", "--yes")
        self.assertEqual(sorted(devices()), ["br-mine", "tap-mine"])
        support.run(["ip", "link", "delete", "dev", "tap-mine"])
        done = lab.run("apply", "--yes", check=1)
        self.assertIn("there is no device `tap-mine` on this host", done.stderr)

    def test_without_the_right_to_configure_the_network_nothing_is_begun(self):
        lab = self.bridged()
        done = support.run(["setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin", support.VMPLAN, "apply", "--yes"],
                           cwd=lab.root, env=support.environment(), check=False)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("CAP_NET_ADMIN", done.stderr)
        self.assertIn("net/lan", done.stderr)
        self.assertEqual(devices(), {})
        self.assertFalse(lab.exists("disks/a/root.qcow2"))


if __name__ == "__main__":
    support.enter_private_network()
    support.main()
