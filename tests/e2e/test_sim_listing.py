"""Deletes by the thousand, annotations and listings of the simulator, judged by boto3."""

import base64
import hashlib

import pytest

from sim_peer import bucket, raw, running, sim, source


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
