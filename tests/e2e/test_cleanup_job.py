"""`cleanup JOB`, of killed and of ended jobs, on the simulator; judged by boto3."""

import json

import pytest

import migration
from migration import BUCKET, Migration, assert_moved, contents, furnish
from program import Program
from sim_fixture import DESTINATION, DESTINATION_ROLE, MIGRATOR_ROLE, SOURCE, simulator


@pytest.fixture
def sim(tmp_path):
    with simulator(migration.scenario(), tmp_path) as running:
        yield running


def cleanup(job, *options):
    return job.program.run("cleanup", job.events[0]["job"], "--json", *options,
                           env=job.environment)


def owner_words(sim):
    return ["--migrator-role-arn", MIGRATOR_ROLE, "--role-arn", DESTINATION_ROLE,
            "--external-id", sim.external_ids[DESTINATION_ROLE]]


def temporaries(sim):
    names = [b["Name"] for b in sim.admin(DESTINATION).list_buckets()["Buckets"]]
    return [name for name in names if name.startswith("s3m-")]


def test_a_kept_temporary_bucket_goes_by_its_name(program, sim):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim, "--keep-temp", "7")
    assert job.run() == 0, job.errors
    [kept] = temporaries(sim)
    run = cleanup(job)
    assert run.code == 130, run
    assert f"--confirm-delete {kept}" in run.summary["message"]
    assert temporaries(sim) == [kept]
    run = cleanup(job, "--confirm-delete", BUCKET)
    assert run.code == 1 and temporaries(sim) == [kept], run
    run = cleanup(job, "--confirm-delete", kept)
    assert run.code == 0 and run.summary["outcome"] == "cleaned", run
    assert_moved(sim, before)
    assert program.run("jobs", "delete", job.events[0]["job"], env=job.environment).code == 0


def test_what_changed_since_in_the_new_bucket_keeps_the_rest(program, sim):
    furnish(sim, objects=12, versioned=False)
    job = Migration(program, sim, "--keep-temp", "7")
    assert job.run() == 0, job.errors
    [kept] = temporaries(sim)
    client = sim.admin(DESTINATION, region=migration.TARGET_REGION)
    client.put_object(Bucket=BUCKET, Key="photos/0005.jpg", Body=b"edited since")
    run = cleanup(job, "--confirm-delete", kept)
    assert run.code == 1 and "photos/0005.jpg" in run.summary["message"], run
    assert "photos/0005.jpg" in contents(client, kept)
    assert client.get_object(Bucket=BUCKET, Key="photos/0005.jpg")["Body"].read() == b"edited since"


def test_killed_while_it_copies_nothing_is_left_of_it(program, sim):
    furnish(sim, objects=60)
    before = contents(sim.admin(SOURCE))
    sim.call("POST", "latency", {"latencies": [{"operation": "CopyObject", "fixed_us": 50000}]})
    job = Migration(program, sim)
    assert job.run(kill_at=lambda e: e.get("step") == "copy" and e["type"] == "progress") is None
    sim.call("POST", "latency", {})
    [temporary] = temporaries(sim)
    run = cleanup(job, "--confirm-delete", temporary)
    assert run.code == 0, run
    assert temporaries(sim) == []
    client = sim.admin(SOURCE)
    assert contents(client) == before
    assert json.loads(client.get_bucket_policy(Bucket=BUCKET)["Policy"]) == migration.POLICY
    run = program.run("jobs", "show", job.events[0]["job"], "--json", env=job.environment)
    assert json.loads(run.stdout)["state"] == "cancelled", run


def test_frozen_and_waiting_the_source_is_as_it_was(program, sim):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    assert job.run(confirm=False) == 130, job.errors
    [temporary] = temporaries(sim)
    client = sim.admin(SOURCE)
    with pytest.raises(client.exceptions.ClientError):  # it is frozen
        client.put_object(Bucket=BUCKET, Key="late", Body=b"late")
    assert cleanup(job, "--confirm-delete", temporary).code == 0
    assert contents(client) == before
    client.put_object(Bucket=BUCKET, Key="late", Body=b"late")
    assert client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"][0]["ID"] == "old"
    assert json.loads(client.get_bucket_policy(Bucket=BUCKET)["Policy"]) == migration.POLICY
    assert temporaries(sim) == []


def test_refused_once_it_deletes(program, sim):
    furnish(sim, objects=8)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    assert job.run(kill_at=lambda event: event.get("step") == "delete-source") is None
    [temporary] = temporaries(sim)
    run = cleanup(job, "--confirm-delete", temporary)
    assert run.code == 1 and "jobs resume" in run.summary["message"], run
    assert temporaries(sim) == [temporary]
    job.finish()
    assert_moved(sim, before)


# G22: whatever the store that is asked knows of the job.
@pytest.mark.parametrize("step", ["empty", "take-name", "copy-back"])
def test_g22_the_protection_of_what_may_be_the_only_copy_stays(program, sim, tmp_path, step):
    furnish(sim, objects=8)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    assert job.run(kill_at=lambda event: event.get("step") == step) is None
    [temporary] = temporaries(sim)
    owner = sim.admin(DESTINATION, region=migration.TARGET_REGION)
    protected = owner.get_bucket_policy(Bucket=temporary)["Policy"]
    (tmp_path / "another").mkdir()
    for asked in (program, Program(tmp_path / "another")):
        run = asked.run("cleanup", f"s3://{temporary}", *owner_words(sim), "--json",
                        env=job.environment)
        assert run.code == 1, run
        for word in (job.events[0]["job"], f"adopt s3://{temporary}", "--confirm-delete"):
            assert word in run.summary["message"], run
        assert owner.get_bucket_policy(Bucket=temporary)["Policy"] == protected
    run = program.run("cleanup", f"s3://{temporary}", *owner_words(sim), "--json",
                      "--confirm-delete", temporary, env=job.environment)
    assert run.code == 0, run
    with pytest.raises(owner.exceptions.ClientError):
        owner.get_bucket_policy(Bucket=temporary)
    job.finish()
    assert_moved(sim, before)


def test_the_protection_of_what_is_but_a_copy_goes(program, sim, tmp_path):
    furnish(sim, objects=8)
    job = Migration(program, sim)
    assert job.run(kill_at=lambda event: event.get("step") == "prove") is None
    [temporary] = temporaries(sim)
    run = Program(tmp_path).run("cleanup", f"s3://{temporary}", *owner_words(sim), "--json",
                                env=job.environment)
    assert run.code == 0, run


def test_a_temporary_bucket_that_lost_its_tag_is_not_said_to_be_gone(program, sim):
    furnish(sim, objects=8)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    assert job.run(kill_at=lambda event: event.get("step") == "freeze") is None
    [temporary] = temporaries(sim)
    owner = sim.admin(DESTINATION, region=migration.TARGET_REGION)
    replaced = [{"Key": "cost-center", "Value": "42"}]
    owner.put_bucket_tagging(Bucket=temporary, Tagging={"TagSet": replaced})
    tag = f"key s3migrator:job, value {job.job}"
    assert job.undo() == 1
    assert tag in job.undone[-1]["message"], job.undone[-1]
    run = cleanup(job, "--confirm-delete", temporary)
    assert run.code == 1 and tag in run.summary["message"], run
    assert temporaries(sim) == [temporary]
    mark = {"Key": "s3migrator:job", "Value": job.job}
    owner.put_bucket_tagging(Bucket=temporary, Tagging={"TagSet": [*replaced, mark]})
    assert job.undo() == 0, job.undone[-1]
    assert temporaries(sim) == []
    assert contents(sim.admin(SOURCE)) == before


def test_moved_already(program, sim):
    furnish(sim, objects=4)
    job = Migration(program, sim)
    assert job.run() == 0, job.errors
    before = contents(sim.admin(DESTINATION, region=migration.TARGET_REGION))
    assert job.run() == 0, job.errors
    assert job.events[-1]["outcome"] == "already-moved"
    assert job.events[0]["job"] in job.events[-1]["message"]
    assert_moved(sim, before)
