"""Copies and uploads in parts in the simulator, judged by boto3."""

import base64
import hashlib
import io

import boto3

from sim_fixture import DESTINATION, SOURCE
from sim_peer import MIB, bucket, put_multipart, refused, running, sim, source


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
