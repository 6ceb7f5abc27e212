"""What a migration keeps others from, and what it tells before it deletes: by boto3."""

import botocore.exceptions
import pytest

import kills
import migration
from migration import BUCKET, TARGET_REGION, Migration, assert_moved, contents, furnish
from sim_fixture import DESTINATION, SOURCE, simulator


@pytest.fixture
def sim(tmp_path):
    with simulator(migration.scenario(), tmp_path) as running:
        yield running


def refused(call, **words):
    """The status that a call is refused with; None when it is not."""
    try:
        call(**words)
    except botocore.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"]
    return None


class Meanwhile(kills.Kill):
    """No kill: looks when a step has come to a state."""

    def __init__(self, **looks):
        self.looks = looks  # "copy_back_started" -> what to do

    def saw(self, event):
        if event["type"] == "step":
            name = f"{event['step']}_{event['state']}".replace("-", "_")
            self.looks.pop(name, lambda: None)()


def temporary_of(sim):
    return next(name for name in migration.buckets_of(sim, DESTINATION) if name.startswith("s3m-"))


def test_g22_nobody_else_changes_the_temporary_bucket(program, sim):
    furnish(sim, objects=10)
    before = contents(sim.admin(SOURCE))
    owner = sim.admin(DESTINATION, region=TARGET_REGION)
    seen = {}

    def change():
        name = temporary_of(sim)
        key = next(key for key in contents(owner, name) if key.startswith("photos/"))
        seen["put"] = refused(owner.put_object, Bucket=name, Key=key, Body=b"theirs")
        seen["delete"] = refused(owner.delete_object, Bucket=name, Key=key)
        seen["delete bucket"] = refused(owner.delete_bucket, Bucket=name)

    job = Migration(program, sim)
    assert job.run(kill=Meanwhile(delta_started=change)) == 0, job.errors
    assert seen == {"put": 403, "delete": 403, "delete bucket": 403}
    assert_moved(sim, before)


def test_g16_nobody_else_writes_or_reads_the_new_bucket_before_it_is_complete(program, sim):
    furnish(sim, objects=10)
    before = contents(sim.admin(SOURCE))
    owner = sim.admin(DESTINATION, region=TARGET_REGION)
    seen = {}

    def use():
        seen["put"] = refused(owner.put_object, Bucket=BUCKET, Key="theirs", Body=b"theirs")
        seen["get"] = refused(owner.get_object, Bucket=BUCKET, Key="photos/0001.jpg")
        seen["list"] = refused(owner.list_objects_v2, Bucket=BUCKET)

    job = Migration(program, sim)
    assert job.run(kill=Meanwhile(copy_back_started=use)) == 0, job.errors
    assert seen == {"put": 403, "get": 403, "list": 403}
    assert_moved(sim, before)
    assert refused(owner.put_object, Bucket=BUCKET, Key="theirs", Body=b"theirs") is None


def test_g20_unfinished_uploads_are_told_of_before_anything_is_deleted(program, sim):
    furnish(sim, objects=6)
    client = sim.admin(SOURCE)
    client.create_multipart_upload(Bucket=BUCKET, Key="half a film")
    before = contents(client)
    job = Migration(program, sim)
    assert job.run() == 130, job.errors
    assert contents(client) == before
    message = job.events[-1]["message"]
    assert "1 unfinished multipart upload" in message and "half a film" in message
    job.finish(1)
    assert_moved(sim, before)


@pytest.mark.parametrize("applied", [False, True])
def test_g17_an_upload_that_no_store_knows_does_not_stay(program, sim, applied):
    """Killed between the beginning of an upload and its record, on either hop."""
    sim.admin(SOURCE).put_object(Bucket=BUCKET, Key="large", Body=bytes(12 << 20))
    furnish(sim, objects=3, versioned=False)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim, "--multipart-threshold", "6MiB", "--part-size", "5MiB")
    for bucket in ("s3m-*", BUCKET):
        kill = kills.AtRequest(sim, "CreateMultipartUpload", 1, applied, bucket)
        assert job.run(kill=kill) is None
    job.finish()
    assert_moved(sim, before, versioned=False)


def test_g17_nor_where_the_migration_is_taken_back(program, sim):
    sim.admin(SOURCE).put_object(Bucket=BUCKET, Key="large", Body=bytes(12 << 20))
    furnish(sim, objects=3, versioned=False)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim, "--multipart-threshold", "6MiB", "--part-size", "5MiB")
    assert job.run(kill=kills.AtRequest(sim, "CreateMultipartUpload", 1, True)) is None
    assert job.undo() == 0, job.errors
    migration.assert_untouched(sim, before, migration.furnished(versioned=False))
