#!/usr/bin/env python3
"""Every C++ file is as clang-format would write it. `format.py --fix [FILE...]` writes it so."""

import pathlib
import re
import shutil
import subprocess
import sys

import tree


def main(arguments):
    fix = "--fix" in arguments
    named = [pathlib.Path(name) for name in arguments if name != "--fix"]
    sources = named or tree.files(".cpp", ".hpp")
    program = shutil.which("clang-format-19") or "clang-format"
    mode = ["-i"] if fix else ["--dry-run", "-Werror", "-ferror-limit=1"]
    run = subprocess.run([program, "--style=file", *mode, *sources], cwd=tree.ROOT,
                         capture_output=True, text=True)
    if run.returncode != 0:
        places = re.findall(r"^(.*?:\d+):\d+: error: ", run.stderr, re.MULTILINE)
        print(*(places or [run.stderr]), sep="\n")
        print("run tools/lint/format.py --fix")
    return run.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
