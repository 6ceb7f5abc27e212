"""(b) The no-op sync: two equal buckets of a million keys, listed and compared."""

from bench.results import best, merge_rounds
from bench.simulator import DESTINATION, SOURCE, Simulator, bucket, objects
from bench.workloads import claim, present, ratio, rivals_of

TITLE = "Listing and comparing"
KEYS, RIVAL_KEYS, SLOWEST_KEYS, PAGE, LATENCY_MS, FOLDERS = 1_000_000, 200_000, 50_000, 1000, 50, 200
# Old enough that every copy is safely younger than its source.
AGE_SECONDS = 7200


def world(keys, folders):
    return [bucket("bench-source", SOURCE, objects(keys, folders=folders, age_seconds=AGE_SECONDS)),
            bucket("bench-copy", DESTINATION, objects(keys, folders=folders))]


def contenders(bench, keys):
    """Who looks at so many keys. A rate hardly depends on the number; patience does."""
    installed = bench.installed
    if keys == bench.size(KEYS):
        return [installed.ours("--verify", "none")]
    if not bench.rivals:
        return []
    if keys == bench.size(RIVAL_KEYS):
        return installed.rclones(256) + installed.s5cmds(256)
    return installed.awses(20)


def run(bench):
    rows = []
    for shape, folders in (("flat", 0), ("tree", FOLDERS)):
        for keys in (bench.size(n) for n in (KEYS, RIVAL_KEYS, SLOWEST_KEYS)):
            everyone = contenders(bench, keys)
            if not everyone:
                continue
            with Simulator(bench.installed.s3sim, bench.directory, world(keys, folders)) as sim:
                for latency in (0, LATENCY_MS):
                    sim.latency({"operation": "List*", "fixed_us": latency * 1000})
                    ours = keys == bench.size(KEYS)
                    for _ in range(bench.rounds if ours else 1):
                        for contender in everyone:
                            rows.append(bench.measured(
                                sim, f"listing, {shape}, {latency} ms", contender,
                                lambda: contender.compare(sim, "bench-copy", keys), keys,
                                shape=shape, latency_ms=latency))
    return merge_rounds([r for r in rows if r], "client", "setting", "shape", "latency_ms"), {
        "keys a side": bench.size(KEYS), "of rclone and s5cmd": bench.size(RIVAL_KEYS),
        "of aws": bench.size(SLOWEST_KEYS), "page": PAGE, "folders of a tree": FOLDERS,
        "rounds": bench.rounds}


def claims(rows):
    made = []
    for shape in ("flat", "tree"):
        ours = best(rows, client="s3migrator", shape=shape, latency_ms=LATENCY_MS)
        fast = best(rows, client="s3migrator", shape=shape, latency_ms=0)
        if not ours or not fast:
            continue
        pages = 2 * -(-ours["count"] // PAGE)
        serial = pages * LATENCY_MS / 1000
        rival = max((r["rate"] for r in rivals_of(rows)
                     if r["shape"] == shape and r["latency_ms"] == LATENCY_MS), default=None)
        made += [
            claim(f"{shape}: time at {LATENCY_MS} ms, one page after the other ({serial:.0f} s) "
                  "beside ours", serial / ours["wall_seconds"], 25, "times", at_most=False),
            claim(f"{shape}: keys a second at {LATENCY_MS} ms, beside the best rival's",
                  ratio(ours["rate"], rival), 15, "times", at_most=False),
            claim(f"{shape}: CPU a key, both sides", min(ours["cpu_us"], fast["cpu_us"]), 3.0, "us"),
            claim(f"{shape}: pages asked for, beside those there are",
                  ours["operations"].get("ListObjectsV2", 0) / pages, 1.15, "times")]
    return present(made)
