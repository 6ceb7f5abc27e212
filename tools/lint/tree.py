"""The files of the tree as the checks see them: tracked, or new and not ignored."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MADE = {"build", "node_modules", "dist"}  # directories of what is made from the tree


def files(*suffixes):
    """Gives the files with one of `suffixes` (all of them when none is given), sorted."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True)
    if listing.returncode == 0:
        names = filter(None, listing.stdout.split("\0"))
        found = {ROOT / name for name in names}
    else:  # a tree unpacked from an archive
        found = {path for path in ROOT.rglob("*")
                 if not MADE.intersection(path.relative_to(ROOT).parts)}
    return sorted(path for path in found
                  if path.is_file() and (not suffixes or path.suffix in suffixes))
