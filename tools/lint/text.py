#!/usr/bin/env python3
"""What no file of the tree may hold: work left for later, this machine's paths, untidy lines."""

import re
import sys

import tree

RULES = [
    (re.compile(r"\b(TODO|FIXME|XXX)\b"), "finish it or file an issue"),
    (re.compile(r"[ \t]+$"), "white space at the end of the line"),
    (re.compile(r"^(<<<<<<<|>>>>>>>) "), "an unfinished merge"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*$"), "a private key; tests make their own"),
]
# Data, and other people's texts: not ours to tidy. This file names what it looks for.
EXEMPT = re.compile(r"^(fuzz/corpus/|LICENSE$|tools/lint/text\.py$)|/(testdata|data)/|\.(patch|svg)$")


def problems_of(name, text, machine_path):
    problems = []
    for number, line in enumerate(text.split("\n"), 1):
        problems += [f"{name}:{number}: {why}" for rule, why in RULES if rule.search(line)]
        if machine_path in line:
            problems.append(f"{name}:{number}: a path of this machine")
    if text and not text.endswith("\n"):
        problems.append(f"{name}: no newline at the end")
    return problems


def main():
    problems = []
    for path in tree.files():
        name = str(path.relative_to(tree.ROOT))
        if EXEMPT.search(name):
            continue
        try:
            problems += problems_of(name, path.read_text(encoding="utf-8"), f"{tree.ROOT}/")
        except UnicodeDecodeError:
            continue
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
