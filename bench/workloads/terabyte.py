"""(d) One object of 1 TB, copied in parts."""

from bench.results import merge_rounds
from bench.simulator import SOURCE, Simulator, bucket, objects

TITLE = "One object of 1 TB"
BYTES, PART_MS = 10**12, 100


def run(bench):
    installed = bench.installed
    everyone = [installed.ours("--verify", "none")]
    if bench.rivals:
        everyone += installed.rclones(64) + installed.awses(64) + installed.s5cmds(256)
    rows = []
    with Simulator(installed.s3sim, bench.directory,
                   [bucket("bench-source", SOURCE, objects(1, bench.size(BYTES)))],
                   latencies=[{"operation": "UploadPartCopy", "fixed_us": PART_MS * 1000}]) as sim:
        for contender in everyone:
            destination = sim.new_bucket()
            row = bench.measured(sim, "1 TB", contender,
                                 lambda: contender.copy(sim, destination, 1), 1)
            rows.append(row or {"client": contender.label, "setting": contender.setting, "count": 1,
                                "cpu_us": None, "wall_seconds": None, "rate": None, "rss_mb": None,
                                "requests": None, "operations": {}, "throttled": 0})
    return rows, {"bytes": bench.size(BYTES), "ms a part": PART_MS}


def claims(rows):
    return []
