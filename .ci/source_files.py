# SPDX-License-Identifier: Apache-2.0
"""What the check-* scripts share: finding the tree, listing its sources, reading C++ without comments.

Knows nothing of any rule. The scripts set sys.dont_write_bytecode before importing it, so no __pycache__ appears here.
"""
import os
import re
import sys

CODE_FOLDERS = ("compiler", "runtime", "cli", "tests")
DATA_FOLDERS = ("tests/golden", "tests/vectors")  # data that tests read; never code


def repository_root(argument=None):
    """The given directory, or the checkout that holds this file."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    root = os.path.abspath(argument) if argument else here
    if not os.path.isdir(root):
        sys.exit(f"{root}: no such directory")
    return root


def list_files(root, folders=CODE_FOLDERS, suffixes=(".h", ".cc")):
    """Sorted paths relative to root, of files below the folders that end in one of the suffixes."""
    found = []
    for folder in folders:
        for where, below, names in os.walk(os.path.join(root, folder)):
            relative = os.path.relpath(where, root)
            below[:] = [b for b in below if os.path.normpath(os.path.join(relative, b)) not in DATA_FOLDERS]
            found += [os.path.normpath(os.path.join(relative, n)) for n in names if n.endswith(suffixes)]
    return sorted(found)


def read_text(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


_LEXEME = re.compile(
    r'''(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
      | (?P<raw>\bu?8?[uUL]?R"(?P<delimiter>[^()\\\s]{0,16})\(.*?\)(?P=delimiter)")
      | (?P<include>^[ \t]*\#[ \t]*include[^\n]*)
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b[0-9][0-9a-fA-FxX.']*)
      | (?P<character>'(?:\\.|[^'\\\n])+')''', re.S | re.M | re.X)


def code_only(text):
    """The text with comments and the insides of literals blanked; every line keeps its number."""
    def blank(match):
        if match.lastgroup in ("include", "number"):
            return match.group().split("//")[0]
        spaces = re.sub(r"[^\n]", " ", match.group())
        return spaces if match.lastgroup == "comment" else '"' + spaces[1:-1] + '"'
    return _LEXEME.sub(blank, text)


_INCLUDE = re.compile(r'^[ \t]*#[ \t]*(?:include|include_next|import)\b[ \t]*(.*?)[ \t]*$', re.M)


def list_includes(text):
    """(line, name, is_quoted) of each include; name is None where it is spelt by a macro."""
    found = []
    code = code_only(text)
    for match in _INCLUDE.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        spelt = re.match(r'"([^"]+)"|<([^>]+)>', match.group(1))
        if spelt:
            found.append((line, spelt.group(1) or spelt.group(2), spelt.group(1) is not None))
        else:
            found.append((line, None, False))
    return found


def finish(violations):
    """Prints `file:line: what is wrong; what to do` for each, and leaves with 1 if there is any."""
    for path, line, message in violations:
        print(f"{path}:{line}: {message}")
    if violations:
        print(f"{os.path.basename(sys.argv[0])}: {len(violations)} violation(s)", file=sys.stderr)
    sys.exit(1 if violations else 0)
