"""(f) Growth: the same work on 10 thousand to 10 million keys; CPU, time and memory."""

from bench.results import best, merge_rounds
from bench.simulator import SOURCE, Simulator, bucket, objects
from bench.workloads import claim, present, ratio

TITLE = "Growth"
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
BASE = SIZES[1]


def run(bench):
    rows = []
    for size in SIZES:
        count = bench.size(size)
        # The small ones are over in a moment: more rounds for less noise.
        rounds = max(1, bench.rounds if size <= SIZES[2] else 1)
        with Simulator(bench.installed.s3sim, bench.directory,
                       [bucket("bench-source", SOURCE, objects(count))]) as sim:
            for _ in range(rounds):
                destination = sim.new_bucket()
                for work in ("copy and verify", "nothing to do"):
                    contender = bench.installed.ours(setting=work)
                    rows.append(bench.measured(sim, f"growth, {count:,} keys", contender,
                                               lambda: contender.copy(sim, destination, count),
                                               count, simulator_mb=None))
                    if rows[-1]:
                        rows[-1]["simulator_mb"] = sim.memory_bytes() / 2**20
    return merge_rounds([r for r in rows if r], "setting", "count"), {
        "keys": [bench.size(size) for size in SIZES], "bytes each": 4096, "rounds": bench.rounds}


def claims(rows):
    counts = sorted({r["count"] for r in rows})
    if len(counts) < 3:
        return []
    base, largest = counts[1], counts[-1]
    made = []
    for work in ("copy and verify", "nothing to do"):
        at_base, at_largest = (best(rows, setting=work, count=n) for n in (base, largest))
        if not at_base or not at_largest:
            continue
        made += [
            claim(f"{work}: CPU an object at {largest:,}, beside that at {base:,}",
                  ratio(at_largest["cpu_us"], at_base["cpu_us"]), 1.2, "times"),
            claim(f"{work}: time an object at {largest:,}, beside that at {base:,}",
                  ratio(at_base["rate"], at_largest["rate"]), 1.2, "times"),
            claim(f"{work}: peak memory at {largest:,}, beside that at {base:,}",
                  ratio(at_largest["rss_mb"], at_base["rss_mb"]), 1.2, "times")]
    return present(made)
