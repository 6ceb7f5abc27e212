"""What a migration refuses before its source is touched, on a simulator that lacks what it leans on."""

import json

import pytest

import migration
from migration import BUCKET, Migration, contents, furnish
from sim_fixture import DESTINATION, SOURCE, simulator


@pytest.fixture
def cloud(tmp_path, request):
    scenario = {**migration.scenario(), "switches": request.param}
    with simulator(scenario, tmp_path) as running:
        yield running


def state_of(sim):
    client = sim.admin(SOURCE)
    return (contents(client), json.loads(client.get_bucket_policy(Bucket=BUCKET)["Policy"]),
            client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"])


def refused(program, sim, *options, versioned=False):
    """What is said; the source is as it was, and nothing was copied."""
    furnish(sim, objects=6, versioned=versioned)
    before = state_of(sim)
    job = Migration(program, sim, *options)
    assert job.run() == 1, job.errors
    assert state_of(sim) == before
    assert max(job.percents) == 0
    for bucket in sim.admin(DESTINATION).list_buckets()["Buckets"]:
        keys = contents(sim.admin(DESTINATION, region=migration.TARGET_REGION), bucket["Name"])
        assert all(key.startswith(".s3migrator/") for key in keys)
    return job.events[-1]["message"]


@pytest.mark.parametrize("cloud", [{"ignore_if_match": True}], indirect=True)
def test_deletes_that_are_not_pinned(program, cloud):
    said = refused(program, cloud)
    assert "If-Match is ignored" in said and "--accept-unpinned-delete" in said


@pytest.mark.parametrize("cloud", [{"ignore_if_match": True}], indirect=True)
def test_versions_are_pinned_by_their_ids(program, cloud):
    furnish(cloud, objects=6, versioned=True)
    job = Migration(program, cloud)
    assert job.run(confirm=False) == 130, job.errors


@pytest.mark.parametrize("cloud", [{"deny_hits_everyone": True}], indirect=True)
def test_a_freeze_that_this_service_cannot_make(program, cloud):
    said = refused(program, cloud)
    assert "could not be frozen" in said and "--source-is-quiet" in said


@pytest.mark.parametrize("cloud", [{}], indirect=True)
def test_a_freeze_that_no_second_session_can_show(program, cloud):
    """The owner's own keys: nobody could tell whether a Deny keeps other programs out."""
    access_key, secret = cloud.keys[SOURCE, "admin"]
    credentials = program.directory / "credentials"
    credentials.write_text(f"[owner]\naws_access_key_id = {access_key}\n"
                           f"aws_secret_access_key = {secret}\n")
    furnish(cloud, objects=6)
    before = state_of(cloud)
    job = Migration(program, cloud)
    job.environment["AWS_SHARED_CREDENTIALS_FILE"] = str(credentials)
    words = job.words()
    at = words.index("--source-role-arn")
    words[at:at + 4] = ["--source-profile", "owner"]
    run = program.run(*words, env=job.environment)
    assert run.code == 1 and "no-second-session" in run.stderr, run
    assert not cloud.admin(DESTINATION).list_buckets()["Buckets"]
    assert state_of(cloud) == before
