# SPDX-License-Identifier: Apache-2.0
"""Ways to spoil a TOML file: small edits by hand, accidents of editors and file systems, and hostility. Bytes in, bytes out.

`mutant(random, text, others)` applies a few of them; the same random numbers give the same mutant.
"""
import re

# Values of every type, at and beyond every edge. Several are no TOML.
VALUES = [b"true", b"false", b"0", b"-1", b"1", b"257", b"2147483648", b"9223372036854775807", b"9223372036854775808",
          b"-9223372036854775809", b"9" * 400, b"0x" + b"f" * 40, b"1_0", b"1__0", b"01", b"+5", b"1.5", b"1e400", b"-0.0", b"inf", b"nan",
          b"1979-05-27", b"07:32:00", b"1979-05-27T07:32:00Z", b'""', b'" "', b"''", b'"' + b"x" * 70 + b'"', b'"../../x"',
          b'"/proc/self/mem"', b'"a,b=c:d"', b'"-x"', b'"\\u0000"', b'"\\u202e"', b'"\\n\\t\\u001b[31m"', b'"\\uD800"', b'"\\q"', b"[]",
          b"[[]]", b'["a", "a"]', b'[1, "a"]', b"[1, 2", b"{}", b"{ a = 1 }", b"{ a = { b = [ { c = 1 } ] } }", b"{ a = 1, a = 2 }", b"nonsense",
          b"", b"=", b'"""\na\n"""', b"'''\n'''"]
# Control characters, what steers terminals, what looks like nothing, what ends lines elsewhere.
ODD = [b"\x00", b"\x01", b"\x08", b"\x0b", b"\x0c", b"\r", b"\x1b[2J", b"\x7f", b"\xc2\x85", b"\xc2\xa0", b"\xe2\x80\x8b", b"\xe2\x80\xa8",
       b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xef\xbf\xbe", b"\xf0\x9f\x92\xa9", b"\xcc\x81" * 50]
NO_UTF8 = [b"\xff", b"\xfe\xff", b"\xc0\xaf", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80"]


def _lines(text):
    return text.splitlines(keepends=True) or [b""]


def _place(random, text):
    return random.randint(0, len(text))


def _insert(text, at, piece):
    return text[:at] + piece + text[at:]


def drop_lines(random, text):
    lines = _lines(text)
    at = random.randrange(len(lines))
    del lines[at:at + random.choice([1, 1, 2, 5])]
    return b"".join(lines)


def double_lines(random, text):
    lines = _lines(text)
    at, count = random.randrange(len(lines)), random.choice([1, 1, 3, 10])
    to = random.choice([at, random.randrange(len(lines))])
    return b"".join(lines[:to] + lines[at:at + count] + lines[to:])


def move_lines(random, text):
    lines = _lines(text)
    line = lines.pop(random.randrange(len(lines)))
    lines.insert(random.randint(0, len(lines)), line)
    return b"".join(lines)


def _assignments(text):
    return list(re.finditer(rb"(?m)^([ \t]*[\w.-]+[ \t]*=[ \t]*)([^\n#]*)", text))


def other_value(random, text):
    found = _assignments(text)
    if not found:
        return text
    one = random.choice(found)
    return text[:one.start(2)] + random.choice(VALUES) + text[one.end(2):]


def swap_values(random, text):
    found = _assignments(text)
    if len(found) < 2:
        return text
    first, second = sorted(random.sample(found, 2), key=lambda one: one.start())
    return (text[:first.start(2)] + second[2] + text[first.end(2):second.start(2)] + first[2] + text[second.end(2):])


def other_key(random, text):
    found = _assignments(text)
    if not found:
        return text
    one = random.choice(found)
    key = random.choice([b"x", b'""', b"'a b'", b'"\\u0000"', b"vm.name", b"a" * 300, b".", b"-", b"schema_version", one[1].rstrip(b" =").upper()])
    return text[:one.start(1)] + key + b" = " + text[one.start(2):]


def other_header(random, text):
    found = list(re.finditer(rb"(?m)^\[.*\]$", text))
    if not found:
        return text
    one = random.choice(found)
    header = random.choice([b"[" + one[0] + b"]", one[0][1:-1], b"[vm]", b"[vm.name]", b"[[vm]]", b"[storage.disks]", b"[]", b"[a.]", b"[",
                            one[0].replace(b"]", b".x]", 1), one[0] + b" x = 1", one[0] + b"\n" + one[0]])
    return text[:one.start()] + header + text[one.end():]


def cut_off(random, text):
    return text[:_place(random, text)]


def cut_out(random, text):
    at = _place(random, text)
    return text[:at] + text[at + random.choice([1, 2, 10, 100]):]


def bit_noise(random, text):
    noisy = bytearray(text)
    for _ in range(random.choice([1, 1, 2, 8, 64]) if noisy else 0):
        noisy[random.randrange(len(noisy))] ^= 1 << random.randrange(8)
    return bytes(noisy)


def odd_characters(random, text):
    for _ in range(random.choice([1, 1, 5])):
        text = _insert(text, _place(random, text), random.choice(ODD))
    return text


def broken_encoding(random, text):
    return _insert(text, _place(random, text), random.choice(NO_UTF8))


def punctuation(random, text):
    return _insert(text, _place(random, text), random.choice([b'"', b"'", b'"""', b"'''", b"[", b"]", b"{", b"}", b"=", b",", b".", b"#", b"\n", b"\\"]))


def line_ends(random, text):
    return random.choice([lambda: text.replace(b"\n", b"\r\n"), lambda: text.replace(b"\n", b"\r"), lambda: text.replace(b"\n", b"\n\r"),
                          lambda: text.rstrip(b"\n"), lambda: text.replace(b"\n", b"\r\n", 3)])()


def byte_order_mark(random, text):
    return random.choice([lambda: b"\xef\xbb\xbf" + text, lambda: b"\xff\xfe" + text, lambda: text.decode("utf-8", "replace").encode("utf-16")])()


def many_keys(random, text):
    count = random.choice([100, 1000])
    return _insert(text, random.choice([0, len(text)]), b"".join(b"key%d = %d\n" % (n, n) for n in range(count)))


def many_tables(random, text):
    header = random.choice([b"[[storage.disks]]\n", b"[[network.interfaces]]\nname = 1\n", b"[[hardware.numa]]\n", b"[[x]]\n", b"[vm]\n"])
    return text + b"\n" + header * random.choice([2, 20, 200])


def nesting(random, text):
    depth = random.choice([10, 63, 64, 65, 100, 1000, 20000])
    piece = random.choice([lambda: b"x = " + b"[" * depth + b"]" * depth, lambda: b"x = " + b"[" * depth, lambda: b"{a=" * depth,
                           lambda: b"x = " + b"{a=" * depth + b"1" + b"}" * depth, lambda: b"x" + b".x" * depth + b" = 1",
                           lambda: b"[x" + b".x" * depth + b"]", lambda: b"[[x" + b".x" * depth + b"]]"])()
    return _insert(text, random.choice([0, len(text)]), b"\n" + piece + b"\n")


def long_text(random, text):
    size = random.choice([200, 5000, 200000])
    found = _assignments(text)
    piece = random.choice([b"x", b"\xc3\xa9", b"/", b"../", b"a,", b"\\u0041", b"\\n", b"'", b" ", b"0"]) * (size // 2)
    if not found or random.random() < 0.2:
        return _insert(text, _place(random, text), piece)
    one = random.choice(found)
    return text[:one.start(2)] + random.choice([b'"%s"', b"'%s'", b"%s", b'["%s"]']) % piece + text[one.end(2):]


MUTATORS = (drop_lines, double_lines, move_lines, other_value, swap_values, other_key, other_header, cut_off, cut_out, bit_noise,
            odd_characters, broken_encoding, punctuation, line_ends, byte_order_mark, many_keys, many_tables, nesting, long_text)


def _splice(random, text, others):
    other = random.choice(others)
    begin, end = sorted((_place(random, other), _place(random, other)))
    return _insert(text, _place(random, text), other[begin:end])


def mutant(random, text, others):
    """(what was done, the new text). `others`: texts to take pieces from."""
    done = []
    for _ in range(random.choice([1, 1, 1, 2, 2, 4])):
        mutator = random.choice([*MUTATORS, _splice])
        done.append(mutator.__name__)
        text = mutator(random, text, others) if mutator is _splice else mutator(random, text)
    return done, text
