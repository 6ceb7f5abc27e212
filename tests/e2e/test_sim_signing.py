"""Requests signed, skewed, wrongly encoded: what boto3 and raw bytes say to the simulator."""

import datetime

import pytest

from sim_fixture import MIGRATOR, MIGRATOR_ROLE, SOURCE
from sim_peer import ClientError, bucket, error, raw, refused, running, sim, source

ODD_KEYS = ["plain", "with space", "a+b", "100%", "%2F", "q?a=b&c", "#", "x//y", "/lead", "//", ".",
            "..", "a/../b", "trail/", "tab\there", "new\nline", "cr\rhere", "\x01\x1f", "é", "e\u0301",
            "日本語", "😀", "\U00010348", "\ufffd", "<&>\"'", "~*!()", "=+-@", "x" * 1024]


def test_every_odd_key_is_signed_stored_listed_and_deleted_as_it_is(source, bucket):
    for key in ODD_KEYS:
        source.put_object(Bucket=bucket, Key=key, Body=key.encode())
    pages = source.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 3})
    listed = [o["Key"] for page in pages for o in page["Contents"]]
    assert listed == sorted(ODD_KEYS, key=lambda k: k.encode())
    for key in ODD_KEYS:
        assert source.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
        source.copy_object(Bucket=bucket, Key="copy " + key[:1000],
                           CopySource={"Bucket": bucket, "Key": key})
        assert source.head_object(Bucket=bucket, Key="copy " + key[:1000])["ContentLength"] == len(
            key.encode())
        source.delete_object(Bucket=bucket, Key=key)
    assert source.list_objects_v2(Bucket=bucket)["KeyCount"] == len(
        {"copy " + key[:1000] for key in ODD_KEYS})


def test_a_wrong_secret_an_unknown_key_and_a_wrong_token(sim, source, bucket):
    keys = sim.keys[SOURCE, "admin"]
    assert refused(sim.client("s3", (keys[0], "wrong")).list_buckets) == (
        403, "SignatureDoesNotMatch")
    assert refused(sim.client("s3", ("AKIAUNKNOWN", "x")).list_buckets) == (
        403, "InvalidAccessKeyId")
    session = sim.assume(sim.client("sts", sim.keys[MIGRATOR, "migrator"]), MIGRATOR_ROLE)
    pair = session["AccessKeyId"], session["SecretAccessKey"]
    assert refused(sim.client("s3", pair, token="other").list_buckets) == (400, "InvalidToken")
    assert refused(sim.client("s3", pair).list_buckets) == (403, "InvalidAccessKeyId")
    assert refused(sim.client("sts", ("AKIAUNKNOWN", "x")).get_caller_identity) == (
        403, "InvalidClientTokenId")
    assert refused(sim.client("sts", (keys[0], "wrong")).get_caller_identity) == (
        403, "SignatureDoesNotMatch")


def test_clock_skew_of_more_than_a_quarter_of_an_hour(sim, source, bucket):
    sim.switch(clock_skew_ms=16 * 60 * 1000)
    with pytest.raises(ClientError) as raised:
        source.list_objects_v2(Bucket=bucket)
    assert error(raised) == (403, "RequestTimeTooSkewed")
    assert raised.value.response["Error"]["MaxAllowedSkewMilliseconds"] == "900000"
    date = raised.value.response["ResponseMetadata"]["HTTPHeaders"]["date"]
    there = datetime.datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")
    assert (there - datetime.datetime.utcnow()).total_seconds() > 15 * 60
    sim.switch(clock_skew_ms=-10 * 60 * 1000)
    source.list_objects_v2(Bucket=bucket)


def test_virtual_hosted_addresses_are_signed_and_found(sim, source, bucket):
    status, _ = raw(sim, "PUT", "/a%20key", b"hosted",
                    host=f"{bucket}.s3.us-east-1.amazonaws.com")
    assert status == 200
    assert source.get_object(Bucket=bucket, Key="a key")["Body"].read() == b"hosted"


def test_a_header_that_is_not_signed_is_refused(sim, bucket):
    status, body = raw(sim, "GET", f"/{bucket}",
                       unsigned_headers={"x-amz-expected-bucket-owner": SOURCE})
    assert status == 403 and b"HeadersNotSigned" in body


def test_a_body_that_is_not_what_was_signed_is_refused(sim, bucket):
    status, body = raw(sim, "PUT", f"/{bucket}/k", b"other", payload="0" * 64)
    assert status == 400 and b"XAmzContentSHA256Mismatch" in body


def test_what_is_signed_bare_but_should_be_encoded_is_refused(sim, bucket):
    status, body = raw(sim, "GET", f"/{bucket}/a+b")
    assert status == 403 and b"SignatureDoesNotMatch" in body
