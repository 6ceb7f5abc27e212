"""What every end-to-end test has: the real program, and real servers to point it at."""

import json
import pathlib
import sys
import uuid

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import servers  # noqa: E402
from program import PROGRAM, Program  # noqa: E402, F401 (tests take PROGRAM from here)


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
