"""A freeze on real servers: whom it shuts out, judged by an independent client of the owner."""

import json
import os
import pathlib
import subprocess

import botocore.exceptions
import pytest

import servers
from test_copy import policy_of, words

PROBE = pathlib.Path(os.environ.get("DENY_PROBE", servers.ROOT / "build/release/bin/deny_probe"))

# How each server was measured: moto looks at neither principal nor condition of a Deny; versitygw
# has no roles, so there is no second session to prove a freeze by.
UNDERSTANDS = {"radosgw"}
HITS_EVERYONE = {"moto"}


class Freeze:
    """The freeze of one job, in a process of its own."""

    def __init__(self, program, server, bucket, job):
        self.process = subprocess.Popen(
            [PROBE, job, *words(server, bucket, "another-bucket")], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**program.base, **server.environment})
        line = self.process.stdout.readline()
        assert line, self.process.communicate(timeout=30)[1]
        self.answer = json.loads(line)

    def end(self, word):
        stdout, stderr = self.process.communicate(word + "\n", timeout=60)
        return json.loads(stdout) if stdout else stderr


def others_statement(server, bucket):
    """What somebody allowed before; where a policy shuts out the owner, the owner too."""
    resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    if server.source_readers:
        return {"Sid": "Others", "Effect": "Allow", "Action": "s3:*", "Resource": resources,
                "Principal": {"AWS": list(server.source_readers)}}
    return {"Sid": "Others", "Effect": "Allow", "Action": "s3:GetObject", "Resource": resources[1:],
            "Principal": "*"}


def changes(client, bucket):
    """What the owner may do to an object, each with the status it is answered with."""
    attempts = {
        "put": lambda: client.put_object(Bucket=bucket, Key="a", Body=b"new"),
        "tag": lambda: client.put_object_tagging(
            Bucket=bucket, Key="a", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]}),
        "upload": lambda: client.create_multipart_upload(Bucket=bucket, Key="b"),
        "delete": lambda: client.delete_object(Bucket=bucket, Key="a"),
    }
    answers = {}
    for name, attempt in attempts.items():
        try:
            answers[name] = attempt()["ResponseMetadata"]["HTTPStatusCode"]
        except botocore.exceptions.ClientError as error:
            answers[name] = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return answers


@pytest.fixture
def bucket(server, names):
    server.source.create_bucket(Bucket=names[0])
    server.source.put_object(Bucket=names[0], Key="a", Body=b"old")
    server.source.put_bucket_policy(Bucket=names[0], Policy=json.dumps(
        {"Version": "2012-10-17", "Statement": [others_statement(server, names[0])]}))
    return names[0]


def test_a_freeze_shuts_out_the_owner_or_says_that_it_cannot(program, server, bucket):
    before = policy_of(server.source, bucket)
    freeze = Freeze(program, server, bucket, "job")
    if server.name in UNDERSTANDS:
        assert freeze.answer["others_refused"], freeze.answer
        assert set(changes(server.source, bucket).values()) == {403}
        assert server.source.get_object(Bucket=bucket, Key="a")["Body"].read() == b"old"
        assert freeze.end("remove") == {"removed": True}
    elif server.name in HITS_EVERYONE:
        assert freeze.answer["code"] == "access_denied", freeze.answer
        assert "taken off again" in freeze.answer["error"]
        assert "--source-is-quiet" in freeze.answer["error"]
        freeze.end("")
    else:
        assert freeze.answer["code"] == "refused", freeze.answer
        assert "--source-role-arn" in freeze.answer["error"]
        freeze.end("")
    assert policy_of(server.source, bucket) == before
    assert 403 not in changes(server.source, bucket).values()


def test_a_freeze_of_a_killed_job_is_found_again(program, server, bucket):
    if server.name not in UNDERSTANDS:
        pytest.skip(f"{server.name} cannot freeze")
    before = policy_of(server.source, bucket)
    killed = Freeze(program, server, bucket, "job")
    killed.end("die")
    assert set(changes(server.source, bucket).values()) == {403}

    resumed = Freeze(program, server, bucket, "job")
    assert resumed.answer["stood"], resumed.answer
    assert resumed.answer["dialect"] == killed.answer["dialect"]
    assert resumed.end("remove") == {"removed": True}
    assert policy_of(server.source, bucket) == before
