#!/usr/bin/env python3
"""Holds docs/guards.md and docs/preflight.md to the tests: each guard has a row, each file and test
that a row names is there, and each refusal of preflight has a row and a case of its own."""

import re
import sys

import tree

GUARDS = [f"G{number}" for number in range(1, 30)]
REFUSAL_SOURCES = ("src/workflow/migration_refusals.cpp", "src/workflow/migration_rules.cpp")
REFUSAL_TEST = "src/workflow/migration_refusals_test.cpp"
# refuse(out, "code", ...), whole(option, "code") and out.push_back({"code", ...}).
REFUSED = re.compile(r'(?:\brefuse\(\s*out,\s*|\bwhole\([^;]*?,\s*|push_back\(\s*\{)"([a-z][a-z-]*)"')


def rows(text, first):
    """The rows of the tables whose header begins with `first`, as lists of cells."""
    found, inside = [], False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] == first:
            inside = True
        elif inside and set(line) - set("|-: "):
            found.append(cells)
    return found


def has_test(text, name):
    """Whether a test file has `Suite.Name` (GoogleTest) or `name` (pytest)."""
    if "." in name:
        suite, test = name.split(".", 1)
        return re.search(rf"^\s*TEST(?:_[FP])?\({suite},\s*{test}\)", text, re.MULTILINE) is not None
    return re.search(rf"^def {name}\(", text, re.MULTILINE) is not None


def problems_of_guards(text, read):
    """`read(path)` gives a file's text, None where there is none."""
    problems, met = [], []
    for cells in rows(text, "guard"):
        if len(cells) != 4:
            problems.append(f"{cells[0]}: a row has four cells")
            continue
        guard, _, kept_in, tests = cells
        met.append(guard)
        for path in re.findall(r"`([^`]+)`", kept_in):
            if read(path) is None:
                problems.append(f"{guard}: {path} is not there")
        file, count = None, 0
        for name in re.findall(r"`([^`]+)`", tests):
            if "/" in name:
                file = read(name)
                if file is None:
                    problems.append(f"{guard}: {name} is not there")
            elif file is not None:
                count += 1
                if not has_test(file, name):
                    problems.append(f"{guard}: the test {name} is not there")
        if not count:
            problems.append(f"{guard}: no test")
    problems += [f"{guard}: no row" for guard in GUARDS if guard not in met]
    problems += [f"{guard}: more than one row" for guard in set(met) if met.count(guard) > 1]
    return problems


def problems_of_refusals(documentation, sources, tests):
    codes = {code for source in sources for code in REFUSED.findall(source)}
    told = {code for cells in rows(documentation, "code")
            for code in re.findall(r"`([a-z-]+)`", cells[0])}
    cases = set(re.findall(r'refused\("([a-z-]+)"\)', tests))
    problems = [f"refusal {code}: no case in {REFUSAL_TEST}" for code in sorted(codes - cases)]
    problems += [f"refusal {code}: not in docs/preflight.md" for code in sorted(codes - told)]
    problems += [f"docs/preflight.md: {code} is no refusal" for code in sorted(told - codes)]
    return problems if codes else ["no refusals were found"]


def read(path):
    file = tree.ROOT / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


def main():
    problems = [f"docs/guards.md: {problem}"
                for problem in problems_of_guards(read("docs/guards.md"), read)]
    problems += problems_of_refusals(read("docs/preflight.md"), [*map(read, REFUSAL_SOURCES)],
                                     read(REFUSAL_TEST))
    print(*problems, sep="\n", end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
