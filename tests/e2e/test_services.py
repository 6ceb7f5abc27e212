"""The services around a job, each asked by this program's clients and judged by boto3 on moto."""

import json
import os
import pathlib
import subprocess
import time

import boto3
import pytest

import servers

PROBE = pathlib.Path(os.environ.get("SERVICES_PROBE", servers.ROOT / "build/release/bin/services_probe"))


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with servers.moto(tmp_path_factory.mktemp("moto")) as running:
        yield running


@pytest.fixture
def probe(program, moto):
    def call(*words):
        done = subprocess.run(
            [PROBE, *map(str, words)], capture_output=True, text=True, timeout=60,
            env={**program.base, **moto.environment, "AWS_ENDPOINT_URL": moto.endpoint})
        assert done.stdout, done.stderr
        return json.loads(done.stdout)
    return call


def boto(moto, service):
    return boto3.client(service, endpoint_url=moto.endpoint, region_name=moto.region,
                        aws_access_key_id="AKIAMIGRATOR", aws_secret_access_key="secret")


def test_a_log_is_read_to_its_end_within_its_window(probe, moto):
    logs = boto(moto, "logs")
    logs.create_log_group(logGroupName="group")
    logs.create_log_stream(logGroupName="group", logStreamName="job/1")
    now = int(time.time() * 1000)
    for start in range(0, 12000, 4000):
        logs.put_log_events(logGroupName="group", logStreamName="job/1", logEvents=[
            {"timestamp": now - 60000 + 2 * n, "message": f"line {n} é"} for n in range(start, start + 4000)])
    read = probe("log", "group", "job/1", now - 60000 + 1000, now - 60000 + 22999)
    # moto counts the end of a window in, AWS does not: none lies there.
    assert read["messages"] == [f"line {n} é" for n in range(500, 11500)]
    assert read["pages"] >= 3, "two full pages and the one that repeats the token"
    assert probe("log", "group", "job/1", now - 90000, now - 80000)["messages"] == []


def test_a_log_that_is_not_there(probe):
    assert probe("log", "nothing", "stream", 1, 2)["code"] == "not_found"


def test_a_task_is_run_once_for_a_token_followed_and_stopped(probe, moto):
    ec2, ecs = boto(moto, "ec2"), boto(moto, "ecs")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    ecs.create_cluster(clusterName="cluster")
    ecs.register_task_definition(
        family="s3migrator", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256",
        memory="512", containerDefinitions=[
            {"name": "job", "image": "s3migrator", "cpu": 256, "memory": 512}])
    task = probe("run", "cluster", "s3migrator", subnet, group, "job", "token-1", "copy", "s3://a", "s3://b")
    assert "arn" in task, task
    described = ecs.describe_tasks(cluster="cluster", tasks=[task["arn"]])["tasks"][0]
    assert described["overrides"]["containerOverrides"][0]["command"] == ["copy", "s3://a", "s3://b"]
    assert described["startedBy"] == "probe"
    unknown = task["arn"][:-4] + "0000"
    found = probe("describe", "cluster", task["arn"], unknown)
    assert [t["arn"] for t in found["tasks"]] == [task["arn"]]
    assert probe("stop", "cluster", task["arn"])["desired"] == "STOPPED"
    assert ecs.describe_tasks(cluster="cluster", tasks=[task["arn"]])["tasks"][0]["desiredStatus"] == "STOPPED"
    missing = probe("describe", "nowhere", task["arn"])
    assert missing["code"] == "not_found", missing


def test_a_metric_is_there_for_others(probe, moto):
    assert probe("metric", "S3Migrator", "Percent", 41.5) == {"put": True}
    metrics = boto(moto, "cloudwatch").list_metrics(Namespace="S3Migrator")["Metrics"]
    assert [(m["MetricName"], m["Dimensions"]) for m in metrics] == [
        ("Percent", [{"Name": "Job", "Value": "a job"}])]


def test_a_schedule_is_switched_and_keeps_what_it_has(probe, moto):
    scheduler = boto(moto, "scheduler")
    scheduler.create_schedule(
        Name="watch", ScheduleExpression="rate(15 minutes)", State="DISABLED", Description="watches",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f",
                "RoleArn": "arn:aws:iam::123456789012:role/r", "Input": "{\"a\":1}"})
    before = scheduler.get_schedule(Name="watch")
    assert probe("schedule", "watch", "on") == {"changed": True}
    assert probe("schedule", "watch", "on") == {"changed": False}
    after = scheduler.get_schedule(Name="watch")
    assert after["State"] == "ENABLED"
    for kept in ("ScheduleExpression", "Description", "FlexibleTimeWindow", "Target"):
        assert after[kept] == before[kept]
    assert probe("schedule", "watch", "off") == {"changed": True}
    assert scheduler.get_schedule(Name="watch")["State"] == "DISABLED"
    assert probe("schedule", "none-such", "on")["code"] == "not_found"
