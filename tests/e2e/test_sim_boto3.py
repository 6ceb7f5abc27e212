"""The simulator judged by an independent client: what boto3 sends it accepts, and answers so that
boto3 understands. botocore's signer proves the signature check; its parsers prove the XML."""

import base64
import concurrent.futures
import datetime
import hashlib
import hmac
import http.client
import io
import json
import time
import urllib.parse
import uuid

import boto3
import botocore.config
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import sim_fixture
from sim_fixture import (DESTINATION, DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE, SOURCE,
                         SOURCE_ROLE)

MIB = 1 << 20
ClientError = boto3.client("s3", region_name="us-east-1").exceptions.ClientError


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    scenario = {"extends": "article",
                "kms_keys": [{"arn": f"arn:aws:kms:us-east-1:{SOURCE}:key/shared",
                              "users": [f"arn:aws:iam::{SOURCE}:*", DESTINATION_ROLE]}]}
    with sim_fixture.simulator(scenario, tmp_path_factory.mktemp("sim")) as sim:
        yield sim


@pytest.fixture
def sim(running):
    running.calm()
    return running


@pytest.fixture
def source(sim):
    return sim.admin(SOURCE)


@pytest.fixture
def destination(sim):
    return sim.admin(DESTINATION)


@pytest.fixture
def bucket(source):
    name = f"b-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name)
    return name


@pytest.fixture
def other(destination):
    name = f"o-{uuid.uuid4().hex[:12]}"
    destination.create_bucket(Bucket=name)
    return name


def error(raised):
    response = raised.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def refused(call, *arguments, **options):
    with pytest.raises(ClientError) as raised:
        call(*arguments, **options)
    return error(raised)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal, actions, *resources, **more):
    return {"Sid": "Grant", "Effect": "Allow", "Principal": principal, "Action": actions,
            "Resource": list(resources), **more}


def arns(name):
    return f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"


def put_multipart(client, bucket, key, parts, **options):
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, **options)["UploadId"]
    tags = []
    for number, body in enumerate(parts, 1):
        part = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number,
                                  Body=body)
        tags.append({"PartNumber": number, "ETag": part["ETag"],
                     **{k: v for k, v in part.items() if k.startswith("Checksum")}})
    return client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload,
                                            MultipartUpload={"Parts": tags})


def raw(sim, method, path, body=b"", headers=None, unsigned_headers=None, host=None, payload=None):
    """A request by hand, signed by botocore: status and body."""
    url = urllib.parse.urlsplit(sim.endpoint)

    class Signer(S3SigV4Auth):
        def payload(self, request):
            return payload or super().payload(request)
    netloc = host or url.netloc
    request = AWSRequest(method, f"http://{netloc}{path}", data=body,
                         headers={"Host": netloc, **(headers or {})})
    Signer(Credentials(*sim.keys[SOURCE, "admin"]), "s3", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request(method, path, body=body,
                       headers={**dict(request.headers), **(unsigned_headers or {})})
    answer = connection.getresponse()
    return answer.status, answer.read()


# Signatures ------------------------------------------------------------------------------------

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


# Buckets ---------------------------------------------------------------------------------------

def test_regions_location_constraints_and_redirects(sim, source, destination):
    frankfurt = sim.admin(SOURCE, region="eu-central-1")
    name = f"r-{uuid.uuid4().hex[:12]}"
    assert refused(frankfurt.create_bucket, Bucket=name) == (
        400, "IllegalLocationConstraintException")
    assert refused(frankfurt.create_bucket, Bucket=name, CreateBucketConfiguration={
        "LocationConstraint": "eu-west-1"}) == (400, "IllegalLocationConstraintException")
    frankfurt.create_bucket(Bucket=name, CreateBucketConfiguration={
        "LocationConstraint": "eu-central-1"})
    assert frankfurt.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    head = frankfurt.head_bucket(Bucket=name)
    assert head["BucketRegion"] == "eu-central-1"
    # botocore follows the region that the refusal names.
    assert source.list_objects_v2(Bucket=name)["KeyCount"] == 0
    for switch in ("permanent_redirect", "temporary_redirect", "malformed"):
        sim.switch(wrong_region=switch)
        client = sim.admin(SOURCE, region="us-west-2")
        client.put_object(Bucket=name, Key=switch, Body=b"x")
    # HeadBucket tells the region even to those who may not know more.
    with pytest.raises(ClientError) as raised:
        sim.admin(DESTINATION, region="eu-central-1").head_bucket(Bucket=name)
    assert error(raised)[0] == 403
    assert raised.value.response["ResponseMetadata"]["HTTPHeaders"][
        "x-amz-bucket-region"] == "eu-central-1"
    assert refused(source.create_bucket, Bucket="x", CreateBucketConfiguration={
        "LocationConstraint": "nowhere-1"}) == (400, "InvalidLocationConstraint")


def test_names_are_global_and_come_free_late(sim, source, destination, bucket):
    assert source.create_bucket(Bucket=bucket)["Location"] == f"/{bucket}"  # us-east-1's own way
    sim.switch(own_bucket_answers_200=False)
    assert refused(source.create_bucket, Bucket=bucket) == (409, "BucketAlreadyOwnedByYou")
    assert refused(destination.create_bucket, Bucket=bucket) == (409, "BucketAlreadyExists")
    source.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert refused(source.delete_bucket, Bucket=bucket) == (409, "BucketNotEmpty")
    source.delete_object(Bucket=bucket, Key="k")
    sim.switch(name_release_ms=300)
    source.delete_bucket(Bucket=bucket)
    assert refused(destination.create_bucket, Bucket=bucket) == (409, "OperationAborted")
    assert refused(source.head_bucket, Bucket=bucket) == (404, "404")
    deadline = time.monotonic() + 10
    while True:
        try:
            destination.create_bucket(Bucket=bucket)
            break
        except ClientError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert bucket in [b["Name"] for b in destination.list_buckets()["Buckets"]]
    assert bucket not in [b["Name"] for b in source.list_buckets()["Buckets"]]


def test_what_is_asked_for_at_creation(sim, source, destination):
    name = f"t-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerPreferred",
                         CreateBucketConfiguration={"Tags": [{"Key": "team", "Value": "a & b"}]})
    assert source.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "team", "Value": "a & b"}]
    assert source.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerPreferred"}]
    own = f"t-{SOURCE}-us-east-1-an"
    assert refused(destination.create_bucket, Bucket=own, BucketNamespace="account-regional") == (
        400, "InvalidBucketNamespace")
    assert refused(source.create_bucket, Bucket=own) == (400, "InvalidBucketNamespace")
    source.create_bucket(Bucket=own, BucketNamespace="account-regional")


def test_a_thief_takes_a_name_when_it_is_free(sim, source, destination, bucket):
    sim.switch(name_release_ms=0)
    sim.call("POST", "thief", {"bucket": bucket, "account": DESTINATION})
    source.delete_bucket(Bucket=bucket)
    assert refused(source.create_bucket, Bucket=bucket) == (409, "BucketAlreadyExists")
    assert bucket in [b["Name"] for b in destination.list_buckets()["Buckets"]]


def test_invalid_names(source):
    for name in ("Upper-case", "xn--punycode", "192.168.0.1", "under_score"):
        try:
            assert refused(source.create_bucket, Bucket=name) == (400, "InvalidBucketName")
        except botocore.exceptions.ParamValidationError:
            pass


def test_a_new_bucket_is_not_seen_at_once(sim, source):
    sim.switch(bucket_visible_after_ms=300)
    name = f"n-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name)
    assert refused(source.put_object, Bucket=name, Key="k", Body=b"") == (404, "NoSuchBucket")
    source.get_waiter("bucket_exists").wait(Bucket=name, WaiterConfig={"Delay": 1})


def test_sub_resources_round_trip_and_say_when_they_are_absent(source, bucket):
    absent = {
        "get_bucket_cors": "NoSuchCORSConfiguration",
        "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
        "get_bucket_policy": "NoSuchBucketPolicy", "get_bucket_tagging": "NoSuchTagSet",
        "get_bucket_website": "NoSuchWebsiteConfiguration",
        "get_bucket_replication": "ReplicationConfigurationNotFoundError",
        "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError"}
    for operation, code in absent.items():
        assert refused(getattr(source, operation), Bucket=bucket) == (404, code)
    assert "LoggingEnabled" not in source.get_bucket_logging(Bucket=bucket)
    assert "TopicConfigurations" not in source.get_bucket_notification_configuration(Bucket=bucket)
    assert "Status" not in source.get_bucket_versioning(Bucket=bucket)
    assert source.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    assert all(source.get_public_access_block(Bucket=bucket)[
        "PublicAccessBlockConfiguration"].values())
    assert source.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}]
    rules = source.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"

    cors = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]
    source.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": cors})
    assert source.get_bucket_cors(Bucket=bucket)["CORSRules"] == cors
    source.delete_bucket_cors(Bucket=bucket)
    tags = [{"Key": "team", "Value": "a & b"}]
    source.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert source.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    lifecycle = {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x/"},
                            "Expiration": {"Days": 3}}]}
    source.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=lifecycle)
    assert source.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == lifecycle["Rules"]
    source.put_bucket_inventory_configuration(Bucket=bucket, Id="weekly", InventoryConfiguration={
        "Id": "weekly", "IsEnabled": True, "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Weekly"},
        "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::x", "Format": "CSV"}}})
    assert [c["Id"] for c in source.list_bucket_inventory_configurations(Bucket=bucket)[
        "InventoryConfigurationList"]] == ["weekly"]


# Objects ---------------------------------------------------------------------------------------

def test_all_that_an_object_carries(source, bucket):
    put = source.put_object(
        Bucket=bucket, Key="full", Body=b"hello", ContentType="text/plain",
        CacheControl="max-age=9", ContentDisposition="attachment", ContentEncoding="gzip",
        ContentLanguage="en", Expires=datetime.datetime(2030, 1, 2), Metadata={"a": "1", "b": "zwei"},
        Tagging="x=1&y=a%20b", StorageClass="STANDARD_IA", WebsiteRedirectLocation="/there",
        ServerSideEncryption="AES256")
    assert put["ETag"] == '"%s"' % hashlib.md5(b"hello").hexdigest()
    head = source.head_object(Bucket=bucket, Key="full", ChecksumMode="ENABLED")
    assert head["ContentType"] == "text/plain" and head["ContentEncoding"] == "gzip"
    assert head["CacheControl"] == "max-age=9" and head["ContentLanguage"] == "en"
    assert head["Metadata"] == {"a": "1", "b": "zwei"} and head["StorageClass"] == "STANDARD_IA"
    assert head["WebsiteRedirectLocation"] == "/there" and head["TagCount"] == 2
    assert head["ExpiresString"].startswith("Wed, 02 Jan 2030")
    assert head["ServerSideEncryption"] == "AES256" and head["ChecksumType"] == "FULL_OBJECT"
    assert head["LastModified"].microsecond == 0
    tags = source.get_object_tagging(Bucket=bucket, Key="full")["TagSet"]
    assert tags == [{"Key": "x", "Value": "1"}, {"Key": "y", "Value": "a b"}]
    source.put_object_tagging(Bucket=bucket, Key="full", Tagging={
        "TagSet": [{"Key": "z", "Value": "3"}]})
    after = source.head_object(Bucket=bucket, Key="full")
    assert after["TagCount"] == 1
    assert (after["ETag"], after["LastModified"]) == (head["ETag"], head["LastModified"])
    source.delete_object_tagging(Bucket=bucket, Key="full")
    assert source.get_object_tagging(Bucket=bucket, Key="full")["TagSet"] == []
    attributes = source.get_object_attributes(
        Bucket=bucket, Key="full", ObjectAttributes=["ETag", "ObjectSize", "Checksum",
                                                     "StorageClass"])
    assert attributes["ObjectSize"] == 5 and attributes["StorageClass"] == "STANDARD_IA"
    assert attributes["ETag"] == hashlib.md5(b"hello").hexdigest()


CHECKSUMS = {  # of b"123456789"
    "CRC32": "y/Q5Jg==", "CRC32C": "4waSgw==", "CRC64NVME": "rosUhgp5mIg=",
    "SHA1": base64.b64encode(hashlib.sha1(b"123456789").digest()).decode(),
    "SHA256": base64.b64encode(hashlib.sha256(b"123456789").digest()).decode()}


@pytest.mark.parametrize("algorithm", CHECKSUMS)
def test_checksums_are_checked_kept_and_answered(source, bucket, algorithm):
    name, value = "Checksum" + algorithm, CHECKSUMS[algorithm]
    put = source.put_object(Bucket=bucket, Key="k", Body=b"123456789", **{name: value})
    assert put[name] == value
    head = source.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head[name] == value and head["ChecksumType"] == "FULL_OBJECT"
    listed = source.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert listed["ChecksumAlgorithm"] == [algorithm]
    copied = source.copy_object(Bucket=bucket, Key="c", CopySource=f"{bucket}/k")
    assert copied["CopyObjectResult"][name] == value
    assert refused(source.put_object, Bucket=bucket, Key="k", Body=b"other", **{name: value}) == (
        400, "BadDigest")


def test_aws_chunked_bodies_with_and_without_signed_chunks(sim, source, bucket):
    # boto3 sends a trailer over https alone; a stream on http is signed whole. Both framings by
    # hand, the signed one with the example's algorithm of the API reference.
    class Stream(io.BytesIO):
        pass
    source.put_object(Bucket=bucket, Key="stream", Body=Stream(b"s" * 70000),
                      ChecksumAlgorithm="CRC32")
    assert source.head_object(Bucket=bucket, Key="stream")["ContentLength"] == 70000
    for broken in (False, True):
        status = chunked_put(sim, bucket, "chunks", [b"a" * 8192, b"b" * 100], broken)
        assert status == (403 if broken else 200)
    assert source.get_object(Bucket=bucket, Key="chunks")["Body"].read() == (
        b"a" * 8192 + b"b" * 100)
    assert "ContentEncoding" not in source.head_object(Bucket=bucket, Key="chunks")


def chunked_put(sim, bucket, key, chunks, broken):
    access, secret = sim.keys[SOURCE, "admin"]
    url = urllib.parse.urlsplit(sim.endpoint)
    now = datetime.datetime.utcnow().strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/us-east-1/s3/aws4_request"
    headers = {"content-encoding": "aws-chunked", "host": url.netloc, "x-amz-date": now,
               "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
               "x-amz-decoded-content-length": str(sum(map(len, chunks)))}
    sha = lambda data: hashlib.sha256(data).hexdigest()
    mac = lambda k, text: hmac.new(k, text.encode(), hashlib.sha256).digest()
    names = ";".join(sorted(headers))
    canonical = "\n".join(["PUT", f"/{bucket}/{key}", ""] + [
        f"{name}:{headers[name]}" for name in sorted(headers)] + [
            "", names, headers["x-amz-content-sha256"]])
    signing = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        signing = mac(signing, part)
    signature = mac(signing, f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{sha(canonical.encode())}").hex()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={access}/{scope}, "
                                f"SignedHeaders={names}, Signature={signature}")
    body = b""
    for chunk in [*chunks, b""]:
        signature = mac(signing, "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", now, scope, signature,
                                            sha(b""), sha(chunk)])).hex()
        sent = "0" * 64 if broken and chunk == chunks[-1] else signature
        body += f"{len(chunk):x};chunk-signature={sent}\r\n".encode() + chunk + b"\r\n"
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request("PUT", f"/{bucket}/{key}", body=body, headers=headers)
    return connection.getresponse().status


def test_an_unsigned_trailer_is_checked(sim, bucket, source):
    for crc, expected in (("y/Q5Jg==", 200), ("AAAAAA==", 400)):
        body = b"9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:" + crc.encode() + b"\r\n\r\n"
        status, _ = raw(sim, "PUT", f"/{bucket}/t", body, {
            "x-amz-decoded-content-length": "9", "x-amz-trailer": "x-amz-checksum-crc32",
            "Content-Encoding": "aws-chunked"}, payload="STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        assert status == expected
    assert source.get_object(Bucket=bucket, Key="t")["Body"].read() == b"123456789"


def test_ranges_and_conditions_of_reads(source, bucket):
    etag = source.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
    get = lambda **more: source.get_object(Bucket=bucket, Key="k", **more)
    assert get(Range="bytes=2-4")["Body"].read() == b"234"
    assert get(Range="bytes=-3")["ContentRange"] == "bytes 7-9/10"
    assert get(Range="bytes=8-")["Body"].read() == b"89"
    assert refused(get, Range="bytes=10-") == (416, "InvalidRange")
    assert get(IfMatch=etag)["ContentLength"] == 10
    assert refused(get, IfMatch='"other"') == (412, "PreconditionFailed")
    assert refused(get, IfNoneMatch=etag) == (304, "304")
    later = datetime.datetime(2035, 1, 1)
    assert refused(get, IfModifiedSince=later) == (304, "304")
    assert refused(get, IfUnmodifiedSince=datetime.datetime(2001, 1, 1)) == (
        412, "PreconditionFailed")
    assert get(IfMatch=etag, IfUnmodifiedSince=datetime.datetime(2001, 1, 1))["ETag"] == etag


def test_conditions_of_writes(sim, source, bucket):
    put = lambda **more: source.put_object(Bucket=bucket, Key="k", Body=b"x", **more)
    etag = put(IfNoneMatch="*")["ETag"]
    assert refused(put, IfNoneMatch="*") == (412, "PreconditionFailed")
    assert refused(put, IfMatch='"0"') == (412, "PreconditionFailed")
    put(IfMatch=etag)
    assert refused(source.put_object, Bucket=bucket, Key="absent", Body=b"", IfMatch=etag) == (
        404, "NoSuchKey")
    assert refused(source.delete_object, Bucket=bucket, Key="k", IfMatch='"0"') == (
        412, "PreconditionFailed")
    sim.switch(ignore_if_match=True, ignore_if_none_match=True)
    put(IfNoneMatch="*")
    source.delete_object(Bucket=bucket, Key="k", IfMatch='"0"')


def test_versions_and_delete_markers(sim, source, bucket):
    source.put_object(Bucket=bucket, Key="a", Body=b"before")
    source.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    ids = [source.put_object(Bucket=bucket, Key="a", Body=b"%d" % n)["VersionId"]
           for n in range(3)]
    marker = source.delete_object(Bucket=bucket, Key="a")
    assert marker["DeleteMarker"] and refused(source.get_object, Bucket=bucket, Key="a") == (
        404, "NoSuchKey")
    source.put_object(Bucket=bucket, Key="b", Body=b"")
    assert [o["Key"] for o in source.list_objects_v2(Bucket=bucket)["Contents"]] == ["b"]
    everything = source.list_object_versions(Bucket=bucket)
    assert [v["VersionId"] for v in everything["Versions"] if v["Key"] == "a"] == (
        ids[::-1] + ["null"])
    assert everything["DeleteMarkers"][0]["IsLatest"]
    # One version a page: the cut runs through the versions of a key.
    pages = source.get_paginator("list_object_versions").paginate(
        Bucket=bucket, PaginationConfig={"PageSize": 1})
    seen = [(e["Key"], e["VersionId"]) for page in pages
            for e in page.get("Versions", []) + page.get("DeleteMarkers", [])]
    assert len(seen) == 6 == len(set(seen))
    assert source.get_object(Bucket=bucket, Key="a", VersionId=ids[1])["Body"].read() == b"1"
    assert refused(source.get_object, Bucket=bucket, Key="a",
                   VersionId=marker["VersionId"]) == (405, "MethodNotAllowed")
    assert refused(source.copy_object, Bucket=bucket, Key="c", CopySource={
        "Bucket": bucket, "Key": "a", "VersionId": marker["VersionId"]}) == (400, "InvalidRequest")
    copied = source.copy_object(Bucket=bucket, Key="c", CopySource={
        "Bucket": bucket, "Key": "a", "VersionId": ids[0]})
    assert copied["CopySourceVersionId"] == ids[0] and copied["VersionId"] not in ids
    source.delete_object(Bucket=bucket, Key="a", VersionId=marker["VersionId"])
    assert source.get_object(Bucket=bucket, Key="a")["VersionId"] == ids[2]
    # What a marker alone includes differs between services.
    first = source.list_object_versions(Bucket=bucket, KeyMarker="a")
    assert {v["Key"] for v in first["Versions"]} == {"b", "c"}
    sim.switch(inclusive_key_marker=True)
    first = source.list_object_versions(Bucket=bucket, KeyMarker="a")
    assert {v["Key"] for v in first["Versions"]} == {"a", "b", "c"}


def test_delete_objects_and_what_xml_does_to_keys(sim, source, bucket):
    for key in ("a", "b", "line\nfeed", "line\rfeed"):
        source.put_object(Bucket=bucket, Key=key, Body=b"")
    gone = source.delete_objects(Bucket=bucket, Delete={
        "Objects": [{"Key": "a"}, {"Key": "absent"}]})
    assert [d["Key"] for d in gone["Deleted"]] == ["a", "absent"]
    # A bare carriage return in XML is a line feed: the other key goes.
    body = b"<Delete><Quiet>true</Quiet><Object><Key>line\rfeed</Key></Object></Delete>"
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()
    status, _ = raw(sim, "POST", f"/{bucket}?delete=", body, {"Content-MD5": digest})
    assert status == 200
    assert [o["Key"] for o in source.list_objects_v2(Bucket=bucket)["Contents"]] == [
        "b", "line\rfeed"]


def test_annotations(source, bucket, sim):
    if not hasattr(source, "put_object_annotation"):
        pytest.skip("this botocore does not know annotations")
    source.put_object(Bucket=bucket, Key="k", Body=b"x")
    source.put_object_annotation(Bucket=bucket, Key="k", AnnotationName="note",
                                 AnnotationPayload=b"seen by Ada")
    assert source.get_object_annotation(Bucket=bucket, Key="k", AnnotationName="note")[
        "AnnotationPayload"].read() == b"seen by Ada"
    source.copy_object(Bucket=bucket, Key="with", CopySource=f"{bucket}/k")
    source.copy_object(Bucket=bucket, Key="without", CopySource=f"{bucket}/k",
                       AnnotationDirective="EXCLUDE")
    count = lambda key: source.list_object_annotations(Bucket=bucket, Key=key)["AnnotationCount"]
    assert (count("with"), count("without")) == (1, 0)
    source.delete_object_annotation(Bucket=bucket, Key="k", AnnotationName="note")
    assert count("k") == 0


# Listings --------------------------------------------------------------------------------------

def test_order_delimiter_start_after_and_short_pages(sim, source, bucket):
    keys = ["a/1", "a/2", "b", "c/x/1", "c/y", "d", "～", "\U00010000"]
    for key in keys:
        source.put_object(Bucket=bucket, Key=key, Body=b"")
    listing = lambda **more: source.list_objects_v2(Bucket=bucket, **more)
    assert [o["Key"] for o in listing()["Contents"]] == keys  # UTF-16 would turn the last two
    folded = listing(Delimiter="/")
    assert [p["Prefix"] for p in folded["CommonPrefixes"]] == ["a/", "c/"]
    assert [o["Key"] for o in folded["Contents"]] == ["b", "d", "～", "\U00010000"]
    assert [p["Prefix"] for p in listing(Prefix="c/", Delimiter="/")["CommonPrefixes"]] == ["c/x/"]
    assert [o["Key"] for o in listing(StartAfter="b")["Contents"]] == keys[3:]
    sim.switch(listing_page=2)
    first = listing(MaxKeys=1000)
    assert first["IsTruncated"] and first["KeyCount"] == 2
    pages = source.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    assert [o["Key"] for page in pages for o in page["Contents"]] == keys
    pages = list(source.get_paginator("list_objects_v2").paginate(Bucket=bucket, Delimiter="/"))
    assert [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])] == ["a/", "c/"]
    old = source.get_paginator("list_objects").paginate(Bucket=bucket, Delimiter="/")
    assert [o["Key"] for page in old for o in page.get("Contents", [])] == [
        "b", "d", "～", "\U00010000"]
    assert "Owner" not in listing()["Contents"][0]
    assert listing(FetchOwner=True)["Contents"][0]["Owner"]["ID"]


def test_scripted_pages(sim, source, bucket):
    for n in range(6):
        source.put_object(Bucket=bucket, Key=f"{n}", Body=b"")
    sim.switch(listing_page=3)
    listing = lambda **more: source.list_objects_v2(Bucket=bucket, **more)
    names = lambda page: [o["Key"] for o in page.get("Contents", [])]
    sim.fault(operation="ListObjectsV2", effect="page_out_of_order")
    assert names(listing()) == ["0", "2", "1"]
    sim.fault(operation="ListObjectsV2", effect="page_without_token")
    page = listing()
    assert page["IsTruncated"] and "NextContinuationToken" not in page
    sim.fault(operation="ListObjectsV2", effect="page_empty")
    page = listing()
    assert page["IsTruncated"] and names(page) == []
    second = listing(ContinuationToken=page["NextContinuationToken"])
    assert names(second) == ["0", "1", "2"]
    sim.fault(operation="ListObjectsV2", effect="page_repeats_token")
    token = second["NextContinuationToken"]
    assert listing(ContinuationToken=token)["NextContinuationToken"] == token
    sim.fault(operation="ListObjectsV2", effect="page_goes_back")
    assert names(listing(ContinuationToken=token)) == ["0", "1", "2"]
    assert names(listing(ContinuationToken=token)) == ["3", "4", "5"]


# Copies ----------------------------------------------------------------------------------------

def test_what_a_copy_carries_and_what_it_does_not(source, bucket):
    source.put_object(Bucket=bucket, Key="s", Body=b"data", Metadata={"m": "1"},
                      ContentType="text/x", Tagging="t=1", StorageClass="STANDARD_IA",
                      WebsiteRedirectLocation="/w")
    copied = source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/s")
    assert copied["CopyObjectResult"]["ETag"] == '"%s"' % hashlib.md5(b"data").hexdigest()
    head = source.head_object(Bucket=bucket, Key="d")
    assert head["Metadata"] == {"m": "1"} and head["ContentType"] == "text/x"
    assert head["TagCount"] == 1
    assert "StorageClass" not in head and "WebsiteRedirectLocation" not in head
    source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/s", MetadataDirective="REPLACE",
                       Metadata={"n": "2"}, TaggingDirective="REPLACE", Tagging="")
    head = source.head_object(Bucket=bucket, Key="d")
    assert head["Metadata"] == {"n": "2"} and "TagCount" not in head
    assert refused(source.copy_object, Bucket=bucket, Key="s", CopySource=f"{bucket}/s") == (
        400, "InvalidRequest")
    source.copy_object(Bucket=bucket, Key="s", CopySource=f"{bucket}/s", StorageClass="STANDARD")


def test_conditions_of_copies(sim, source, bucket):
    etag = source.put_object(Bucket=bucket, Key="s", Body=b"data")["ETag"]
    copy = lambda key="d", **more: source.copy_object(Bucket=bucket, Key=key,
                                                      CopySource=f"{bucket}/s", **more)
    copy(CopySourceIfMatch=etag, IfNoneMatch="*")
    assert refused(copy, IfNoneMatch="*") == (412, "PreconditionFailed")
    assert refused(copy, CopySourceIfMatch='"0"') == (412, "PreconditionFailed")
    assert refused(copy, CopySourceIfNoneMatch=etag) == (412, "PreconditionFailed")
    assert refused(copy, IfMatch='"0"') == (412, "PreconditionFailed")
    copy(IfMatch=etag)
    assert refused(copy, ExpectedSourceBucketOwner=DESTINATION) == (403, "AccessDenied")
    assert refused(copy, ExpectedBucketOwner=DESTINATION) == (403, "AccessDenied")
    copy(ExpectedSourceBucketOwner=SOURCE, ExpectedBucketOwner=SOURCE)
    sim.switch(ignore_copy_source_conditions=True, ignore_expected_owner=True)
    copy(CopySourceIfMatch='"0"', ExpectedBucketOwner=DESTINATION)


def test_copies_above_five_gibibytes_go_in_parts(sim, source, bucket):
    gib = 1 << 30
    sim.call("POST", "object", {"bucket": bucket, "object": {
        "key": "big", "size": 6 * gib, "part_size": 512 * MIB}})
    head = source.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert head["ContentLength"] == 6 * gib and head["ETag"].endswith('-12"')
    assert refused(source.copy_object, Bucket=bucket, Key="d", CopySource=f"{bucket}/big") == (
        400, "InvalidRequest")
    part = source.head_object(Bucket=bucket, Key="big", PartNumber=12)
    assert part["ContentLength"] == 512 * MIB and part["PartsCount"] == 12
    assert refused(source.head_object, Bucket=bucket, Key="big", PartNumber=13) == (416, "416")
    upload = source.create_multipart_upload(Bucket=bucket, Key="d", ChecksumAlgorithm="CRC64NVME",
                                            ChecksumType="FULL_OBJECT")["UploadId"]
    tags = []
    for n in range(12):
        result = source.upload_part_copy(
            Bucket=bucket, Key="d", UploadId=upload, PartNumber=n + 1, CopySource=f"{bucket}/big",
            CopySourceIfMatch=head["ETag"],
            CopySourceRange=f"bytes={n * 512 * MIB}-{(n + 1) * 512 * MIB - 1}")["CopyPartResult"]
        tags.append({"PartNumber": n + 1, "ETag": result["ETag"],
                     "ChecksumCRC64NVME": result["ChecksumCRC64NVME"]})
    done = source.complete_multipart_upload(Bucket=bucket, Key="d", UploadId=upload,
                                            MultipartUpload={"Parts": tags}, IfNoneMatch="*")
    assert done["ETag"] == head["ETag"] and done["ChecksumCRC64NVME"] == head["ChecksumCRC64NVME"]
    again = source.complete_multipart_upload(Bucket=bucket, Key="d", UploadId=upload,
                                             MultipartUpload={"Parts": tags})
    assert again["ETag"] == done["ETag"]
    single = source.upload_part_copy
    upload = source.create_multipart_upload(Bucket=bucket, Key="e")["UploadId"]
    args = dict(Bucket=bucket, Key="e", UploadId=upload, PartNumber=1, CopySource=f"{bucket}/big")
    assert refused(single, **args) == (400, "InvalidRequest")
    for bad in ("bytes=0-", "bytes=5-2", "bytes=0-%d" % (6 * gib)):
        assert refused(single, **args, CopySourceRange=bad) == (400, "InvalidArgument")
    assert refused(single, **args, CopySourceRange="bytes=0-1", CopySourceIfMatch='"0"') == (
        412, "PreconditionFailed")
    args["PartNumber"] = 10001
    assert refused(single, **args, CopySourceRange="bytes=0-1") == (400, "InvalidArgument")


def test_a_copy_makes_one_part_of_many(sim, source, bucket):
    put_multipart(source, bucket, "s", [b"a" * 5 * MIB, b"b"])
    assert source.head_object(Bucket=bucket, Key="s")["ETag"].endswith('-2"')
    copied = source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/s")
    whole = hashlib.md5(b"a" * 5 * MIB + b"b").hexdigest()
    assert copied["CopyObjectResult"]["ETag"] == f'"{whole}"'
    sim.switch(copy_keeps_multipart_etag=True, copy_etag_unquoted=True)
    copied = source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/s")
    assert copied["CopyObjectResult"]["ETag"].endswith("-2")


# Uploads in parts ------------------------------------------------------------------------------

def test_uploads_in_parts(source, bucket):
    parts = [b"a" * 5 * MIB, b"b" * 5 * MIB, b"tail"]
    done = put_multipart(source, bucket, "k", parts, Metadata={"m": "1"}, Tagging="t=1",
                         ContentType="text/y", StorageClass="STANDARD_IA")
    digests = b"".join(hashlib.md5(p).digest() for p in parts)
    assert done["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-3"'
    head = source.head_object(Bucket=bucket, Key="k")
    assert head["Metadata"] == {"m": "1"} and head["ContentType"] == "text/y"
    assert head["StorageClass"] == "STANDARD_IA" and head["TagCount"] == 1
    assert source.get_object(Bucket=bucket, Key="k", PartNumber=3)["Body"].read() == b"tail"
    attributes = source.get_object_attributes(Bucket=bucket, Key="k",
                                              ObjectAttributes=["ObjectParts"])
    assert attributes["ObjectParts"]["TotalPartsCount"] == 3


def test_what_complete_refuses(source, bucket):
    upload = source.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]
    small = {n: source.upload_part(Bucket=bucket, Key="k", UploadId=upload, PartNumber=n,
                                   Body=b"x" * n)["ETag"] for n in (1, 2)}
    complete = lambda *parts, **more: source.complete_multipart_upload(
        Bucket=bucket, Key="k", UploadId=upload, MultipartUpload={
            "Parts": [{"PartNumber": n, "ETag": e} for n, e in parts]}, **more)
    assert refused(complete, (1, small[1]), (2, small[2])) == (400, "EntityTooSmall")
    assert refused(complete, (2, small[2]), (1, small[1])) == (400, "InvalidPartOrder")
    assert refused(complete, (1, '"0"')) == (400, "InvalidPart")
    assert refused(complete, (3, small[1])) == (400, "InvalidPart")
    source.put_object(Bucket=bucket, Key="k", Body=b"")
    assert refused(complete, (1, small[1]), IfNoneMatch="*") == (412, "PreconditionFailed")
    listed = source.list_parts(Bucket=bucket, Key="k", UploadId=upload)
    assert [p["Size"] for p in listed["Parts"]] == [1, 2]
    uploads = source.list_multipart_uploads(Bucket=bucket, Prefix="k")["Uploads"]
    assert [u["UploadId"] for u in uploads] == [upload]
    assert uploads[0]["Initiator"]["ID"].endswith(":user/admin")
    source.abort_multipart_upload(Bucket=bucket, Key="k", UploadId=upload)
    assert refused(source.list_parts, Bucket=bucket, Key="k", UploadId=upload) == (
        404, "NoSuchUpload")
    assert refused(complete, (1, small[1])) == (404, "NoSuchUpload")


def test_composite_checksums_of_uploads(source, bucket):
    parts = [b"a" * 5 * MIB, b"tail"]
    done = put_multipart(source, bucket, "k", parts, ChecksumAlgorithm="SHA256")
    raw = b"".join(hashlib.sha256(p).digest() for p in parts)
    expected = base64.b64encode(hashlib.sha256(raw).digest()).decode() + "-2"
    assert done["ChecksumSHA256"] == expected and done["ChecksumType"] == "COMPOSITE"
    head = source.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == expected
    # Without each part's checksum the upload is not completed.
    upload = source.create_multipart_upload(Bucket=bucket, Key="j", ChecksumAlgorithm="SHA256")
    part = source.upload_part(Bucket=bucket, Key="j", UploadId=upload["UploadId"], PartNumber=1,
                              Body=b"x", ChecksumAlgorithm="SHA256")
    assert refused(source.complete_multipart_upload, Bucket=bucket, Key="j",
                   UploadId=upload["UploadId"], MultipartUpload={"Parts": [
                       {"PartNumber": 1, "ETag": part["ETag"]}]}) == (400, "InvalidRequest")


def test_the_transfer_manager(source, bucket):
    body = bytes(range(256)) * 4 * 1024 * 20  # 20 MiB
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=8 * MIB,
                                              multipart_chunksize=8 * MIB)
    source.upload_fileobj(io.BytesIO(body), bucket, "up", Config=config)
    source.copy({"Bucket": bucket, "Key": "up"}, bucket, "copied", Config=config)
    down = io.BytesIO()
    source.download_fileobj(bucket, "copied", down, Config=config)
    assert down.getvalue() == body
    tags = {source.head_object(Bucket=bucket, Key=k)["ETag"] for k in ("up", "copied")}
    assert len(tags) == 1 and tags.pop().endswith('-3"')


# Accounts --------------------------------------------------------------------------------------

def test_the_articles_flow(sim, source, destination, bucket, other):
    """Source role signs; without the grant it is refused, with it the copy works."""
    source.put_object(Bucket=bucket, Key="k", Body=b"data", Tagging="t=1")
    signer = sim.role(SOURCE_ROLE)
    copy = lambda: signer.copy_object(Bucket=other, Key="k", CopySource=f"{bucket}/k")
    assert refused(copy) == (403, "AccessDenied")
    owner = sim.role(DESTINATION_ROLE)
    grant = allow({"AWS": f"arn:aws:iam::{SOURCE}:root"}, ["s3:PutObject"], arns(other)[1],
                  Condition={"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE}})
    owner.put_bucket_policy(Bucket=other, Policy=policy(grant))
    assert refused(copy) == (403, "AccessDenied")  # the tags need a right of their own
    grant["Action"] = ["s3:PutObject", "s3:PutObjectTagging"]
    owner.put_bucket_policy(Bucket=other, Policy=policy(grant))
    copy()
    assert json.loads(owner.get_bucket_policy(Bucket=other)["Policy"])["Statement"] == [grant]
    # Another role of that account is not meant.
    assert refused(source.put_object, Bucket=other, Key="k", Body=b"") == (403, "AccessDenied")
    owner.delete_bucket_policy(Bucket=other)
    assert refused(copy) == (403, "AccessDenied")
    assert destination.head_object(Bucket=other, Key="k")["ContentLength"] == 4


def test_policies_belong_to_the_owners_account(sim, source, destination, bucket, other):
    everything = allow({"AWS": [SOURCE]}, "s3:*", *arns(other))
    destination.put_bucket_policy(Bucket=other, Policy=policy(everything))
    for operation in ("get_bucket_policy", "delete_bucket_policy"):
        assert refused(getattr(source, operation), Bucket=other) == (405, "MethodNotAllowed")
    assert refused(source.get_bucket_policy, Bucket="nowhere-at-all") == (404, "NoSuchBucket")
    for wrong in ("nonsense", policy(allow({"AWS": f"arn:aws:iam::{SOURCE}:role/none"}, "s3:*",
                                           *arns(other))),
                  policy(allow({"AWS": SOURCE}, "s3:*", "arn:aws:s3:::another/*")),
                  policy(allow({"AWS": SOURCE}, "s3:GetObject", arns(other)[0]))):
        assert refused(destination.put_bucket_policy, Bucket=other, Policy=wrong) == (
            400, "MalformedPolicy")
    assert refused(destination.put_bucket_policy, Bucket=other,
                   Policy=policy(allow("*", "s3:GetObject", arns(other)[1]))) == (
        403, "AccessDenied")  # public, which a new bucket blocks
    large = policy(allow({"AWS": SOURCE}, "s3:*", *arns(other), Condition={
        "StringLike": {"aws:UserAgent": ["x" * 21000]}}))
    status, code = refused(destination.put_bucket_policy, Bucket=other, Policy=large)
    assert status == 400 and "Policy" in code


def test_a_freeze_spares_one_session(sim, source, bucket):
    source.put_object(Bucket=bucket, Key="k", Body=b"")
    job, stranger = sim.role(SOURCE_ROLE, session="job-1"), sim.role(SOURCE_ROLE, session="other")
    role_id = job._request_signer  # the id stands in GetCallerIdentity
    sts = sim.role(SOURCE_ROLE, session="job-1", service="sts")
    role_id = sts.get_caller_identity()["UserId"].split(":")[0]
    freeze = {"Sid": "Freeze", "Effect": "Deny", "Principal": "*",
              "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": arns(bucket)[1],
              "Condition": {"StringNotLike": {"aws:userId": [f"{role_id}:job-1"]}}}
    source.put_bucket_policy(Bucket=bucket, Policy=policy(freeze))
    probe = dict(Bucket=bucket, Key="k", Body=b"", IfMatch='"bogus"')
    assert refused(stranger.put_object, **probe) == (403, "AccessDenied")
    assert refused(source.put_object, **probe) == (403, "AccessDenied")
    assert refused(job.put_object, **probe) == (412, "PreconditionFailed")
    sim.switch(deny_hits_everyone=True)
    assert refused(job.put_object, **probe) == (403, "AccessDenied")
    sim.switch(deny_hits_everyone=False)
    chain = {"Sid": "Freeze", "Effect": "Deny", "Action": "s3:PutObject",
             "Resource": arns(bucket)[1], "NotPrincipal": {"AWS": [
                 SOURCE, SOURCE_ROLE, f"arn:aws:sts::{SOURCE}:assumed-role/s3m-source/job-1"]}}
    source.put_bucket_policy(Bucket=bucket, Policy=policy(chain))
    assert refused(job.put_object, **probe) == (412, "PreconditionFailed")
    assert refused(stranger.put_object, **probe) == (403, "AccessDenied")


def test_a_policy_takes_its_time(sim, source, destination, bucket):
    sim.switch(policy_effective_after_ms=300)
    source.put_object(Bucket=bucket, Key="k", Body=b"")
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, "s3:*", *arns(bucket))))
    assert source.get_bucket_policy(Bucket=bucket)["Policy"]
    assert refused(destination.list_objects_v2, Bucket=bucket) == (403, "AccessDenied")
    deadline = time.monotonic() + 10
    while True:
        try:
            destination.list_objects_v2(Bucket=bucket)
            break
        except ClientError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_missing_key_is_hidden_from_those_who_may_not_list(source, destination, bucket):
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, "s3:GetObject", arns(bucket)[1])))
    assert refused(destination.get_object, Bucket=bucket, Key="none") == (403, "AccessDenied")
    assert refused(destination.head_object, Bucket=bucket, Key="none") == (403, "403")
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, ["s3:GetObject", "s3:ListBucket"], *arns(bucket))))
    assert refused(destination.get_object, Bucket=bucket, Key="none") == (404, "NoSuchKey")


def test_assuming_roles(sim):
    user = sim.client("sts", sim.keys[MIGRATOR, "migrator"])
    assert user.get_caller_identity()["Arn"] == f"arn:aws:iam::{MIGRATOR}:user/migrator"
    assert refused(sim.assume, user, SOURCE_ROLE) == (403, "AccessDenied")
    migrator = sim.of(sim.assume(user, MIGRATOR_ROLE), "sts")
    assert refused(migrator.assume_role, RoleArn=SOURCE_ROLE, RoleSessionName="xy") == (
        403, "AccessDenied")
    assert refused(migrator.assume_role, RoleArn=SOURCE_ROLE, RoleSessionName="xy",
                   ExternalId="wrong") == (403, "AccessDenied")
    assert refused(sim.assume, migrator, SOURCE_ROLE, DurationSeconds=7200) == (
        400, "ValidationError")
    assert refused(sim.assume, user, MIGRATOR_ROLE, DurationSeconds=7200) == (
        400, "ValidationError")  # longer than the role's own limit
    identity = sim.role(SOURCE_ROLE, "job", service="sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{SOURCE}:assumed-role/s3m-source/job"
    sim.switch(sts_errors_unwrapped=True)
    with pytest.raises(ClientError) as raised:  # a code that botocore cannot find
        sim.assume(user, SOURCE_ROLE)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "Error" not in raised.value.response


def test_a_session_policy_narrows(sim, source, bucket):
    source.put_object(Bucket=bucket, Key="k", Body=b"")
    user = sim.client("sts", sim.keys[MIGRATOR, "migrator"])
    migrator = sim.of(sim.assume(user, MIGRATOR_ROLE), "sts")
    narrow = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arns(bucket)[0]}]})
    client = sim.of(sim.assume(migrator, SOURCE_ROLE, Policy=narrow))
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert refused(client.get_object, Bucket=bucket, Key="k") == (403, "AccessDenied")
    assert refused(sim.assume, migrator, SOURCE_ROLE, Policy="{}") == (
        400, "MalformedPolicyDocument")


def test_sessions_end(sim, bucket):
    client = sim.role(SOURCE_ROLE)
    client.list_objects_v2(Bucket=bucket)
    sim.call("POST", "expire", {"role": SOURCE_ROLE})
    assert refused(client.list_objects_v2, Bucket=bucket) == (400, "ExpiredToken")
    sim.switch(expired_token_is_unknown_key=True)
    assert refused(client.list_objects_v2, Bucket=bucket) == (403, "InvalidAccessKeyId")
    sim.switch(expired_token_is_unknown_key=False)
    client = sim.role(SOURCE_ROLE)
    sim.fault(operation="ListObjectsV2", signer="*s3m-source*", effect="expire_session")
    assert refused(client.list_objects_v2, Bucket=bucket) == (400, "ExpiredToken")
    assert refused(client.list_objects_v2, Bucket=bucket) == (400, "ExpiredToken")


def test_kms(sim, source, destination, bucket, other):
    key = f"arn:aws:kms:us-east-1:{SOURCE}:key/shared"
    put = source.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms",
                            SSEKMSKeyId=key)
    assert put["SSEKMSKeyId"] == key and put["ETag"] != '"%s"' % hashlib.md5(b"x").hexdigest()
    source.put_object(Bucket=bucket, Key="own", Body=b"x", ServerSideEncryption="aws:kms")
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, "s3:*", *arns(bucket))))
    reader = sim.role(DESTINATION_ROLE)
    assert reader.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    assert refused(reader.get_object, Bucket=bucket, Key="own") == (403, "AccessDenied")
    assert refused(destination.get_object, Bucket=bucket, Key="k") == (403, "AccessDenied")
    copied = reader.copy_object(Bucket=other, Key="k", CopySource=f"{bucket}/k")
    assert copied["ServerSideEncryption"] == "AES256"


def test_ownership_and_acls(sim, source, destination, bucket, other):
    assert refused(source.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read") == (
        400, "AccessControlListNotSupported")
    source.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="bucket-owner-full-control")
    destination.put_bucket_ownership_controls(Bucket=other, OwnershipControls={
        "Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    destination.put_bucket_policy(Bucket=other, Policy=policy(
        allow({"AWS": SOURCE}, ["s3:PutObject", "s3:PutObjectAcl"], arns(other)[1])))
    source.put_object(Bucket=other, Key="theirs", Body=b"x")
    assert refused(destination.get_object, Bucket=other, Key="theirs") == (403, "AccessDenied")
    source.put_object(Bucket=other, Key="ours", Body=b"x", ACL="bucket-owner-full-control")
    assert destination.get_object(Bucket=other, Key="ours")["Body"].read() == b"x"
    grants = destination.get_object_acl(Bucket=other, Key="ours")["Grants"]
    assert [g["Permission"] for g in grants] == ["FULL_CONTROL", "FULL_CONTROL"]


def test_archived_objects_must_be_restored(source, bucket):
    source.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="GLACIER")
    assert refused(source.get_object, Bucket=bucket, Key="k") == (403, "InvalidObjectState")
    copy = lambda: source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/k")
    assert refused(copy)[0] == 403
    source.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 1})
    copy()


def test_object_lock(sim, source):
    name = f"l-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    until = datetime.datetime.utcnow() + datetime.timedelta(days=1)
    version = source.put_object(Bucket=name, Key="k", Body=b"x", ObjectLockMode="COMPLIANCE",
                                ObjectLockRetainUntilDate=until, ChecksumAlgorithm="CRC32")[
        "VersionId"]
    assert refused(source.delete_object, Bucket=name, Key="k", VersionId=version) == (
        403, "AccessDenied")
    assert source.get_object_retention(Bucket=name, Key="k")["Retention"]["Mode"] == "COMPLIANCE"
    source.put_object_legal_hold(Bucket=name, Key="k", LegalHold={"Status": "ON"})
    assert source.head_object(Bucket=name, Key="k")["ObjectLockLegalHoldStatus"] == "ON"


# Faults ----------------------------------------------------------------------------------------

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


# Credentials beside STS ------------------------------------------------------------------------

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
