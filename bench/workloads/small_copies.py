"""(a) Small objects: what a copied object costs, at no latency and at 30 ms."""

from bench.results import best, merge_rounds
from bench.simulator import SOURCE, Simulator, bucket, objects
from bench.workloads import claim, present, ratio, rivals_of

TITLE = "Small objects"
OBJECTS, SLOW_OBJECTS, LATENCY_MS = 20_000, 2_000, 30
# What the best rival takes differs by half between machines: where s5cmd takes 226 us an object, even
# wrk's unsigned request is only 22 times cheaper.
BESIDE_A_RIVAL = 10


def run(bench):
    count, slow = bench.size(OBJECTS), bench.size(SLOW_OBJECTS)
    installed = bench.installed
    ours = [(installed.ours("--verify", "none", setting="--verify none"), count),
            (installed.ours(setting="with its verifying walk"), count)]
    rivals = [] if not bench.rivals else (
        [(one, count) for one in installed.s5cmds(256, 1024) + installed.rclones(64, 256)]
        + [(one, slow) for one in installed.boto3s(20) + installed.awses(20)])
    rows = []
    with Simulator(installed.s3sim, bench.directory,
                   [bucket("bench-source", SOURCE, objects(count)),
                    bucket("bench-part", SOURCE, objects(slow))]) as sim:
        for latency in (0, LATENCY_MS):
            sim.latency({"operation": "CopyObject", "fixed_us": latency * 1000})
            limit = [(one, 0) for one in installed.wrks(1 if bench.quick else 3)] if not latency else []
            for n in range(bench.rounds):
                for contender, share in limit + ours + rivals:
                    rows.append(_one(bench, sim, contender, share, latency, n))
    return (merge_rounds([r for r in rows if r], "client", "setting", "latency_ms"),
            {"objects": count, "objects of boto3 and aws": slow, "bytes each": 4096,
             "rounds": bench.rounds})


def _one(bench, sim, contender, count, latency, n):
    destination = sim.new_bucket()
    what = f"small objects, {latency} ms, round {n + 1}"
    # aws lists a whole bucket: it gets one of its share's size.
    source = "bench-part" if contender.label.startswith("aws") else "bench-source"
    return bench.measured(sim, what, contender,
                          lambda: contender.copy(sim, destination, count, source=source),
                          count, latency_ms=latency)


def claims(rows):
    ours = best(rows, client="s3migrator", setting="--verify none", latency_ms=0)
    slow = best(rows, client="s3migrator", setting="--verify none", latency_ms=LATENCY_MS)
    limit = best(rows, client="wrk, unsigned (the limit)")
    fast_rivals = [r["cpu_us"] for r in rivals_of(rows) if r["latency_ms"] == 0]
    slow_rivals = [r["rate"] for r in rivals_of(rows) if r["latency_ms"] == LATENCY_MS]
    if ours is None or slow is None:
        return []
    return present([
        claim("CPU an object, beside wrk's unsigned request",
              ratio(ours["cpu_us"], limit and limit["cpu_us"]), 2.0, "times"),
        claim("CPU an object, the best rival's beside ours",
              ratio(min(fast_rivals, default=None), ours["cpu_us"]), BESIDE_A_RIVAL, "times",
              at_most=False),
        claim(f"objects a second at {LATENCY_MS} ms, beside the best rival's",
              ratio(slow["rate"], max(slow_rivals, default=None)), 5, "times", at_most=False)])
