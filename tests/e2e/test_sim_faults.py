"""Scripted faults of the simulator, as boto3 and raw connections see them."""

import concurrent.futures
import hashlib
import http.client
import urllib.parse

import boto3
import botocore.config
import pytest

from sim_fixture import MIGRATOR, SOURCE
from sim_peer import ClientError, bucket, error, refused, running, sim, source


def test_errors_by_occurrence_and_key(sim, source, bucket):
    number = sim.fault(operation="PutObject", key="hit*", first=2, count=2, code="SlowDown",
                       retry_after_ms=70)
    put = lambda key: source.put_object(Bucket=bucket, Key=key, Body=b"")
    put("hit1")
    put("miss")
    with pytest.raises(ClientError) as raised:
        put("hit2")
    assert error(raised) == (503, "SlowDown")
    assert raised.value.response["ResponseMetadata"]["HTTPHeaders"]["x-amz-retry-after"] == "70"
    assert refused(put, "hit3") == (503, "SlowDown")
    put("hit4")
    assert sim.stats()["faults_fired"] >= 2 and sim.stats()["errors"]["SlowDown"] == 2
    sim.call("DELETE", f"fault?number={number}")


def test_an_error_inside_a_200_after_white_space(sim, source, bucket):
    source.put_object(Bucket=bucket, Key="s", Body=b"x")
    copy = lambda: source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/s")
    sim.fault(operation="CopyObject", effect="error_in_200", code="InternalError", blanks=20,
              blank_gap_ms=1)
    assert refused(copy) == (500, "InternalError")  # botocore makes a 500 of it
    assert refused(source.head_object, Bucket=bucket, Key="d") == (404, "404")
    sim.fault(operation="CopyObject", effect="error_in_200", code="SlowDown", applied=True)
    assert refused(copy)[1] == "SlowDown"
    assert source.head_object(Bucket=bucket, Key="d")["ContentLength"] == 1
    sim.fault(operation="CopyObject", effect="trickle", blanks=5, blank_gap_ms=1)
    assert copy()["CopyObjectResult"]["ETag"]


@pytest.mark.parametrize("effect", ["reset_before_head", "reset_mid_head", "truncated_body"])
def test_lost_replies(sim, source, bucket, effect):
    source.put_object(Bucket=bucket, Key="s", Body=b"x")
    sim.fault(operation="CopyObject", effect=effect, applied=True)
    with pytest.raises(Exception):
        source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/s")
    assert source.head_object(Bucket=bucket, Key="d")["ContentLength"] == 1
    sim.fault(operation="CopyObject", effect=effect)
    with pytest.raises(Exception):
        source.copy_object(Bucket=bucket, Key="e", CopySource=f"{bucket}/s")
    assert refused(source.head_object, Bucket=bucket, Key="e") == (404, "404")


def test_a_reset_in_the_middle_of_an_object(sim, source, bucket):
    source.put_object(Bucket=bucket, Key="k", Body=b"x" * 100_000)
    sim.fault(operation="GetObject", effect="reset_mid_body")
    with pytest.raises(Exception):
        source.get_object(Bucket=bucket, Key="k")["Body"].read()
    assert len(source.get_object(Bucket=bucket, Key="k")["Body"].read()) == 100_000


def test_the_world_changes_behind_the_clients_back(sim, source, bucket):
    etag = source.put_object(Bucket=bucket, Key="s", Body=b"x")["ETag"]
    sim.fault(operation="CopyObject", effect="overwrite_object")
    assert refused(source.copy_object, Bucket=bucket, Key="d", CopySource=f"{bucket}/s",
                   CopySourceIfMatch=etag) == (412, "PreconditionFailed")
    sim.fault(operation="CopyObject", effect="delete_object")
    assert refused(source.copy_object, Bucket=bucket, Key="d", CopySource=f"{bucket}/s") == (
        404, "NoSuchKey")


def test_throttling_by_prefix(sim, source, bucket):
    sim.call("POST", "throttle", {"throttles": [
        {"bucket": bucket, "prefix_slashes": 1, "writes_per_second": 0.001, "burst_seconds": 3000}]})
    put = lambda key: source.put_object(Bucket=bucket, Key=key, Body=b"")
    for n in range(3):
        put(f"hot/{n}")
    assert refused(put, "hot/3") == (503, "SlowDown")
    put("cold/1")


def test_recording_and_requests_in_flight(sim, source, bucket):
    sim.call("POST", "record")
    sim.call("POST", "latency", {"latencies": [{"operation": "PutObject", "fixed_us": 100_000}]})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: source.put_object(Bucket=bucket, Key=str(n), Body=b""), range(8)))
    stats = sim.stats()
    assert stats["operations"]["PutObject"] == 8 and 2 <= stats["most_in_flight"] <= 9
    records = sim.call("GET", "records")
    assert {r["key"] for r in records} == set("01234567")
    assert {r["signer"] for r in records} == {f"arn:aws:iam::{SOURCE}:user/admin"}


def test_a_connection_ends_after_a_hundred_requests(sim):
    url = urllib.parse.urlsplit(sim.endpoint)
    connection = http.client.HTTPConnection(url.hostname, url.port)
    for n in range(1, 101):
        connection.request("GET", "/nowhere-at-all/key")
        answer = connection.getresponse()
        answer.read()
        assert (answer.getheader("connection") == "close") == (n == 100)
        assert answer.getheader("x-amz-request-id") and answer.getheader("x-amz-id-2")


def test_unsigned_requests_where_the_policy_is_public(sim):
    sim.call("POST", "bucket", {
        "name": "open-to-all", "owner": SOURCE, "block_public_access": False,
        "policy": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "s3:*",
             "Resource": ["arn:aws:s3:::open-to-all", "arn:aws:s3:::open-to-all/*"]}]},
        "generators": [{"prefix": "g/", "count": 5, "size": "4KiB"}], "odd_keys": True})
    unsigned = boto3.client("s3", endpoint_url=sim.endpoint, region_name="us-east-1",
                            config=botocore.config.Config(signature_version=botocore.UNSIGNED))
    listed = unsigned.list_objects_v2(Bucket="open-to-all")["Contents"]
    assert len(listed) > 50
    body = unsigned.get_object(Bucket="open-to-all", Key="g/000003")
    assert body["ETag"] == '"%s"' % hashlib.md5(body["Body"].read()).hexdigest()
    unsigned.copy_object(Bucket="open-to-all", Key="copy", CopySource="open-to-all/g/000003")


def test_container_and_instance_credentials(sim, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI",
                       f"{sim.endpoint}/credentials/guarded/s3m-migrator")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "simulated-token")
    who = lambda: boto3.Session().client(
        "sts", endpoint_url=sim.endpoint, region_name="us-east-1").get_caller_identity()["Arn"]
    assert who() == f"arn:aws:sts::{MIGRATOR}:assumed-role/s3m-migrator/instance"
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "false")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", sim.endpoint)
    assert who() == f"arn:aws:sts::{MIGRATOR}:assumed-role/s3m-migrator/instance"
