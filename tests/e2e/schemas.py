# SPDX-License-Identifier: Apache-2.0
"""The files in schemas/, for tests that hold documents against them. Needs Debian's python3-jsonschema."""
import glob
import json
import os

import jsonschema

import support

FOLDER = os.path.join(support.ROOT, "schemas")
ENDING = ".schema.json"

_validators = {}


def names():
    return sorted(os.path.basename(path).removesuffix(ENDING) for path in glob.glob(os.path.join(FOLDER, "*" + ENDING)))


def path_of(name):
    return os.path.join(FOLDER, name + ENDING)


def load(name):
    with open(path_of(name), encoding="utf-8") as file:
        return json.load(file)


def validator(name):
    if name not in _validators:
        schema = load(name)
        _validators[name] = jsonschema.validators.validator_for(schema)(schema)
    return _validators[name]


def faults(name, document):
    """What the schema refuses, as "place: why"; empty when it takes the document."""
    return [f"{'/'.join(map(str, fault.absolute_path)) or '(root)'}: {fault.message}"
            for fault in validator(name).iter_errors(document)]


def check(name, document):
    """Fails when the schema refuses the document."""
    found = faults(name, document)
    if found:
        raise AssertionError(f"schema {name} refuses:\n" + "\n".join(found[:10]) +
                             f"\n--- document\n{json.dumps(document, indent=1)[:support.LOG_TAIL]}")
