"""Objects and versions in the simulator, judged by boto3: attributes, checksums, conditions."""

import base64
import datetime
import hashlib
import hmac
import http.client
import io
import urllib.parse

import pytest

from sim_fixture import SOURCE
from sim_peer import bucket, raw, refused, running, sim, source


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
