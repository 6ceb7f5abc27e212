"""`s3migrator task`: a container's command, in what ECS surrounds a container with.

S3, STS and the credentials are the simulator's; CloudWatch, ECS and the schedule are moto's; the log driver is this file.
"""

import concurrent.futures
import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import threading
import time
import uuid

import pytest

import servers
from photos import OBJECTS, bucket, cli, cloud  # noqa: F401 (fixtures)
from sim_fixture import (DESTINATION, DESTINATION_ROLE, MIGRATOR, SOURCE_ROLE,
                         simulator)
from tasks import Cluster, Credentials, Store, boto, metadata_of

CLONE_NEWNET = 0x40000000


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with servers.moto(tmp_path_factory.mktemp("moto")) as running:
        yield running


def words(cloud, *of):  # noqa: F811
    return json.dumps([*of, "--source-role-arn", SOURCE_ROLE,
                       "--source-external-id", cloud.external_ids[SOURCE_ROLE],
                       "--destination-role-arn", DESTINATION_ROLE,
                       "--destination-external-id", cloud.external_ids[DESTINATION_ROLE]])


class Task:
    """One container: the program, and the log driver behind its standard output."""

    def __init__(self, program, cluster, env):
        self.place = cluster.place(cluster.run())
        self.lines, self.copied = [], threading.Event()
        self.metadata = contextlib.ExitStack()
        uri = self.metadata.enter_context(metadata_of(self.place))
        self.process = program.start("task", "--json", env={**env, "ECS_CONTAINER_METADATA_URI_V4": uri})
        self.driver = threading.Thread(target=self.ship, args=[cluster])
        self.driver.start()

    def ship(self, cluster):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if '"type":"progress"' in line and json.loads(line).get("objects_done", 0) > 0:
                self.copied.set()
        whole = [line for line in self.lines if line.endswith("}")]  # the last may be cut off by a kill
        if whole:
            cluster.ship(self.place, whole)

    def until_it_copies(self):
        assert self.copied.wait(60), self.lines[-5:]

    def end(self, seconds=60):
        code = self.process.wait(seconds)
        self.driver.join()
        self.said = self.process.stderr.read()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
        self.metadata.close()
        return code


def keys(cloud, name):  # noqa: F811
    client = cloud.admin(DESTINATION)
    return [entry["Key"] for page in client.get_paginator("list_objects_v2").paginate(Bucket=name)
            for entry in page.get("Contents", [])]


def slow(cloud):  # noqa: F811
    cloud.call("POST", "latency", {"latencies": [{"operation": "CopyObject", "fixed_us": 100000, "servers": 3}]})


def in_container(endpoint, store, **more):
    return {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-east-1", "S3MIGRATOR_STORE": str(store), **more}


def test_a_task_is_stopped_killed_begun_again_and_finishes_what_its_log_tells(
        program, cloud, bucket, moto, tmp_path):  # noqa: F811
    cloud.calm()
    # Shorter than any service gives them, so that they are renewed on the way.
    cloud.switch(session_lifetime_seconds=5)
    cluster, job = Cluster(moto), "nightly-" + uuid.uuid4().hex[:6]
    token = tmp_path / "token"
    with Credentials(cloud, "s3m-migrator", token) as endpoint:
        env = in_container(cloud.endpoint, tmp_path / "jobs.db", S3MIGRATOR_JOB_ID=job,
                           S3MIGRATOR_JOB=words(cloud, "copy", "s3://photos", f"s3://{bucket}", "--concurrency=8"),
                           AWS_CONTAINER_CREDENTIALS_FULL_URI=endpoint.uri,
                           AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token))
        slow(cloud)
        stopped = Task(program, cluster, env)
        stopped.until_it_copies()
        stopped.process.send_signal(signal.SIGTERM)
        assert stopped.end(20) == 130, stopped.said
        killed = Task(program, cluster, env)
        killed.until_it_copies()
        killed.process.kill()
        assert killed.end() == -signal.SIGKILL
        there = len(keys(cloud, bucket))
        assert 0 < there < OBJECTS
        before = endpoint.answers
        finished = Task(program, cluster, env)
        assert finished.end(120) == 0, finished.said
        assert endpoint.answers > before + 1 and endpoint.refused == 0, "renewed, each time with the token of then"
        again = Task(program, cluster, env)
        assert again.end() == 0 and "there is nothing to do" in again.said
    assert len(keys(cloud, bucket)) == OBJECTS
    summaries = [json.loads(line) for line in finished.lines if '"type":"summary"' in line]
    assert summaries[0]["outcome"] == "verified" and summaries[0]["attempt"] == 3
    watch = {**moto.environment, "AWS_ENDPOINT_URL": moto.endpoint, "S3MIGRATOR_STORE": str(tmp_path / "jobs.db")}
    Store(tmp_path / "jobs.db").set_state(job, "running")
    seen = json.loads(program.run("monitor", "--json", env=watch).stdout)["jobs"][0]
    told = max(json.loads(line).get("percent", 0) for line in finished.lines if line.endswith("}"))
    assert (seen["percent_from"], seen["percent"]) == ("events", told)
    assert seen["events"] == len(finished.lines)


def test_two_tasks_with_one_job_are_one_job(program, cloud, bucket, moto, tmp_path):  # noqa: F811
    cloud.calm()
    slow(cloud)
    access_key, secret = cloud.keys[MIGRATOR, "migrator"]
    order = json.loads(words(cloud, "copy", "s3://photos", f"s3://{bucket}", "--concurrency=8"))
    env = in_container(cloud.endpoint, tmp_path / "jobs.db", S3MIGRATOR_JOB_ID="once", AWS_ACCESS_KEY_ID=access_key,
                       AWS_SECRET_ACCESS_KEY=secret,
                       S3MIGRATOR_JOB=json.dumps([*order, "--migrator-role-arn",
                                                  "arn:aws:iam::333333333333:role/s3m-migrator"]))
    cluster = Cluster(moto)
    first = Task(program, cluster, env)
    first.until_it_copies()
    second = Task(program, cluster, env)
    assert second.end() == 1
    assert f"is being run by process {first.process.pid}" in second.said
    cloud.call("POST", "latency", {})
    assert first.end() == 0, first.said
    assert {json.loads(line)["attempt"] for line in first.lines if line.endswith("}")} == {1}


def test_words_lie_in_a_bucket_and_the_schedule_goes_on_when_the_job_begins(program, moto, tmp_path):
    mark = uuid.uuid4().hex[:8]
    migrator, scheduler = boto(moto, "s3"), boto(moto, "scheduler")
    migrator.create_bucket(Bucket=f"orders-{mark}")
    moto.source.create_bucket(Bucket=f"src-{mark}")
    moto.destination.create_bucket(Bucket=f"dst-{mark}")
    moto.source.put_object(Bucket=f"src-{mark}", Key="a", Body=b"x")
    migrator.put_object(Bucket=f"orders-{mark}", Key="copy.json", Body=json.dumps(
        ["copy", f"s3://src-{mark}", f"s3://dst-{mark}", *moto.arguments]).encode())
    scheduler.create_schedule(
        Name="watch-" + mark, ScheduleExpression="rate(15 minutes)", State="DISABLED", FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f", "RoleArn": "arn:aws:iam::123456789012:role/r"})
    env = {**moto.environment, **in_container(moto.endpoint, tmp_path / "jobs.db"),
           "S3MIGRATOR_SCHEDULE": "default/watch-" + mark}
    nothing = program.run("task", "--json", env={**env, "S3MIGRATOR_JOB": f"s3://orders-{mark}/none.json"})
    assert nothing.code == 1 and "NoSuchKey" in nothing.stderr, nothing
    assert scheduler.get_schedule(Name="watch-" + mark)["State"] == "DISABLED", "no job has begun"
    run = program.run("task", "--json", env={**env, "S3MIGRATOR_JOB": f"s3://orders-{mark}/copy.json"})
    assert run.code == 0, run
    assert moto.destination.get_object(Bucket=f"dst-{mark}", Key="a")["Body"].read() == b"x"
    assert scheduler.get_schedule(Name="watch-" + mark)["State"] == "ENABLED"


def test_a_schedule_that_does_not_answer_keeps_no_job(program, moto, tmp_path):
    mark = uuid.uuid4().hex[:8]
    moto.source.create_bucket(Bucket=f"src-{mark}")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        run = program.run("task", "--json", timeout=40, env={
            **moto.environment, **in_container(moto.endpoint, tmp_path / "jobs.db"), "S3MIGRATOR_SCHEDULE": "watch",
            "AWS_ENDPOINT_URL_SCHEDULER": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "S3MIGRATOR_JOB": json.dumps(["copy", f"s3://src-{mark}", f"s3://dst-{mark}", *moto.arguments])})
    assert run.code == 0, run
    assert "schedule watch cannot be switched on, so nobody watches the job" in run.stderr, run


def in_a_network_of_its_own(work):
    """Runs `work` on a thread that, with all that it starts, sees a loopback interface of its own, which has the
    address of the agent of ECS."""

    def isolated():
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            pytest.skip("no network namespaces here")
        for command in ("link set lo up", "addr add 169.254.170.2/32 dev lo"):
            subprocess.run(["ip", *command.split()], check=True)
        return work()

    if os.geteuid() != 0:
        pytest.skip("needs root for a network of its own")
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(isolated).result()


def test_credentials_of_a_relative_uri_come_from_the_agent(program, tmp_path):
    def work():
        scenario = {"extends": "article", "switches": {"session_lifetime_seconds": 180}, "buckets": [
            {"name": "photos", "owner": "111111111111", "generators": [{"prefix": "p/", "count": 20, "max_size": 100}]},
            {"name": "photos-there", "owner": DESTINATION}]}
        with simulator(scenario, tmp_path) as sim, \
                Credentials(sim, "s3m-migrator", address=("169.254.170.2", 80)) as endpoint:
            run = program.run("task", "--json", env=in_container(
                sim.endpoint, tmp_path / "jobs.db", AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/v2/credentials/1",
                S3MIGRATOR_JOB=words(sim, "copy", "s3://photos", "s3://photos-there")))
            return run, endpoint.answers, len(keys(sim, "photos-there"))

    run, answers, there = in_a_network_of_its_own(work)
    assert run.code == 0, run
    assert answers >= 1 and there == 20


def test_an_order_that_cannot_be_understood_is_refused(program, tmp_path):
    env = {"S3MIGRATOR_STORE": str(tmp_path / "jobs.db")}
    for order, said in (("", "it is not set"), ('["copy"', "no JSON array"), ('["serve"]', "must begin with"),
                        ("nobody-knows-it", "knows no job")):
        run = program.run("task", env={**env, "S3MIGRATOR_JOB": order})
        assert run.code == (1 if "knows" in said else 2) and said in run.stderr, run


def test_sigterm_ends_the_wait_for_another_containers_lease(program, cloud, bucket, tmp_path):  # noqa: F811
    cloud.calm()
    access_key, secret = cloud.keys[MIGRATOR, "migrator"]
    env = in_container(cloud.endpoint, tmp_path / "jobs.db", AWS_ACCESS_KEY_ID=access_key, AWS_SECRET_ACCESS_KEY=secret,
                       S3MIGRATOR_JOB_ID="waits", S3MIGRATOR_JOB=words(cloud, "copy", "s3://photos", f"s3://{bucket}"))
    assert program.run("task", env=env).code != 0, "a user may not assume the roles; the job is known now"
    with Store(tmp_path / "jobs.db").open() as db:
        db.execute("INSERT OR REPLACE INTO job_claims VALUES ('waits', '17 4242 pid:[1] another-boot', ?)",
                   (int(time.time() * 1000) + 3600_000,))
    waiting = program.start("task", env=env)
    line = waiting.stderr.readline()
    assert "waiting until" in line
    waiting.send_signal(signal.SIGTERM)
    _, said = waiting.communicate(timeout=20)
    assert waiting.returncode == 130 and "before job waits was taken up" in said
