"""The real program on a command line, against s3sim: what it prints where, and its exit codes."""

import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest

from conftest import PROGRAM
from photos import OBJECTS, bucket, cli, cloud
from sim_fixture import DESTINATION, DESTINATION_ROLE, MIGRATOR_ROLE


def copy(cli, bucket, *options, **more):
    return cli.run("copy", "s3://photos", f"s3://{bucket}", *cli.roles, *options, **more)


def policy(cloud, bucket):
    client = cloud.admin(DESTINATION)
    try:
        return client.get_bucket_policy(Bucket=bucket)["Policy"]
    except client.exceptions.ClientError:
        return None


# What it prints --------------------------------------------------------------------------------

def test_plain_progress_goes_to_stderr_and_the_result_to_stdout(cli, bucket):
    run = copy(cli, bucket)
    assert run.code == 0, run
    assert f"{OBJECTS} objects verified" in run.stdout
    for step in ("preflight", "destination", "grant", "copy", "verify", "revoke", "report"):
        assert re.search(rf"^\S+Z \[\d/7\] {step}", run.stderr, re.M), run
    assert "\x1b" not in run.stdout + run.stderr


def test_json_is_ndjson_on_stdout_and_nothing_else(cli, bucket):
    run = copy(cli, bucket, "--json")
    assert run.code == 0, run
    events = [json.loads(line) for line in run.stdout.splitlines()]
    assert all(event["v"] == 1 for event in events)
    numbers = [event["seq"] for event in events]
    assert numbers[0] == 1 and numbers == sorted(set(numbers))
    assert len({event["job"] for event in events}) == 1
    assert {event["type"] for event in events} >= {"note", "step", "progress", "summary"}
    assert events[-1]["type"] == "summary"
    assert events[-1]["copied"] == OBJECTS
    assert run.stderr == ""


def test_quiet_says_nothing_when_all_is_well(cli, bucket):
    run = copy(cli, bucket, "--quiet")
    assert (run.code, run.stdout, run.stderr) == (0, "", ""), run
    missing = cli.run("copy", "s3://not-there", f"s3://{bucket}", *cli.roles, "--quiet")
    assert missing.code == 1
    assert missing.stdout == ""
    assert missing.stderr.count("\n") == 1, missing


def test_on_a_terminal_four_lines_are_redrawn(cli, cloud, bucket):
    cloud.call("POST", "latency", {"latencies": [{"operation": "CopyObject", "fixed_us": 30000}]})
    main, side = pty.openpty()
    process = subprocess.Popen([PROGRAM, "copy", "s3://photos", f"s3://{bucket}", *cli.roles],
                               stdout=subprocess.DEVNULL, stderr=side, stdin=subprocess.DEVNULL,
                               env={**cli.base, "TERM": "xterm", "NO_COLOR": "1"})
    os.close(side)
    shown = b""
    try:
        while chunk := os.read(main, 4096):
            shown += chunk
    except OSError:  # the terminal's other side is closed
        pass
    os.close(main)
    assert process.wait(60) == 0
    text = shown.decode()
    assert "\x1b[4A\r\n\x1b[J" in text or "\x1b[4A\r\x1b[J" in text
    assert re.search(r"Copy  s3://photos -> \S+ +step 4/7  copy", text)
    assert f"/{OBJECTS} obj" in text
    assert "\x1b[3" not in text, "NO_COLOR is set"


def test_no_secret_is_printed_at_any_level(cli, cloud, bucket):
    """Neither keys, nor session tokens, nor external ids, nor signatures, whatever goes wrong."""
    cloud.fault(operation="CopyObject", count=20, effect="expire_session")
    cloud.fault(operation="CopyObject", first=40, count=5, status=403, code="AccessDenied")
    store = cli.directory / "store.db"
    report = cli.directory / "report"
    run = copy(cli, bucket, "--log-level", "debug", "--json", "--report", report, "--store", store)
    said = run.stdout + run.stderr + (cli.directory / "report.json").read_text()
    stored = store.read_bytes().decode("latin-1")
    secrets = {secret for _, secret in cloud.keys.values()} | set(cloud.external_ids.values())
    for secret in secrets - {None, ""}:
        assert secret not in said and secret not in stored
    for pattern in (r"Signature=[0-9a-f]", r"X-Amz-Security-Token", r"x-amz-security-token: *\S",
                    r"SecretAccessKey"):
        assert not re.search(pattern, said), pattern
    assert run.stderr, "debug says something"


# Exit codes ------------------------------------------------------------------------------------

@pytest.mark.parametrize("words, sentence", [
    (["copy", "s3://photos"], "DESTINATION is missing"),
    (["copy", "photos", "s3://other"], '"photos" is not a location'),
    (["copy", "s3://photos", "s3://other", "--frobnicate"], "there is no option --frobnicate"),
    (["copy", "s3://photos", "s3://other", "--conurrency", "3"], "did you mean --concurrency?"),
    (["copy", "s3://photos", "s3://other", "--strict", "--verify", "none"], "contradict"),
    (["copy", "s3://photos", "s3://other", "--source-endpoint-url", "nonsense"], "nonsense"),
    (["frobnicate"], 'there is no command "frobnicate"'),
    ([], "a command is missing"),
])
def test_a_command_line_that_cannot_be_understood_is_two(cli, cloud, words, sentence):
    run = cli.run(*words)
    assert run.code == 2, run
    assert run.stdout == ""
    assert sentence in run.stderr, run
    assert run.stderr.count("\n") <= 2, run
    assert cloud.stats()["requests"] == 0


def test_help_and_version(cli):
    for words in (["--help"], ["copy", "--help"], ["cleanup", "-h"]):
        run = cli.run(*words)
        assert run.code == 0 and "Usage: s3migrator" in run.stdout and run.stderr == "", run
    run = cli.run("version")
    assert run.code == 0 and re.match(r"s3migrator \d+\.\d+\.\d+ \(", run.stdout), run


def test_failed_objects_are_three_and_listed_in_the_report(cli, cloud, bucket):
    cloud.fault(operation="CopyObject", key="p/000007", count=0, status=403, code="AccessDenied")
    run = copy(cli, bucket, "--report", cli.directory / "r")
    assert run.code == 3, run
    report = json.loads((cli.directory / "r.json").read_text())
    assert report["exit_code"] == 3 and report["totals"]["copied"] == OBJECTS - 1
    failures = [f for f in report["failures"] if f["operation"] == "CopyObject"]
    assert [f["key"] for f in failures] == ["p/000007"]
    assert failures[0]["request_id"]
    csv = (cli.directory / "r.csv").read_text()
    assert "p/000007" in csv and csv.startswith("operation,bucket,key")
    assert re.search(r"failed: CopyObject s3://\S+/p/000007: .*request id \w+", run.stderr), run


def test_verify_is_four_until_everything_is_there(cli, bucket):
    words = ["verify", "s3://photos", f"s3://{bucket}", *cli.roles]
    assert cli.run(*words).code == 4
    assert copy(cli, bucket).code == 0
    run = cli.run(*words, "--strict")
    assert run.code == 0, run
    assert f"{OBJECTS} objects verified" in run.stdout


def test_a_dry_run_and_a_plan_show_the_same(cli, bucket):
    planned = cli.run("plan", "s3://photos", f"s3://{bucket}", *cli.roles)
    dry = copy(cli, bucket, "--dry-run")
    assert planned.code == dry.code == 0, (planned, dry)
    assert planned.stdout == dry.stdout
    assert ["to", "copy", str(OBJECTS)] in [line.split()[:3] for line in planned.stdout.splitlines()]
    assert "p/000000" in planned.stdout and f"p/{OBJECTS - 1:06d}" in planned.stdout


# Interruptions ---------------------------------------------------------------------------------

def wait_for_copies(cloud, count):
    deadline = time.monotonic() + 60
    while cloud.stats()["operations"].get("CopyObject", 0) < count:
        assert time.monotonic() < deadline


def start_slow_copy(cli, cloud, bucket):
    cloud.call("POST", "latency", {"latencies": [{"operation": "CopyObject", "fixed_us": 100000}]})
    process = cli.start("copy", "s3://photos", f"s3://{bucket}", *cli.roles, "--concurrency", "4")
    wait_for_copies(cloud, 10)
    return process


def test_ctrl_c_takes_the_grant_away_and_tells_how_to_go_on(cli, cloud, bucket):
    process = start_slow_copy(cli, cloud, bucket)
    assert "S3MigratorGrant" in policy(cloud, bucket)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    proposed = re.search(rf"go on with: {PROGRAM} (jobs resume \S+)$", stderr, re.M)
    assert proposed, stderr
    assert policy(cloud, bucket) is None

    cloud.call("POST", "latency", {})
    run = cli.run(*proposed[1].split(), "--json")
    assert run.code == 0 and 0 < run.summary["skipped"] < OBJECTS, run


def test_after_a_kill_cleanup_takes_the_grant_away(cli, cloud, bucket):
    process = start_slow_copy(cli, cloud, bucket)
    clean = ["cleanup", f"s3://{bucket}", "--migrator-role-arn", MIGRATOR_ROLE,
             "--role-arn", DESTINATION_ROLE,
             "--external-id", cloud.external_ids[DESTINATION_ROLE]]
    running = cli.run(*clean)
    assert running.code == 0 and "0 grants taken out" in running.stdout, running
    assert "still running" in running.stderr
    assert "S3MigratorGrant" in policy(cloud, bucket)

    process.kill()
    process.wait()
    run = cli.run(*clean)
    assert run.code == 0 and "1 grants taken out" in run.stdout, run
    assert policy(cloud, bucket) is None


def test_the_demo_ends_well_without_a_terminal(cli):
    run = cli.run("demo", timeout=300)
    assert run.code == 0, run
    assert "refused, as it must be" in run.stdout
    assert "policy of the latter is empty again" in run.stdout
    assert "The console listens at http://127.0.0.1:" in run.stdout
    assert "It answers, and ends now" in run.stdout
