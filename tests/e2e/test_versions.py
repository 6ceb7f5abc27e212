"""--versions all on real servers, judged by an independent client."""

import pytest

from test_copy import copy

MIB = 1 << 20


def enable(client, bucket):
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})


def history(client, bucket):
    """By key, oldest first: the content, or None for a delete marker."""
    found = {}
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for kind in ("Versions", "DeleteMarkers"):
            for entry in page.get(kind, []):
                found.setdefault(entry["Key"], []).append(
                    (entry["LastModified"], entry["VersionId"], kind == "DeleteMarkers"))
    return found


def contents(client, bucket):
    """Each key's versions newest first as the service lists them, without delete markers."""
    pages = client.get_paginator("list_object_versions").paginate(Bucket=bucket)
    found = {}
    for page in pages:
        for entry in page.get("Versions", []):
            body = client.get_object(Bucket=bucket, Key=entry["Key"],
                                     VersionId=entry["VersionId"])["Body"].read()
            found.setdefault(entry["Key"], []).append(body)
    return found


@pytest.fixture
def versioned(server, source_bucket):
    try:
        enable(server.source, source_bucket)
    except server.source.exceptions.ClientError as error:
        pytest.skip(f"{server.name} keeps no versions: {error}")
    return source_bucket


def test_every_version_arrives_oldest_first(program, server, versioned, destination_bucket):
    client = server.source
    for number in range(3):
        for key in ("a", "deep/b c+d", "é"):
            client.put_object(Bucket=versioned, Key=key, Body=f"{key} {number}".encode(),
                              ACL=server.source_acl)
    client.put_object(Bucket=versioned, Key="large", Body=b"x" * 9 * MIB, ACL=server.source_acl)
    run = copy(program, server, versioned, destination_bucket, "--versions", "all",
               "--multipart-threshold", "8MiB", "--part-size", "5MiB")
    assert run.code == 0, run
    assert run.summary["copied"] == 10, run
    assert run.summary["version_keys"] == 4, run
    reader = server.destination
    assert contents(reader, destination_bucket) == contents(client, versioned)
    assert reader.get_bucket_versioning(Bucket=destination_bucket)["Status"] == "Enabled"

    again = copy(program, server, versioned, destination_bucket, "--versions", "all")
    assert again.code == 0, again
    assert (again.summary["copied"], again.summary["skipped"]) == (0, 10), again

    client.put_object(Bucket=versioned, Key="a", Body=b"newer", ACL=server.source_acl)
    more = copy(program, server, versioned, destination_bucket, "--versions", "all")
    assert more.code == 0, more
    assert more.summary["copied"] == 1, more
    assert contents(reader, destination_bucket) == contents(client, versioned)


def test_delete_markers_stand_in_their_places_or_the_service_is_refused(
        program, server, versioned, destination_bucket):
    client = server.source
    client.put_object(Bucket=versioned, Key="k", Body=b"1", ACL=server.source_acl)
    client.delete_object(Bucket=versioned, Key="k")
    client.put_object(Bucket=versioned, Key="k", Body=b"2", ACL=server.source_acl)
    client.put_object(Bucket=versioned, Key="z", Body=b"z", ACL=server.source_acl)
    client.delete_object(Bucket=versioned, Key="z")
    run = copy(program, server, versioned, destination_bucket, "--versions", "all")
    if not server.interleaves_versions:
        assert run.code == 1, run
        assert "apart from each other" in run.summary["message"], run
        return
    assert run.code == 0, run
    assert run.summary["copied_markers"] == 2, run
    reader = server.destination
    assert contents(reader, destination_bucket) == contents(client, versioned)
    kinds = {key: [deleted for _, _, deleted in sorted(versions, key=lambda v: v[0])]
             for key, versions in history(reader, destination_bucket).items()}
    assert sorted(kinds["k"]) == [False, False, True]
    with pytest.raises(reader.exceptions.ClientError):
        reader.get_object(Bucket=destination_bucket, Key="z")
    assert reader.get_object(Bucket=destination_bucket, Key="k")["Body"].read() == b"2"
