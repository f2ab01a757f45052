#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The schemas in schemas/ take what vmplan takes and prints, and refuse the rest. Events are in tests/vm/events_test.py."""
import copy
import glob
import json
import os
import re
import tomllib

import jsonschema

import schemas
import support

DOCUMENTS = ("build", "changeset", "diagnostics", "events", "plan", "platform", "profile", "lab", "status")
# Findings about one key alone, which a schema can judge: (code, how its summary reads).
ABOUT_ONE_KEY = (("VP0302", r""), ("VP0303", r"^`(schema_version|name)` is|^section `\[vm\]`|in `\[images\."), ("VP0304", r"^`\w+` is out of range$"), ("VP0305", r""), ("VP0306", r""),
                 ("VP0701", r""), ("VP0702", r""))
# A word that is not built may be refused by the schema or by a rule, and the one that is a default is refused by neither.
UNDECIDED = ("VP0307", r"^`\w+ = ")
NO_TOML = r"VP01"


def vmplan(*words, **more):
    return support.run([support.VMPLAN, *words], **more)


def toml_files(directory):
    return sorted(path for path in glob.glob(os.path.join(directory, "**", "*.toml"), recursive=True) if os.path.isfile(path))


def schema_name(path):
    return "lab" if os.path.basename(path) == "vmplan.toml" else "profile"


def read_toml(path):
    with open(path, "rb") as file:
        return tomllib.load(file)


class SchemaFiles(support.TestCase):
    def test_the_command_prints_the_files(self):
        self.assertEqual(schemas.names(), sorted(DOCUMENTS))
        listed = json.loads(vmplan("schema", "--format", "json", cwd="/").stdout)["schemas"]
        self.assertEqual([entry["name"] for entry in listed], schemas.names())
        self.assertEqual(re.findall(r"(?m)^(\S+) +\S", vmplan("schema").stdout), schemas.names())
        for entry in listed:
            with open(schemas.path_of(entry["name"]), "rb") as file:
                text = file.read().decode()
            self.assertEqual(vmplan("schema", entry["name"], cwd="/").stdout, text)
            self.assertEqual(vmplan("schema", entry["name"], "--format", "json").stdout, text)
            self.assertEqual(entry["title"], schemas.load(entry["name"])["title"])

    def test_a_name_that_is_none(self):
        self.assertIn("did you mean `profile`?", vmplan("schema", "profil", check=1).stderr)
        self.assertIn("`vmplan schema` lists them", vmplan("schema", "xyzzyplugh", check=1).stderr)
        self.assertIn("usage: vmplan schema", vmplan("schema", "plan", "lab", check=1).stderr)

    def test_they_are_schemas_of_the_draft_they_name(self):
        for name in schemas.names():
            schema = schemas.load(name)
            draft = "http://json-schema.org/draft-04/schema#" if name in ("profile", "lab") else \
                "https://json-schema.org/draft/2020-12/schema"
            self.assertEqual(schema["$schema"], draft)
            jsonschema.validators.validator_for(schema, default=None).check_schema(schema)
            for reference in re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema)):
                self.assertIn(reference.removeprefix("#/$defs/"), schema.get("$defs", {}), f"{name}: {reference}")

    def test_what_two_of_them_describe_is_described_once(self):
        """Each is complete by itself, so parts stand in several files."""
        first = {}
        for name in schemas.names():
            for part, definition in schemas.load(name).get("$defs", {}).items():
                definition.pop("description", None)
                self.assertEqual(definition, first.setdefault(part, definition), f"`{part}` in {name}")
        for shared in ("diagnostic", "platform", "digest", "action"):
            self.assertGreater(sum(shared in schemas.load(name).get("$defs", {}) for name in schemas.names()), 1, shared)


class Written(support.TestCase):
    """Profiles and vmplan.toml."""

    def test_every_file_of_the_examples_fits(self):
        paths = toml_files(support.EXAMPLES)
        self.assertGreaterEqual(len(paths), 8)
        for path in paths:
            schemas.check(schema_name(path), read_toml(path))

    def test_every_file_of_the_examples_names_its_schema(self):
        for path in toml_files(support.EXAMPLES):
            with open(path, encoding="utf-8") as file:
                head = file.read().split("schema_version")[0]
            named = re.findall(r"(?m)^#:schema (\S+)$", head)
            self.assertEqual([os.path.normpath(os.path.join(os.path.dirname(path), name)) for name in named],
                             [schemas.path_of(schema_name(path))], path)

    def test_the_schemas_refuse_exactly_what_vmplan_refuses_for_one_key(self):
        refused = taken = 0
        for lab in sorted(glob.glob(os.path.join(support.ROOT, "tests/golden/**/lab"), recursive=True)):
            found = self.findings(os.path.join(os.path.dirname(lab), "diagnostics.txt"))
            for path in toml_files(lab):
                if os.path.relpath(path, lab).startswith("templates/"):  # parts of profiles, not whole ones
                    continue
                about = found.get(os.path.relpath(path, lab), [])
                if any(re.match(NO_TOML, code) for code, _ in about) or any(self.is_a(UNDECIDED, one) for one in about):
                    continue
                document = read_toml(path)
                faults = schemas.faults(schema_name(path), document)
                if "instances" in document and not faults:  # what a placeholder stands for is not in the schema
                    continue
                wrong = [one for one in about if any(self.is_a(kind, one) for kind in ABOUT_ONE_KEY)]
                self.assertEqual(bool(faults), bool(wrong), f"{path}\nschema: {faults}\nvmplan: {wrong}")
                refused, taken = refused + bool(faults), taken + (not faults)
        self.assertGreaterEqual(refused, 8)
        self.assertGreaterEqual(taken, 40)

    @staticmethod
    def findings(path):
        """{file: [(code, summary), ...]} of the errors in a golden diagnostics.txt."""
        found = {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for code, summary, place in re.findall(r"(?m)^error\[(VP\d+)\]: (.*)\n +--> (.*):\d+:\d+$", file.read()):
                    found.setdefault(place, []).append((code, summary))
        return found

    @staticmethod
    def is_a(kind, finding):
        return kind[0] == finding[0] and re.search(kind[1], finding[1]) is not None

    def test_vmplan_refuses_each_key_that_a_schema_would_refuse(self):
        """Every constraint of the schemas is broken once, alone."""
        profile = {"schema_version": 1, "vm": {"name": "web"}, "hardware": {"arch": "x86_64", "cores": 1, "memory_mb": 256},
                   "storage": {"disks": [{"name": "root", "path": "disks/root.qcow2", "format": "qcow2", "size_gb": 1,
                                          "boot": True}]}}
        broken = 0
        for name, file, sound in (("profile", "profiles/web.toml", profile), ("lab", "vmplan.toml", {"schema_version": 1})):
            lab = self.lab(files={"vmplan.toml": toml_text({"schema_version": 1}), "profiles/web.toml": toml_text(profile)})
            lab.run("validate")
            for path, leaf in leaves(schemas.load(name)):
                for value in broken_values(leaf):
                    document = with_value(sound, path, value)
                    self.assertTrue(schemas.faults(name, document), (path, value))
                    lab.write(file, toml_text(document))
                    found = json.loads(lab.run("validate", "--format", "json", check=1).stdout)["diagnostics"]
                    about = [one for one in found if path[-1] in one["summary"].replace("schema version", "schema_version")]
                    self.assertTrue({one["code"] for one in about} & {code for code, _ in ABOUT_ONE_KEY}, (path, value, found))
                    broken += 1
        self.assertGreater(broken, 60)


def leaves(schema, path=()):
    """(path of keys, schema) of each key that holds no table; 0 stands for an item of a list, "some" for a NAME."""
    if "properties" in schema:
        for key, below in schema["properties"].items():
            yield from leaves(below, (*path, key))
    elif "properties" in schema.get("items", {}):
        yield from leaves(schema["items"], (*path, 0))
    elif "patternProperties" in schema:
        (below,) = schema["patternProperties"].values()
        yield from leaves(below, (*path, "some"))
    else:
        yield path, schema


def broken_values(leaf):
    """A value for each way to break what the schema says of a key."""
    wrong = {"string": [7], "integer": ["1"], "boolean": ["true"], "array": ["x", [7]]}[leaf["type"] if isinstance(leaf["type"], str) else leaf["type"][0]]
    wrong += ["no-such-word"] if "enum" in leaf else []
    wrong += [leaf["minimum"] - 1] if "minimum" in leaf else []
    wrong += [leaf["maximum"] + 1] if "maximum" in leaf else []
    return wrong


def with_value(document, path, value):
    """A copy with the value at the path; tables on the way are made."""
    document = copy.deepcopy(document)
    place = document
    for key, after in zip(path, path[1:]):
        if isinstance(place, list):
            place += [{}] if not place else []
            place = place[0]
        else:
            place = place.setdefault(key, [] if after == 0 else {})
    place[path[-1]] = value
    return document


def toml_text(table, path=()):
    """TOML of a document without empty lists of tables; numbers, texts and lists of texts are spelt as in JSON."""
    text, below = "", ""
    for key, value in table.items():
        name = ".".join((*path, key))
        if isinstance(value, dict):
            below += f"[{name}]\n{toml_text(value, (*path, key))}"
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            below += "".join(f"[[{name}]]\n{toml_text(item, (*path, key))}" for item in value)
        else:
            text += f"{key} = {json.dumps(value)}\n"
    return text + below


class Printed(support.TestCase):
    """Documents that programs read."""

    def refuses_other_members(self, name, document):
        """A check of the schema itself: each member is needed, and no other is taken."""
        schemas.check(name, document)
        for member in document:
            less = {key: value for key, value in document.items() if key != member}
            if member in schemas.load(name).get("required", ()):
                self.assertTrue(schemas.faults(name, less), f"{name} without {member}")
        self.assertTrue(schemas.faults(name, {**document, "surprise": 1}), name)

    def test_every_document_about_every_example(self):
        for name in support.example_names():
            with self.subTest(name):
                lab = self.lab(name)
                schemas.check("diagnostics", lab.json("validate", *lab.words))
                self.refuses_other_members("build", lab.json("build", *lab.words))
                self.refuses_other_members("plan", lab.plan())
                self.refuses_other_members("changeset", lab.json("apply", "--dry-run", *lab.words))
                self.refuses_other_members("status", lab.json("status", *lab.words))

    def test_a_build_that_explains_itself(self):
        lab = self.lab("backing")
        first = lab.json("build", "--explain")
        schemas.check("build", first)
        self.assertTrue(all(one["what"] for one in first["explained"]))
        # A changed machine: attributes, words of a command line, and what rests on it.
        lab.edit("profiles/alpha.toml", "cores = 1", "cores = 2")
        lab.write("profiles/gamma.toml", lab.read("profiles/beta.toml").replace("beta", "gamma"))
        os.remove(lab.path("profiles/beta.toml"))
        second = lab.json("build", "--explain")
        schemas.check("build", second)
        (alpha,) = [one for one in second["explained"] if one["id"] == "vm/alpha"]
        self.assertTrue(alpha["attributes"] and alpha["steps"], alpha)
        self.assertEqual({one.get("what") for one in second["explained"]} - {None}, {"new", "gone"})
        for broken in ({"id": "vm/alpha"}, {"id": "vm/alpha", "what": "new", "surprise": 1}, {**alpha, "what": "new"}):
            self.assertTrue(schemas.faults("build", {**second, "explained": [broken]}), broken)

    def test_platforms(self):
        platforms = json.loads(vmplan("platform", "list", "--format", "json").stdout)["platforms"]
        self.assertGreaterEqual(len(platforms), 2)
        for platform in platforms:
            schemas.check("platform", platform)
            shown = json.loads(vmplan("platform", "show", platform["name"], "--format", "json").stdout)
            schemas.check("platform", shown)
            for member in platform:
                self.assertTrue(schemas.faults("platform", {k: v for k, v in platform.items() if k != member}))
        lab = self.lab("quickstart")
        schemas.check("platform", json.loads(lab.run("platform", "probe").stdout))

    def test_what_vmplan_refuses_of_a_platform_file_the_schema_refuses(self):
        lab = self.lab("quickstart")
        good = json.loads(vmplan("platform", "show", "linux-x86_64-tcg").stdout)
        for changes in ({"accelerators": []}, {"accelerators": ["hvf"]}, {"accelerators": ["tcg", "tcg"]}, {"max_cpus": 0},
                        {"max_cpus": "8"}, {"name": ""}, {"machine": 7}, {"surprise": True}):
            lab.write("platform.json", json.dumps({**good, **changes}))
            lab.run("build", "--platform", "./platform.json", check=1)
            self.assertTrue(schemas.faults("platform", {**good, **changes}), changes)
        lab.write("platform.json", json.dumps(good))
        lab.run("build", "--platform", "./platform.json")

    def test_findings(self):
        lab = self.lab("backing")
        lab.edit("profiles/alpha.toml", "cores = 1", "cores = 0\ncoers = 1")
        lab.edit("profiles/beta.toml", 'name = "beta"', 'name = "alpha"')
        found = json.loads(lab.run("validate", "--format", "json", check=1).stdout)
        self.refuses_other_members("diagnostics", found)
        self.assertEqual({one["severity"] for one in found["diagnostics"]}, {"error", "warning"})
        self.assertTrue(any(note.get("file") for one in found["diagnostics"] for note in one["notes"]))
        schemas.check("diagnostics", json.loads(lab.run("build", "--format", "json", check=1).stdout))
        broken = copy.deepcopy(found)
        del broken["diagnostics"][0]["line"]
        self.assertTrue(schemas.faults("diagnostics", broken))

        lab = self.lab("quickstart")
        lab.edit("profiles/web.toml", 'name = "web"', 'name = "web"\ndescripton = "x"')
        about = lab.json("build")
        self.assertEqual(len(about["warnings"]), 1)
        schemas.check("build", about)
        os.remove(lab.path("profiles/web.toml"))
        found = json.loads(lab.run("validate", "--format", "json", check=1).stdout)
        self.assertNotIn("file", found["diagnostics"][0])
        schemas.check("diagnostics", found)

    def test_a_damaged_plan_is_refused(self):
        plan = self.lab("quickstart").plan()
        for path in (["nodes", 0, "key"], ["nodes", 0, "commands", 0, "argv"], ["platform", "arch"], ["paths", "allow"],
                     ["nodes", 1, "display", "title"], ["profiles", "web", "source"]):
            for value in (None, 7, "sha256:1"):
                damaged = copy.deepcopy(plan)
                place = damaged
                for part in path[:-1]:
                    place = place[part]
                if isinstance(place[path[-1]], str) and value == "sha256:1" and path[-1] != "key":
                    continue  # another text is as good
                place[path[-1]] = value
                self.assertTrue(schemas.faults("plan", damaged), (path, value))


if __name__ == "__main__":
    support.main()
