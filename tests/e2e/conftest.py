"""What every end-to-end test has: the real program, and real servers to point it at."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import servers  # noqa: E402

ROOT = servers.ROOT
PROGRAM = pathlib.Path(os.environ.get("S3MIGRATOR", ROOT / "build/release/bin/s3migrator"))


class Run:
    """One finished run: exit code, what it printed, and its events."""

    def __init__(self, code, stdout, stderr):
        self.code, self.stdout, self.stderr = code, stdout, stderr

    @property
    def events(self):
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{")]

    @property
    def summary(self):
        return [e for e in self.events if e["type"] == "summary"][-1]

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.stdout[-4000:]}\n--- stderr\n{self.stderr[-4000:]}"


class Program:
    """s3migrator with an environment of its own: nothing of the machine's AWS settings leaks in."""

    def __init__(self, directory):
        self.directory = directory
        self.base = {k: v for k, v in os.environ.items()
                     if not k.startswith("AWS_") and not k.lower().endswith("_proxy")}
        self.base.update(HOME=str(directory), XDG_STATE_HOME=str(directory / "state"),
                         AWS_EC2_METADATA_DISABLED="true")

    def start(self, *arguments, env=None):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                env={**self.base, **(env or {})}, text=True, errors="replace")

    def run(self, *arguments, env=None, timeout=120):
        process = self.start(*arguments, env=env)
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            stdout, stderr = process.communicate()
            pytest.fail(f"no end after {timeout} s: {arguments}\n{stdout[-2000:]}\n{stderr[-2000:]}")
        return Run(process.returncode, stdout, stderr)


@pytest.fixture
def program(tmp_path):
    return Program(tmp_path)


@pytest.fixture(scope="session", params=list(servers.SERVERS))
def server(request, tmp_path_factory):
    with servers.SERVERS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running


@pytest.fixture
def names():
    """A fresh pair of bucket names."""
    mark = uuid.uuid4().hex[:8]
    return f"src-{mark}", f"dst-{mark}"


@pytest.fixture
def source_bucket(server, names):
    server.source.create_bucket(Bucket=names[0])
    if server.source_acl != "private":
        server.source.put_bucket_acl(Bucket=names[0], ACL=server.source_acl)
    if server.source_readers:
        server.source.put_bucket_policy(Bucket=names[0], Policy=json.dumps({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": list(server.source_readers)},
                           "Action": "s3:*", "Resource": [f"arn:aws:s3:::{names[0]}",
                                                          f"arn:aws:s3:::{names[0]}/*"]}]}))
    return names[0]


@pytest.fixture
def destination_bucket(server, names):
    server.destination.create_bucket(Bucket=names[1])
    return names[1]
