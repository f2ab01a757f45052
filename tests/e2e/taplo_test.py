#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""taplo, which most TOML editors are made of, reads our schemas and finds them by the `#:schema` line of each example.

taplo is an npm package that `./bootstrap deps` puts below build/; VMPLAN_TAPLO names another one.
"""
import glob
import os

import support

TAPLO = os.environ.get("VMPLAN_TAPLO") or os.path.join(support.ROOT, "build/node_modules/.bin/taplo")
SCHEMAS = os.path.join(support.ROOT, "schemas")


def lint(*words, check=True):
    if not os.path.exists(TAPLO):
        raise AssertionError(f"there is no taplo at {TAPLO}; run ./bootstrap deps, or set VMPLAN_TAPLO")
    done = support.run([TAPLO, "lint", "--no-auto-config", "--colors", "never", *words], check=check, cwd=support.ROOT)
    return done.stdout + done.stderr


def schema(name):
    return f"file://{SCHEMAS}/{name}.schema.json"


def examples(pattern):
    found = sorted(glob.glob(os.path.join(support.EXAMPLES, pattern)))
    if not found:
        raise AssertionError(f"no example is like {pattern}")
    return found


class Taplo(support.TestCase):
    def test_it_takes_every_example(self):
        profiles = examples("*/profiles/*.toml") + examples("minimal/web.toml")
        labs = examples("*/vmplan.toml")
        lint("--schema", schema("profile"), *profiles)
        lint("--schema", schema("lab"), *labs)
        self.assertEqual(sorted(profiles + labs), sorted(glob.glob(os.path.join(support.EXAMPLES, "**/*.toml"), recursive=True)))
        lint(*profiles, *labs)  # each by its own #:schema line

    def test_a_mistake_is_found_by_the_line_in_the_file(self):
        lab = self.lab(files={"examples/mistaken/profiles/web.toml": "", "schemas/profile.schema.json": ""})
        with open(os.path.join(SCHEMAS, "profile.schema.json"), encoding="utf-8") as file:
            lab.write("schemas/profile.schema.json", file.read())
        with open(os.path.join(support.EXAMPLES, "quickstart/profiles/web.toml"), encoding="utf-8") as file:
            good = file.read()
        path = lab.path("examples/mistaken/profiles/web.toml")
        for old, new, finding in (("", "", None),
                                  ("cores = 1", 'cores = "1"', '"1" is not of type "integer"'),
                                  ("cores = 1", "cores = 0", "0 is less than the minimum of 1"),
                                  ('arch = "x86_64"', 'arch = "vax"', '"vax" is not one of'),
                                  ('path = "disks/web/root.qcow2"', "", '"path" is a required property'),
                                  ("cores = 1", "cores = 1\ncoers = 1", None)):
            lab.write("examples/mistaken/profiles/web.toml", good.replace(old, new, 1))
            shown = lint(path, check=0 if finding is None else 1)
            self.assertIn(finding or "found files total=1", shown, (new, shown))


if __name__ == "__main__":
    support.main()
