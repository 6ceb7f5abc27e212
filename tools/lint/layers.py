#!/usr/bin/env python3
"""Holds every #include to the order of the house.

The order is read from the s3m_module() lines of CMakeLists.txt, so there is one place for it. A
module may include itself and what it depends on, directly or through others. tests/, bench/ and
fuzz/ may include everything. Heavy libraries stay behind the sources of one module.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Header prefix -> the modules that may include it. The heavy ones only in sources: in a header they
# would cost every file that includes it seconds.
PRIVATE_LIBRARIES = {
    "CLI/": {"app", "sim"},
    "spdlog/": {"base"},
    "soci/": {"store"},
    "pugixml.hpp": {"aws", "sim"},
    "zstd.h": {"transfer"},
    "boost/asio/impl/": {"net"},
    "boost/beast": set(),
}
LIGHT = {"pugixml.hpp", "zstd.h"}
UNBOUND = {"tests", "bench", "fuzz"}

MODULE = re.compile(r"^s3m_module\(([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def read_order(cmake_text):
    """Gives {module: (directory, set of all modules that it may include)}."""
    directory, direct = {}, {}
    for body in MODULE.findall(cmake_text):
        words = body.split()
        fields, current = {}, None
        for word in words:
            if word.isupper():
                current = fields.setdefault(word, [])
            else:
                current.append(word)
        name = fields["NAME"][0]
        directory[name] = fields.get("DIRECTORY", [f"src/{name}"])[0]
        direct[name] = set(fields.get("DEPENDS", []))

    def closure(name):
        return {name}.union(*(closure(below) for below in direct[name]))

    return {name: (directory[name], closure(name)) for name in direct}


def problems_of_file(path, text, module, allowed, modules):
    """Gives the sentences on one file. `module` is None for tests/, bench/ and fuzz/."""
    problems = []
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        ours, theirs = match.groups()
        where = f"{path}:{number}"
        if ours:
            room = ours.split("/")[0]
            if room in modules and "/" in ours and ".." not in ours:
                if module and room not in allowed:
                    problems.append(f'{where}: {module} must not include "{ours}"')
            elif module or room not in UNBOUND:
                problems.append(f'{where}: write "{ours}" from the root, as "<module>/<file>"')
        elif module:
            for prefix, owners in PRIVATE_LIBRARIES.items():
                heavy = path.endswith(".hpp") and prefix not in LIGHT
                if theirs.startswith(prefix) and (module not in owners or heavy):
                    homes = ", ".join(sorted(owners)) or "nothing"
                    what = "sources" if prefix not in LIGHT else "files"
                    problems.append(f"{where}: <{theirs}> is for the {what} of {homes} only")
    return problems


def check(root):
    order = read_order((root / "CMakeLists.txt").read_text())
    places = [(module, root / where, allowed) for module, (where, allowed) in order.items()]
    places += [(None, root / where, set()) for where in sorted(UNBOUND)]
    problems, count = [], 0
    for module, where, allowed in places:
        for path in sorted(where.rglob("*.?pp")):
            count += 1
            problems += problems_of_file(
                str(path.relative_to(root)), path.read_text(), module, allowed, set(order))
    return problems, count


def main():
    problems, count = check(ROOT)
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{count} files, {len(problems)} includes against the order of the house")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
