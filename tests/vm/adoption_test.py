#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Disks that hold data: adopted, held, kept, lost. Whatever the profiles say, no byte of them is replaced."""
import hashlib
import json
import os
import shutil
import stat
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import (GIB, actions, counters, identity, kill_qemu, lab_file, lab_of, leftovers, planned, qemus, small,
                            steps_started, support)

DISK = "disks/a/root.qcow2"


def write_pattern(path, pattern, length="1M"):
    """Puts recognisable data into a disk image, below its file system, as a guest would."""
    support.run(["qemu-io", "-c", f"write -q -P {pattern} 0 {length}", path])


class Adoption(support.TestCase):
    def test_a_disk_that_fits_is_adopted_untouched_and_outlives_destroy_disks(self):
        lab = self.lab(files=lab_of("a"))
        support.make_disk(lab.path(DISK), size="2G")  # more than asked for fits
        write_pattern(lab.path(DISK), 0xA5)
        before = identity(lab, DISK)
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"adopted": 1, "created": 1})
        (adopted,) = [event for event in events if event["event"] == "adopted"]
        self.assertEqual(adopted["node"], "disk/a/root")
        self.assertIn(DISK, adopted["detail"])
        self.assertEqual(lab.machine("a")["state"], "running")
        self.assertEqual(identity(lab, DISK), before)
        self.assertEqual(leftovers(lab), [])

        self.assertEqual(counters(lab.events("destroy", "--yes", "--disks")), {"destroyed": 2})
        self.assertEqual(identity(lab, DISK), before)
        self.assertEqual(counters(lab.events("apply", "--yes")), {"adopted": 1, "created": 1})
        self.assertEqual(identity(lab, DISK), before)

    def test_an_adopted_disk_stays_somebodys_own_through_changes_of_its_profile(self):
        lab = self.lab(files=lab_of("a"))
        support.make_disk(lab.path(DISK))
        before = identity(lab, DISK)
        lab.run("apply", "--yes")
        lab.edit("profiles/a.toml", "memory_mb = 256", "memory_mb = 512")
        lab.run("apply", "--yes")
        profile = lab.read("profiles/a.toml")
        lab.write("profiles/b.toml", small("b"))
        os.remove(lab.path("profiles/a.toml"))
        lab.run("apply", "--yes")
        lab.write("profiles/a.toml", profile)
        lab.run("apply", "--yes")
        lab.run("destroy", "--yes", "--disks")
        self.assertEqual(identity(lab, DISK), before)
        self.assertFalse(lab.exists("disks/b/root.qcow2"))

    def test_a_disk_that_does_not_fit_is_refused_naming_both_and_no_byte_changes(self):
        def smaller(path):
            support.make_disk(path, size="512M")

        def other_format(path):
            support.make_disk(path, format="raw", size="1G")
            write_pattern(path, 0x5A)

        def no_disk_at_all(path):
            os.makedirs(os.path.dirname(path))
            with open(path, "w", encoding="ascii") as file:
                file.write("the only copy of my thesis\n")

        def on_another_base(path):
            support.make_disk(os.path.dirname(path) + "/base.qcow2", size="1G")
            support.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", "base.qcow2", path])

        wanted = f"qcow2, {GIB} bytes, no base"
        for make, found in ((smaller, f"qcow2, {GIB // 2} bytes, no base"), (other_format, f"raw, {GIB} bytes, no base"),
                            (no_disk_at_all, "raw, 512 bytes, no base"),
                            (on_another_base, f"qcow2, {GIB} bytes, based on `base.qcow2`")):
            with self.subTest(make.__name__):
                lab = self.lab(files=lab_of("a"), name=make.__name__)
                make(lab.path(DISK))
                before = identity(lab, DISK)
                for _ in range(2):  # refused once, refused always
                    done = lab.run("apply", "--yes", check=1)
                    self.assertIn(f"`{DISK}` exists and does not fit: it is {found}; the plan wants {wanted}", done.stderr)
                    self.assertEqual(identity(lab, DISK), before)
                self.assertEqual(lab.processes(), {})
                self.assertEqual(lab.machine("a")["state"], "absent")
                self.assertEqual(leftovers(lab), [])
                lab.run("destroy", "--yes", "--disks")
                self.assertEqual(identity(lab, DISK), before)

    def test_a_disk_that_got_the_inode_of_an_unpublished_one_is_its_owners_for_good(self):
        """File systems give the number of a removed file to the next one, so it does not show whose a disk is."""
        lab = self.lab(files=lab_of("a"))
        fresh = lab.path(DISK + ".vmplan-new")
        # The one call with this name gives the new disk its name.
        support.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL",
                     support.VMPLAN, "apply", "disk/a/root", "--yes", "-q"], check=False, cwd=lab.root)
        number = os.stat(fresh).st_ino
        mine = support.scratch_path("mine.qcow2")
        support.make_disk(mine, size="2G")
        write_pattern(mine, 0xA5)
        os.remove(fresh)
        # The number is free; others may be given first, and some file systems never give it again.
        for n in range(1000):
            with open(lab.path(DISK), "xb"):
                pass
            if os.stat(lab.path(DISK)).st_ino == number:
                break
            os.rename(lab.path(DISK), lab.path(f"disks/a/{n}"))
        shutil.copyfile(mine, lab.path(DISK))
        before = identity(lab, DISK)
        self.assertEqual(counters(lab.events("apply", "disk/a/root", "--yes")), {"adopted": 1})
        lab.run("destroy", "--yes", "--disks")
        self.assertEqual(identity(lab, DISK), before)

    def test_what_is_no_regular_file_is_neither_followed_nor_replaced(self):
        lab = self.lab(files=lab_of("a"))
        elsewhere = support.scratch_path("elsewhere.qcow2")
        support.make_disk(elsewhere)
        with open(elsewhere, "rb") as file:
            before = file.read()
        os.makedirs(lab.path("disks/a"))
        os.symlink(elsewhere, lab.path(DISK))
        done = lab.run("apply", "--yes", check=1)
        self.assertIn(f"`{DISK}`", done.stderr)
        self.assertEqual(os.readlink(lab.path(DISK)), elsewhere)
        with open(elsewhere, "rb") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(lab.processes(), {})

    def test_a_disk_without_size_must_be_there(self):
        lab = self.lab(files=lab_of("a", disk=""))
        done = lab.run("apply", "--yes", check=1)
        self.assertIn(DISK, done.stderr)
        self.assertFalse(lab.exists(DISK))
        self.assertEqual(lab.processes(), {})
        support.make_disk(lab.path(DISK))
        before = identity(lab, DISK)
        lab.run("apply", "--yes")
        self.assertEqual(lab.machine("a")["state"], "running")
        self.assertEqual(identity(lab, DISK), before)

    def test_a_disk_whose_header_names_files_of_the_host_is_neither_adopted_nor_booted(self):
        secret = support.scratch_path("secret")
        with open(secret, "wb") as file:
            file.write(b"secret".ljust(GIB // 1024, b"\0"))

        def overlay(path):
            support.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", secret, path, "1G"])

        def data_file(path):
            outside = support.scratch_path("data.raw")
            support.run(["qemu-img", "create", "-q", "-f", "qcow2", "-o", f"data_file={outside}", path, "1G"])

        for make, says in ((overlay, f"`{secret}`"), (data_file, "data in another file")):
            for size in ("", "size_gb = 1"):
                with self.subTest(make.__name__, size=size):
                    lab = self.lab(files=lab_of("a", disk=size))
                    os.makedirs(lab.path("disks/a"))
                    make(lab.path(DISK))
                    disk = identity(lab, DISK)
                    shown = lab.run("apply", "--yes", check=1).stderr
                    self.assertIn(f"`{DISK}`", shown)
                    self.assertIn(says, shown)
                    self.assertEqual(qemus(lab), {})
                    self.assertEqual(identity(lab, DISK), disk)

        # Nor may a disk that is in use be changed to name one.
        lab = self.lab(files=lab_of("a", disk=""))
        support.make_disk(lab.path(DISK))
        lab.run("apply", "--yes")
        kill_qemu(lab, "a")
        support.run(["qemu-img", "rebase", "-u", "-F", "raw", "-b", secret, lab.path(DISK)])
        self.assertIn(f"rests on `{secret}`", lab.run("apply", "--yes", check=1).stderr)
        self.assertEqual(qemus(lab), {})

    def test_a_raw_disk_whose_guest_wrote_the_mark_of_another_format_boots_again(self):
        lab = self.lab(files=lab_of("a"))
        lab.edit("profiles/a.toml", 'format = "qcow2"', 'format = "raw"')
        lab.run("apply", "--yes")
        kill_qemu(lab, "a")
        with open(lab.path(DISK), "r+b") as file:
            file.write(b"LUKS\xba\xbe\x00\x02")
        before = identity(lab, DISK)
        self.assertEqual(counters(lab.events("apply", "--yes")), {"rerun": 1})
        self.assertEqual(lab.machine("a")["state"], "running")
        self.assertEqual(identity(lab, DISK), before)


class Base(support.TestCase):
    def lab_on_an_image(self):
        lab = self.lab(files={"profiles/a.toml": small("a", disk='image = "base"')})
        self.new_image(lab, 0x11)
        return lab

    def new_image(self, lab, pattern):
        """Another image of the same name, and a vmplan.toml that pins it. Returns its place in the store."""
        if lab.exists("images/base.qcow2"):
            os.remove(lab.path("images/base.qcow2"))
        support.make_disk(lab.path("images/base.qcow2"), size="64M")
        write_pattern(lab.path("images/base.qcow2"), pattern)
        digest = hashlib.sha256(lab.read_bytes("images/base.qcow2")).hexdigest()
        image = f'[images.base]\npath = "images/base.qcow2"\nformat = "qcow2"\nsha256 = "{digest}"\n'
        lab.write("vmplan.toml", lab_file(more=image))
        return f".vmplan/store/{digest}/base"

    def expect_pattern(self, lab, pattern):
        """The guest sees the data of this image through its disk."""
        support.run(["qemu-io", "-U", "-r", "-c", f"read -q -P {pattern} 0 1M", lab.path(DISK)])

    def test_a_new_base_image_holds_the_disk_and_leaves_every_byte_alone(self):
        lab = self.lab_on_an_image()
        old_store = self.new_image(lab, 0x22)
        lab.run("apply", "--yes")
        machine = lab.machine("a")
        disk, old_base = identity(lab, DISK), identity(lab, old_store)
        self.assertEqual(stat.S_IMODE(os.stat(lab.path(old_store)).st_mode), 0o444)
        self.expect_pattern(lab, 0x22)

        new_store = self.new_image(lab, 0x33)
        row = planned(lab)["disk/a/root"]
        self.assertEqual(row["action"], "hold")
        self.assertIn("base image", row["reasons"][0]["text"])
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events).get("held"), 1)
        self.assertEqual({node for node, _ in steps_started(events)}, {"image/base"})
        self.assertTrue(lab.exists(new_store))

        for _ in range(2):
            self.assertEqual(actions(lab), {"disk/a/root": "hold"})
            events = lab.events("apply", "--yes")
            self.assertEqual([event["event"] for event in events], ["summary"])
            self.assertEqual(counters(events), {"held": 1})
            self.assertEqual(lab.machine("a"), machine)
            self.assertEqual(identity(lab, DISK), disk)
            self.assertEqual(identity(lab, old_store), old_base)

        # It also starts anew on what it was made from.
        kill_qemu(lab, "a")
        self.assertEqual(counters(lab.events("apply", "--yes")), {"rerun": 1, "held": 1})
        self.assertEqual(lab.machine("a")["state"], "running")
        self.expect_pattern(lab, 0x22)
        self.assertEqual(identity(lab, old_store), old_base)

    def test_a_base_image_under_another_name_leaves_its_disk_on_the_bytes_that_it_names(self):
        lab = self.lab_on_an_image()
        lab.run("apply", "--yes")
        machine, disk = lab.machine("a"), identity(lab, DISK)
        lab.edit("vmplan.toml", "[images.base]", "[images.debian]")
        lab.edit("profiles/a.toml", 'image = "base"', 'image = "debian"')
        row = planned(lab)["disk/a/root"]
        self.assertEqual(row["action"], "hold")
        self.assertIn("the base image was renamed", row["reasons"][0]["text"])
        lab.run("apply", "--yes")
        self.assertEqual((lab.machine("a"), identity(lab, DISK)), (machine, disk))
        kill_qemu(lab, "a")
        self.assertEqual(counters(lab.events("apply", "--yes")), {"rerun": 1, "held": 1})
        self.assertEqual(lab.machine("a")["state"], "running")
        self.expect_pattern(lab, 0x11)

    def test_a_base_that_names_a_file_of_the_host_keeps_the_machine_from_starting(self):
        lab = self.lab(files={"profiles/a.toml": small("a", disk='image = "base"')})
        secret = support.scratch_path("secret")
        with open(secret, "wb") as file:
            file.write(b"secret".ljust(4096, b"\0"))
        os.makedirs(lab.path("images"))
        support.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", secret, lab.path("images/base.qcow2")])
        digest = hashlib.sha256(lab.read_bytes("images/base.qcow2")).hexdigest()
        lab.write("vmplan.toml", lab_file(more=f'[images.base]\npath = "images/base.qcow2"\nformat = "qcow2"\nsha256 = "{digest}"\n'))
        self.assertIn(f"rests on `{secret}`", lab.run("apply", "--yes", check=1).stderr)
        self.assertEqual(qemus(lab), {})

    def test_a_base_that_was_altered_in_the_store_keeps_the_machine_from_starting(self):
        lab = self.lab_on_an_image()
        lab.run("apply", "--yes")
        (store,) = [os.path.join(where, name) for where, _, names in os.walk(lab.path(".vmplan/store")) for name in names]
        kill_qemu(lab, "a")
        with open(store, "rb") as file:
            good = file.read()
        os.chmod(store, 0o644)
        with open(store, "r+b") as file:
            file.seek(-1, os.SEEK_END)
            file.write(bytes([good[-1] ^ 1]))
        done = lab.run("apply", "--yes", check=1)
        self.assertIn(hashlib.sha256(good).hexdigest(), done.stderr)
        self.assertEqual(qemus(lab), {})


class Departed(support.TestCase):
    def test_removing_a_profile_stops_its_machine_and_keeps_its_disk_and_bringing_it_back_takes_it_up_again(self):
        lab = self.lab(files=lab_of("a", "b"))
        lab.run("apply", "--yes")
        write_profile = lab.read("profiles/a.toml")
        before = lab.machine("b")
        disk = identity(lab, DISK)
        os.remove(lab.path("profiles/a.toml"))

        rows = planned(lab)
        self.assertEqual((rows["vm/a"]["action"], rows["disk/a/root"]["kept"]), ("destroy", True))
        self.assertIn("kept", lab.run("apply", "--dry-run").stdout)
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"destroyed": 1, "recorded": 1})
        self.assertEqual({node for node, _ in steps_started(events)}, {"vm/a"})
        self.assertEqual(qemus(lab), {"b": [before["pid"]]})
        self.assertEqual(list(lab.machines()), ["b"])
        self.assertEqual(identity(lab, DISK), disk)

        # Still known, and still nothing to do.
        rows = planned(lab)
        self.assertEqual((rows["disk/a/root"]["kept"], rows["disk/a/root"]["action"]), (True, "none"))
        self.assertIn("disk/a/root", lab.run("apply", "--dry-run").stdout)
        self.assertEqual(counters(lab.events("apply", "--yes")), {})

        lab.write("profiles/a.toml", write_profile)
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"created": 1, "recorded": 1})
        self.assertEqual({node for node, _ in steps_started(events)}, {"vm/a"})
        self.assertEqual(lab.machine("a")["state"], "running")
        self.assertEqual(lab.machine("b"), before)
        self.assertEqual(identity(lab, DISK), disk)
        self.assertEqual(counters(lab.events("apply", "--yes")), {})

    def test_a_renamed_machine_takes_its_disk_along_and_no_destroy_of_the_old_name_deletes_it(self):
        lab = self.lab(files=lab_of("a"))
        lab.run("apply", "--yes")
        disk = os.stat(lab.path(DISK)).st_ino
        os.remove(lab.path("profiles/a.toml"))
        lab.write("profiles/b.toml", small("b").replace("disks/b/root.qcow2", DISK))
        row = planned(lab)["disk/a/root"]
        self.assertEqual((row["kept"], row["note"]), (False, "forgotten: its file belongs to disk/b/root now"))
        self.assertEqual(counters(lab.events("apply", "--yes")),
                         {"destroyed": 1, "recorded": 1, "adopted": 1, "created": 1})
        self.assertIn("nothing here is called `disk/a/root`", lab.run("destroy", "--yes", "--disks", "disk/a/root", check=1).stderr)
        self.assertEqual(lab.machine("b")["state"], "running")
        self.assertEqual(os.stat(lab.path(DISK)).st_ino, disk)
        self.assertEqual(counters(lab.events("apply", "--yes")), {})

    def test_destroy_disks_of_a_kept_disk_spares_the_file_that_a_new_machine_uses(self):
        lab = self.lab(files=lab_of("a", "c"))
        lab.run("apply", "--yes")
        os.remove(lab.path("profiles/a.toml"))
        lab.run("apply", "--yes")
        lab.write("profiles/b.toml", small("b").replace("disks/b/root.qcow2", DISK))
        lab.run("apply", "vm/b", "--yes")  # looks at nothing but its target, so the kept disk stays on record
        before = lab.machine("b")
        disk = identity(lab, DISK)
        done = lab.run("destroy", "--yes", "--disks", "disk/a/root")
        self.assertIn("the file stays: it is used by disk/b/root", done.stdout)
        self.assertEqual(identity(lab, DISK), disk)
        self.assertEqual(lab.machine("b"), before)
        self.assertNotIn("disk/a/root", lab.run("apply", "--dry-run").stdout)

    def test_a_half_made_disk_that_left_the_plan_is_forgotten_with_its_unpublished_file(self):
        for words in (["apply", "--yes"], ["destroy", "--yes", "--disks"]):
            with self.subTest(words[0]):
                lab = self.lab(files=lab_of("a"))
                lab.write(DISK, "in the way")
                lab.run("apply", "--yes", check=1)
                os.remove(lab.path(DISK))
                support.make_disk(lab.path(DISK + ".vmplan-new"))  # as a run leaves it that is killed before it publishes
                profile = lab.read("profiles/a.toml")
                lab.write("profiles/a.toml", profile.replace('name = "root"', 'name = "system"').replace("root.qcow2", "system.qcow2"))
                self.assertIn("forgotten disk/a/root", lab.run("apply", "--dry-run").stderr)
                self.assertEqual(leftovers(lab), [lab.path(DISK + ".vmplan-new")])
                self.assertIn("forgotten disk/a/root", lab.run(*words).stderr)
                self.assertEqual(leftovers(lab), [])
                for again in (["apply", "--yes"], ["destroy", "--yes"]):
                    self.assertNotIn("half-updated", "".join(lab.run(*again).stderr))

    def test_destroy_keeps_disks_and_destroy_disks_removes_only_what_vmplan_made(self):
        more = """
[[storage.disks]]
name = "data"
path = "disks/a/data.qcow2"
format = "qcow2"
size_gb = 1

[[storage.disks]]
name = "shared"
path = "disks/shared.raw"
format = "raw"
readonly = true
"""
        lab = self.lab(files=lab_of("a", more=more))
        support.make_disk(lab.path("disks/a/data.qcow2"))
        support.make_disk(lab.path("disks/shared.raw"), format="raw", size="16M")
        theirs = {path: identity(lab, path) for path in ("disks/a/data.qcow2", "disks/shared.raw")}
        self.assertEqual(counters(lab.events("apply", "--yes")), {"adopted": 1, "created": 3})
        ours = identity(lab, DISK)

        self.assertEqual(counters(lab.events("destroy", "--yes")).get("destroyed"), 1)
        self.assertEqual(lab.processes(), {})
        self.assertEqual(identity(lab, DISK), ours)
        events = lab.events("apply", "--yes")
        self.assertEqual({node for node, _ in steps_started(events)}, {"vm/a"})
        self.assertEqual(identity(lab, DISK), ours)

        lab.run("destroy", "--yes", "--disks")
        self.assertFalse(lab.exists(DISK))
        self.assertEqual({path: identity(lab, path) for path in theirs}, theirs)

    def test_without_a_terminal_and_without_yes_nothing_is_stopped_or_deleted(self):
        lab = self.lab(files=lab_of("a"))
        lab.run("apply", "--yes")
        before = lab.machine("a")
        for words in (["destroy"], ["destroy", "--disks"]):
            done = lab.run(*words, check=1)
            self.assertIn("--yes", done.stderr)
            self.assertEqual(lab.machine("a"), before)
            self.assertTrue(lab.exists(DISK))


class Lost(support.TestCase):
    def test_a_vanished_disk_is_lost_data_and_is_not_made_anew(self):
        lab = self.lab(files=lab_of("a"))
        lab.run("apply", "--yes")
        os.rename(lab.path(DISK), lab.path("elsewhere.qcow2"))
        row = planned(lab)["disk/a/root"]
        self.assertEqual(row["action"], "hold")
        self.assertIn("data is lost", row["note"])
        self.assertIn("data is lost", lab.run("apply", "--dry-run").stdout)
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"held": 1})
        self.assertEqual(steps_started(events), [])
        self.assertFalse(lab.exists(DISK))

        # Nor to bring back its machine, which is held too: no start is tried that can only fail.
        kill_qemu(lab, "a")
        row = planned(lab)["vm/a"]
        self.assertEqual(row["action"], "hold")
        self.assertIn("`disk/a/root` is not there; the machine cannot start without it",
                      [reason["text"] for reason in row["reasons"]])
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events), {"held": 2})
        self.assertEqual(steps_started(events), [])
        self.assertFalse(lab.exists(DISK))
        self.assertEqual(leftovers(lab), [])
        self.assertEqual(lab.processes(), {})

        os.rename(lab.path("elsewhere.qcow2"), lab.path(DISK))
        self.assertEqual(counters(lab.events("apply", "--yes")), {"rerun": 1})
        self.assertEqual(lab.machine("a")["state"], "running")

    def test_a_running_machine_that_holds_a_deleted_disk_open_is_not_stopped_by_an_edit(self):
        lab = self.lab(files=lab_of("a"))
        support.make_disk(lab.path(DISK))
        write_pattern(lab.path(DISK), 0xC3)
        lab.run("apply", "--yes")
        before = lab.machine("a")
        os.remove(lab.path(DISK))
        lab.edit("profiles/a.toml", "memory_mb = 256", "memory_mb = 512")

        row = planned(lab)["vm/a"]
        self.assertEqual(row["action"], "hold")
        self.assertIn("`disk/a/root` is not there; stopping the machine would lose its data",
                      [reason["text"] for reason in row["reasons"]])
        for _ in range(2):
            events = lab.events("apply", "--yes")
            self.assertEqual(counters(events), {"held": 2})
            self.assertEqual(steps_started(events), [])
            self.assertEqual(lab.machine("a"), before)

        # Nor by taking its profile away.
        profile = lab.read("profiles/a.toml")
        lab.write("profiles/b.toml", small("b"))
        os.remove(lab.path("profiles/a.toml"))
        lab.run("apply", "--yes")
        self.assertEqual(lab.machine("a"), before)
        lab.write("profiles/a.toml", profile)
        os.remove(lab.path("profiles/b.toml"))

        # The data is where the note says: copied back, it is there for the machine that is then restarted.
        fds = f"/proc/{before['pid']}/fd"
        (held,) = {os.readlink(f"{fds}/{fd}"): f"{fds}/{fd}" for fd in os.listdir(fds)
                   if os.readlink(f"{fds}/{fd}") == os.path.realpath(lab.path(DISK)) + " (deleted)"}.values()
        shutil.copyfile(held, lab.path(DISK))
        self.assertEqual(counters(lab.events("apply", "--yes")).get("restarted"), 1)
        self.assertNotEqual(lab.machine("a")["pid"], before["pid"])
        support.run(["qemu-io", "-U", "-r", "-c", "read -q -P 0xC3 0 1M", lab.path(DISK)])

    def test_a_smaller_size_is_refused_and_a_larger_one_is_held(self):
        lab = self.lab(files=lab_of("a", "b", disk="size_gb = 2"))
        lab.run("apply", "--yes")
        machine, disk = lab.machine("a"), identity(lab, DISK)
        lab.edit("profiles/a.toml", "size_gb = 2", "size_gb = 1")
        lab.edit("profiles/b.toml", "memory_mb = 256", "memory_mb = 512")
        done = lab.run("apply", "--yes", check=1)
        self.assertIn("would shrink the disk from 2 GiB to 1 GiB", done.stderr)
        self.assertIn("nothing was changed", done.stderr)
        shown = json.loads(lab.run("apply", "--dry-run", "--format", "json", check=1).stdout)
        self.assertEqual([refusal["id"] for refusal in shown["refusals"]], ["disk/a/root"])
        # It concerns nobody else.
        self.assertEqual(counters(lab.events("apply", "vm/b", "--yes")), {"restarted": 1})
        lab.run("apply", "vm/a", "--yes", check=1)
        lab.edit("profiles/a.toml", "size_gb = 1", "size_gb = 4")
        events = lab.events("apply", "--yes")
        self.assertEqual(counters(events).get("held"), 1)
        self.assertEqual(steps_started(events), [])
        self.assertEqual((lab.machine("a"), identity(lab, DISK)), (machine, disk))


if __name__ == "__main__":
    support.main()
