"""The monitor: against moto's logs, tasks, metrics and schedules, as a command and as a function of Lambda.

The jobs are real copies on moto. What ECS would do, this file does: it ships the lines of a job to the log
stream of a task, and says in the store which task it was. Nothing runs in moto's tasks.
"""

import contextlib
import http.server
import json
import threading
import time
import uuid

import pytest

import migration
import servers
from sim_fixture import simulator
from tasks import Cluster, Store, boto, metadata_of


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with servers.moto(tmp_path_factory.mktemp("moto")) as running:
        yield running


class Desk:
    """A program with a store of its own, on moto, and a job that it has copied."""

    def __init__(self, program, moto, directory):
        self.program, self.moto = program, moto
        self.path = directory / "jobs.db"
        self.store = Store(self.path)
        self.copied = {}  # a job's destination bucket
        self.env = {**moto.environment, "AWS_ENDPOINT_URL": moto.endpoint,
                    "S3MIGRATOR_STORE": str(self.path)}

    def copy(self, objects=20):
        mark = uuid.uuid4().hex[:8]
        source, destination = f"src-{mark}", f"dst-{mark}"
        self.moto.source.create_bucket(Bucket=source)
        self.moto.destination.create_bucket(Bucket=destination)
        for n in range(objects):
            self.moto.source.put_object(Bucket=source, Key=f"key-{n}", Body=b"x")
        run = self.program.run("copy", f"s3://{source}", f"s3://{destination}", "--json",
                               *self.moto.arguments, env=self.env)
        assert run.code == 0, run
        lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
        job = json.loads(lines[0])["job"]
        self.copied[job] = destination
        return job, lines

    def monitor(self, *options, code=0, env=None):
        run = self.program.run("monitor", "--json", *options, env={**self.env, **(env or {})})
        assert run.code == code, run
        return json.loads(run.stdout)


@pytest.fixture
def desk(program, moto, tmp_path):
    return Desk(program, moto, tmp_path)


@pytest.fixture(scope="module")
def cluster(moto):
    return Cluster(moto)


def running(desk, cluster, job):
    """As if a task ran the job now."""
    place = cluster.place(cluster.run())
    desk.store.set_fact(job, "task", json.dumps(place))
    desk.store.forget_progress(job)
    desk.store.set_state(job, "running")
    return place


def percent_in(lines):
    return max(json.loads(line).get("percent", 0) for line in lines)


def test_it_repeats_the_jobs_own_percentage(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    assert desk.monitor()["jobs"][0]["percent_from"] == "record", "nothing was written yet"
    half = lines[:len(lines) // 2]
    cluster.ship(place, half)
    seen = desk.monitor()["jobs"][0]
    assert (seen["job"], seen["percent"], seen["percent_from"]) == (job, percent_in(half), "events")
    assert seen["events"] == len(half)
    assert seen["task"]["dead"] is False
    cluster.ship(place, lines)
    seen = desk.monitor()["jobs"][0]
    assert seen["percent"] == percent_in(lines) == 100
    assert seen["events"] == len(lines), "what came twice counts once"
    assert desk.store.fact(job, "monitor")["percent"] == 100


def test_events_that_come_late_are_counted_and_old_ones_not_read_again(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    cluster.ship(place, lines[1:])
    assert desk.monitor()["jobs"][0]["events"] == len(lines) - 1
    cluster.ship(place, lines[:1], at=int(time.time() * 1000) - 4 * 60 * 1000)
    assert desk.monitor()["jobs"][0]["events"] == len(lines)
    stamp = json.loads(lines[-1])
    older = json.dumps({**stamp, "seq": 999999})
    cluster.ship(place, [older], at=int(time.time() * 1000) - 6 * 60 * 1000)
    assert desk.monitor()["jobs"][0]["events"] == len(lines), "before the window"


def test_a_long_log_is_paged(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    stamp = json.loads(lines[0])
    failure = {"v": 1, "type": "failure", "job": job, "attempt": 1, "time": stamp["time"]}
    cluster.ship(place, [json.dumps({**failure, "seq": n}) for n in range(1000, 12500)])
    seen = desk.monitor()
    assert seen["jobs"][0]["failures"] == 11500
    assert seen["complete"] is True


def test_a_task_that_died_is_marked_once_and_the_job_can_be_taken_up(desk, cluster, moto):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    cluster.ship(place, lines[:3])
    cluster.stop(place["arn"])
    seen = desk.monitor("--metrics", "S3M")["jobs"][0]
    assert seen["task"]["dead"] and seen["marked_dead"] and seen["over"]
    assert f"s3migrator jobs resume {job}" in " ".join(seen["warnings"])
    assert desk.store.state(job) == ("paused", 130)
    assert desk.monitor()["jobs"] == [], "it is not looked at again"
    names = {m["MetricName"] for m in boto(moto, "cloudwatch").list_metrics(
        Namespace="S3M", Dimensions=[{"Name": "Job", "Value": job}])["Metrics"]}
    assert names == {"Percent", "FailedObjects", "DeadTasks"}
    again = desk.program.run("jobs", "resume", job, "--json", env=desk.env)
    assert again.code == 0, again


def test_a_dead_task_whose_job_another_one_runs_marks_nothing(desk, cluster):
    job, _ = desk.copy()
    place = running(desk, cluster, job)
    cluster.stop(place["arn"])
    with desk.store.open() as db:
        db.execute("INSERT OR REPLACE INTO job_claims VALUES (?, '17 4242 pid:[1] another-boot', ?)",
                   (job, int(time.time() * 1000) + 120000))
    seen = desk.monitor()["jobs"][0]
    assert seen["task"]["dead"] and not seen["marked_dead"]
    assert desk.store.state(job)[0] == "running"


def test_a_job_in_a_task_says_in_which(desk, cluster):
    place = cluster.place(cluster.run())
    with metadata_of(place) as uri:
        desk.env["ECS_CONTAINER_METADATA_URI_V4"] = uri
        job, lines = desk.copy(5)
    told = desk.store.fact(job, "task")
    assert {name: told[name] for name in place if name != "since"} == {
        name: value for name, value in place.items() if name != "since"}
    desk.store.set_state(job, "running")
    cluster.ship(place, lines)
    assert desk.monitor()["jobs"][0]["percent_from"] == "events"
    del desk.env["ECS_CONTAINER_METADATA_URI_V4"]
    again = desk.program.run("jobs", "retry", job, "--json", env=desk.env)
    assert again.code == 0, again
    assert desk.store.fact(job, "task") is None, "the last run was no task"


def test_the_sides_are_counted_and_give_the_percentage_where_no_event_does(desk, cluster):
    job, _ = desk.copy(20)
    running(desk, cluster, job)
    copied = desk.copied[job]
    for n in range(10):
        desk.moto.destination.delete_object(Bucket=copied, Key=f"key-{n}")
    seen = desk.monitor("--count")["jobs"][0]
    assert seen["percent_from"] == "counts"
    assert (seen["count"]["from"]["objects"], seen["count"]["to"]["objects"]) == (20, 10)
    assert seen["percent"] == seen["count"]["percent"] == 52


def test_a_migration_is_followed_through_both_halves(desk, cluster, tmp_path):
    with simulator(migration.scenario(), tmp_path) as sim:
        migration.furnish(sim, objects=12)
        moving = migration.Migration(desk.program, sim, "--store", desk.path)
        assert moving.run() == 0, moving.errors
    lines = [json.dumps(event) for event in moving.events]
    place = running(desk, cluster, moving.job)
    told, step = [], len(lines) // 4 + 1  # moto's task stops by itself at the fourth look
    for start in range(0, len(lines), step):
        cluster.ship(place, lines[start:start + step])
        seen = desk.monitor()["jobs"][0]
        assert (seen["percent"], seen["percent_from"]) == (percent_in(lines[:start + step]), "events")
        told.append(seen["percent"])
    assert any(0 < percent < 50 for percent in told) and any(50 <= percent < 100 for percent in told)
    assert told[-1] == 100 and seen["events"] == len(lines)


def test_silence_only_warns(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    told = {**json.loads(lines[0]), "time": "2026-01-01T00:00:00.000Z"}
    cluster.ship(place, [json.dumps(told)])
    seen = desk.monitor()["jobs"][0]
    assert "nothing new" in " ".join(seen["warnings"])
    assert not seen["marked_dead"] and desk.store.state(job)[0] == "running"


def test_a_job_that_has_ended_is_looked_at_once_more(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    cluster.ship(place, lines[:3])
    assert not desk.monitor()["jobs"][0]["over"]
    cluster.ship(place, lines[3:])
    desk.store.set_state(job, "done")
    seen = desk.monitor()["jobs"][0]
    assert seen["over"] and seen["percent"] == 100
    assert desk.monitor()["jobs"] == []


def test_the_schedule_goes_off_with_the_last_job(desk, cluster, moto):
    scheduler = boto(moto, "scheduler")
    name = "watch-" + uuid.uuid4().hex[:8]
    scheduler.create_schedule(
        Name=name, ScheduleExpression="rate(15 minutes)", State="ENABLED",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "RoleArn": "arn:aws:iam::123456789012:role/r"})
    job, _ = desk.copy()
    running(desk, cluster, job)
    desk.monitor("--schedule", name)
    assert scheduler.get_schedule(Name=name)["State"] == "ENABLED"
    desk.store.set_state(job, "done")
    desk.monitor("--schedule", name)
    assert scheduler.get_schedule(Name=name)["State"] == "DISABLED"


def test_what_cannot_be_asked_is_said_and_the_rest_is_done(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    cluster.ship(place, lines)
    desk.store.set_fact(job, "task", json.dumps({**place, "cluster": "nowhere"}))
    seen = desk.monitor(code=1)
    assert seen["jobs"][0]["percent"] == 100
    assert any("DescribeTasks" in text for text in seen["troubles"])


class RuntimeApi(http.server.ThreadingHTTPServer):
    """The runtime API of one function: gives it its events, then says that it is going away."""

    def __init__(self, events, seconds=60):
        super().__init__(("127.0.0.1", 0), RuntimeApiHandler)
        self.events, self.seconds, self.posts = list(events), seconds, []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class RuntimeApiHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if not self.server.events:
            return self.answer(500)
        body = json.dumps(self.server.events.pop(0)).encode()
        deadline = int((time.time() + self.server.seconds) * 1000)
        return self.answer(200, body, [("Lambda-Runtime-Aws-Request-Id", uuid.uuid4().hex),
                                       ("Lambda-Runtime-Deadline-Ms", str(deadline))])

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((self.path, json.loads(body)))
        self.answer(202)


@contextlib.contextmanager
def runtime_api(events, seconds=60):
    api = RuntimeApi(events, seconds)
    try:
        yield api
    finally:
        api.shutdown()
        api.server_close()


def as_function(desk, api, *options):
    """Runs the function until its API is gone; gives what it answered."""
    run = desk.program.run("monitor", *options, env={
        **desk.env, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}"})
    assert run.code != 0 and run.stdout == "", run
    return api.posts


def test_as_a_function_it_looks_at_each_invocation(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    cluster.ship(place, lines)
    with runtime_api([{"source": "schedule"}, {}]) as api:
        posts = as_function(desk, api)
    assert [path.rsplit("/", 1)[1] for path, _ in posts] == ["response", "response"]
    for _, answer in posts:
        assert answer["complete"] and answer["jobs"][0]["percent"] == 100
        assert answer["jobs"][0]["events"] == len(lines)


def test_a_deadline_that_is_too_short_is_kept_and_the_next_look_goes_on(desk, cluster):
    job, lines = desk.copy()
    place = running(desk, cluster, job)
    cluster.ship(place, lines)
    with runtime_api([{}], seconds=5) as api:  # less than the function keeps back for its end
        posts = as_function(desk, api)
    assert posts[0][0].endswith("/response")
    assert posts[0][1]["complete"] is False and posts[0][1]["running"] == 1
    assert desk.monitor()["jobs"][0]["percent"] == 100


def test_a_function_that_cannot_begin_says_why(desk):
    desk.env["S3MIGRATOR_STORE"] = "nonsense://store"
    with runtime_api([{}]) as api:
        posts = as_function(desk, api)
    assert [path for path, _ in posts] == ["/2018-06-01/runtime/init/error"]
    assert posts[0][1]["errorType"] == "S3Migrator.config"
