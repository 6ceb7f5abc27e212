"""(c) The article's 100 GB, on a model of the service that its own figures give.

The article copies 100 GB with 5, 10 and 20 threads in 3,203, 2,245 and 1,720 s. The three points
fit T(n) = 1226 + 9887 / n seconds: 490,000 objects of 204 KB at 20 ms a copy, shared by n threads,
above a floor of 2.5 ms of the client's CPU an object, which is what boto3 costs on one core. So the
service here takes 20 ms for a copy and bears 3,500 copies a second in a prefix.
"""

from bench.results import best
from bench.simulator import SOURCE, Simulator, bucket, objects
from bench.workloads import claim, present, ratio

TITLE = "The article's 100 GB"
OBJECTS, BYTES, COPY_MS, COPIES_A_SECOND = 490_000, 204_000, 20, 3_500
ARTICLE_SECONDS = {5: 3203, 10: 2245, 20: 1720}
# The share of the 490,000 that each runs on: all by the article's method would take hours.
AUTO_SHARE, FIXED_SHARE, BOTO3_SHARE = 1.0, 0.02, 0.02


def model_seconds(threads):
    return 1226 + 9887 / threads


def run(bench):
    shares = [(bench.installed.ours("--verify", "none", setting="auto"), AUTO_SHARE),
              *((bench.installed.ours("--verify", "none", "--concurrency", str(n),
                                      setting=f"{n} in flight"), FIXED_SHARE)
                for n in ARTICLE_SECONDS)]
    if bench.rivals:
        shares += [(one, BOTO3_SHARE) for one in bench.installed.boto3s(*ARTICLE_SECONDS)]
    rows = []
    for contender, share in shares:
        count = bench.size(OBJECTS * share)
        with Simulator(bench.installed.s3sim, bench.directory,
                       [bucket("bench-source", SOURCE, objects(count, BYTES))],
                       latencies=[{"operation": "CopyObject", "fixed_us": COPY_MS * 1000}],
                       throttles=[{"bucket": "*", "prefix_slashes": 1,
                                   "writes_per_second": COPIES_A_SECOND}]) as sim:
            destination = sim.new_bucket()
            row = bench.measured(sim, f"the article's service, {count:,} objects", contender,
                                 lambda: contender.copy(sim, destination, count), count)
        if row:
            row["seconds_for_all"] = row["wall_seconds"] * OBJECTS / count
            row["throttled_share"] = row["throttled"] / max(1, row["operations"].get("CopyObject", 0))
            rows.append(row)
    return rows, {"objects": OBJECTS, "bytes each": BYTES, "ms a copy": COPY_MS,
                  "copies a second in a prefix": COPIES_A_SECOND,
                  "share run by auto": AUTO_SHARE * bench.size(10_000) / 10_000,
                  "share run by the others": FIXED_SHARE * bench.size(10_000) / 10_000}


def claims(rows):
    auto = best(rows, client="s3migrator", setting="auto")
    if not auto:
        return []
    return present([
        claim("auto, beside the article's 1,720 s",
              ratio(ARTICLE_SECONDS[20], auto["seconds_for_all"]), 10, "times", at_most=False),
        claim("of auto's copies, throttled", auto["throttled_share"] * 100, 1, "%")])
