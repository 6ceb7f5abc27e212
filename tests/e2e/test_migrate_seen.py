"""What a person sees of a migration: in a terminal, on Ctrl-C, in its report."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import termios
import time

import pytest

import kills
import migration
from conftest import PROGRAM
from migration import BUCKET, Migration, assert_moved, contents, furnish
from sim_fixture import SOURCE, simulator


@pytest.fixture
def sim(tmp_path):
    with simulator(migration.scenario(), tmp_path) as running:
        yield running


def words_of(job, *more):
    return [word for word in job.words() if word != "--json"] + list(more)


def in_terminal(program, words, environment, columns, answer=None, when_asked=None,
                ahead=None):
    """Runs the program on a terminal; `answer` is typed when it asks, or `when_asked` called with
    what was shown; `ahead` is typed as soon as there is anything to read. Gives the exit code and all that was shown."""
    process, screen = pty.fork()
    if process == 0:
        os.execve(PROGRAM, [str(PROGRAM), *map(str, words)],
                  {**program.base, **environment, "TERM": "xterm", "NO_COLOR": "1"})
    fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    shown, answered = b"", False
    while True:
        try:
            part = os.read(screen, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
        if ahead is not None:
            os.write(screen, ahead.encode() + b"\n")
            ahead = None
        if not answered and b"type its name: " in shown:
            answered = True
            if answer is not None:
                os.write(screen, answer.encode() + b"\n")
            if when_asked is not None:
                when_asked(screen, shown.decode(errors="replace"))
    _, status = os.waitpid(process, 0)
    os.close(screen)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace").replace("\r\n", "\n")


def lines_that_stay(shown):
    """Without the pictures of the live display, which end where the next one erases them."""
    kept = re.sub(r"\n?[^\n]*\n[^\n]*\n[^\n]*\n[^\n]*\n\x1b\[4A\r\x1b\[J", "\n", shown)
    return [line for line in kept.split("\n") if line.strip()]


@pytest.mark.parametrize("columns", (80, 120))
def test_a_terminal_shows_each_step_and_asks_once(program, sim, columns):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    code, shown = in_terminal(program, words_of(job), job.environment, columns, answer=BUCKET)
    assert code == 0, shown
    assert_moved(sim, before)
    lines = lines_that_stay(shown)
    # Commands and digests are to be copied, so nothing breaks them.
    wide = [line for line in lines if len(line) > columns and "jobs report" not in line]
    assert not wide, wide
    steps = [int(line[1:line.index("/")]) for line in lines if re.match(r"\[\d+/19\]", line)]
    assert steps == list(range(1, 20))
    assert shown.count("to be deleted ") == 1
    assert "FAILED" not in shown
    text = " ".join(" ".join(lines).split())
    assert "name was nobody's" in text and "0 not carried" in text
    assert "new by nature version ids and LastModified" in text


def test_who_does_not_type_the_name_is_told_once_how_to_go_on(program, sim):
    furnish(sim, objects=6)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    code, shown = in_terminal(program, words_of(job), job.environment, 80, answer="no")
    assert code == 130, shown
    assert contents(sim.admin(SOURCE)) == before
    assert shown.count("to be deleted ") == 1 and "FAILED" not in shown
    confirm = re.search(r"to confirm: +\S+ (jobs resume \S+ --confirm-delete \S+)\n", shown)
    undo = re.search(r"to take back: +\S+ (undo \S+)\n", shown)
    assert confirm and undo, shown
    # Another name than the bucket's confirms nothing.
    wrong = program.run(*confirm[1].replace(BUCKET, "another").split(), env=job.environment)
    assert wrong.code == 2 and BUCKET in wrong.stderr, wrong
    run = program.run(*confirm[1].split(), env=job.environment)
    assert run.code == 0, run
    assert_moved(sim, before)


def test_while_nobody_answers_others_may_pause_the_job(program, sim):
    furnish(sim, objects=6)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    jobs = []

    def another_process(screen, shown):
        os.write(screen, BUCKET.encode())  # and not Enter
        listed = program.run("jobs", "list", "--json", env=job.environment)
        jobs.append(json.loads(listed.stdout.splitlines()[0])["job"])
        asked = program.run("jobs", "pause", jobs[0], env=job.environment)
        assert asked.code == 0, asked

    code, shown = in_terminal(program, words_of(job), job.environment, 80,
                              when_asked=another_process)
    assert code == 130, shown
    assert ("No answer is waited for any more: the job was paused by another process. "
            "Nothing was deleted." in shown)
    assert contents(sim.admin(SOURCE)) == before
    listed = program.run("jobs", "list", "--json", env=job.environment)
    assert json.loads(listed.stdout.splitlines()[0])["state"] == "paused", listed
    run = program.run("jobs", "resume", jobs[0], "--confirm-delete", BUCKET, env=job.environment)
    assert run.code == 0, run
    assert_moved(sim, before)


def test_ctrl_c_ends_the_question(program, sim):
    furnish(sim, objects=6)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    code, shown = in_terminal(program, words_of(job), job.environment, 80,
                              when_asked=lambda screen, shown: os.write(screen, b"\x03"))
    assert code == 130, shown
    assert "No answer is waited for any more: the job was interrupted" in shown
    assert re.search(r"to confirm: +\S+ jobs resume \S+ --confirm-delete \S+\n", shown), shown
    assert contents(sim.admin(SOURCE)) == before


def test_without_a_terminal_the_question_is_one_block_and_one_event(program, sim):
    furnish(sim, objects=6)
    job = Migration(program, sim)
    run = program.run(*words_of(job), env=job.environment)
    assert run.code == 130, run
    assert run.stdout.count("to be deleted ") == 1
    assert (run.stdout + run.stderr).count("waits for the confirmation") == 1, run
    assert job.run(confirm=False) == 130
    asking = [event for event in job.events if "waits for the confirmation" in json.dumps(event)]
    assert [event["type"] for event in asking] == ["summary"]
    assert asking[0]["objects"] and asking[0]["digest"] and asking[0]["temporary_bucket"]


def wait_for_copies(sim, process, count=3):
    deadline = time.monotonic() + 60
    while sim.stats()["operations"].get("CopyObject", 0) < count:
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()


def test_ctrl_c_pauses_and_the_command_it_names_goes_on(program, sim):
    furnish(sim)
    before = contents(sim.admin(SOURCE))
    sim.call("POST", "latency", {"latencies": [{"operation": "CopyObject", "fixed_us": 200000}]})
    job = Migration(program, sim, "--concurrency", "2")
    process = program.start(*words_of(job), env=job.environment)
    wait_for_copies(sim, process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    assert "the job can be resumed" in stderr and f"Nothing was deleted from s3://{BUCKET}" in stderr
    resume = re.search(rf"to go on: +{PROGRAM} (jobs resume \S+)\n", stderr)
    assert resume and re.search(rf"to take back: +{PROGRAM} undo \S+\n", stderr), stderr
    assert contents(sim.admin(SOURCE)) == before
    sim.calm()
    run = program.run(*resume[1].split(), "--confirm-delete", BUCKET, env=job.environment)
    assert run.code == 0, run
    assert_moved(sim, before)


def test_ctrl_c_twice_aborts_at_once_and_nothing_is_lost(program, sim):
    furnish(sim, objects=10)
    before = contents(sim.admin(SOURCE))
    # Longer than anybody waits for a polite end.
    sim.call("POST", "latency", {"latencies": [{"operation": "CopyObject", "fixed_us": 30000000}]})
    job = Migration(program, sim)
    process = program.start(*words_of(job), env=job.environment)
    wait_for_copies(sim, process, 1)
    process.send_signal(signal.SIGINT)
    said = ""
    while "Ctrl-C again aborts" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130, stderr
    resume = re.search(rf"aborted; nothing is lost. Go on with: {PROGRAM} (jobs resume \S+)", stderr)
    assert resume, said + stderr
    sim.calm()
    run = program.run(*resume[1].split(), "--confirm-delete", BUCKET, env=job.environment)
    assert run.code == 0, run
    assert_moved(sim, before)


def test_the_report_is_something_to_hand_to_an_auditor(program, sim):
    furnish(sim, objects=9)
    job = Migration(program, sim, "--report", program.directory / "moved")
    assert job.run() == 0, job.errors
    summary = job.events[-1]
    assert summary["exposure_seconds"] > 0 and not summary["exposure_spans_runs"]
    assert summary["settings_changed"] > 0 and summary["bucket"] == BUCKET

    name = summary["job"]
    written = json.loads((program.directory / "moved.json").read_text())["migration"]
    shown = program.run("jobs", "show", name, "--json", env=job.environment)
    told = json.loads(program.run("jobs", "report", name, env=job.environment).stdout)
    assert written == told["migration"] == json.loads(shown.stdout)["migration"]
    assert told["outcome"] == "verified" and len(told["steps"]) == 19
    assert written["confirmation"]["how"] == "--confirm-delete"
    assert written["confirmation"]["digest"] == written["digest"] == summary["digest"]
    assert written["exposure"]["seconds"] == pytest.approx(summary["exposure_seconds"])
    assert written["freeze"]["proven_at"] and written["manifest"].startswith("s3://s3m-")
    assert len(written["configuration"]["changed"]) == summary["settings_changed"]
    changed = next(c for c in written["configuration"]["changed"] if c["setting"] == "policy")
    assert SOURCE in changed["from"]

    page = program.run("jobs", "report", name, "--format", "html", env=job.environment).stdout
    for text in ("Freeze, confirmation and handover", "the name was nobody&#39;s", changed["to"],
                 written["digest"], "take-name", "New by nature"):
        assert text in page, text
    assert page.endswith("</html>\n") and "<script" not in page
    table = program.run("jobs", "report", name, "--format", "csv", env=job.environment).stdout
    assert f"configuration,{BUCKET},policy,,rewritten" in table, table
    text = program.run("jobs", "show", name, env=job.environment).stdout
    assert "name was nobody's" in text and "--confirm-delete, by " in " ".join(text.split()), text


def test_a_reader_that_is_gone_ends_no_job(program, sim):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    process = program.start(*words_of(job, "--confirm-delete", BUCKET), env=job.environment)
    assert process.stderr.readline()
    process.stderr.close()
    process.stdout.close()
    assert process.wait(120) == 0
    assert_moved(sim, before)


def test_what_was_typed_before_the_question_confirms_nothing(program, sim):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)
    code, shown = in_terminal(program, words_of(job), job.environment, 100, answer="",
                              ahead=BUCKET)
    assert code == 130, shown
    assert contents(sim.admin(SOURCE)) == before


class OnceAt(kills.Kill):
    """Does something at the first event of a kind, and kills nothing."""

    def __init__(self, when, act):
        self.when, self.act = when, act

    def saw(self, event):
        if self.act is not None and self.when(event):
            act, self.act = self.act, None
            act()


def test_a_setting_that_is_refused_leaves_the_bucket_closed_and_that_is_said(program, sim):
    furnish(sim, objects=12)
    before = contents(sim.admin(SOURCE))
    job = Migration(program, sim)

    def refuse():
        sim.fault(operation="PutBucketLifecycle*", bucket=BUCKET, effect="error", status=400,
                  code="InvalidRequest")

    assert job.run(kill=OnceAt(lambda event: event.get("step") == "copy-back", refuse)) == 1
    message = job.events[-1]["message"]
    assert "lifecycle" in message and "proven, but it is still closed" in message, message
    assert job.events[-1]["go_on"], "how to go on is told"
    job.finish()
    assert_moved(sim, before)
