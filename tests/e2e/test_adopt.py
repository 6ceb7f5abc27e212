"""The store of a migration is lost on the way, and `adopt` goes on from the temporary bucket alone; on
the simulator, judged by boto3."""

import json
import shutil
import signal

import pytest

import kills
import migration
from migration import BUCKET, Migration, assert_moved, contents, furnish
from program import Program
from sim_fixture import DESTINATION, SOURCE, simulator


@pytest.fixture
def sim(tmp_path):
    with simulator(migration.scenario(), tmp_path) as running:
        yield running


class LostStore(Migration):
    """As Migration; once it is lost it goes on by `adopt`."""

    temporary = None

    def lose(self):
        shutil.rmtree(self.program.directory / "state")
        self.find()

    def find(self):
        client = self.sim.admin(DESTINATION)
        found = [b["Name"] for b in client.list_buckets()["Buckets"] if b["Name"].startswith("s3m-")]
        assert len(found) == 1, found
        self.temporary = found[0]

    def words(self):
        words = super().words()
        if self.temporary is None:
            return words
        region = words.index("--destination-region")
        del words[region:region + 2]  # the record has it
        return ["adopt", f"s3://{self.temporary}", *words[2:]]


def at(step, state):
    return lambda event: (event.get("step"), event.get("state")) == (step, state)


BOUNDARIES = (
    ("temporary-bucket", "done"), ("copy", "started"), ("freeze", "done"), ("prove", "done"),
    ("confirm", "done"), ("empty", "started"), ("empty", "done"), ("delete-source", "done"),
    ("take-name", "done"), ("copy-back", "done"), ("open", "started"),
)


@pytest.mark.parametrize("versioned", (True, False), ids=("versions", "objects"))
@pytest.mark.parametrize("boundary", BOUNDARIES, ids="-".join)
def test_the_store_is_lost_at_a_step_boundary(program, sim, boundary, versioned):
    furnish(sim, objects=12, versioned=versioned)
    before = contents(sim.admin(SOURCE))
    job = LostStore(program, sim)
    assert job.run(kill_at=at(*boundary)) is None, job.errors
    identity = job.events[0]["job"]
    job.lose()
    assert job.run() == 0, f"{job.errors}\n{json.dumps(job.events[-12:], indent=1)}"
    assert job.events[-1]["job"] == identity, "it is the same job"
    assert_moved(sim, before, versioned)
    known = program.run("jobs", "list", "--json")
    assert [json.loads(line)["job"] for line in known.stdout.splitlines()] == [identity]


def test_the_store_is_lost_again_and_again(program, sim):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    job = LostStore(program, sim)
    for boundary in BOUNDARIES:
        assert job.run(kill_at=at(*boundary)) is None, (boundary, job.errors)
        job.lose()
    assert job.run() == 0, job.errors
    assert_moved(sim, before)


def test_the_source_is_gone_when_the_job_is_adopted(program, sim):
    """Somebody took the freeze off and deleted what was left of a source that was being emptied."""
    furnish(sim, objects=12, versioned=False)
    client = sim.admin(SOURCE)
    before = contents(client)
    sim.fault(operation="DeleteObjects", bucket=BUCKET, effect="error", status=403,
              code="AccessDenied", count=0)
    job = LostStore(program, sim)
    assert job.run() == 1, job.errors
    sim.calm()
    client.delete_bucket_policy(Bucket=BUCKET)
    for page in client.list_objects_v2(Bucket=BUCKET)["Contents"]:
        client.delete_object(Bucket=BUCKET, Key=page["Key"])
    client.delete_bucket(Bucket=BUCKET)
    job.lose()
    seen = len(job.events)
    assert job.run() == 0, job.errors
    assert_moved(sim, before, versioned=False)
    steps = {e["step"] for e in job.events[seen:] if e["type"] == "step"}
    assert "delete-source" in steps and not steps & {"preflight", "freeze", "empty"}, steps


def test_a_dry_run_says_what_it_would_go_on_with(program, sim):
    furnish(sim, objects=5)
    job = LostStore(program, sim)
    assert job.run(confirm=False) == 130, job.errors
    job.lose()
    words = [word for word in job.words() if word != "--json"]
    run = program.run(*words, "--dry-run", env=job.environment)
    assert run.code == 0, run
    for part in (job.events[0]["job"], "proven", "freeze", BUCKET, migration.TARGET_REGION):
        assert part in run.stdout, run
    assert program.run("jobs", "list", "--json").stdout == ""


def test_what_is_adopted_already_is_resumed(program, sim):
    furnish(sim, objects=5)
    before = contents(sim.admin(SOURCE))
    job = LostStore(program, sim)
    assert job.run(confirm=False) == 130, job.errors
    identity = job.events[0]["job"]
    job.lose()
    assert job.run(confirm=False) == 130, job.errors
    assert job.run(confirm=False) == 1
    assert f"jobs resume {identity}" in job.events[-1]["message"]
    # The migration's own command, and jobs resume: both take up the adopted job.
    run = program.run("jobs", "resume", identity, "--json", env=job.environment)
    assert run.code == 130 and run.summary["job"] == identity, run
    job.temporary = None
    assert job.run() == 0, job.errors
    assert job.events[-1]["job"] == identity
    assert_moved(sim, before)


class Asleep(kills.Kill):
    """The process is stopped at an event, and goes on when `meanwhile` is over."""

    longer = 180

    def __init__(self, when, meanwhile):
        self.when, self.meanwhile = when, meanwhile

    def saw(self, event):
        if self.meanwhile is None or not self.when(event):
            return
        meanwhile, self.meanwhile = self.meanwhile, None
        self.process.send_signal(signal.SIGSTOP)
        try:
            meanwhile()
        finally:
            self.process.send_signal(signal.SIGCONT)


# G25: what the owner has set since another process ended the job is not put back by the first.
def test_who_slept_while_the_job_was_ended_sets_nothing(program, sim, tmp_path):
    furnish(sim, objects=12)
    (tmp_path / "another").mkdir()
    heir = LostStore(Program(tmp_path / "another"), sim)
    client = sim.admin(DESTINATION, region=migration.TARGET_REGION)
    theirs = [{"Key": "team", "Value": "of its users"}]

    def ended_by_another():
        heir.find()
        assert heir.run() == 0, heir.errors
        client.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": theirs})

    # So that it is stopped before it has set all.
    sim.call("POST", "latency", {"latencies": [{"operation": "GetBucketTagging",
                                                "fixed_us": 100000}]})
    job = Migration(program, sim)
    code = job.run(kill=Asleep(at("last-configuration", "started"), ended_by_another))
    assert code == 1, job.events[-1]
    assert "taken the job over" in job.events[-1]["message"]
    assert client.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == theirs
