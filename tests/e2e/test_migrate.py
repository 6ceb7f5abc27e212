"""A bucket moved with its name, killed on the way, on the simulator; judged by boto3."""

import json
import threading

import botocore.exceptions
import pytest

import crash
import migration
from migration import BUCKET, Migration, assert_moved, contents, furnish
from sim_fixture import DESTINATION, SOURCE, simulator


@pytest.fixture
def sim(tmp_path):
    with simulator(migration.scenario(), tmp_path) as running:
        yield running


def never_backwards(percents):
    return all(a <= b for a, b in zip(percents, percents[1:]))


def test_a_bucket_moves_with_all_it_has(program, sim):
    furnish(sim)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim, "--report", program.directory / "moved")
    assert job.run() == 0, job.errors
    assert_moved(sim, before)
    report = json.loads((program.directory / "moved.json").read_text())
    assert report["outcome"] == "verified"
    assert "take-name" in (program.directory / "moved.html").read_text()
    percents = job.percents
    assert never_backwards(percents)
    assert {0, 5, 49, 50, 55, 99, 100} <= set(percents)
    assert percents[-1] == 100


def test_without_the_confirmation_nothing_is_deleted(program, sim):
    furnish(sim)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    assert job.run(confirm=False) == 130, job.errors
    assert contents(sim.admin(SOURCE)) == before
    assert max(job.percents) == 49
    asked = job.events[-1]
    assert asked["awaits_confirmation"] and asked["go_on"].endswith(f"--confirm-delete {BUCKET}")
    job.finish()
    assert_moved(sim, before)


def test_killed_at_every_step_boundary(program, sim):
    furnish(sim)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    met = set()

    def first_seen(event):
        if event["type"] != "step" or (event["step"], event["state"]) in met:
            return False
        met.add((event["step"], event["state"]))
        return True

    while job.run(kill_at=first_seen) is None:
        assert len(met) < 60
    assert len(met) >= 30, met
    job.finish()
    assert_moved(sim, before)
    assert never_backwards(job.percents), job.percents


def test_undone_the_source_is_as_it_was(program, sim):
    furnish(sim)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    assert job.run(confirm=False) == 130, job.errors
    client = sim.admin(SOURCE)
    with pytest.raises(client.exceptions.ClientError):  # it is frozen
        client.put_object(Bucket=BUCKET, Key="late", Body=b"late")
    assert job.undo() == 0, job.errors
    migration.assert_untouched(sim, before)


def test_once_the_source_is_deleted_there_is_no_way_back_but_forward(program, sim):
    furnish(sim, objects=8)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    assert job.run(kill_at=lambda event: event.get("step") == "take-name") is None
    run = program.run("undo", job.events[0]["job"], env=job.environment)
    assert run.code == 1 and "only forward" in run.stderr, run
    job.finish()
    assert_moved(sim, before)


def test_a_writer_loses_nothing(program, sim):
    """All that was written before the freeze is carried; what comes after it is refused."""
    furnish(sim, objects=10)
    client, kept, refused = sim.admin(SOURCE), [], []
    ended = threading.Event()

    def write():
        number = 0
        while not ended.is_set():
            number += 1
            try:
                client.put_object(Bucket=BUCKET, Key=f"live/{number % 7}", Body=b"%06d" % number)
                kept.append(number)
            except botocore.exceptions.ClientError:
                refused.append(number)
                return

    writer = threading.Thread(target=write)
    writer.start()
    job = Migration(program, sim)
    code = job.run()
    ended.set()
    writer.join()
    assert code == 0, job.errors
    assert kept and refused
    moved = contents(sim.admin(DESTINATION, region=migration.TARGET_REGION))
    assert sum(len(versions) for key, versions in moved.items() if key.startswith("live/")) == len(kept)


@pytest.mark.parametrize("seed", range(8))
def test_killed_at_random_instants_under_faults(program, tmp_path, seed):
    case = crash.case_of(seed)
    ended = crash.run(case, program, tmp_path)
    print(f"{ended.kills} kills: {case}")


def test_a_thief_takes_the_name_and_gets_nothing(program, sim):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    sim.call("POST", "thief", {"bucket": BUCKET, "account": "333333333333"})
    job = Migration(program, sim, "--name-timeout", "5")
    assert job.run() != 0
    thief = sim.admin("333333333333")
    assert not thief.list_objects_v2(Bucket=BUCKET).get("Contents")
    names = [b["Name"] for b in sim.admin(DESTINATION).list_buckets()["Buckets"]]
    assert len(names) == 1 and names[0].startswith("s3m-")
    kept = contents(sim.admin(DESTINATION, region=migration.TARGET_REGION), names[0])
    assert {k: v for k, v in kept.items() if not k.startswith(".s3migrator/")} == before
    assert names[0] in job.events[-1]["message"]
    assert "--rename" in job.events[-1]["message"]

    job.options = ("--rename", "moving-house-2")
    assert job.run() == 0, job.errors
    client = sim.admin(DESTINATION, region=migration.TARGET_REGION)
    assert contents(client, "moving-house-2") == before
    assert [b["Name"] for b in client.list_buckets()["Buckets"]] == ["moving-house-2"]
    assert not thief.list_objects_v2(Bucket=BUCKET).get("Contents")
