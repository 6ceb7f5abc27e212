"""What is measured. Each module has `run(bench) -> (rows, parameters)` and `claims(rows)`, the
lines it must show, as figures of one run."""

import dataclasses
import pathlib
import sys

from bench import results
from bench.measure import Failed


@dataclasses.dataclass
class Bench:
    """What a workload is given to work with."""
    installed: object           # contenders.Installed
    directory: pathlib.Path     # for scenarios and logs
    quick: bool = False         # small sizes: to see that it works, not to believe
    rounds: int = 3
    rivals: bool = True
    scale: float = 1.0          # of the sizes, by --scale

    def size(self, count):
        return max(1, round(count * self.scale * (0.05 if self.quick else 1)))

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def measured(self, sim, what, contender, work, count, **more):
        """One run as a row; None, said aloud, where the contender cannot do it."""
        before = sim.stats()
        server = sim.cpu_seconds()
        try:
            done = work()
        except Failed as failure:
            self.say(f"  {what}: {contender.label}, {contender.setting}: {failure}")
            return None
        cost, count = done if isinstance(done, tuple) else (done, count)
        row = results.row(contender, cost, count, before, sim.stats(),
                          server_us=(sim.cpu_seconds() - server) / count * 1e6, **more)
        self.say(f"  {what}: {contender.label} {contender.setting}: {row['rate']:,.0f}/s, "
                 f"{row['cpu_us']:.2f} us CPU each, {row['rss_mb']:.0f} MB")
        return row


def claim(name, figure, limit, unit="", at_most=True):
    """A line of what must be shown; no figure, no claim."""
    if figure is None or limit is None:
        return None
    passed = figure <= limit if at_most else figure >= limit
    return {"name": name, "figure": figure, "limit": limit, "unit": unit,
            "at_most": at_most, "passed": passed}


def present(claims):
    return [c for c in claims if c]


def ratio(a, b):
    return a / b if a is not None and b else None


def rivals_of(rows):
    return [r for r in rows if not r["client"].startswith(("s3migrator", "wrk"))]
