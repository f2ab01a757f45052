#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Everything that apply, destroy and status print about real machines fits the schemas."""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
from small_machines import kill_and_wait, lab_of, support
import schemas  # noqa: E402  (small_machines makes its place known)


class Events(support.TestCase):
    def check_events(self, events, seen):
        for event in events:
            schemas.check("events", event)
            seen.add(event["event"])

    def check_lab(self, lab):
        schemas.check("status", lab.json("status"))
        schemas.check("changeset", lab.json("apply", "--dry-run"))

    def test_every_kind_of_event_fits_the_schema(self):
        seen = set()
        lab = self.lab(files=lab_of("a"))
        self.check_events(lab.events("apply", "--yes"), seen)
        self.check_lab(lab)

        lab.edit("profiles/a.toml", "memory_mb = 256", "memory_mb = 512")
        self.check_lab(lab)
        self.check_events(lab.events("apply", "--yes"), seen)

        kill_and_wait(lab.machine("a")["supervisor_pid"])
        self.check_lab(lab)
        self.check_events(lab.events("apply", "--yes"), seen)
        self.assertIn("adopted", seen)

        kill_and_wait(lab.machine("a")["pid"])
        lab.wait_for_state("a", ("crashed", "lost"))  # the adopted QEMU was nobody's child
        self.check_lab(lab)
        lab.write("disks/b", b"a file where a directory must be")
        for path, text in lab_of("b").items():
            lab.write(path, text)
        self.check_events(lab.events("apply", "--yes", "--keep-going", check=1), seen)
        self.check_lab(lab)

        os.remove(lab.path("disks/b"))
        self.check_events(lab.events("destroy", "--yes"), seen)
        self.check_lab(lab)
        self.assertEqual(seen, {one["$ref"].rpartition("/")[2] for one in schemas.load("events")["oneOf"]})


if __name__ == "__main__":
    support.main()
