"""What was measured, as it is kept between runs: one JSON file, a section for each workload.

A run replaces the sections it measured and leaves the others, so each section carries its own
machine, commit and date.
"""

import datetime
import json
import os
import pathlib
import platform
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def machine():
    model = platform.processor() or platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {model}, {memory:.0f} GiB"


def commit():
    def git(*arguments):
        return subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True,
                              text=True).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src", "sim", "bench")
    return git("rev-parse", "--short=10", "HEAD") + (" with changes" if changed else "")


def section(rows, claims, parameters, seconds, versions):
    return {"machine": machine(), "commit": commit(),
            "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
            "seconds": round(seconds), "parameters": parameters, "versions": versions,
            "rows": rows, "claims": claims}


def load(path):
    return json.loads(path.read_text()) if path.exists() else {}


def store(path, sections):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(sections, indent=1, sort_keys=True) + "\n")


def row(contender, cost, count, before, after, **more):
    """One measured run as figures: `before` and `after` are the simulator's statistics."""
    operations = {name: number - before["operations"].get(name, 0)
                  for name, number in after["operations"].items()}
    operations = {name: number for name, number in operations.items() if number}
    throttled = after["errors"].get("SlowDown", 0) - before["errors"].get("SlowDown", 0)
    return {"client": contender.label, "setting": contender.setting, "count": count,
            "cpu_us": cost.cpu_seconds / count * 1e6, "wall_seconds": cost.wall_seconds,
            "rate": count / cost.wall_seconds, "rss_mb": cost.peak_rss_bytes / 2**20,
            "requests": sum(operations.values()), "operations": operations,
            "throttled": throttled, **more}


def best(rows, **wanted):
    """Of the rows that match: the least CPU and the least time of all rounds, which need not be of
    the same round. On a machine with other work noise only ever adds."""
    matching = [r for r in rows if all(r.get(name) == value for name, value in wanted.items())]
    if not matching:
        return None
    merged = dict(min(matching, key=lambda r: r["wall_seconds"] / r["count"]))
    merged["cpu_us"] = min(r["cpu_us"] for r in matching)
    merged["rounds"] = len(matching)
    return merged


def merge_rounds(rows, *names):
    """One row, the best, for each combination of `names`, in the order of their appearance."""
    merged = {}
    for r in rows:
        merged.setdefault(tuple(r.get(name) for name in names), []).append(r)
    return [best(group) for group in merged.values()]
