#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""planted_violations.py SCRATCH: each .ci/check-* passes on this tree, and names every violation that is planted in a copy.

Copies the sources to SCRATCH (default: build/scratch/ci), plants files that break one rule each, and asserts that the check
leaves with 1, says `file:line` and what it should of each, and says nothing of the files that only look like violations.
"""
import json
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COPIED = ["compiler", "runtime", "cli", "tests", ".ci", "CMakeLists.txt", ".clang-format", ".clang-tidy"]
SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
failures = 0


def judge(what, problems, output=""):
    global failures
    print(("FAILED  " if problems else "ok      ") + what)
    for problem in problems:
        print(f"          {problem}")
    if problems:
        failures += 1
        print("".join(f"          | {line}\n" for line in output.splitlines()[-40:]), end="")


def run(check, *arguments):
    """(exit code, output); from another directory and without a home, as on any machine."""
    done = subprocess.run([os.path.join(ROOT, ".ci", check), *arguments], cwd="/", stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, env=dict(os.environ, HOME="/nonexistent"))
    return done.returncode, done.stdout


def write(root, path, text):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write(text)


def fresh(scratch, name):
    root = os.path.join(scratch, name)
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(root)
    return root


def copy_of_tree(scratch, name):
    root = fresh(scratch, name)
    for item in COPIED:
        source = os.path.join(ROOT, item)
        if os.path.isdir(source):
            shutil.copytree(source, os.path.join(root, item), symlinks=True,
                            ignore=lambda where, names: [n for n in names if n in ("golden", "vectors", "__pycache__")])
        elif os.path.isfile(source):
            shutil.copy2(source, os.path.join(root, item))
    return root


def plant(check, root, violations, innocent=(), arguments=None):
    """violations: (path, text, line, words that the message must hold). innocent: (path, text). Runs before and after."""
    arguments = arguments if arguments is not None else [root]
    code, output = run(check, *arguments)
    judge(f"{check}: the untouched tree passes", [f"exit code {code}"] if code else [], output)
    for path, text in [(v[0], v[1]) for v in violations] + list(innocent):
        write(root, path, text)
    code, output = run(check, *arguments)
    judge(f"{check}: leaves with 1", [f"exit code {code}"] if code != 1 else [], output)
    for path, _, line, words in violations:
        lines = [text for text in output.splitlines() if text.startswith(f"{path}:{line}: ")]
        judge(f"{check}: {path}: {words}", [] if any(words in text for text in lines) else [f"no line of {path}:{line} says it"],
              output)
    for path, _ in innocent:
        judge(f"{check}: {path} is innocent", [t for t in output.splitlines() if t.startswith(path + ":")])


def header_of(folder):
    """Some header of a folder, so that the planted include names a file that exists."""
    return f"{folder}/" + sorted(n for n in os.listdir(os.path.join(ROOT, folder)) if n.endswith(".h"))[0]


def layers(scratch):
    root = copy_of_tree(scratch, "layers")
    arrows = [("compiler/base", "compiler/syntax"), ("compiler/base", "compiler/plan"), ("compiler/syntax", "compiler/model"),
              ("compiler/model", "compiler/plan"), ("compiler/model", "compiler/lower"), ("compiler/frontend", "compiler/plan"),
              ("compiler/plan", "compiler/model"), ("compiler/plan", "compiler/change"), ("compiler/lower", "compiler/change"),
              ("compiler/change", "compiler/model"), ("compiler/query", "compiler/lower"), ("compiler/lower", "runtime/os"),
              ("compiler/model", "cli"), ("runtime/build", "compiler/lower"), ("runtime/render", "compiler/plan"),
              ("runtime/exec", "compiler/model"), ("runtime/exec", "compiler/lower"), ("runtime/exec", "runtime/build"),
              ("runtime/os", "runtime/exec"), ("runtime/shim", "runtime/db"), ("runtime/shim", "compiler/plan"),
              ("runtime/vm", "cli"), ("compiler/base", "tests/support"), ("runtime/exec", "tests/support"), ("cli", "tests/support")]
    violations = []
    for number, (source, target) in enumerate(arrows):
        header = header_of(target)
        violations.append((f"{source}/planted_arrow_{number}.cc", f'{SPDX}\n#include "{header}"\n', 3, header))
    violations.append(("runtime/exec/planted_facade.cc", f'{SPDX}#include "compiler/compile.h"\n', 2, "may not include compiler/compile.h"))
    libraries = ["toml++/toml.h", "simdjson.h", "openssl/evp.h", "cxxopts.hpp", "sqlite3.h", "graphviz/cgraph.h", "graphviz/gvc.h"]
    for number, library in enumerate(libraries):
        violations.append((f"runtime/exec/planted_library_{number}.cc", f"{SPDX}#include <{library}>\n", 2, "outside its adapter"))
    violations += [
        ("runtime/db/planted.h", f"{SPDX}#include <sqlite3.h>\n", 2, "in a header"),
        ("cli/planted_unknown.cc", f"{SPDX}#include <boost/regex.hpp>\n", 2, "of no known library"),
        ("compiler/planted/first.h", SPDX, 1, "compiler/planted is not in the table"),
        ("runtime/planted/first.cc", SPDX, 1, "runtime/planted is not in the table"),
        ("compiler/base/planted_near.cc", f'{SPDX}#include "text.h"\n', 2, "not named from the root"),
        ("compiler/base/planted_dots.cc", f'{SPDX}#include "compiler/base/../plan/plan.h"\n', 2, "goes around the arrows"),
        ("compiler/base/planted_up.cc", f'{SPDX}#include "../plan/plan.h"\n', 2, "goes around the arrows"),
        ("compiler/base/planted_angle.cc", f"{SPDX}#include <compiler/base/text.h>\n", 2, "is our own header"),
        ("compiler/base/planted_gone.cc", f'{SPDX}#include "compiler/base/no_such.h"\n', 2, "there is no"),
        ("compiler/base/planted_macro.cc", f"{SPDX}#define H <vector>\n#include H\n", 3, "spelt by a macro"),
    ]
    innocent = [
        ("compiler/base/planted_comment.cc",
         f'{SPDX}/* \n#include "compiler/plan/plan.h"\n*/\n// #include <sqlite3.h>\nconst char* const kText = R"(\n#include <gvc.h>\n)";\n'),
        ("compiler/lower/planted_allowed.cc", f'{SPDX}#include "{header_of("compiler/plan")}"\n#include <fmt/format.h>\n'),
        ("runtime/exec/planted_posix.cc", f"{SPDX}#include <unistd.h>\n#include <sys/stat.h>\n#include <vector>\n"),
        ("tests/runtime/planted_test.cc", f'{SPDX}#include "{header_of("compiler/model")}"\n#include <catch2/catch.hpp>\n'),
    ]
    plant("check-layers", root, violations, innocent)


def purity_headers(scratch):
    root = copy_of_tree(scratch, "purity_headers")
    headers = ("unistd.h sys/stat.h fcntl.h fstream filesystem iostream thread mutex atomic chrono ctime time.h cstdlib stdlib.h "
               "random spawn.h netdb.h signal.h csignal condition_variable future").split()
    violations = [(f"compiler/plan/planted_header_{i}.cc", f"{SPDX}#include <{h}>\n", 2, f"<{h}>") for i, h in enumerate(headers)]
    lines = [
        ("thread_local int depth = 0;", "`thread_local`"),
        ('const char* home() { return getenv("HOME"); }', "`getenv`"),
        ("int next() { static int count = 0; return ++count; }", "`static`"),
        ("int again() {\n  static std::map<const int, const int> cache;\n  return 0;\n}", "`static`"),
        ("static const char* name = nullptr;", "`static`"),
        ("struct S {\n  inline static bool on{false};\n};", "`static`"),
        ("namespace vmplan {\nint counter = 0;\n}", "`counter`"),
        ("namespace {\nstd::vector<const char*> seen;\n}", "`seen`"),
        ("namespace a::b {\nconst char* last{nullptr};\n}", "`last`"),
        ("extern int elsewhere;", "`elsewhere`"),
        ("struct T {\n  mutable int hits;\n};", "`mutable`"),
    ]
    for number, (text, words) in enumerate(lines):
        offset = 1 if "\n" in text else 0
        violations.append((f"compiler/plan/planted_state_{number}.cc", f"{SPDX}{text}\n", 2 + offset, words))
    innocent = [("compiler/plan/planted_constants.cc", SPDX + """#include <cstdint>
#include <string>
// static int commented = 0; getenv("HOME")
namespace vmplan {
constexpr int kOne = 1'000;
const char* const kName = "static int quoted = 0; getenv";
const std::map<std::string, int> kTable = {{"a", 1}, {"b", 2}};
constexpr auto kSquare = [](int n) { int m = n; return m * n; };
struct Point {
  int x = 0;
  static constexpr int kDimensions = 2;
  static Point origin();
};
enum class Colour { Red, Green };
using Names = std::vector<std::string>;
template <class T>
T twice(T value) {
  T result = value;
  return result + value;
}
static int helper(int n) { return n; }
bool operator==(const Point& a, const Point& b) {
  static const int kUsed = 3;
  static constexpr const char* kWhy = "because";
  return a.x == b.x;
}
int declared(int a, int b = 2);
class Forward;
}  // namespace vmplan
""")]
    plant("check-purity-headers", root, violations, innocent)


def compile_archive(root, name, sources, *flags):
    """An archive of the sources (path below compiler/ -> text), named as CMake names the objects."""
    objects = []
    for path, text in sources.items():
        write(root, f"compiler/{path}", text)
        objects.append(os.path.join(root, os.path.basename(path) + ".o"))
        subprocess.run(["c++", "-std=c++20", "-O0", *flags, "-c", os.path.join(root, "compiler", path), "-o", objects[-1]], check=True)
    archive = os.path.join(root, name)
    subprocess.run(["ar", "rcs", archive, *objects], check=True)
    return archive


def purity_symbols(scratch):
    clean = {"clean.cc": "#include <string>\nconst std::string kName = \"a\";\nstd::string twice(const std::string& s) "
                         "{ static const std::string kEnd = s; return s + s + kEnd; }\n"}
    root = fresh(scratch, "purity_symbols")
    code, output = run("check-purity-symbols", compile_archive(root, "clean.a", clean), root)
    judge("check-purity-symbols: a pure archive passes", [f"exit code {code}"] if code else [], output)

    calls = ("open fopen read write unlink fork execve posix_spawn system connect socket getaddrinfo clock_gettime time getenv "
             "rand getrandom pthread_create").split()
    dirty = {"calls.cc": "extern \"C\" {\n" + "".join(f"void {c}();\n" for c in calls) + "}\nvoid all() {\n" +
                         "".join(f"  {c}();\n" for c in calls) + "}\n",
             "library.cc": "#include <chrono>\n#include <fstream>\nint counter;\nint next() { static int hits = 1; thread_local int "
                           "mine = 2; return ++counter + ++hits + ++mine; }\nlong now() { std::ofstream(\"x\") << 1; return "
                           "std::chrono::system_clock::now().time_since_epoch().count(); }\n"}
    root = fresh(scratch, "purity_symbols_dirty")
    archive = compile_archive(root, "dirty.a", {**clean, **dirty}, "-fno-builtin")
    code, output = run("check-purity-symbols", archive, root)
    judge("check-purity-symbols: leaves with 1", [f"exit code {code}"] if code != 1 else [], output)
    for member, words in [("calls.cc.o", f"needs `{c}`") for c in calls] + [
            ("library.cc.o", "needs `std::basic_ofstream"), ("library.cc.o", "needs `std::chrono"),
            ("library.cc.o", "variable `counter`"), ("library.cc.o", "variable `next()::hits`"), ("library.cc.o", "variable `next()::mine`")]:
        found = any(t.startswith(f"{archive}({member}):1: ") and words in t for t in output.splitlines())
        judge(f"check-purity-symbols: {member}: {words}", [] if found else ["not said"], output)
    judge("check-purity-symbols: clean.cc.o is innocent", [t for t in output.splitlines() if "(clean.cc.o)" in t])

    write(root, "compiler/base/left_out.cc", "")
    code, output = run("check-purity-symbols", archive, root)
    judge("check-purity-symbols: an object is missing", [] if code == 1 and "no object of left_out.cc" in output else ["not said"], output)
    root = fresh(scratch, "purity_symbols_lto")
    archive = os.path.join(root, "empty.a")
    write(root, "compiler/none.cc", "")
    subprocess.run(["c++", "-c", os.path.join(root, "compiler/none.cc"), "-o", os.path.join(root, "none.cc.o")], check=True)
    subprocess.run(["ar", "rcs", archive, os.path.join(root, "none.cc.o")], check=True)
    code, output = run("check-purity-symbols", archive, root)
    judge("check-purity-symbols: no machine code", [] if code == 1 and "no machine code" in output else ["not said"], output)
    code, output = run("check-purity-symbols", os.path.join(root, "absent.a"), root)
    judge("check-purity-symbols: no archive", [] if code == 1 and "no such archive" in output else ["not said"], output)


def tests_in_build(scratch):
    root = copy_of_tree(scratch, "tests_in_build")
    with open(os.path.join(root, "cli/CMakeLists.txt"), encoding="utf-8") as file:
        lists = file.read()
    line = lists.count("\n") + 1
    plant("check-tests-in-build", root, [
        ("tests/compiler/base/planted_test.cc", SPDX, 1, "this test is compiled by no target"),
        ("compiler/base/planted.cc", SPDX, 1, "compiled by no target"),
        ("runtime/os/planted.cc", SPDX, 1, "compiled by no target"),
        ("cli/planted.cc", SPDX, 1, "compiled by no target"),
        ("tests/planted/CMakeLists.txt", "add_executable(planted planted_test.cc)\n", 1, "no list leads here"),
        ("tests/planted/planted_test.cc", SPDX, 1, "this test is compiled by no target"),
        ("runtime/planted/sources.cmake", "target_sources(vmplan PRIVATE x)\n", 1, "no list leads here"),
        ("cli/CMakeLists.txt", lists + "target_sources(vmplan PRIVATE planted_gone.cc)\n# planted.cc\n", line, "does not exist"),
    ])


def spdx(scratch):
    root = copy_of_tree(scratch, "spdx")
    plant("check-spdx", root, [
        ("compiler/base/planted.h", "#pragma once\n" + SPDX, 1, "no licence line"),
        ("cli/planted.cc", "// SPDX-License-Identifier: MIT\n", 1, "no licence line"),
        ("tests/support/planted.py", "import os\n", 1, "no licence line"),
        ("tests/support/planted_script", "#!/bin/sh\n\n# SPDX-License-Identifier: Apache-2.0\n", 1, "no licence line"),
        ("runtime/os/planted.cmake", "# nothing\n", 1, "no licence line"),
        ("bench/CMakeLists.txt", "project(x)\n", 1, "no licence line"),
    ], [
        ("tests/support/planted_good", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n"),
        ("tests/golden/case/script.py", "print()\n"),
        ("build/generated.cc", "int x;\n"),
        ("docs/page.md", "# Page\n"),
    ])


def layout(scratch):
    root = copy_of_tree(scratch, "format")
    plant("check-format", root, [
        ("compiler/base/planted.cc", SPDX + "int  main( ){return 0;}\n", 2, "not formatted"),
        ("tests/compiler/planted_test.cc", SPDX + "int x;\n\n\n\nint *y;\n", 2, "not formatted"),
    ], [("cli/planted.h", SPDX + "#pragma once\nint x();\n")])
    if os.path.isfile(os.path.join(root, ".clang-format")):
        os.remove(os.path.join(root, ".clang-format"))
    code, output = run("check-format", root)
    judge("check-format: no style", [] if code == 1 and ".clang-format:1: missing" in output else ["not said"], output)


def tidy(scratch):
    """A tree of its own: analysing the real one takes minutes."""
    root = fresh(scratch, "tidy")
    shutil.copy2(os.path.join(ROOT, ".clang-tidy"), root)
    build = os.path.join(root, "build")
    faults = SPDX + """#include <memory>
#include <string>
#include <utility>
#include "compiler/base/planted.h"
std::string twice(std::string text) {
  std::string kept = std::move(text);
  return kept + text;
}
void lose() { std::unique_ptr<int>(new int(1)).release(); }
bool is_empty(const std::string& s) { return s.size() == 0; }
"""
    write(root, "compiler/base/planted.h", SPDX + "#pragma once\nstruct Base {\n  virtual void run() = 0;\n  ~Base() = default;\n};\n")
    write(root, "compiler/base/clean.cc", SPDX + "int one() { return 1; }\n")
    write(root, "compiler/base/planted.cc", faults)
    commands = [{"directory": build, "arguments": ["c++", "-std=c++20", f"-I{root}", "-c", f"{root}/compiler/base/{n}.cc"],
                 "file": f"{root}/compiler/base/{n}.cc"} for n in ("clean", "planted")]
    write(root, "build/compile_commands.json", json.dumps(commands))
    expected = [("compiler/base/planted.cc:8: ", "bugprone-use-after-move"), ("compiler/base/planted.cc:11: ", "readability-container-size-empty"),
                ("compiler/base/planted.h:3: ", "cppcoreguidelines-virtual-class-destructor")]
    for analysed in (2, 0):
        code, output = run("check-tidy", build, root)
        lines = output.splitlines()
        problems = [f"exit code {code}"] if code != 1 else []
        problems += [f"no {c} at {at}" for at, c in expected if not any(t.startswith(at) and c in t for t in lines)]
        problems += [t for t in lines if "clean.cc" in t]
        problems += [] if f"2 files, {analysed} analysed" in output else [f"{analysed} files should be analysed"]
        judge(f"check-tidy: says the faults, analysing {analysed}", problems, output)
    write(root, "compiler/base/planted.h", SPDX + "#pragma once\n")
    write(root, "compiler/base/planted.cc", SPDX + '#include "compiler/base/planted.h"\nint two() { return 2; }\n')
    code, output = run("check-tidy", build, root)
    judge("check-tidy: passes when the faults are gone", [] if code == 0 and "1 analysed" in output else [f"exit code {code}"], output)
    write(root, "compiler/base/planted.h", SPDX + "#pragma once\n\n")
    code, output = run("check-tidy", build, root)
    judge("check-tidy: a changed header is analysed again", [] if code == 0 and "1 analysed" in output else ["it was not"], output)
    write(root, "compiler/base/planted.cc", faults)
    together = f"{build}/Unity/unity_0_cxx.cxx"
    write(root, "build/Unity/unity_0_cxx.cxx", "".join(f'#include "{root}/compiler/base/{n}.cc"\n' for n in ("clean", "planted")))
    write(root, "build/compile_commands.json",
          json.dumps([{"directory": build, "arguments": ["c++", "-std=c++20", f"-I{root}", "-c", together], "file": together}]))
    for analysed in (2, 0):
        code, output = run("check-tidy", build, root)
        problems = [] if code == 1 and f"2 files, {analysed} analysed" in output else [f"exit code {code}"]
        problems += [f"no {c} at {at}" for at, c in expected[:2] if not any(t.startswith(at) and c in t for t in output.splitlines())]
        judge(f"check-tidy: says the faults of files compiled as one, analysing {analysed}", problems, output)
    write(root, "cli/left_out.cc", SPDX)
    code, output = run("check-tidy", build, root)
    judge("check-tidy: a file without a command", [] if code == 1 and "cli/left_out.cc:1: has no compile command" in output else ["not said"], output)


def containment(scratch):
    root = copy_of_tree(scratch, "containment")
    names = ["a.log", "a.sock", "a.pid", "a.tmp", "disk.qcow2", "disk.raw", "a.trace", "a.dump", "state.db", "core", "a.orig"]
    plant("check-containment", root,
          [(f"examples/planted/{n}", "", 1, "looks generated") for n in names],
          [("logs/run/a.log", ""), ("build/state.db", ""), ("tests/golden/case/a.log", ""), ("tests/vectors/a.qcow2", ""),
           ("docs/log.md", "")])

    root = fresh(scratch, "containment_compare")
    home, snapshot = os.path.join(root, "home"), os.path.join(root, "tree/logs/before.json")
    for path in ("tree/compiler/a.cc", "tree/compiler/b.cc", "tree/compiler/c.cc", "home/kept", "home/other/x"):
        write(root, path, "one")

    def contained(verb):
        done = subprocess.run([os.path.join(ROOT, ".ci/check-containment"), verb, snapshot, os.path.join(root, "tree"), "--ignore",
                               os.path.join(home, "other"), "--ignore", "/tmp", "--ignore", "/var/tmp", "--ignore", "/dev/shm"],
                              env=dict(os.environ, HOME=home), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    os.makedirs(os.path.dirname(snapshot))
    contained("snapshot")
    for path in ("tree/build/x", "tree/logs/x", "home/other/y"):
        write(root, path, "two")
    code, output = contained("compare")
    judge("check-containment: build/, logs/ and ignored paths are free", [f"exit code {code}"] if code else [], output)
    write(root, "tree/compiler/a.cc", "changed")
    os.remove(os.path.join(root, "tree/compiler/b.cc"))
    write(root, "tree/compiler/new.cc", "")
    write(root, "home/.config/vmplan/x", "")
    code, output = contained("compare")
    expected = [("tree/compiler/a.cc", "changed"), ("tree/compiler/b.cc", "vanished"), ("tree/compiler/new.cc", "appeared"),
                ("home/.config/vmplan/x", "appeared")]
    problems = [f"{p} {w}: not said" for p, w in expected if f"{os.path.join(root, p)}:1: {w};" not in output]
    judge("check-containment: compare says what appeared, changed, vanished", problems + ([] if code == 1 else [f"exit code {code}"]), output)
    judge("check-containment: compare is silent about the rest", [t for t in output.splitlines() if "/c.cc" in t or "/kept" in t])


def main():
    scratch = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "build/scratch/ci"))
    scratch = os.path.join(scratch, "planted-violations")
    for group in (layers, purity_headers, purity_symbols, tests_in_build, spdx, layout, tidy, containment):
        group(scratch)
    print(f"{failures} failure(s)")
    if failures == 0:
        shutil.rmtree(scratch)
    sys.exit(1 if failures else 0)


main()
