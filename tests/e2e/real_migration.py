"""A migration on a real server: who owns what, what is moved, and what must be true afterwards."""

import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import os
import pty
import select
import subprocess
import time

import botocore.exceptions

import odd_keys
import servers
from conftest import PROGRAM

OBJECTS = 1000
MIB = 1 << 20
LIFECYCLE = {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"},
                        "Expiration": {"Days": 30}}]}
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.org"]}]}
TAGS = {"TagSet": [{"Key": "team", "Value": "photos"}]}


@dataclasses.dataclass
class House:
    """How the two accounts of a server are reached, and what its migration needs to be told."""
    name: str
    server: servers.Server
    sides: list[str]
    options: tuple[str, ...] = ()
    versioned: bool = False
    frozen: bool = True       # the service can keep others out: then nobody has to be asked
    readers: tuple[str, ...] = ()  # principals of the bucket's policy: the source's owner first
    moved_readers: tuple[str, ...] = ()  # ... as they are named in the new place
    multipart: bool = True
    keeps_parts: bool = True  # a copy of what was uploaded in parts has the same ETag


def radosgw_roles(server):
    """Roles that the two users assume: what a role makes belongs to the user, so they are the
    accounts, and a freeze can spare one session alone."""
    return House("radosgw, roles of its users", server,
                 [*servers.profile_arguments(server.endpoint),
                  "--source-role-arn", "arn:aws:iam:::role/src-role",
                  "--destination-role-arn", "arn:aws:iam:::role/dst-role"],
                 versioned=True,
                 readers=("arn:aws:iam:::user/admin",), moved_readers=("arn:aws:iam:::user/admin",))


def radosgw_users(server):
    """Plain users: nobody has a second session, so a freeze cannot be shown to hold."""
    return House("radosgw, users as accounts", server,
                 servers.profile_arguments(server.endpoint),
                 ("--source-is-quiet", "--accept-unpinned-delete"), frozen=False,
                 readers=("arn:aws:iam:::user/src",), moved_readers=("arn:aws:iam:::user/dst",))


def moto(server):
    """Three accounts. A Deny hits everybody there, and If-Match is ignored on deletes. Uploads in
    parts and their copies have no checksum in common, so there are none."""
    return House("moto, three accounts", server,
                 [*server.arguments, "--migrator-role-arn",
                  "arn:aws:iam::333333333333:role/migrator"],
                 ("--source-is-quiet", "--accept-unpinned-delete"), frozen=False, multipart=False,
                 readers=("arn:aws:iam::111111111111:root",),
                 moved_readers=("arn:aws:iam::222222222222:root",))


def versitygw(server):
    """A bucket's policy shuts out its owner as well, so the job sets none; the bucket's own lets the
    destination read. It tells a wrong CRC64NVME of what is copied in parts (measured), so all is
    copied whole."""
    return House("versitygw, users as accounts", server, server.arguments,
                 ("--source-is-quiet", "--grant", "none"), frozen=False,
                 keeps_parts=False, readers=("sourceaccess", "destinationaccess"),
                 moved_readers=("destinationaccess", "destinationaccess"))


HOUSES = {"radosgw-roles": ("radosgw", radosgw_roles), "radosgw-users": ("radosgw", radosgw_users),
          "moto": ("moto", moto), "versitygw": ("versitygw", versitygw)}


def each(work, items):
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return list(pool.map(work, items))


def put_parts(client, bucket, key):
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, Metadata={"kind": "parts"})
    where = {"Bucket": bucket, "Key": key, "UploadId": upload["UploadId"]}
    bodies = (b"a" * (5 * MIB), key.encode() * 100)
    parts = [{"PartNumber": n, "ETag": client.upload_part(**where, PartNumber=n, Body=b)["ETag"]}
             for n, b in enumerate(bodies, 1)]
    client.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})


def fill(house, bucket, objects):
    """`objects` of them, odd keys and uploads in parts included; of some an older version too."""
    server, client = house.server, house.server.source
    odd = [key for name, key in odd_keys.KEYS.items()
           if name not in server.refuses + server.cannot_copy]
    parts = [f"parts/{n}" for n in range(3)] if house.multipart else []
    plain = [f"photos/{n // 100:02}/{n:04}.jpg" for n in range(objects - len(odd) - len(parts))]

    def put(item):
        number, key = item
        described = {"ContentType": "image/jpeg", "CacheControl": "max-age=60",
                     "Metadata": {"number": str(number)}}
        if server.honours_tags_across_accounts and number % 4 == 0:
            described["Tagging"] = f"number={number}"
        for turn in range(1 + (house.versioned and number % 5 == 0)):
            client.put_object(Bucket=bucket, Key=key, Body=f"{turn} {key}".encode() * (number % 7),
                              **described)

    each(put, enumerate(plain + odd))
    each(lambda key: put_parts(client, bucket, key), parts)
    if house.versioned:
        client.delete_object(Bucket=bucket, Key=plain[3])


def policy_of(bucket, readers):
    return {"Version": "2012-10-17", "Statement": [
        {"Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": list(readers)},
         "Action": "s3:*", "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}]}


def furnish(house, bucket, objects=OBJECTS):
    """Makes and fills the bucket. Gives the settings that the server took, and can be asked for."""
    client = house.server.source
    client.create_bucket(Bucket=bucket)
    if house.versioned:
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    fill(house, bucket, objects)
    for put, arguments in ((client.put_bucket_lifecycle_configuration,
                            {"LifecycleConfiguration": LIFECYCLE}),
                           (client.put_bucket_cors, {"CORSConfiguration": CORS}),
                           (client.put_bucket_tagging, {"Tagging": TAGS})):
        with contextlib.suppress(botocore.exceptions.ClientError):  # not every server has it
            put(Bucket=bucket, **arguments)
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy_of(bucket, house.readers)))
    return settings(client, bucket)


def asked(question, field, **arguments):
    try:
        return question(**arguments)[field]
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]


def settings(client, bucket):
    return {"lifecycle": asked(client.get_bucket_lifecycle_configuration, "Rules", Bucket=bucket),
            "cors": asked(client.get_bucket_cors, "CORSRules", Bucket=bucket),
            "tags": asked(client.get_bucket_tagging, "TagSet", Bucket=bucket),
            "versioning": client.get_bucket_versioning(Bucket=bucket).get("Status")}


def contents(house, client, bucket):
    """By key, newest first: what a reader sees of each version; None for a delete marker."""
    entries = []
    if house.versioned:
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            entries += [(e["Key"], not e["IsLatest"], e["VersionId"], True)
                        for e in page.get("Versions", [])]
            entries += [(e["Key"], not e["IsLatest"], e["VersionId"], False)
                        for e in page.get("DeleteMarkers", [])]
    else:
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            entries += [(e["Key"], False, None, True) for e in page.get("Contents", [])]
    entries.sort(key=lambda entry: entry[:2])

    def seen(entry):
        key, _, version, is_object = entry
        if not is_object:
            return None
        where = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        answer = client.get_object(**where)
        tags = client.get_object_tagging(**where)["TagSet"] \
            if house.server.honours_tags_across_accounts else []
        etag = answer["ETag"] if house.keeps_parts or not key.startswith("parts/") else None
        return (etag, hashlib.sha256(answer["Body"].read()).hexdigest(),
                answer["ContentType"], answer.get("CacheControl"),
                tuple(sorted(answer["Metadata"].items())),
                tuple(sorted((tag["Key"], tag["Value"]) for tag in tags)))

    found = {}
    for entry, what in zip(entries, each(seen, entries)):
        found.setdefault(entry[0], []).append(what)
    return found


def words(house, bucket, *options):
    return ["migrate", f"s3://{bucket}", *house.sides, *house.options, *options]


def run(program, house, bucket, *options):
    return program.run(*words(house, bucket, "--json", *options), env=house.server.environment,
                       timeout=600)


def confirmed_by_hand(program, house, bucket):
    """Runs it where somebody sits, who types the bucket's name when it is asked for. Gives the exit
    code and what stood on the terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, *words(house, bucket, "--progress", "none")], stdin=theirs,
                               stdout=theirs, stderr=theirs, start_new_session=True,
                               env={**program.base, **house.server.environment, "TERM": "xterm"})
    os.close(theirs)
    shown, typed, deadline = b"", False, time.monotonic() + 600
    try:
        while time.monotonic() < deadline:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    read = os.read(ours, 65536)
                except OSError:  # the other end is closed
                    break
                shown += read
            if not typed and b"type its name" in shown:
                os.write(ours, bucket.encode() + b"\n")
                typed = True
        return process.wait(10), shown.decode(errors="replace")
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def assert_moved(house, bucket, before, configured):
    """Source gone, destination complete and configured, nothing of ours left."""
    server = house.server
    client = server.destination
    assert bucket not in names(server.source)
    assert bucket in names(client)
    assert not [name for name in names(client) + names(server.source) if name.startswith("s3m-")]
    after = contents(house, client, bucket)
    assert set(after) == set(before)
    assert after == before
    assert settings(client, bucket) == configured
    statements = json.loads(client.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert [s.get("Sid") for s in statements] == ["Readers"], statements
    named = statements[0]["Principal"]["AWS"]
    assert set([named] if isinstance(named, str) else named) == set(house.moved_readers)
    assert not client.list_multipart_uploads(Bucket=bucket).get("Uploads")


def names(client):
    return [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]
