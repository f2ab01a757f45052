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


class Taplo(support.TestCase):
    def test_it_takes_every_example(self):
        files = sorted(glob.glob(os.path.join(support.EXAMPLES, "**/*.toml"), recursive=True))
        labs = [path for path in files if os.path.basename(path) == "vmplan.toml"]
        profiles = [path for path in files if path not in labs]
        self.assertTrue(labs and profiles)
        lint("--schema", schema("profile"), *profiles)
        lint("--schema", schema("lab"), *labs)
        lint(*files)  # each by its own #:schema line

    def test_a_mistake_is_found_by_the_line_in_the_file(self):
        with open(os.path.join(SCHEMAS, "profile.schema.json"), encoding="utf-8") as file:
            lab = self.lab(files={"schemas/profile.schema.json": file.read()})
        with open(os.path.join(support.EXAMPLES, "quickstart/profiles/web.toml"), encoding="utf-8") as file:
            good = file.read()
        sound = {"as-it-is": ("", ""), "unknown-key": ("cores = 1", "cores = 1\ncoers = 1")}
        broken = {"type": ("cores = 1", 'cores = "1"', '"1" does not match'),
                  "range": ("cores = 1", "cores = 0", "0 is less than the minimum of 1"),
                  "word": ('arch = "x86_64"', 'arch = "vax"', '"vax" is not one of'),
                  "missing": ('name = "web"', "", '"name" is a required property')}
        for name, (old, new, *_) in {**sound, **broken}.items():
            self.assertIn(old, good)
            lab.write(f"examples/mistaken/profiles/{name}.toml", good.replace(old, new, 1))
        place = lab.path("examples/mistaken/profiles/{}.toml").format
        lint(*map(place, sound))
        shown = lint(*map(place, broken), check=1)
        for name, (_, _, finding) in broken.items():
            self.assertIn(finding, shown)
            self.assertIn(f"{name}.toml", shown)


if __name__ == "__main__":
    support.main()
