#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every promise of the documentation names its test, and every name and link in it leads somewhere.

A code span such as `runtime: a tail waits for ...` names a test as ctest prints it. Methods of end-to-end tests, of which ctest
knows the file only, are `e2e: file, Class.test`; what ctest does not run itself is `.ci/check-...`, `fuzz: TARGET` (tests/fuzz) and
`golden: DIRECTORY/CASE` (tests/golden). The last column of a table is called `test` where every row is a promise.
"""
import ast
import os
import pathlib
import re
import unicodedata

import support

ROOT = pathlib.Path(support.ROOT)
DOCS = ROOT / "docs"
BUILD = os.path.dirname(support.VMPLAN)

KINDS = ("compiler", "runtime", "vm", "e2e", "ci", "fuzz", "golden")
TEST_NAME = re.compile(rf"(?:{'|'.join(KINDS)}): .+|\.ci/[a-z-]+")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.S)
FENCE = re.compile(r"^```.*?^```$", re.S | re.M)
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.M)

CONTRACTS = ("console-and-logs", "overview", "plan", "profile", "qmp-client", "security-model", "supervisor")
LOGS_RULE = """## The `logs/` rule

Whatever developing and testing vmplan writes lies below `logs/` or `build/` of the repository: nothing elsewhere in the tree, in a
home directory or in a directory for temporary files. `.ci/check-containment` compares them before and after the tests.
"""


def read(path):
    return path.read_text(encoding="utf-8")


def pages():
    return sorted([*DOCS.rglob("*.md"), *(ROOT / "examples").rglob("*.md"), *ROOT.glob("*.md"), ROOT / "logs/README.md"])


def shown(path):
    return str(path.relative_to(ROOT))


# Names of tests.

def names_of_ctest():
    """What `ctest -N` prints of the build that is under test."""
    listed = support.run(["ctest", "--test-dir", BUILD, "-N"]).stdout
    return set(re.findall(r"^ *Test +#\d+: (.+?)$", listed, re.M))


def names_of_e2e():
    """Files and methods that tests.cmake registers, also those that a build with sanitizers leaves out."""
    registered = re.findall(r"^ *vmplan_e2e_test\((\w+)", read(ROOT / "tests/e2e/tests.cmake"), re.M)
    for name in registered:
        yield f"e2e: {name}"
        for part in ast.parse(read(ROOT / f"tests/e2e/{name}.py")).body:
            for item in part.body if isinstance(part, ast.ClassDef) else ():
                if isinstance(item, ast.FunctionDef) and item.name.startswith("test_"):
                    yield f"e2e: {name}, {part.name}.{item.name}"


def names_beside_ctest():
    yield from (f".ci/{path.name}" for path in (ROOT / ".ci").iterdir() if os.access(path, os.X_OK))
    targets = re.findall(r"^vmplan_fuzz_target\((\w+)", read(ROOT / "tests/fuzz/CMakeLists.txt"), re.M)
    run = re.search(r"^for target in (.+?); do$", read(ROOT / "tests/fuzz/run"), re.M)[1].split()
    yield from (f"fuzz: {name}" for name in targets if name in run)
    yield from (f"golden: {path.parent.name}/{path.name}" for path in (ROOT / "tests/golden").glob("*/*"))


def known_names():
    return names_of_ctest() | set(names_of_e2e()) | set(names_beside_ctest())


def names_in(text):
    """Tests that a text names, line breaks in a name taken for blanks."""
    spans = (re.sub(r"\s+", " ", match[2]).strip() for match in CODE_SPAN.finditer(FENCE.sub("", text)))
    return [span for span in spans if TEST_NAME.fullmatch(span)]


def rows_without_a_test(text):
    """Rows of tables with a last column `test` in which that column names none."""
    lines = FENCE.sub("", text).splitlines()
    promising = False
    for before, line in zip(["", *lines], lines):
        if not line.startswith("|"):
            promising = False
        elif re.fullmatch(r"\|[-| :]+\|", line):
            promising = re.search(r"\| *tests? *\|$", before) is not None
        elif promising and not names_in(re.split(r"(?<!\\)\|", line)[-2]):
            yield line


# Links.

def anchor(heading):
    """The name that GitHub gives a heading."""
    kept = "".join(c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN")
    return kept.replace(" ", "-")


def dead_links(path, text):
    """Links to files and headings that are not there. Links to other hosts are not asked for."""
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, place = target.partition("#")
        to = (path.parent / file).resolve() if file else path
        if not to.exists() or ROOT not in [to, *to.parents]:
            yield target
        elif place and place not in {anchor(heading) for heading in HEADING.findall(FENCE.sub("", text if to == path else read(to)))}:
            yield target


class Names(support.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.known = known_names()

    def test_control_the_tests_that_there_are(self):
        for name in ("compiler: argv_hash is the published vector", "e2e: contracts_test, Names.test_control_the_tests_that_there_are",
                     "e2e: dry_run_test", "fuzz: profile", ".ci/check-layers", "golden: diagnostics/clean",
                     "vm: trap hostile openssl configuration is never read", "ci: every check finds the violations planted for it"):
            self.assertIn(name, self.known)
        for kind in ("compiler", "runtime", "vm", "e2e"):
            self.assertGreater(sum(name.startswith(f"{kind}: ") for name in self.known), 20, kind)

    def test_ctest_runs_every_unit_test_under_its_own_name(self):
        """A name with a semicolon becomes two tests that match nothing, and pass."""
        for part in ("compiler", "runtime"):
            listed = support.run([f"{BUILD}/{part}_tests", "--list-test-names-only"], check=False).stdout.splitlines()
            self.assertGreater(len(listed), 100)
            self.assertEqual({name for name in self.known if name.startswith(f"{part}: ")}, {f"{part}: {name}" for name in listed})

    def test_control_a_name_is_found_and_a_promise_without_one(self):
        text = ("| what | test |\n|---|---|\n| a \\| a | `compiler: none such` |\n| b | `none` |\n\n"
                "| what | why |\n|---|---|\n| c | d |\n\n```\n`vm: in a block`\n```\nas ``runtime: with `ticks` in\nit`` shows, and "
                "words that begin with `compiler:` or `e2e`\n")
        self.assertEqual(names_in(text), ["compiler: none such", "runtime: with `ticks` in it"])
        self.assertEqual(list(rows_without_a_test(text)), ["| b | `none` |"])

    def test_every_test_that_a_page_names_is_there(self):
        dangling = [f"{shown(page)}: {name}" for page in pages() for name in names_in(read(page)) if name not in self.known]
        self.assertEqual(dangling, [])

    def test_every_promise_names_a_test(self):
        without = [f"{shown(page)}: {row}" for page in pages() for row in rows_without_a_test(read(page))]
        self.assertEqual(without, [])

    def test_every_trap_test_is_in_the_table_of_traps(self):
        named = names_in(read(DOCS / "traps.md"))
        self.assertGreater(len(named), 20)
        traps = [name for name in sorted(self.known) if re.match(r"\w+: trap", name)]
        self.assertGreater(len(traps), 10)
        self.assertEqual([name for name in traps if name not in named], [])


class Links(support.TestCase):
    def test_control_a_dead_link_is_found(self):
        page = DOCS / "testing.md"
        text = ("## What `there` is: all\n[a](traps.md) [b](#what-there-is-all) [c](none.md) [d](#none) [e](traps.md#none) "
                "[f](https://example.org/none) [g](../README.md) [h](../../outside.md)\n```\n[i](none-in-a-block.md)\n```\n")
        self.assertEqual(list(dead_links(page, text)), ["none.md", "#none", "traps.md#none", "../../outside.md"])

    def test_every_link_of_a_page_leads_somewhere(self):
        dead = [f"{shown(page)}: {target}" for page in pages() for target in dead_links(page, read(page))]
        self.assertEqual(dead, [])


class Contracts(support.TestCase):
    def test_each_is_there_and_the_overview_leads_to_it(self):
        self.assertEqual(sorted(path.stem for path in (DOCS / "contracts").iterdir()), sorted(CONTRACTS))
        overview = LINK.findall(read(DOCS / "contracts/overview.md"))
        self.assertEqual([name for name in CONTRACTS if name != "overview" and f"{name}.md" not in overview], [])

    def test_each_states_the_logs_rule_and_makes_promises(self):
        for name in CONTRACTS:
            text = read(DOCS / f"contracts/{name}.md")
            self.assertIn(LOGS_RULE, text, name)
            self.assertRegex(text, r"(?m)\| test \|$", name)


if __name__ == "__main__":
    support.main()
