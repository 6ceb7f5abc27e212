"""The crash test: one migration, killed again and again at random instants under a fault script,
gone on with or taken back, and judged by boto3. What happens is drawn from a seed; when exactly a
kill strikes is not, because the machine decides that too."""

import contextlib
import dataclasses
import random
import sqlite3
import threading
import time

import boto3.exceptions
import botocore.exceptions

import kills
import migration
from migration import BUCKET
from sim_fixture import SOURCE, simulator

# By name, so that a case can be read.
FAULTS = {
    "throttling": ({"operation": "*", "effect": "error", "status": 503, "code": "SlowDown",
                    "probability": 0.03},),
    "500s": ({"operation": "*", "effect": "error", "status": 500, "code": "InternalError",
              "probability": 0.02},),
    "500s after the act": ({"operation": "*", "effect": "error", "status": 500,
                            "code": "InternalError", "applied": True, "probability": 0.02},),
    "resets": ({"operation": "*", "effect": "reset_before_head", "probability": 0.01},
               {"operation": "*", "effect": "truncated_body", "probability": 0.01}),
    "lost copies": ({"operation": "CopyObject", "effect": "reset_before_head", "applied": True,
                     "probability": 0.05},
                    {"operation": "CompleteMultipartUpload", "effect": "reset_before_head",
                     "applied": True, "probability": 0.3}),
    "lost deletes": ({"operation": "DeleteObject*", "effect": "reset_before_head", "applied": True,
                      "probability": 0.05},
                     {"operation": "DeleteBucket", "effect": "reset_before_head", "applied": True,
                      "probability": 0.5}),
    "lost buckets": ({"operation": "CreateBucket", "effect": "reset_before_head", "applied": True,
                      "probability": 0.5},
                     {"operation": "PutBucketPolicy", "effect": "reset_before_head",
                      "applied": True, "probability": 0.2}),
    "200 with an error": ({"operation": "CopyObject", "effect": "error_in_200", "status": 500,
                           "code": "InternalError", "probability": 0.05},
                          {"operation": "CompleteMultipartUpload", "effect": "error_in_200",
                           "status": 500, "code": "InternalError", "probability": 0.3}),
    "slow answers": ({"operation": "*", "effect": "delay", "delay_ms": 20, "jitter_ms": 200,
                      "probability": 0.05},),
    "expired sessions": ({"operation": "*", "effect": "expire_session", "probability": 0.005},),
}
# Each changes something that only the next answer or commit would tell of.
ACTS = ("CopyObject", "UploadPartCopy", "CompleteMultipartUpload", "CreateMultipartUpload",
        "DeleteObject*", "CreateBucket", "DeleteBucket", "PutBucketPolicy", "DeleteBucketPolicy",
        "PutBucket*", "PutObject", "DeleteBucketLifecycle", "PutBucketTagging",
        "DeleteBucketTagging")
STEPS = ("preflight", "temporary-bucket", "grant", "copy", "freeze", "delta", "prove", "confirm",
         "silence", "empty", "delete-source", "take-name", "configuration", "copy-back", "verify",
         "last-configuration", "open", "discard", "report")
LEASE_SECONDS = 120  # of a job's claim


@dataclasses.dataclass(frozen=True)
class Case:
    seed: int
    versioning: str         # "", "Enabled", "Suspended"
    configured: bool        # with policy, lifecycle rules, notifications, CORS and tags
    options: tuple
    faults: tuple           # names
    policy_delay_ms: int
    most_kills: int
    ending: str             # "resume", "undo"
    rival: str = ""         # "refused": another process comes while this one is stopped;
                            # "heir": it takes over, and this one wakes up again


def case_of(seed, rival=None):
    chance = random.Random(seed)
    ending = "undo" if chance.random() < 0.3 else "resume"
    options = ["--multipart-threshold", "6MiB", "--part-size", "5MiB"]
    if chance.random() < 0.3:
        options += ["--freeze", "early"]
    if chance.random() < 0.3:
        options += ["--grant", "source-policy"]
    drawn = "refused" if chance.random() < 0.15 else ""
    return Case(seed=seed, versioning=chance.choice(("", "Enabled", "Enabled", "Suspended")),
                configured=chance.random() < 0.7, options=tuple(options),
                faults=tuple(chance.sample(sorted(FAULTS), chance.randrange(4))),
                policy_delay_ms=chance.choice((0, 0, 0, 150)),
                most_kills=chance.randint(1, 4) if ending == "undo" else chance.randint(5, 8),
                ending=ending,
                rival=drawn if rival is None else rival)


def kill_of(chance, sim, reached="preflight"):
    """A kill at some instant of a run that begins in step `reached`: at any time, around a step, or
    at a request that acts."""
    way = chance.random()
    if way < 0.3:
        return kills.AtTime(chance.uniform(0.02, 2.5))
    if way < 0.6:
        first = STEPS.index(reached)
        step, state = chance.choice(STEPS[first:first + 5]), chance.choice(("started", "done"))
        return kills.AtEvent(
            lambda event: event.get("step") == step and event.get("state") == state,
            chance.choice((0.0, chance.uniform(0, 0.3))), f"step {step} is {state}")
    applied = chance.random() < 0.6
    if way < 0.75:
        return kills.AtRequest(sim, "*", chance.randint(1, 300), applied)
    return kills.AtRequest(sim, chance.choice(ACTS), chance.choice((1, 1, 1, 2, 3)), applied)


def world_of(case):
    """Some objects are there from the beginning: those in parts, and those of one moment."""
    objects = [{"key": f"large/{number}", "size": "12MiB", "part_size": "5MiB" if number else 0,
                "metadata": {"number": str(number)}} for number in range(2)]
    return migration.scenario(name_release_ms=200, buckets=[{
        "name": BUCKET, "owner": SOURCE, "region": migration.REGION, "objects": objects,
        "generators": [{"prefix": "bulk/", "count": 60, "max_size": 4096, "folders": 3}]}])


def furnish(sim, case):
    client = sim.admin(SOURCE)
    migration.furnish(sim, objects=16, versioned=bool(case.versioning), configured=case.configured)
    if case.versioning == "Suspended":
        client.put_bucket_versioning(Bucket=BUCKET,
                                     VersioningConfiguration={"Status": "Suspended"})
        for number in (1, 5):
            client.put_object(Bucket=BUCKET, Key=f"photos/{number:04}.jpg", Body=b"of no version")


@dataclasses.dataclass
class Ended:
    kills: int = 0
    undone: bool = False
    story: list = dataclasses.field(default_factory=list)


class Crash:
    def __init__(self, case, program, sim):
        self.case, self.sim, self.program = case, sim, program
        self.chance = random.Random(case.seed + 1_000_000)
        self.job = migration.Migration(program, sim, *case.options)
        self.ended = Ended()

    def run(self):
        furnish(self.sim, self.case)
        client = self.sim.admin(SOURCE)
        self.before = migration.contents(client)
        self.configuration = migration.configuration_of(client)
        self._make_trouble()
        moved = self._kill_it_again_and_again()
        if not moved and self.case.ending == "undo" and self.job.job and self._take_it_back():
            self.ended.undone = True
            self._calm()
            migration.assert_untouched(self.sim, self.before, self.configuration)
            return self.ended
        if not moved and self.case.rival and self.job.job:
            moved = getattr(self, f"_meet_{self.case.rival}")()
        if not moved:
            self._finish()
        self._calm()
        migration.assert_moved(self.sim, self.before, configuration=self.configuration)
        percents = self.job.percents
        assert all(a <= b for a, b in zip(percents, percents[1:])), percents
        return self.ended

    def _make_trouble(self):
        if self.case.policy_delay_ms:
            self.sim.switch(policy_effective_after_ms=self.case.policy_delay_ms)
        for name in self.case.faults:
            for rule in FAULTS[name]:
                self.sim.fault(**rule)

    def _calm(self):
        self.sim.calm()
        time.sleep(2 * self.case.policy_delay_ms / 1000)  # the last policy takes effect, too

    def _note(self, what):
        self.ended.story.append(str(what))

    def _kill_it_again_and_again(self):
        """True: it came to its end before it was killed often enough."""
        for _ in range(4 * self.case.most_kills):
            kill = kill_of(self.chance, self.sim, self._reached_last())
            code = self.job.run(kill=kill)
            self._note(f"{'killed ' + repr(kill) if code is None else f'exit {code}'}, in "
                       f"{self._last_step(self.job.events)}; {self.job.errors.strip()}")
            if code == 0:
                return True
            self.ended.kills += code is None
            if self.ended.kills == self.case.most_kills:
                return False
        return False

    def _last_step(self, events):
        return next((f"step {e['step']} ({e['state']})" for e in reversed(events)
                     if e["type"] == "step"), "no step")

    def _reached_last(self):
        return next((e["step"] for e in reversed(self.job.events) if e.get("step") in STEPS),
                    STEPS[0])

    def _finish(self):
        try:
            self.job.finish()
        except AssertionError as error:
            # A fault script may end a run, and one after the other; never the migration.
            self._note(f"not finished under faults: {error}")
            self.sim.call("DELETE", "fault")
            self.job.finish(1)

    # Taken back -------------------------------------------------------------------------------

    def _reached(self, step):
        return any(event.get("step") == step for event in self.job.events)

    def _take_it_back(self):
        """False: it is too late for that, and the program says so. Killed on the way as well."""
        for attempt in range(8):
            kill = kill_of(self.chance, self.sim) if attempt < 3 else None
            code = self.job.undo(kill)
            self._note(f"undo: {code}, {kill!r}; {self.job.errors.strip()}")
            self.ended.kills += code is None
            if code == 0:
                assert not self._reached("take-name"), self.ended.story
                return True
            if code is not None and "only forward" in self._said():
                assert self._reached("delete-source"), self.ended.story
                return False
            if attempt == 5:
                self.sim.call("DELETE", "fault")
        raise AssertionError(f"not undone: {self.ended.story}")

    def _said(self):
        return self.job.errors + " ".join(e.get("message", "") for e in self.job.undone)

    # Two processes ----------------------------------------------------------------------------

    def _meet_refused(self):
        """A process that is stopped still has its job: another one is refused."""

        told = len(self.job.events)

        def come():
            # It may not have come so far, or be through.
            has_the_job = len(self.job.events) > told and not self._reached("report")
            other = migration.Migration(self.program, self.sim, *self.case.options)
            code = other.run()
            self._note(f"a second process: {code}; {other.errors.strip()}")
            said = other.errors + " ".join(e.get("message", "") for e in other.events)
            if code == 1 and "locked" in said:
                raise kills.NotNow  # in the middle of a transaction of the store
            refused = code == 1 and "is being run by process" in said
            assert refused or not has_the_job, (code, said)
            return code

        pause = kills.Pause(self.chance.uniform(0.05, 3.0), come)
        code = self.job.run(kill=pause)
        if pause.failure:
            raise pause.failure
        return 0 in (code, pause.result)

    def _meet_heir(self):
        """One that has no claim any more does no harm when it wakes up."""
        heir = migration.Migration(self.program, self.sim, *self.case.options)
        codes = []

        def inherit():
            seem_elsewhere(self.program)
            time.sleep(LEASE_SECONDS + 2)
            worker = threading.Thread(target=lambda: codes.append(heir.run()))
            worker.start()
            started = time.monotonic()
            while not heir.events and time.monotonic() - started < 30:
                time.sleep(0.02)
            return worker

        pause = kills.Pause(self.chance.uniform(0.05, 3.0), inherit, 2 * LEASE_SECONDS)
        code = self.job.run(kill=pause)
        if pause.failure:
            raise pause.failure
        if pause.result:
            pause.result.join()
        self._note(f"the first process: {code}; {self.job.errors.strip()}; its heir: {codes}; "
                   f"{heir.errors.strip() if codes else ''}")
        if codes:
            assert code != 0 or codes == [0], self.ended.story
            self.job.events += heir.events
        return code == 0 or codes == [0]


def seem_elsewhere(program):
    """What the processes of this machine have claimed seems to be claimed by those of another:
    whether they live nobody can tell, but by their lease."""
    [path] = (program.directory / "state").rglob("*.db")
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=1)) as store, store:
            for table in ("job_claims", "policy_locks"):
                store.execute(f"UPDATE {table} SET process = process || '-elsewhere'")
    except sqlite3.OperationalError as error:  # locked: by a transaction of the process itself
        raise kills.NotNow from error


def run(case, program, directory):
    """Runs one case in a cloud of its own. Gives what happened; an AssertionError with the story
    if the migration did not end as it must."""
    with simulator(world_of(case), directory) as sim, told(Crash(case, program, sim)) as crash:
        return crash.run()


@contextlib.contextmanager
def told(crash):
    try:
        yield crash
    except (AssertionError, OSError, botocore.exceptions.BotoCoreError,
            boto3.exceptions.Boto3Error, botocore.exceptions.ClientError) as error:
        story = "\n  ".join(crash.ended.story)
        failed = AssertionError(f"{crash.case}\n  {story}\n{type(error).__name__}: {error}")
        failed.kills = crash.ended.kills
        raise failed from error
