#!/usr/bin/env python3
"""What the console costs while a large job runs: eight pages are open, and a console that runs no
jobs itself shows that of another one, so that all it uses is the console's own.

    python bench/console.py [--build build/release] [--objects N] [--pages N] [--seconds S]

Prints the console's share of a core, and the bytes a second of one stream of events. The exit code
is 1 where either is more than it may be.
"""

import argparse
import collections
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import simulator  # noqa: E402  after the path is known

MOST_CPU, MOST_BYTES = 0.05, 60 * 1024
TOKEN = "a-token-of-the-benchmark"
WARM_UP = 5


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/release")
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--failures", type=int, default=0, help="of each thousand, that are refused")
    parser.add_argument("--pages", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60, help="of measuring, at most")
    return parser.parse_args()


class Server:
    """`s3migrator serve` until the end of the `with` block."""

    def __init__(self, program, environment, *options):
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--json", *options],
            stdout=subprocess.PIPE, env={**environment, "S3MIGRATOR_CONSOLE_TOKEN": TOKEN}, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]
        self.address = self.url.split("//")[1].rstrip("/").rsplit(":", 1)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def ask(self, path, body=None):
        request = urllib.request.Request(
            self.url + "api/v1/" + path, None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Page:
    """A stream of events, read as it comes."""

    def __init__(self, server):
        host, port = server.address
        self.socket = socket.create_connection((host, int(port)))
        self.socket.sendall(f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n"
                            f"Authorization: Bearer {TOKEN}\r\n\r\n".encode())
        self.bytes, self.kinds = 0, collections.Counter()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while piece := self.socket.recv(1 << 16):
            self.bytes += len(piece)
            for line in piece.split(b"\n"):
                if line.startswith(b"event: "):
                    self.kinds[line[7:].decode(errors="replace")] += 1


def measure(console, runner, job, pages, seconds):
    """Until the job ends or the time is over; gives the share of a core and bytes a second: those
    of the mean, and of the worst second."""
    time.sleep(WARM_UP)
    started, cpu = time.monotonic(), console.cpu_seconds()
    before = last = pages[0].bytes
    worst = 0
    while time.monotonic() - started < seconds:
        if runner.ask(f"jobs/{job}")["state"] != "running":
            break
        time.sleep(1)
        worst, last = max(worst, pages[0].bytes - last), pages[0].bytes
    passed = time.monotonic() - started
    return (console.cpu_seconds() - cpu) / passed, (last - before) / passed, worst, passed


def main():
    chosen = parse()
    program = chosen.build / "bin/s3migrator"
    with tempfile.TemporaryDirectory() as directory, \
            simulator.Simulator(chosen.build / "bin/s3sim", directory,
                                [simulator.bucket("bench-source", simulator.SOURCE,
                                                  simulator.objects(chosen.objects))]) as sim:
        if chosen.failures:
            sim.fault(operation="CopyObject", count=0, status=403, code="AccessDenied",
                      probability=chosen.failures / 1000)
        environment = {"PATH": os.environ["PATH"], "HOME": directory, "XDG_STATE_HOME": directory,
                       "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": sim.endpoint,
                       **sim.key_of(simulator.DESTINATION)}
        with Server(program, environment) as runner, \
                Server(program, environment, "--watch-only") as console:
            pages = [Page(console) for _ in range(chosen.pages)]
            job = runner.ask("jobs", {
                "kind": "copy", "source": {"uri": "s3://bench-source"},
                "destination": {"uri": "s3://" + sim.new_bucket()},
                "options": {"grant": "none"}})["id"]
            cpu, mean, worst, passed = measure(console, runner, job, pages, chosen.seconds)
            progress = runner.ask(f"jobs/{job}")["progress"]
    print(f"{progress['objects_done']:,} of {chosen.objects:,} objects met, {chosen.pages} pages, "
          f"{passed:.0f} s")
    print(f"console  {cpu:.1%} of a core (at most {MOST_CPU:.0%})")
    print(f"stream   {mean / 1024:.1f} KB/s, {worst / 1024:.1f} in the worst second (at most "
          f"{MOST_BYTES // 1024}); {dict(pages[0].kinds)}")
    return 0 if cpu <= MOST_CPU and mean <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
