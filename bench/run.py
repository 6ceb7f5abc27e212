#!/usr/bin/env python3
"""CPU per copied object: s3migrator beside wrk (the same requests, unsigned) and beside boto3 with
20 threads (the method of the article this project starts from), all against one s3sim, in one run.

Each contender copies objects of 4 KiB from one bucket to another on the server's side. The rounds are
interleaved, the best of each is compared: on a shared machine noise only ever adds. CPU is what the
kernel accounts to the finished client process (user + system), divided by the objects it copied.
"""

import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCE, DESTINATION, MIGRATOR = "111111111111", "222222222222", "333333333333"


def scenario(objects, rounds):
    """The article's three accounts, one full bucket, and an empty open one for each run."""
    everyone = lambda bucket: json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}]})
    names = [f"{who}-{n}" for n in range(rounds) for who in ("s3migrator", "verified", "wrk", "boto3")]
    return {
        "extends": "article",
        "requests_per_connection": 100,
        "buckets": [
            {"name": "bench-source", "owner": SOURCE, "policy": everyone("bench-source"),
             "block_public_access": False,
             "generators": [{"prefix": "key/", "count": objects, "min_size": 4096,
                             "max_size": 4096}]},
            *({"name": f"bench-{name}", "owner": DESTINATION, "policy": everyone(f"bench-{name}"),
               "block_public_access": False} for name in names)],
    }


class Simulator:
    def __init__(self, program, world, directory):
        path = directory / "scenario.json"
        path.write_text(json.dumps(world))
        self.process = subprocess.Popen([program, "--listen", "127.0.0.1:0", "--scenario", path],
                                        stdout=subprocess.PIPE, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        self.endpoint = self.ready["endpoint"]

    def operations(self):
        with urllib.request.urlopen(self.endpoint + "/_sim/stats") as answer:
            return json.load(answer)["operations"]

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def cpu_seconds(command, **options):
    """Runs `command`; gives its CPU and wall seconds and its output."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    if done.returncode != 0:
        sys.exit(f"{command[0]} failed with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, ended - started, done


def run_s3migrator(sim, program, bucket, objects, directory, *options):
    keys = {key["user"]: key for key in sim.ready["keys"] if key["account"] == MIGRATOR}
    roles = {role["arn"].split(":")[4]: role for role in sim.ready["roles"]}
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(directory), "XDG_STATE_HOME": str(directory),
        "AWS_ACCESS_KEY_ID": keys["migrator"]["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": keys["migrator"]["secret_access_key"],
        "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": sim.endpoint}
    before = sim.operations()
    cpu, wall, done = cpu_seconds(
        [program, "copy", "s3://bench-source", f"s3://{bucket}", "--json",
         "--migrator-role-arn", roles[MIGRATOR]["arn"],
         "--source-role-arn", roles[SOURCE]["arn"],
         "--source-external-id", roles[SOURCE]["external_id"],
         "--destination-role-arn", roles[DESTINATION]["arn"],
         "--destination-external-id", roles[DESTINATION]["external_id"],
         *options], env=environment)
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["copied"] == objects, summary
    after = sim.operations()
    requests = {name: count - before.get(name, 0) for name, count in after.items()
                if count > before.get(name, 0)}
    return cpu / objects * 1e6, objects / wall, requests


def run_wrk(sim, bucket, seconds):
    """The same CopyObject requests, assembled once and sent round robin, unsigned."""
    cpu, _, done = cpu_seconds(
        ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", HERE / "copy.lua", sim.endpoint, "--", bucket])
    count = int(re.search(r"(\d+) requests in", done.stdout).group(1))
    if "Non-2xx" in done.stdout:
        sys.exit("wrk was refused:\n" + done.stdout)
    return cpu / count * 1e6, count / seconds, None


def run_boto3(sim, bucket, objects):
    keys = {key["user"]: key for key in sim.ready["keys"] if key["account"] == DESTINATION}["admin"]
    environment = {"PATH": os.environ["PATH"], "AWS_ACCESS_KEY_ID": keys["access_key_id"],
                   "AWS_SECRET_ACCESS_KEY": keys["secret_access_key"]}
    cpu, wall, _ = cpu_seconds([ROOT / "build/venv/bin/python", HERE / "boto3_copy.py", sim.endpoint,
                                "bench-source", bucket, objects], env=environment)
    return cpu / objects * 1e6, objects / wall, None


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--objects", type=int, default=50000)
    options.add_argument("--boto3-objects", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--build", default=ROOT / "build/release")
    chosen = options.parse_args()
    programs = pathlib.Path(chosen.build) / "bin"
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        sim = Simulator(programs / "s3sim", scenario(chosen.objects, chosen.rounds), directory)
        best, requests = {}, {}
        try:
            for n in range(chosen.rounds):
                for name, measure in {
                    "wrk, the same requests, unsigned":
                        lambda: run_wrk(sim, f"bench-wrk-{n}", 3) if shutil.which("wrk") else None,
                    "s3migrator copy --verify none":
                        lambda: run_s3migrator(sim, programs / "s3migrator", f"bench-s3migrator-{n}",
                                               chosen.objects, directory, "--verify", "none"),
                    "s3migrator copy (with its verifying walk)":
                        lambda: run_s3migrator(sim, programs / "s3migrator", f"bench-verified-{n}",
                                               chosen.objects, directory),
                    "boto3 copy_object, 20 threads":
                        lambda: run_boto3(sim, f"bench-boto3-{n}", chosen.boto3_objects),
                }.items():
                    measured = measure()
                    if measured and (name not in best or measured[0] < best[name][0]):
                        best[name] = measured
        finally:
            sim.stop()
    limit = best.get("wrk, the same requests, unsigned", (None,))[0]
    print(f"{'client':44}{'CPU us/object':>14}{'objects/s':>11}{'x wrk':>8}{'requests/object':>17}")
    for name, (cpu, rate, counts) in best.items():
        ratio = f"{cpu / limit:.2f}" if limit else "-"
        each = f"{sum(counts.values()) / chosen.objects:.4f}" if counts else "1"
        print(f"{name:44}{cpu:14.1f}{rate:11,.0f}{ratio:>8}{each:>17}")
    ours = best["s3migrator copy --verify none"]
    print(f"boto3 spends {best['boto3 copy_object, 20 threads'][0] / ours[0]:.0f} times the CPU of "
          f"s3migrator; requests of one run: {json.dumps(ours[2], sort_keys=True)}")


if __name__ == "__main__":
    main()
