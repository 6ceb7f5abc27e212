"""A bucket copied between two accounts on real servers, judged by an independent client."""

import concurrent.futures
import json
import signal
import time

import pytest

import odd_keys

MIB = 1 << 20


def listing(client, bucket):
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {o["Key"]: o for page in pages for o in page.get("Contents", [])}


def fill(client, bucket, objects):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda item: client.put_object(Bucket=bucket, Key=item[0], Body=item[1]),
                      objects.items()))


def words(server, source, destination, *options, command="copy"):
    if {"--part-size", "--keep-etag"} & set(options) and server.part_arguments:
        ways = server.part_arguments
    else:
        ways = (*server.arguments, *(server.copy_arguments if command == "copy" else ()))
    return [command, f"s3://{source}", f"s3://{destination}", *ways, "--json", *options]


def copy(program, server, source, destination, *options, command="copy"):
    return program.run(*words(server, source, destination, *options, command=command),
                       env=server.environment)


def put_multipart(client, bucket, key, parts, **options):
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, **options)["UploadId"]
    tags = [{"PartNumber": number, "ETag": client.upload_part(
        Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=body)["ETag"]}
        for number, body in enumerate(parts, 1)]
    client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload,
                                     MultipartUpload={"Parts": tags})


def policy_of(client, bucket):
    try:
        return json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])
    except client.exceptions.ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        return None


def assert_no_grant(server, bucket):
    policy = policy_of(server.destination, bucket)
    sids = [s.get("Sid", "") for s in (policy or {}).get("Statement", [])]
    assert not [sid for sid in sids if sid.startswith("S3Migrator")], policy


def test_server_refuses_exactly_the_keys_we_say(server, source_bucket, record_property):
    client = server.source
    for key in odd_keys.KEYS.values():
        try:
            client.put_object(Bucket=source_bucket, Key=key, Body=b"x")
        except client.exceptions.ClientError:
            pass
    stored = listing(client, source_bucket)
    refused = {name for name, key in odd_keys.KEYS.items() if key not in stored}
    record_property("refused", sorted(refused))
    assert refused == set(server.refuses)


def test_odd_keys_and_sizes_arrive_byte_for_byte(program, server, source_bucket, names):
    """Into a bucket that does not exist yet; then again, when nothing is left to do."""
    objects = {key: f"body of {name}".encode() for name, key in odd_keys.KEYS.items()
               if name not in server.refuses + server.cannot_copy}
    objects.update({"sizes/zero": b"", "sizes/one": b"1", "sizes/mega": bytes(range(256)) * 4096})
    fill(server.source, source_bucket, objects)

    run = copy(program, server, source_bucket, names[1])
    assert run.code == 0, run
    assert run.summary["copied"] == len(objects), run

    reader = server.creator
    assert set(listing(reader, names[1])) == set(objects)
    for key, body in objects.items():
        assert reader.get_object(Bucket=names[1], Key=key)["Body"].read() == body, key

    again = copy(program, server, source_bucket, names[1])
    assert again.code == 0, again
    assert (again.summary["copied"], again.summary["skipped"]) == (0, len(objects)), again


def test_metadata_tags_and_large_objects(program, server, source_bucket, destination_bucket):
    """Multipart above the threshold carries what a multipart copy does not carry by itself."""
    metadata = {"owner": "finance", "note": "a b=c;d"}
    body = bytes(range(256)) * (17 * MIB // 256)
    described = dict(Metadata=metadata, ContentType="text/x-odd", CacheControl="max-age=60",
                     ContentDisposition='attachment; filename="a b.txt"', ContentLanguage="de")
    if server.honours_tags_across_accounts:
        described["Tagging"] = "team=blue&cost=a%20b"
    server.source.put_object(Bucket=source_bucket, Key="large", Body=body,
                             ACL=server.source_acl, **described)
    server.source.put_object(Bucket=source_bucket, Key="small", Body=b"small", **described)

    run = copy(program, server, source_bucket, destination_bucket,
               "--multipart-threshold", "8MiB", "--part-size", "6MiB")
    assert run.code == 0, run

    client = server.destination
    for key in ("large", "small"):
        head = client.head_object(Bucket=destination_bucket, Key=key)
        assert head["Metadata"] == metadata, key
        assert head["ContentType"] == "text/x-odd", key
        assert head["CacheControl"] == "max-age=60", key
        assert head["ContentDisposition"] == 'attachment; filename="a b.txt"', key
        assert head["ContentLanguage"] == "de", key
        if server.honours_tags_across_accounts and (key == "small" or server.keeps_tags_of_uploads):
            tags = client.get_object_tagging(Bucket=destination_bucket, Key=key)["TagSet"]
            assert {t["Key"]: t["Value"] for t in tags} == {"team": "blue", "cost": "a b"}, key
    assert client.get_object(Bucket=destination_bucket, Key="large")["Body"].read() == body
    assert client.head_object(Bucket=destination_bucket, Key="large")["ETag"].endswith('-3"')
    assert not client.list_multipart_uploads(Bucket=destination_bucket).get("Uploads")
    assert_no_grant(server, destination_bucket)


def multipart_source(server, bucket):
    parts = [b"a" * (5 * MIB), b"b" * (5 * MIB), b"c" * 1000]
    put_multipart(server.source, bucket, "parts.bin", parts, ACL=server.source_acl)
    server.source.put_object(Bucket=bucket, Key="plain.bin", Body=b"plain")
    return b"".join(parts)


def test_multipart_sources_arrive_although_their_etags_do_not_compare(
        program, server, source_bucket, destination_bucket):
    body = multipart_source(server, source_bucket)
    run = copy(program, server, source_bucket, destination_bucket)
    assert run.code == 0, run
    assert run.summary["mismatched"] == run.summary["missing"] == 0
    assert run.summary["same_strong"] + run.summary["same_weak"] == 2
    got = server.destination.get_object(Bucket=destination_bucket, Key="parts.bin")["Body"].read()
    assert got == body
    # Dates prove nothing while the source is so young: at most that one object is copied again.
    again = copy(program, server, source_bucket, destination_bucket)
    assert again.code == 0, again
    assert again.summary["copied"] <= 1, again


def test_multipart_sources_with_their_own_parts_are_proven(program, server, source_bucket,
                                                           destination_bucket):
    if not server.tells_parts:
        pytest.skip(f"{server.name} does not tell the parts of an object to a pinned HEAD")
    body = multipart_source(server, source_bucket)
    run = copy(program, server, source_bucket, destination_bucket, "--keep-etag")
    assert run.code == 0, run
    assert (run.summary["same_strong"], run.summary["same_weak"]) == (2, 0), run
    got = server.destination.get_object(Bucket=destination_bucket, Key="parts.bin")["Body"].read()
    assert got == body
    again = copy(program, server, source_bucket, destination_bucket, "--keep-etag")
    assert (again.code, again.summary["copied"]) == (0, 0), again
    verified = copy(program, server, source_bucket, destination_bucket, "--strict",
                    command="verify")
    assert verified.code == 0, verified


def test_verify_finds_what_is_wrong(program, server, source_bucket, destination_bucket):
    fill(server.source, source_bucket, {k: k.encode() for k in ("same", "differs", "missing")})
    fill(server.destination, destination_bucket,
         {"same": b"same", "differs": b"DIFFERS", "extra": b"extra"})
    run = copy(program, server, source_bucket, destination_bucket, command="verify")
    assert run.code == 4, run
    found = {e["key"]: e["code"] for e in run.events if e["type"] == "failure"}
    assert set(found) == {"differs", "missing"}, run
    assert (run.summary["mismatched"], run.summary["missing"], run.summary["extra"]) == (1, 1, 1)


def test_killed_and_run_again_repeats_only_what_was_in_flight(program, server, source_bucket,
                                                              destination_bucket):
    count = server.counts_copies
    fill(server.source, source_bucket, {f"key/{n:05d}": str(n).encode() for n in range(count)})
    concurrency = 8
    options = words(server, source_bucket, destination_bucket, "--concurrency", concurrency)
    process = program.start(*options, env=server.environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if len(server.destination.list_objects_v2(
                Bucket=destination_bucket, MaxKeys=min(count // 8, 1000)).get("Contents", [])) \
                >= min(count // 8, 1000):
            break
        if process.poll() is not None:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = len(listing(server.destination, destination_bucket))
    assert there, "killed before it copied anything: the test shows nothing"

    run = program.run(*options, env=server.environment)
    assert run.code == 0, run
    # What the new listing shows as the same is not copied again; what was in flight at the kill
    # may have arrived after we looked, so it may be found there as well.
    assert count - there - concurrency <= run.summary["copied"] <= count - there, run
    assert run.summary["copied"] + run.summary["skipped"] == count
    assert_no_grant(server, destination_bucket)
    copied = listing(server.destination, destination_bucket)
    original = listing(server.source, source_bucket)
    assert {k: o["ETag"] for k, o in copied.items()} == {k: o["ETag"] for k, o in original.items()}


def test_large_upload_of_a_killed_run_leaves_no_orphan(program, server, source_bucket,
                                                       destination_bucket):
    body = bytes(range(256)) * (40 * MIB // 256)
    server.source.put_object(Bucket=source_bucket, Key="large", Body=body, ACL=server.source_acl)
    options = words(server, source_bucket, destination_bucket, "--concurrency", "1",
                    "--multipart-threshold", "8MiB", "--part-size", "5MiB")
    process = program.start(*options, env=server.environment)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if server.destination.list_multipart_uploads(Bucket=destination_bucket).get("Uploads"):
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    run = program.run(*options, env=server.environment)
    assert run.code == 0, run
    assert not server.destination.list_multipart_uploads(Bucket=destination_bucket).get("Uploads")
    assert server.destination.get_object(
        Bucket=destination_bucket, Key="large")["Body"].read() == body


def test_dry_run_touches_nothing(program, server, source_bucket, names):
    fill(server.source, source_bucket, {"a": b"a", "b": b"bb"})
    run = copy(program, server, source_bucket, names[1], "--dry-run")
    assert run.code == 0, run
    with pytest.raises(server.destination.exceptions.ClientError):
        server.destination.head_bucket(Bucket=names[1])
