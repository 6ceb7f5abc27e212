"""What a copy carries beside bytes, on real servers: locks, ACLs, archived objects."""

import datetime
import json

import pytest

from test_copy import MIB, copy

UNTIL = datetime.datetime(2040, 1, 1, tzinfo=datetime.timezone.utc)


def or_skip(server, what, call, **arguments):
    """Makes the call; a server that cannot do it is skipped, by name."""
    try:
        return call(**arguments)
    except Exception as error:  # whatever the client says
        pytest.skip(f"{server.name}: {what}: {str(error)[:200]}")


def lockable(server, client, bucket):
    or_skip(server, "no bucket with Object Lock", client.create_bucket, Bucket=bucket,
            ObjectLockEnabledForBucket=True)


def open_to_readers(server, bucket):
    if server.source_acl != "private":
        server.source.put_bucket_acl(Bucket=bucket, ACL=server.source_acl)
    if server.source_readers:
        server.source.put_bucket_policy(Bucket=bucket, Policy=json.dumps({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": list(server.source_readers)},
                           "Action": "s3:*", "Resource": [f"arn:aws:s3:::{bucket}",
                                                          f"arn:aws:s3:::{bucket}/*"]}]}))


def put_locked(server, bucket, key, body):
    or_skip(server, "no object with a lock", server.source.put_object, Bucket=bucket, Key=key,
            Body=body, ACL=server.source_acl, ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate=UNTIL, ObjectLockLegalHoldStatus="ON",
            ChecksumAlgorithm="SHA256")
    head = server.source.head_object(Bucket=bucket, Key=key)
    if head.get("ObjectLockMode") != "GOVERNANCE":
        pytest.skip(f"{server.name} does not tell of a lock in a HEAD")


def or_skip_refused(server, run):
    """A server that refuses a copy with a lock is named with its own words; the sim holds the rest."""
    if run.code == 3:
        said = [e["message"] for e in run.events if e["type"] == "failure"][0]
        pytest.skip(f"{server.name} refuses the copy: {said[:200]}")


def losses(run):
    return [note["message"] for note in run.events
            if note["type"] == "note" and note["message"].startswith("not carried")]


@pytest.mark.parametrize("in_parts", [False, True], ids=["one-request", "in-parts"])
def test_locks_come_along(program, server, names, in_parts):
    lockable(server, server.source, names[0])
    lockable(server, server.destination, names[1])
    open_to_readers(server, names[0])
    put_locked(server, names[0], "held", b"x" * (12 * MIB if in_parts else 10))
    options = ("--multipart-threshold", "6MiB", "--part-size", "6MiB") if in_parts else ()
    run = copy(program, server, names[0], names[1], *options)
    or_skip_refused(server, run)
    assert run.code == 0, run
    head = server.destination.head_object(Bucket=names[1], Key="held")
    if run.summary["not_carried"]:
        # A server that hides locks from the source's role: then it must have been told.
        assert losses(run), run
        return
    assert head["ObjectLockMode"] == "GOVERNANCE", run
    assert head["ObjectLockRetainUntilDate"] == UNTIL, run
    assert head["ObjectLockLegalHoldStatus"] == "ON", run


def test_lost_locks_are_told_and_counted(program, server, names, tmp_path):
    lockable(server, server.source, names[0])
    server.destination.create_bucket(Bucket=names[1])
    open_to_readers(server, names[0])
    put_locked(server, names[0], "held", b"x")
    run = copy(program, server, names[0], names[1], "--report", tmp_path / "r.json")
    assert run.code == 0, run
    assert run.summary["not_carried"] >= 2, run  # radosgw tells of an ACL as well
    assert len(losses(run)) == run.summary["not_carried"], run
    report = json.loads((tmp_path / "r.json").read_text())
    assert {entry["code"] for entry in report["not_carried"]} >= {"retention", "legal_hold"}
    assert {entry["key"] for entry in report["not_carried"]} == {"held"}


def is_public(client, bucket, key):
    grants = client.get_object_acl(Bucket=bucket, Key=key)["Grants"]
    return any(g["Grantee"].get("URI", "").endswith("/AllUsers") and g["Permission"] == "READ"
               for g in grants)


def test_acls_come_along_or_are_told(program, server, source_bucket, destination_bucket):
    or_skip(server, "no ACLs on objects", server.source.put_object, Bucket=source_bucket,
            Key="open", Body=b"x", ACL="public-read")
    if not or_skip(server, "no ACLs of objects", is_public, client=server.source,
                   bucket=source_bucket, key="open"):
        pytest.skip(f"{server.name} keeps no ACLs of objects")
    run = copy(program, server, source_bucket, destination_bucket)
    assert run.code == 0, run
    told = [n["message"] for n in run.events if n["type"] == "note"]
    carried = is_public(server.destination, destination_bucket, "open")
    assert carried or any("ACL" in message for message in told), run


def test_archived_objects_are_told_then_restored(program, server, source_bucket,
                                                 destination_bucket):
    if server.name != "moto":
        pytest.skip(f"{server.name} has no archive classes")
    server.source.put_object(Bucket=source_bucket, Key="cold", Body=b"x", StorageClass="GLACIER")
    server.source.put_object(Bucket=source_bucket, Key="warm", Body=b"x")
    run = copy(program, server, source_bucket, destination_bucket)
    assert run.code == 3, run
    notes = [event for event in run.events if event["type"] in ("note", "failure")]
    assert "archived object" in notes[0]["message"] or any(
        "archived object" in n["message"] for n in notes if n["type"] == "note"), run
    assert run.summary["copied"] == 1, run

    run = copy(program, server, source_bucket, destination_bucket, "--restore", "Standard/2",
               "--restore-poll", "1")
    assert run.code == 0, run
    body = server.destination.head_object(Bucket=destination_bucket, Key="cold")
    assert body["ContentLength"] == 1


def test_a_plain_bucket_is_copied_without_a_look_at_its_objects(program, server, source_bucket,
                                                                destination_bucket):
    """No server but one with ACLs on pays for more than one request an object."""
    for number in range(20):
        server.source.put_object(Bucket=source_bucket, Key=f"k{number}", Body=b"x",
                                 ACL=server.source_acl)
    run = copy(program, server, source_bucket, destination_bucket, "--attributes", "none",
               "--verify", "none")
    assert run.code == 0, run
    assert run.summary["requests"] < 20 + 60, run
