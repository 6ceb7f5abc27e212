"""A migration killed while it empties its source, then undone; judged by boto3."""

import json
import random
import threading
import time

import pytest

import migration
from migration import BUCKET, Migration, assert_moved, contents, furnish
from sim_fixture import DESTINATION, SOURCE, simulator


@pytest.fixture
def sim(tmp_path):
    with simulator(migration.scenario(), tmp_path) as running:
        running.switch(listing_page=5)  # the emptying is many requests
        yield running


def settings(client):
    """What stands beside the objects, as it is read."""
    notification = client.get_bucket_notification_configuration(Bucket=BUCKET)
    notification.pop("ResponseMetadata")
    return {"policy": json.loads(client.get_bucket_policy(Bucket=BUCKET)["Policy"]),
            "lifecycle": client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"],
            "notification": notification,
            "cors": client.get_bucket_cors(Bucket=BUCKET)["CORSRules"],
            "tags": client.get_bucket_tagging(Bucket=BUCKET)["TagSet"],
            "versioning": client.get_bucket_versioning(Bucket=BUCKET).get("Status")}


def etags(client):
    """By key, newest first; None for a delete marker."""
    found = {}
    for page in client.get_paginator("list_object_versions").paginate(Bucket=BUCKET):
        entries = page.get("Versions", []) + page.get("DeleteMarkers", [])
        entries.sort(key=lambda entry: (entry["Key"], not entry["IsLatest"]))
        for entry in entries:
            found.setdefault(entry["Key"], []).append(entry.get("ETag"))
    return found


class World:
    def __init__(self, sim, versioned):
        furnish(sim, versioned=versioned)
        self.sim, self.client = sim, sim.admin(SOURCE)
        self.before = self.seen()
        assert self.before[2]["notification"] and self.before[2]["lifecycle"]

    def seen(self):
        return contents(self.client), etags(self.client), settings(self.client)

    def objects(self):
        return sum(map(len, etags(self.client).values()))

    def slow_deletions(self, milliseconds):
        rules = [{"operation": "DeleteObjects", "fixed_us": 1000 * milliseconds}]
        self.sim.call("POST", "latency", {"latencies": rules if milliseconds else []})

    def kill_while_emptying(self, job, after):
        """Runs until something of the source is gone and something is left."""
        whole = self.objects()
        self.slow_deletions(250)

        def in_the_middle(event):
            if event["type"] != "step" or event["step"] != "empty":
                return False
            time.sleep(after)
            return True

        for _ in range(5):
            assert job.run(kill_at=in_the_middle) is None, job.errors
            if self.objects() < whole:
                break
            after += 0.3
        self.slow_deletions(0)
        assert 0 < self.objects() < whole

    def assert_as_before(self):
        assert self.seen() == self.before
        assert not self.client.list_multipart_uploads(Bucket=BUCKET).get("Uploads")
        assert not self.sim.admin(DESTINATION).list_buckets()["Buckets"]
        assert [b["Name"] for b in self.client.list_buckets()["Buckets"]] == [BUCKET]
        self.client.put_object(Bucket=BUCKET, Key="late", Body=b"late")  # it takes writes again
        found = self.client.list_object_versions(Bucket=BUCKET, Prefix="late")["Versions"]
        for version in found:
            self.client.delete_object(Bucket=BUCKET, Key="late", VersionId=version["VersionId"])


def undo(job, *options):
    return job.program.run("undo", job.events[0]["job"], "--json", *options, env=job.environment)


@pytest.mark.parametrize("versioned", (True, False), ids=("versioned", "plain"))
def test_killed_while_it_empties_it_can_be_undone(program, sim, versioned):
    world = World(sim, versioned)
    job = Migration(program, sim)
    world.kill_while_emptying(job, after=0.4)
    run = undo(job)
    assert run.code == 0, run
    message = run.summary["message"]
    assert "were copied back" in message and "LastModified" in message
    assert ("version ids" in message) == versioned
    world.assert_as_before()
    listed = program.run("jobs", "list", "--json", env=job.environment)
    assert [json.loads(line)["state"] for line in listed.stdout.splitlines()] == ["undone"]

    again = Migration(program, sim)
    assert again.run() == 0, again.errors
    assert again.events[0]["job"] != job.events[0]["job"]
    assert_moved(sim, world.before[0], versioned)


@pytest.mark.parametrize("seed", range(4))
def test_the_undo_itself_is_killed_at_random_instants(program, sim, seed):
    chance = random.Random(seed)
    world = World(sim, versioned=seed % 2 == 0)
    job = Migration(program, sim)
    world.kill_while_emptying(job, after=chance.uniform(0.3, 1.0))
    world.slow_deletions(40)
    begun = False
    for _ in range(4):
        process = program.start("undo", job.events[0]["job"], "--json", env=job.environment)
        timer = threading.Timer(chance.uniform(0.2, 1.5), process.kill)
        timer.start()
        told, errors = process.communicate(timeout=60)
        timer.cancel()
        assert process.returncode in (0, -9), errors
        begun = begun or '"copy-back"' in told
        if process.returncode == 0:
            break
        if begun:  # and from then on it does not go forward
            forward = job.program.run("jobs", "resume", job.events[0]["job"], env=job.environment)
            assert forward.code == 1 and "is being undone" in forward.stderr, forward
            assert f"s3migrator undo {job.events[0]['job']}" in forward.stderr
    else:
        run = undo(job)
        assert run.code == 0, run
    world.assert_as_before()


def test_a_temporary_bucket_that_lost_an_object_is_not_believed(program, sim):
    world = World(sim, versioned=False)
    job = Migration(program, sim)
    world.kill_while_emptying(job, after=0.4)
    left = etags(world.client)
    owner = sim.role(migration.DESTINATION_ROLE, region=migration.TARGET_REGION)
    name = sim.admin(DESTINATION).list_buckets()["Buckets"][0]["Name"]
    admin = sim.admin(DESTINATION, region=migration.TARGET_REGION)
    with pytest.raises(owner.exceptions.ClientError):  # it is closed to all but the job
        owner.delete_object(Bucket=name, Key="photos/0001.jpg")
    admin.delete_bucket_policy(Bucket=name)
    admin.delete_object(Bucket=name, Key="photos/0001.jpg")
    run = undo(job)
    assert run.code == 1, run
    assert "has not what was confirmed" in run.summary["message"]
    assert etags(world.client) == left
    with pytest.raises(world.client.exceptions.ClientError):  # the freeze is kept
        world.client.put_object(Bucket=BUCKET, Key="late", Body=b"late")
