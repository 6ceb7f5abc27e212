#!/usr/bin/env python3
"""How the number of requests in flight finds its way: s3migrator against services that s3sim plays,
watched twenty times a second.

    python bench/governor.py --out docs/benchmarks [--build build/release] [MODEL...]

Writes governor-MODEL.svg, the figures as governor.json, and governor.md, a chapter of
docs/benchmarks.md. What is plotted is what the service saw; budget and rate are what the client
says of itself once a second.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import contenders, simulator  # noqa: E402  after the path is known

GAP = 0.05


def copies(milliseconds, **more):
    return [{"operation": "CopyObject", "fixed_us": milliseconds * 1000, "jitter_us": 2000, **more},
            {"operation": "List*", "fixed_us": 20_000}]


def objects(count, prefix="key/"):
    return {**simulator.objects(count), "prefix": prefix}


MODELS = {
    "fixed": {
        "title": "A fixed latency of 30 ms, no limit",
        "latencies": copies(30),
        "objects": [objects(150_000)]},
    "partitions": {
        "title": "3,500 copies/s a partition, split after 5 s of load; 20 ms",
        "latencies": copies(20),
        "throttles": [{"writes_per_second": 3500, "split_after_ms": 5000, "most_partitions": 2}],
        "objects": [objects(110_000)]},
    "constant": {
        "title": "3,500 copies/s and never more; 20 ms",
        "latencies": copies(20),
        "throttles": [{"writes_per_second": 3500}],
        "objects": [objects(80_000)]},
    "bursts": {
        "title": "3,500 copies/s, a tenth of it for 2 s in each 10 s; 20 ms",
        "latencies": copies(20),
        "throttles": [{"writes_per_second": 3500, "collapse_every_ms": 10_000,
                       "collapse_for_ms": 2000, "collapse_to": 0.1}],
        "objects": [objects(80_000)]},
    "load": {
        "title": "100 requests worked on at once, the others queue; 20 ms",
        "latencies": copies(20, servers=100),
        "objects": [objects(70_000)]},
    "hot": {
        "title": "One of eight prefixes takes 200 copies/s, the others all; 20 ms",
        "latencies": copies(20),
        "throttles": [{"writes_per_second": 200, "key": "a-hot/*"}],
        "objects": [objects(3_000, "a-hot/"), *(objects(15_000, f"{name}/") for name in "bcdefgh")]},
}


class Watch(threading.Thread):
    """Asks the service again and again what it has done."""

    def __init__(self, sim):
        super().__init__(daemon=True)
        self.sim, self.samples, self.ended = sim, [], threading.Event()

    def run(self):
        while not self.ended.is_set():
            stats = self.sim.stats()
            self.samples.append((time.monotonic(), stats["in_flight"],
                                 stats["operations"].get("CopyObject", 0),
                                 stats["errors"].get("SlowDown", 0)))
            self.ended.wait(GAP)

    def stop(self):
        self.ended.set()
        self.join()
        return self.samples


def figures(samples, events):
    """Seconds from the first copy on, and what happened in each gap."""
    first = next(i for i, sample in enumerate(samples) if sample[2] > 0)
    start = samples[max(first - 1, 0)][0]
    rows = []
    for before, after in zip(samples[max(first - 1, 0):], samples[max(first, 1):]):
        span = after[0] - before[0]
        throttled = after[3] - before[3]
        rows.append({"second": round(after[0] - start, 3), "in_flight": after[1],
                     "copied": round((after[2] - before[2] - throttled) / span, 1),
                     "throttled": round(throttled / span, 1)})
    said = [{"second": round(at - start, 3), "budget": event["budget"],
             "rate_limit": round(event["rate_limit"], 1)}
            for at, event in events if event.get("type") == "progress" and at >= start]
    return rows, said


def run(name, model, build, directory):
    with simulator.Simulator(build / "bin/s3sim", directory,
                             [simulator.bucket("bench-source", simulator.SOURCE, *model["objects"])],
                             model["latencies"], model.get("throttles", ())) as sim:
        client = contenders.S3Migrator(build / "bin/s3migrator", directory,
                                       options=("--verify", "none"))
        command, environment = client.command(sim, "bench-source", sim.new_bucket())
        watch = Watch(sim)
        watch.start()
        events = []
        process = subprocess.Popen([str(word) for word in command], env=environment,
                                   stdout=subprocess.PIPE, text=True)
        for line in process.stdout:
            events.append((time.monotonic(), json.loads(line)))
        if process.wait() != 0:
            sys.exit(f"{name}: s3migrator ended with {process.returncode}: {events[-1:]}")
        samples = watch.stop()
    rows, said = figures(samples, events)
    summary = events[-1][1]
    requests, throttled = samples[-1][2], samples[-1][3]
    wall = next(row["second"] for row in reversed(rows) if row["copied"] > 0)
    return {"title": model["title"], "objects": summary["copied"], "seconds": round(wall, 2),
            "objects_per_second": round(summary["copied"] / wall),
            "copy_requests": requests, "throttled": throttled,
            "throttled_percent": round(100 * throttled / requests, 2),
            "most_in_flight": max(row["in_flight"] for row in rows), "samples": rows, "said": said}


def plot(result, path):
    import matplotlib
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "s3migrator", "svg.fonttype": "none",
                                "font.size": 9, "axes.grid": True, "grid.alpha": 0.3,
                                "axes.spines.top": False, "axes.spines.right": False})
    import matplotlib.pyplot as plt

    rows, said = result["samples"], result["said"]
    seconds = [row["second"] for row in rows]
    figure, (upper, lower) = plt.subplots(2, 1, figsize=(7, 4.4), sharex=True)
    upper.plot(seconds, [row["copied"] for row in rows], color="#1f77b4", lw=1, label="copied")
    upper.plot(seconds, [row["throttled"] for row in rows], color="#d62728", lw=1,
               label="throttled (503)")
    limited = [(each["second"], each["rate_limit"] or None) for each in said]
    if any(rate for _, rate in limited):
        upper.plot(*zip(*limited), color="#333333", lw=1, ls="--", label="the job's rate")
    upper.set_ylabel("requests a second")
    upper.set_ylim(bottom=0)
    upper.legend(loc="lower right", frameon=False)
    upper.set_title(f"{result['title']}: {result['objects_per_second']:,} objects/s, "
                    f"{result['throttled_percent']}% throttled", loc="left")
    lower.plot(seconds, [row["in_flight"] for row in rows], color="#1f77b4", lw=1,
               label="in flight")
    lower.step([each["second"] for each in said], [each["budget"] for each in said],
               color="#2ca02c", lw=1, where="post", label="budget")
    lower.set_ylabel("requests")
    lower.set_ylim(bottom=0)
    lower.set_xlabel("seconds")
    lower.legend(loc="lower right", frameon=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)


def chapter(results):
    lines = ["## How the number of requests finds its way", "",
             "`tools/bench governor` runs s3migrator with `--concurrency auto` against services of "
             "different kinds (docs/adr/0007). No number was tuned for any of them.", "",
             "| service | objects/s | throttled | most in flight |", "| --- | --- | --- | --- |"]
    lines += [f"| {each['title']} | {each['objects_per_second']:,} | {each['throttled_percent']}% | "
              f"{each['most_in_flight']:,} |" for each in results.values()]
    for name, each in results.items():
        lines += ["", f"![{each['title']}](benchmarks/governor-{name}.svg)"]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL", choices=[*MODELS, []])
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/benchmarks")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    file = chosen.out / "governor.json"
    results = json.loads(file.read_text()) if file.exists() else {}
    for name in chosen.models or MODELS:
        with tempfile.TemporaryDirectory() as directory:
            results[name] = run(name, MODELS[name], chosen.build.resolve(), pathlib.Path(directory))
        plot(results[name], chosen.out / f"governor-{name}.svg")
        shown = {key: value for key, value in results[name].items() if key not in ("samples", "said")}
        print(json.dumps(shown), flush=True)
    results = {name: results[name] for name in MODELS if name in results}
    file.write_text(json.dumps(results, separators=(",", ":")) + "\n")
    (chosen.out / "governor.md").write_text(chapter(results))


if __name__ == "__main__":
    main()
