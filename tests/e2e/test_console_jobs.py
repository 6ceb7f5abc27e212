"""`s3migrator serve` runs jobs: begun, stopped with the server, taken up by the next one."""

import json
import signal
import time

import jsonschema
import pytest

import migration
from console_jobs import (ROLES, act, begin, confirmation, copy_request, ended, environment, migration_request,
                          notes, show, sign_off, wait_for)
from migration import BUCKET, TARGET_REGION, assert_moved, contents, furnish
from photos import OBJECTS, bucket, cli, cloud  # noqa: F401 (fixtures)
from sim_fixture import DESTINATION, MIGRATOR, SOURCE, simulator
from test_console import VIEWER, resolve, serve, viewer_file  # noqa: F401 (fixtures)

STOPS_WITHIN = 10  # seconds


@pytest.fixture
def start(serve, cli, cloud):
    """Starts a server that may use the article's roles, before the bucket `photos`."""
    return lambda *options: serve(*ROLES, *options, env=environment(cloud))


def slow_down(cloud, microseconds=200_000):
    cloud.call("POST", "latency",
               {"latencies": [{"operation": "CopyObject", "fixed_us": microseconds}]})


def copies(cloud):
    return cloud.stats()["operations"].get("CopyObject", 0)


def begin_slow_copy(console, cloud, bucket):
    slow_down(cloud)
    job = begin(console, copy_request(cloud, "photos", bucket, concurrency=4))["id"]
    deadline = time.monotonic() + 60
    while copies(cloud) < 10:
        assert time.monotonic() < deadline, show(console, job)
        time.sleep(0.01)
    return job


def stop(console, how=signal.SIGTERM):
    console.process.send_signal(how)
    return console.process.wait(STOPS_WITHIN)


def keys(cloud, bucket):
    client = cloud.admin(DESTINATION)
    return [entry["Key"] for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for entry in page.get("Contents", [])]


def valid(console, answer, schema):
    document = console.get("/api/v1/openapi.json", token=None)
    jsonschema.validate(answer, resolve({"$ref": f"#/components/schemas/{schema}"}, document))


def test_a_copy_is_begun_and_verified(start, cloud, bucket):
    console = start()
    answer = begin(console, copy_request(cloud, "photos", bucket))
    valid(console, answer, "Job")
    job = ended(console, answer["id"])
    assert (job["state"], job["exit_code"], job["percent"]) == ("done", 0, 100)
    valid(console, job, "JobDetail")
    assert len(keys(cloud, bucket)) == OBJECTS
    assert [(a["action"], a["role"], a["peer"]) for a in job["actions"]] == \
        [("begin", "operator", "127.0.0.1")]
    assert "In the console: begin, by operator at 127.0.0.1" in notes(console, answer["id"])
    assert console.get("/api/v1/about")["executor"] == "in-process"


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_next_server_takes_up_what_was_running(start, serve, cloud, bucket, how):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    code = stop(console, how)
    assert code == (0 if how == signal.SIGTERM else -9)
    done = copies(cloud)
    assert done < OBJECTS
    cloud.call("POST", "latency", {})
    console = start()
    document = ended(console, job)
    assert (document["state"], document["attempt"]) == ("done", 2)
    assert len(keys(cloud, bucket)) == OBJECTS
    if how == signal.SIGTERM:
        assert copies(cloud) == OBJECTS  # what was copied is not copied again
    assert "Taken up by the console: it was running when the server ended" in notes(console, job)


def test_the_server_does_not_wait_for_an_answer_that_does_not_come(start, cloud, bucket):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    slow_down(cloud, 60_000_000)
    time.sleep(0.5)  # the requests of before have ended
    assert stop(console) == 130
    cloud.call("POST", "latency", {})
    console = start()
    assert ended(console, job)["state"] == "done"


def test_what_a_person_paused_stays_paused(start, cloud, bucket):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    assert act(console, job, "pause")["state"] in ("pausing", "paused")
    assert ended(console, job)["state"] == "paused"
    assert stop(console) == 0
    console = start()
    time.sleep(1)  # a server that takes it up does so before it prints its address
    document = show(console, job)
    assert (document["state"], document["attempt"], document["here"]) == ("paused", 1, False)
    cloud.call("POST", "latency", {})
    assert act(console, job, "resume")["attempt"] == 2
    assert ended(console, job)["state"] == "done"


@pytest.mark.parametrize("what, state", [("pause", "paused"), ("cancel", "cancelled")])
def test_one_that_was_asked_to_stop_when_the_server_was_killed_stays_so(start, cloud, bucket, what,
                                                                        state):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    act(console, job, what)
    stop(console, signal.SIGKILL)
    console = start()
    time.sleep(1)  # as above
    document = show(console, job)
    assert document["state"] in (state, "interrupted")
    assert (document["attempt"], document["here"]) == (1, False)


def test_what_a_person_cancelled_stays_cancelled(start, cloud, bucket):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    act(console, job, "cancel")
    assert ended(console, job)["state"] == "cancelled"
    assert stop(console) == 0
    cloud.call("POST", "latency", {})
    console = start()
    time.sleep(1)  # as above
    document = show(console, job)
    assert (document["state"], document["attempt"], document["here"]) == ("cancelled", 1, False)
    assert not any(document["may"][what] for what in ("pause", "resume", "retry"))


def test_the_command_line_goes_on_with_a_job_of_the_console(start, cli, cloud, bucket):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    refused = cli.run("jobs", "resume", job)
    assert refused.code == 1 and "is being run by" in refused.stderr
    act(console, job, "pause")
    ended(console, job)
    cloud.call("POST", "latency", {})
    assert cli.run("jobs", "resume", job).code == 0
    assert show(console, job)["state"] == "done"


def test_the_console_does_not_run_what_the_command_line_runs(start, cli, cloud, bucket):
    console = start()
    slow_down(cloud)
    process = cli.start("copy", "s3://photos", f"s3://{bucket}", *cli.roles, "--concurrency", "4")
    deadline = time.monotonic() + 60
    while copies(cloud) < 5:
        assert time.monotonic() < deadline
    job = console.get("/api/v1/jobs?state=running")["jobs"][0]["id"]
    problem = act(console, job, "resume", status=409)
    assert "is being run by" in problem["detail"]
    assert show(console, job)["state"] == "running", "and is left alone"
    cloud.call("POST", "latency", {})
    process.communicate()
    assert process.returncode == 0


def test_what_may_not_be_named_is_refused(start, cloud, bucket, viewer_file):
    console = start("--viewer-token-file", viewer_file)
    request = copy_request(cloud, "photos", bucket)
    before = copies(cloud)

    def refused(status, code, **change):
        altered = json.loads(json.dumps(request))
        for path, value in change.items():
            side, _, field = path.partition("__")
            (altered[side] if field else altered)[field or side] = value
        problem = begin(console, altered, status)
        assert problem["code"] == code, problem
        return problem

    plain = {"uri": "s3://photos", "profile": "prod"}
    problem = refused(403, "not-allowed", migrator_role_arn="", source=plain)
    assert "--allow-profile" in problem["detail"]
    refused(403, "not-allowed", source__endpoint="http://evil.example")
    refused(403, "not-allowed", destination__role_arn="arn:aws:iam::444455556666:role/other")
    refused(403, "not-allowed", migrator_role_arn="arn:aws:iam::444455556666:role/other")
    fields = {
        "options.part-size": {"part-size": "huge"}, "options.report": {"report": "/tmp/x.json"},
        "options.store": {"store": "/tmp/store.db"}, "options.help": {"help": True},
        "options.version": {"version": True}, "options.dry-run": {"dry-run": True},
        "options.kms-key-map": {"kms-key-map": "/etc/passwd"},
        "options.source-role-arn": {"source-role-arn": "x"}, "options.nonsense": {"nonsense": "1"}}
    for field, options in fields.items():
        problem = refused(422, "invalid", options=options)
        assert [error["field"] for error in problem["errors"]] == [field], problem
    problem = refused(422, "invalid", source__role_arn="--help")
    assert problem["errors"][0]["field"] == "source.role_arn"
    for uri in ("--help", "photos", "s3://", "s3:///x"):
        assert refused(422, "invalid", source__uri=uri)["errors"][0]["field"] == "source.uri"
    status, _, _ = console.ask("POST", "/api/v1/jobs", request, token=VIEWER)
    assert status == 403
    assert console.get("/api/v1/jobs")["total"] == 0 and copies(cloud) == before


def test_a_job_of_somebody_who_may_name_more_is_not_taken_up(serve, cli, cloud, bucket):
    run = cli.run("copy", "s3://photos", f"s3://{bucket}", *cli.roles, "--json")
    assert run.code == 0, run
    job = run.summary["job"]
    console = serve(env=environment(cloud))
    assert act(console, job, "retry", status=403)["code"] == "not-allowed"
    assert show(console, job)["attempt"] == 1


def test_files_are_those_of_the_command_line(start, cli, cloud, bucket, tmp_path):
    report = tmp_path / "report.json"
    run = cli.run("copy", "s3://photos", f"s3://{bucket}", *cli.roles, "--report", report, "--json")
    assert run.code == 0 and report.exists()
    report.unlink()
    console = start()
    job = run.summary["job"]
    act(console, job, "retry")
    assert ended(console, job)["state"] == "done"
    assert not report.exists()
    assert console.get(f"/api/v1/jobs/{job}/report.json")["outcome"] == "verified"


def test_no_more_run_at_once_than_may(start, cloud, bucket):
    console = start("--max-jobs", "1")
    job = begin_slow_copy(console, cloud, bucket)
    request = copy_request(cloud, "photos", f"{bucket}")
    status, headers, answer = console.ask("POST", "/api/v1/jobs", request)
    assert status == 429 and int(headers["Retry-After"]) > 0, answer
    assert act(console, job, "cancel")["state"] in ("cancelling", "cancelled")
    assert ended(console, job)["state"] == "cancelled"
    cloud.call("POST", "latency", {})
    assert ended(console, begin(console, request)["id"])["state"] == "done"


def test_a_clone_makes_the_same(start, cloud, bucket):
    console = start()
    request = copy_request(cloud, "photos/p/", f"{bucket}/there/", delete=True,
                           exclude=["*.tmp", "x y"])
    request["options"]["max-delete"] = "7"
    first = begin(console, request)["id"]
    assert ended(console, first)["state"] == "done"
    clone = act(console, first, "clone")
    assert clone == request
    second = begin(console, clone)["id"]
    assert ended(console, second)["state"] == "done"
    assert show(console, second)["command"] == show(console, first)["command"]
    assert act(console, first, "resume", status=409)["code"] == "job-state"


def test_failures_are_tried_again(start, cloud, bucket):
    console = start()
    cloud.fault(operation="CopyObject", key="p/000007", count=0, status=403, code="AccessDenied")
    job = begin(console, copy_request(cloud, "photos", bucket))["id"]
    assert ended(console, job)["state"] == "failed-objects"
    cloud.call("DELETE", "fault")
    assert console.get(f"/api/v1/jobs/{job}/failures")["total"] == 1
    answer = act(console, job, "retry", {})
    assert answer["attempt"] == 2
    # Told in the first answer: who looks once should know, and a percentage is not lost by it.
    assert answer["percent"] >= 99
    assert show(console, job)["resumed_from"] == "copy"
    document = ended(console, job)
    assert (document["state"], document["has_failures"]) == ("done", False)
    assert [action["action"] for action in document["actions"]] == ["begin", "retry"]


def test_chosen_failures_are_tried_again_also_by_the_next_server(start, cloud, bucket):
    console = start()
    denied = [f"p/00000{digit}" for digit in range(4)]
    for key in denied:
        cloud.fault(operation="CopyObject", key=key, count=0, status=403, code="AccessDenied")
    job = begin(console, copy_request(cloud, "photos", bucket))["id"]
    assert ended(console, job)["state"] == "failed-objects"
    rows = console.get(f"/api/v1/jobs/{job}/failures")["failures"]
    numbers = [row["number"] for row in rows if row["key"] in denied[:2]]
    assert len(numbers) == 2
    cloud.call("DELETE", "fault")
    slow_down(cloud, 2_000_000)
    before = copies(cloud)
    act(console, job, "retry", {"numbers": numbers, "attempt": 1})
    wait_for(console, job, lambda _: copies(cloud) > before)
    # What was chosen is kept with the job, not in the server's memory.
    stop(console, signal.SIGKILL)
    cloud.call("POST", "latency", {})
    console = start()
    document = ended(console, job)
    assert (document["state"], document["summary"]["failed"]) == ("failed-objects", 2)
    left = console.get(f"/api/v1/jobs/{job}/failures")["failures"]
    assert sorted(row["key"] for row in left) == denied[2:]
    assert not set(denied[2:]) & set(keys(cloud, bucket))
    assert set(denied[:2]) <= set(keys(cloud, bucket))
    assert copies(cloud) - before <= 4  # two, and two again where the answer was not waited for
    act(console, job, "retry")
    assert ended(console, job)["state"] == "done"


def test_a_console_that_only_watches_begins_nothing(start, cli, cloud, bucket):
    run = cli.run("copy", "s3://photos", f"s3://{bucket}", *cli.roles, "--json")
    job = run.summary["job"]
    console = start("--watch-only")
    assert console.get("/api/v1/about")["executor"] == "none"
    assert begin(console, copy_request(cloud, "photos", bucket), 409)["code"] == "not-here"
    for what in ("resume", "retry", "clone"):
        assert act(console, job, what, {}, 409)["code"] == "not-here"
    for what in ("undo", "confirm"):
        assert act(console, job, what, sign_off(), 409)["code"] == "not-here"
    assert not any(show(console, job)["may"][what] for what in ("resume", "retry", "undo"))


def test_limits_hold_for_the_command_line_too(start, cli, cloud, bucket):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    act(console, job, "limits", {"concurrency": 3}, method="PATCH")
    act(console, job, "pause")
    ended(console, job)
    cloud.call("POST", "latency", {})
    run = cli.run("jobs", "resume", job, "--json")
    assert run.code == 0, run
    budgets = {event["budget"] for event in run.events if event["type"] == "progress"}
    assert budgets == {3}


def test_limits_are_changed_while_it_runs_and_outlive_the_server(start, cli, cloud, bucket):
    console = start()
    job = begin_slow_copy(console, cloud, bucket)
    slow_down(cloud, 400_000)
    answer = act(console, job, "limits", {"concurrency": 2, "max_requests_per_second": 50},
                 method="PATCH")
    valid(console, answer, "Limits")
    wait_for(console, job, lambda d: d["progress"] and d["progress"]["budget"] == 2)
    stop(console, signal.SIGKILL)
    console = start()
    document = wait_for(console, job, lambda d: d["here"] and d["progress"])
    assert document["limits"] == {"concurrency": 2, "max_requests_per_second": 50}
    assert document["progress"]["budget"] == 2
    act(console, job, "limits", {"concurrency": None, "max_requests_per_second": None},
        method="PATCH")
    cloud.call("POST", "latency", {})
    assert ended(console, job)["state"] == "done"
    act(console, job, "limits", {"concurrency": 2}, 409, "PATCH")
    assert "limits" in [action["action"] for action in show(console, job)["actions"]]


@pytest.fixture
def moving(tmp_path):
    with simulator(migration.scenario(), tmp_path) as running:
        yield running


@pytest.fixture
def server(serve, moving):
    furnish(moving, objects=12)
    return lambda: serve(*ROLES, env=environment(moving))


def until_asked(console, moving):
    job = begin(console, migration_request(moving, BUCKET, TARGET_REGION))["id"]
    document = ended(console, job)
    assert (document["state"], document["waiting_for"]) == ("paused", "confirmation"), document
    return document


def test_a_migration_waits_to_be_confirmed_and_goes_on(server, moving, program):
    before = contents(moving.admin(SOURCE))
    console = server()
    document = until_asked(console, moving)
    valid(console, document, "JobDetail")
    job, asked = document["id"], document["confirmation"]
    assert (asked["bucket"], asked["frozen"]) == (BUCKET, True)
    given = confirmation(document)
    for wrong, status in (({"name": "another"}, 409), ({"asked": "0" * 64}, 409),
                          ({"asked": None}, 409), ({"digest": "0" * 64}, 409),
                          ({"digest": ""}, 409), ({"token": "not-the-operators-token"}, 403),
                          ({"token": ""}, 403), ({"token": None}, 403)):
        act(console, job, "confirm", {**given, **wrong}, status)
    assert show(console, job)["attempt"] == 1 and contents(moving.admin(SOURCE)) == before
    act(console, job, "confirm", given)
    assert ended(console, job)["state"] == "done"
    assert_moved(moving, before)
    report = console.get(f"/api/v1/jobs/{job}/report.json")
    confirmed = json.dumps(report)
    assert "the name was typed in the console" in confirmed
    assert "operator at 127.0.0.1" in confirmed
    kept = [path for path in program.directory.rglob("*") if path.is_file()]
    assert kept and not any(given["token"].encode() in path.read_bytes() for path in kept)
    assert f"In the console: confirm {asked['digest']}, by operator at 127.0.0.1" in \
        notes(console, job)
    assert act(console, job, "confirm", given, 409)["code"] == "confirmation"


def test_what_is_lost_with_the_source_is_shown_before_it_is_confirmed(server, moving):
    moving.admin(SOURCE).create_multipart_upload(Bucket=BUCKET, Key="half a film")
    console = server()
    document = until_asked(console, moving)
    valid(console, document, "JobDetail")
    job, asked = document["id"], document["confirmation"]
    assert "1 unfinished multipart upload" in asked["uploads"] and "half a film" in asked["uploads"]
    assert sum(loss["count"] for loss in asked["losses"]) == asked["not_carried"]
    assert len(asked["settings_lost"]) == asked["settings_not_carried"]
    given = confirmation(document)
    del given["asked"]
    assert act(console, job, "confirm", given, 409)["code"] == "confirmation"
    act(console, job, "confirm", confirmation(document))
    assert ended(console, job)["state"] == "done"


def test_a_bucket_is_moved_by_one_job(server, moving):
    console = server()
    job = until_asked(console, moving)["id"]
    problem = begin(console, migration_request(moving, BUCKET, TARGET_REGION), 409)
    assert job in problem["detail"]


def test_a_migration_is_taken_back(server, moving):
    before = contents(moving.admin(SOURCE))
    console = server()
    job = until_asked(console, moving)["id"]
    act(console, job, "undo", {"token": "not-the-operators-token"}, 403)
    act(console, job, "undo", {"options": {"rename": "elsewhere"}, **sign_off()}, 422)
    act(console, job, "undo", {"options": {"accept-weak-proof": True}, **sign_off()})
    document = ended(console, job)
    assert document["summary"]["outcome"] == "undone", document
    assert contents(moving.admin(SOURCE)) == before
    moving.admin(SOURCE).put_object(Bucket=BUCKET, Key="late", Body=b"late")  # not frozen any more


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_confirmed_migration_goes_on_with_the_next_server(server, moving, how):
    before = contents(moving.admin(SOURCE))
    console = server()
    document = until_asked(console, moving)
    job = document["id"]
    moving.call("POST", "latency", {"latencies": [
        {"operation": operation, "fixed_us": 1_000_000}
        for operation in ("DeleteObjects", "DeleteObject", "DeleteBucket")]})
    act(console, job, "confirm", confirmation(document))
    wait_for(console, job, lambda d: d["regime"] == "emptying")
    stop(console, how)
    moving.call("POST", "latency", {})
    console = server()
    assert ended(console, job)["state"] == "done"
    assert_moved(moving, before)


def test_a_name_that_was_taken_is_given_up_with_the_token(server, moving):
    before = contents(moving.admin(SOURCE))
    moving.call("POST", "thief", {"bucket": BUCKET, "account": MIGRATOR})
    console = server()
    request = migration_request(moving, BUCKET, TARGET_REGION)
    request["options"]["name-timeout"] = "2"
    job = begin(console, request)["id"]
    act(console, job, "confirm", confirmation(ended(console, job)))
    assert "--rename" in ended(console, job)["message"]
    given = {"options": {"rename": "moving-house-2"}}
    assert act(console, job, "resume", given, 403)["code"] == "token"
    wrong = {"options": {"confirm-delete": BUCKET}, **sign_off()}
    assert act(console, job, "resume", wrong, 422)["errors"][0]["field"] == \
        "options.confirm-delete"
    act(console, job, "resume", {**given, **sign_off()})
    assert ended(console, job)["state"] == "done"
    client = moving.admin(DESTINATION, region=TARGET_REGION)
    assert contents(client, "moving-house-2") == before
    assert "In the console: resume with rename=moving-house-2, by operator at 127.0.0.1" in \
        notes(console, job)


def test_an_undo_that_was_killed_goes_on(server, moving):
    before = contents(moving.admin(SOURCE))
    console = server()
    job = until_asked(console, moving)["id"]
    moving.call("POST", "latency",
                {"latencies": [{"operation": "DeleteObjects", "fixed_us": 3_000_000},
                               {"operation": "DeleteObject", "fixed_us": 3_000_000}]})
    act(console, job, "undo", sign_off())
    stop(console, signal.SIGKILL)
    moving.call("POST", "latency", {})
    console = server()
    document = wait_for(console, job, lambda d: not d["here"])
    assert document["summary"]["outcome"] == "undone", document
    assert contents(moving.admin(SOURCE)) == before
