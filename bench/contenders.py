"""Everyone who copies or compares here, each at settings worth comparing.

A contender is a name and two ways of making a command: `copy` carries all of bench-source's key/
into an empty bucket, `compare` looks at two equal buckets and finds nothing to do.
"""

import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys

from bench import measure
from bench.simulator import DESTINATION, MIGRATOR, SOURCE

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
SOURCE_BUCKET = "bench-source"


def environment(sim, home, **more):
    """The same small environment for everyone; `home` keeps configuration and state of the machine
    out of it."""
    values = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_STATE_HOME": str(home),
              "AWS_EC2_METADATA_DISABLED": "true", **sim.key_of(DESTINATION), **more}
    if sim.ca_bundle:
        values |= {"AWS_CA_BUNDLE": sim.ca_bundle, "SSL_CERT_FILE": sim.ca_bundle}
    return values


@dataclasses.dataclass
class S3Migrator:
    """By the article's three roles and a grant, as it is meant to be used."""
    program: pathlib.Path
    home: pathlib.Path
    label: str = "s3migrator"
    options: tuple = ()
    setting: str = ""

    def command(self, sim, source_bucket, destination):
        """The command and its environment."""
        migrator, source, target = (sim.role_of(a) for a in (MIGRATOR, SOURCE, DESTINATION))
        command = [self.program, "copy", f"s3://{source_bucket}", f"s3://{destination}",
                   "--migrator-role-arn", migrator["arn"],
                   "--source-role-arn", source["arn"],
                   "--source-external-id", source["external_id"],
                   "--destination-role-arn", target["arn"],
                   "--destination-external-id", target["external_id"],
                   "--json", *self.options]
        keys = sim.key_of(MIGRATOR, "migrator")
        return command, environment(sim, self.home, AWS_ENDPOINT_URL=sim.endpoint, **keys)

    def _run(self, sim, source_bucket, destination, timeout):
        command, variables = self.command(sim, source_bucket, destination)
        return measure.run(command, variables, timeout)

    def copy(self, sim, destination, count, source=SOURCE_BUCKET, timeout=1800):
        return self._run(sim, source, destination, timeout)

    def compare(self, sim, destination, count, timeout=1800):
        return self._run(sim, SOURCE_BUCKET, destination, timeout)


@dataclasses.dataclass
class S5cmd:
    program: pathlib.Path
    home: pathlib.Path
    workers: int = 256
    label: str = "s5cmd"

    @property
    def setting(self):
        return f"{self.workers} workers"

    def _run(self, sim, arguments, timeout):
        command = [self.program, "--endpoint-url", sim.endpoint, "--log", "error",
                   "--numworkers", self.workers, *arguments]
        return measure.run(command, environment(sim, self.home), timeout)

    def copy(self, sim, destination, count, source=SOURCE_BUCKET, timeout=1800):
        return self._run(sim, ["cp", f"s3://{source}/*", f"s3://{destination}/"], timeout)

    def compare(self, sim, destination, count, timeout=1800):
        return self._run(sim, ["sync", "--size-only", f"s3://{SOURCE_BUCKET}/*",
                               f"s3://{destination}/"], timeout)


@dataclasses.dataclass
class Rclone:
    program: pathlib.Path
    home: pathlib.Path
    transfers: int = 256
    label: str = "rclone"

    @property
    def setting(self):
        return f"{self.transfers} transfers"

    def _run(self, sim, source, destination, options, timeout):
        remote = {"TYPE": "s3", "PROVIDER": "Other", "ENV_AUTH": "true", "ENDPOINT": sim.endpoint,
                  "FORCE_PATH_STYLE": "true", "NO_CHECK_BUCKET": "true",
                  "ACL": "bucket-owner-full-control"}
        variables = {f"RCLONE_CONFIG_SIM_{name}": value for name, value in remote.items()}
        command = [self.program, "copy", f"sim:{source}", f"sim:{destination}",
                   "--config", "/dev/null", "--log-level", "ERROR", "--checksum",
                   "--transfers", self.transfers, "--checkers", self.transfers, *options]
        return measure.run(command, environment(sim, self.home, **variables), timeout)

    def copy(self, sim, destination, count, source=SOURCE_BUCKET, timeout=1800):
        return self._run(sim, source, destination, ["--no-check-dest"], timeout)

    def compare(self, sim, destination, count, timeout=1800):
        return self._run(sim, SOURCE_BUCKET, destination, [], timeout)


@dataclasses.dataclass
class AwsCli:
    program: pathlib.Path
    home: pathlib.Path
    requests: int = 20
    label: str = "aws s3 sync"

    @property
    def setting(self):
        return f"{self.requests} requests"

    def _run(self, sim, arguments, timeout):
        config = self.home / "aws-config"
        config.write_text(f"[default]\ns3 =\n  max_concurrent_requests = {self.requests}\n")
        command = [self.program, "s3", *arguments, "--only-show-errors",
                   "--endpoint-url", sim.endpoint]
        return measure.run(command, environment(sim, self.home, AWS_CONFIG_FILE=str(config)), timeout)

    def copy(self, sim, destination, count, source=SOURCE_BUCKET, timeout=1800):
        return self._run(sim, ["sync", f"s3://{source}", f"s3://{destination}"], timeout)

    def compare(self, sim, destination, count, timeout=1800):
        return self._run(sim, ["sync", "--size-only", f"s3://{SOURCE_BUCKET}",
                               f"s3://{destination}"], timeout)


@dataclasses.dataclass
class Boto3:
    home: pathlib.Path
    threads: int = 20
    label: str = "boto3 (the article's method)"

    @property
    def setting(self):
        return f"{self.threads} threads"

    def copy(self, sim, destination, count, source=SOURCE_BUCKET, timeout=1800):
        command = [sys.executable, HERE / "boto3_copy.py", sim.endpoint, source, destination,
                   count, self.threads]
        return measure.run(command, environment(sim, self.home), timeout)


@dataclasses.dataclass
class Wrk:
    """The limit: the same CopyObject requests, assembled once and sent in turn, unsigned."""
    program: str
    home: pathlib.Path
    connections: int = 64
    seconds: int = 3
    label: str = "wrk, unsigned (the limit)"

    @property
    def setting(self):
        return f"{self.connections} connections"

    def copy(self, sim, destination, count, source=SOURCE_BUCKET, timeout=60):
        """Gives the cost and how many requests it was for."""
        cost = measure.run([self.program, "-t1", f"-c{self.connections}", f"-d{self.seconds}s", "-s",
                            HERE / "copy.lua", sim.endpoint, "--", destination],
                           environment(sim, self.home), timeout)
        if "Non-2xx" in cost.output:
            raise measure.Failed("wrk was refused: " + cost.output[-500:])
        return cost, int(re.search(r"(\d+) requests in", cost.output).group(1))


class Installed:
    """What is there to measure; tools/setup bench puts it there."""

    def __init__(self, build, home):
        self.home = pathlib.Path(home)
        self.s3migrator = pathlib.Path(build) / "bin/s3migrator"
        self.s3sim = pathlib.Path(build) / "bin/s3sim"
        self.s5cmd = self._found(ROOT / "build/rivals/s5cmd") or shutil.which("s5cmd")
        self.rclone = shutil.which("rclone")
        self.aws = self._found(pathlib.Path(sys.executable).parent / "aws")
        self.wrk = shutil.which("wrk")

    @staticmethod
    def _found(path):
        return path if path.exists() else None

    def ours(self, *options, label="s3migrator", setting=""):
        return S3Migrator(self.s3migrator, self.home, label, options, setting)

    def s5cmds(self, *workers):
        return [S5cmd(self.s5cmd, self.home, n) for n in workers if self.s5cmd]

    def rclones(self, *transfers):
        return [Rclone(self.rclone, self.home, n) for n in transfers if self.rclone]

    def awses(self, *requests):
        return [AwsCli(self.aws, self.home, n) for n in requests if self.aws]

    def boto3s(self, *threads):
        return [Boto3(self.home, n) for n in threads]

    def wrks(self, seconds):
        return [Wrk(self.wrk, self.home, seconds=seconds)] if self.wrk else []

    def versions(self):
        def first(command):
            try:
                done = subprocess.run([str(w) for w in command], capture_output=True, text=True,
                                      timeout=60)
            except OSError:
                return None
            found = re.search(r"v?(\d+\.\d+(\.\d+)?)", done.stdout + done.stderr)
            return found and found.group(1)
        import boto3
        versions = {"s3migrator": first([self.s3migrator, "--version"]), "boto3": boto3.__version__}
        if self.s5cmd:
            versions["s5cmd"] = "2.3.0"
        if self.rclone:
            versions["rclone"] = first([self.rclone, "--version"])
        if self.aws:
            versions["aws-cli"] = first([self.aws, "--version"])
        if self.wrk:
            versions["wrk"] = first([self.wrk, "-v"])
        return versions
