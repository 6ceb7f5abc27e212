"""Every copy is a job: listed, shown, paused, killed and resumed, cancelled, from other processes."""

import json
import os
import pty
import signal
import subprocess
import time

from conftest import PROGRAM
from photos import OBJECTS, bucket, cli, cloud
from sim_fixture import DESTINATION, DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE


def jobs(cli, *words, **more):
    return cli.run("jobs", *words, **more)


def listed(cli):
    run = jobs(cli, "list", "--json")
    assert run.code == 0, run
    return [json.loads(line) for line in run.stdout.splitlines()]


def shown(cli, job):
    run = jobs(cli, "show", job, "--json")
    assert run.code == 0, run
    return json.loads(run.stdout)


def start_slow_copy(cli, cloud, bucket):
    """Gives the process, and its job, once it has copied something."""
    cloud.call("POST", "latency", {"latencies": [{"operation": "CopyObject", "fixed_us": 200000}]})
    process = cli.start("copy", "s3://photos", f"s3://{bucket}", *cli.roles, "--concurrency", "4")
    deadline = time.monotonic() + 60
    while cloud.stats()["operations"].get("CopyObject", 0) < 10:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
    return process, listed(cli)[0]["job"]


def keys(cloud, bucket):
    client = cloud.admin(DESTINATION)
    return [entry["Key"] for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket)
            for entry in page.get("Contents", [])]


def policy(cloud, bucket):
    client = cloud.admin(DESTINATION)
    try:
        return client.get_bucket_policy(Bucket=bucket)["Policy"]
    except client.exceptions.ClientError:
        return None


def test_a_killed_copy_is_listed_and_resumed_to_its_end(cli, cloud, bucket):
    process, job = start_slow_copy(cli, cloud, bucket)
    assert shown(cli, job)["state"] == "running"
    process.kill()
    process.communicate()
    assert "S3MigratorGrant" in policy(cloud, bucket)
    assert [(entry["job"], entry["state"]) for entry in listed(cli)] == [(job, "interrupted")]
    run = jobs(cli, "show", job)
    assert f"{PROGRAM} jobs resume {job}" in run.stdout, run

    cloud.call("POST", "latency", {})
    there = len(keys(cloud, bucket))
    assert 0 < there < OBJECTS
    run = jobs(cli, "resume", job, "--json")
    assert run.code == 0, run
    assert run.summary["skipped"] >= there - 4, "what was in flight may have arrived unlisted"
    assert {(event["job"], event["attempt"]) for event in run.events} == {(job, 2)}
    assert len(keys(cloud, bucket)) == OBJECTS
    assert policy(cloud, bucket) is None
    entry = shown(cli, job)
    assert (entry["state"], entry["percent"], entry["attempt"]) == ("done", 100, 2)
    assert entry["summary"]["outcome"] == "verified"
    assert len(listed(cli)) == 1


def test_a_second_process_is_refused_while_the_first_runs(cli, cloud, bucket):
    process, job = start_slow_copy(cli, cloud, bucket)
    try:
        for verb in ("resume", "retry"):
            run = jobs(cli, verb, job)
            assert run.code == 1, run
            assert f"is being run by process {process.pid} on this machine" in run.stderr, run
            assert f"jobs pause {job}" in run.stderr
        run = jobs(cli, "delete", job)
        assert run.code == 1 and "is running" in run.stderr, run
        run = jobs(cli, "report", job)
        assert run.code == 1 and "is running" in run.stderr, run
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert shown(cli, job)["attempt"] == 1


def test_a_copy_is_paused_from_another_process_and_goes_on(cli, cloud, bucket):
    process, job = start_slow_copy(cli, cloud, bucket)
    run = jobs(cli, "pause", job)
    assert run.code == 0, run
    assert f"Job {job} is paused; go on with: {PROGRAM} jobs resume {job}\n" in run.stdout
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Paused, as another process asked" in stderr
    assert policy(cloud, bucket) is None
    assert shown(cli, job)["state"] == "paused"
    run = jobs(cli, "pause", job)
    assert run.code == 1 and "is not running: it is paused" in run.stderr, run

    cloud.call("POST", "latency", {})
    run = jobs(cli, "resume", job)
    assert run.code == 0, run
    assert len(keys(cloud, bucket)) == OBJECTS


def test_a_cancelled_copy_stays_cancelled(cli, cloud, bucket):
    process, job = start_slow_copy(cli, cloud, bucket)
    run = jobs(cli, "cancel", job)
    assert run.code == 0 and f"Job {job} is cancelled." in run.stdout, run
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Cancelled" in stderr and "resume" not in stderr
    assert policy(cloud, bucket) is None
    for verb in ("resume", "retry"):
        run = jobs(cli, verb, job)
        assert run.code == 1 and "was cancelled" in run.stderr, run
    run = jobs(cli, "delete", job)
    assert run.code == 0, run
    assert listed(cli) == []


def test_a_killed_jobs_grant_keeps_it_from_being_forgotten(cli, cloud, bucket):
    process, job = start_slow_copy(cli, cloud, bucket)
    process.kill()
    process.communicate()
    run = jobs(cli, "delete", job)
    assert run.code == 1 and f"cleanup {job}" in run.stderr, run
    cloud.call("POST", "latency", {})
    run = cli.run("cleanup", job)
    assert run.code == 0, run
    assert policy(cloud, bucket) is None
    run = jobs(cli, "delete", job)
    assert run.code == 0, run


def test_failures_are_listed_reported_and_retried(cli, cloud, bucket, tmp_path):
    cloud.fault(operation="CopyObject", key="p/000007", count=0, status=403, code="AccessDenied")
    run = cli.run("copy", "s3://photos", f"s3://{bucket}", *cli.roles)
    assert run.code == 3, run
    job = listed(cli)[0]["job"]
    assert listed(cli)[0]["state"] == "failed-objects"
    run = jobs(cli, "failures", job)
    assert run.code == 0 and f"     1  failed: CopyObject s3://{bucket}/p/000007" in run.stdout, run
    lines = jobs(cli, "failures", job, "--json").stdout.splitlines()
    assert len(lines) == 1, "that it is missing follows, and is listed no second time"
    failure = json.loads(lines[0])
    assert failure["key"] == "p/000007" and failure["http_status"] == 403
    assert failure["request_id"]

    run = jobs(cli, "report", job)
    report = json.loads(run.stdout)
    assert report["job"] == job and report["totals"]["failed"] == 1
    run = jobs(cli, "report", job, "--report", tmp_path / "audit")
    assert run.code == 0, run
    assert json.loads((tmp_path / "audit.json").read_text())["failures"][0]["key"] == "p/000007"
    assert "p/000007" in (tmp_path / "audit.csv").read_text()
    page = (tmp_path / "audit.html").read_text()
    assert "p/000007" in page and job in page

    cloud.calm()
    run = jobs(cli, "retry", job, "--failure", "2")
    assert run.code == 1 and "has no failure with the number 2" in run.stderr, run
    run = jobs(cli, "retry", job, "--failure", "1")
    assert run.code == 0, run
    assert jobs(cli, "failures", job).stdout == f"Job {job} has no failures.\n"


def test_a_job_goes_on_from_another_directory(cli, cloud, bucket, tmp_path):
    """Files that the command names are found where it was given."""
    here = tmp_path / "here"
    here.mkdir()
    environment = {**cli.base}
    cloud.fault(operation="CopyObject", key="p/000007", count=0, status=403, code="AccessDenied")
    first = subprocess.run(
        [PROGRAM, "copy", "s3://photos", f"s3://{bucket}", *cli.roles, "--report", "r.json",
         "--store", "jobs.db"], cwd=here, env=environment, capture_output=True, text=True)
    assert first.returncode == 3, first
    report = json.loads((here / "r.json").read_text())
    cloud.calm()
    store = os.path.relpath(here / "jobs.db", tmp_path)
    again = subprocess.run([PROGRAM, "jobs", "retry", report["job"], "--store", store],
                           cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert again.returncode == 0, again
    assert json.loads((here / "r.json").read_text())["outcome"] == "verified"


def test_another_server_is_refused(cli, cloud, bucket):
    process, job = start_slow_copy(cli, cloud, bucket)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    run = jobs(cli, "resume", job, env={"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    assert run.code == 1, run
    assert cloud.endpoint in run.stderr and "http://127.0.0.1:9" in run.stderr
    assert shown(cli, job)["state"] == "paused"


def test_jobs_that_are_not_there(cli):
    run = jobs(cli, "list")
    assert run.code == 0 and "no jobs in this store yet" in run.stdout
    for verb in ("show", "pause", "resume", "cancel", "retry", "failures", "report", "delete"):
        run = jobs(cli, verb, "20261122t162800-3f9a1c")
        assert run.code == 1, run
        assert "the store knows no job 20261122t162800-3f9a1c" in run.stderr, run
        assert run.stdout == ""


def test_no_secret_is_in_the_store(cli, cloud, bucket):
    run = cli.run("copy", "s3://photos", f"s3://{bucket}", *cli.roles)
    assert run.code == 0, run
    access_key, secret = cloud.keys[MIGRATOR, "migrator"]
    state = cli.directory / "state" / "s3migrator"
    for file in state.iterdir():
        content = file.read_bytes()
        # Facts lie there as hexadecimal.
        for secret_word in (access_key, secret):
            assert secret_word.encode() not in content
            assert secret_word.encode().hex().encode() not in content
        assert file.stat().st_mode & 0o077 == 0


def test_the_list_on_a_terminal(cli, cloud, bucket):
    assert cli.run("copy", "s3://photos", f"s3://{bucket}", *cli.roles).code == 0
    ours, theirs = pty.openpty()
    process = subprocess.Popen([PROGRAM, "jobs", "list"], stdout=theirs, stderr=theirs,
                               stdin=subprocess.DEVNULL, env=cli.base)
    os.close(theirs)
    text = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:
            break
        if not chunk:
            break
        text += chunk
    os.close(ours)
    assert process.wait() == 0
    lines = text.decode().splitlines()
    assert lines[0].split() == ["JOB", "STATE", "%", "BEGUN", "(UTC)", "WHAT"]
    assert "done" in lines[1] and "100%" in lines[1]
    assert lines[1].endswith(f"copy s3://photos -> s3://{bucket}")
