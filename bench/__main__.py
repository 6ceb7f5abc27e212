"""tools/bench [WORKLOAD...]: measures s3migrator beside what people use today, and writes
docs/benchmarks.md with its plots and the figures behind them.

Workloads: copy (small objects), list (the no-op sync of a million keys), article (its 100 GB on a
model of its service), terabyte (one object in parts), tls, growth (up to ten million keys),
governor (how the number of requests finds its way). Without one: all, in about half an hour on two
cores. The exit code is 1 where a line that must be shown was not.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

from bench import contenders, report, results
from bench.workloads import Bench

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOVERNOR = ROOT / "bench/governor.py"


def parse():
    parser = argparse.ArgumentParser(prog="tools/bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD",
                        choices=[*report.WORKLOADS, "governor", []], help="default: all")
    parser.add_argument("--quick", action="store_true",
                        help="a twentieth of the sizes, into build/benchmarks unless --out says else")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--scale", type=float, default=1, help="of all sizes")
    parser.add_argument("--no-rivals", action="store_true", help="only s3migrator and wrk")
    parser.add_argument("--out", type=pathlib.Path, help="default: docs")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--report-only", action="store_true",
                        help="measures nothing, writes the page from the results again")
    return parser.parse_args()


def measure(name, chosen, installed, directory):
    module = report.WORKLOADS[name]
    bench = Bench(installed, directory, chosen.quick, 1 if chosen.quick else chosen.rounds,
                  not chosen.no_rivals, chosen.scale)
    bench.say(f"{name}: {module.TITLE}")
    started = time.monotonic()
    rows, parameters = module.run(bench)
    return results.section(rows, module.claims(rows), parameters, time.monotonic() - started,
                           installed.versions())


def run_governor(out):
    if not GOVERNOR.exists():
        return True
    return subprocess.run([sys.executable, GOVERNOR, "--out", out / "benchmarks"],
                          check=False).returncode == 0


def write(out, sections):
    from bench import plots  # matplotlib takes a second, so only here
    figures = plots.plot(sections, out / "benchmarks", out)
    governor = out / "benchmarks/governor.md"
    appendix = governor.read_text() if governor.exists() else ""
    (out / "benchmarks.md").write_text(report.document(sections, figures, appendix))


def main():
    chosen = parse()
    out = (chosen.out or (ROOT / "build/benchmarks" if chosen.quick else ROOT / "docs")).resolve()
    file = out / "benchmarks/results.json"
    sections = results.load(file)
    names = chosen.workloads or [*report.WORKLOADS, "governor"]
    passed = True
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        installed = contenders.Installed(chosen.build.resolve(), directory)
        for name in [] if chosen.report_only else names:
            if name == "governor":
                passed &= run_governor(out)
                continue
            sections[name] = measure(name, chosen, installed, directory)
            results.store(file, sections)
            for claim in sections[name]["claims"]:
                print(report.claim_line(claim), flush=True)
                passed &= claim["passed"]
    write(out, sections)
    print(f"written: {out / 'benchmarks.md'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
