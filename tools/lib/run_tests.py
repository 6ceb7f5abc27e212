#!/usr/bin/env python3
"""The stages behind tools/test."""

import argparse
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import results

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOGS = BUILD / "test-logs"
JOBS = str(os.cpu_count() or 2)
SKIP_CODE = 77  # how a script of ours says that it cannot run here
TAIL_LINES = 80


def run(command, log, minutes, **environment):
    """Runs `command` with its output in `log`; ends its whole process group after `minutes`.
    Gives the exit code, None when it was ended."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as output:
        process = subprocess.Popen([str(word) for word in command], cwd=ROOT, stdout=output,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                   env={**os.environ, **environment}, start_new_session=True)
        try:
            return process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return None


def last_lines(text):
    return "\n".join(text.rstrip().splitlines()[-TAIL_LINES:])


def tail(log):
    return last_lines(log.read_text(errors="replace"))


def one_case(name, command, log, minutes, **environment):
    """Runs `command` as one test of its own."""
    code = run(command, log, minutes, **environment)
    if code == 0:
        return results.Case(name, "passed")
    if code == SKIP_CODE:
        return results.Case(name, "skipped", tail(log).split("\n")[-1])
    ending = f"ended after {minutes} minutes" if code is None else f"exit code {code}"
    return results.Case(name, "failed", f"{tail(log)}\n({ending}; all of it: {log})")


def build(preset):
    """Configures and builds a preset. Gives a failed case, or None."""
    started = time.monotonic()
    for step, command in (("configure", ["cmake", "--preset", preset]),
                          ("build", ["cmake", "--build", "--preset", preset, "-j", JOBS])):
        case = one_case(f"{preset}: {step}", command, LOGS / f"{preset}-{step}.log", 45)
        if case.outcome != "passed":
            return case
    print(f"   built in {time.monotonic() - started:.0f} s", flush=True)
    return None


def junit_suite(stage, command, minutes, **environment):
    """Runs a test runner that writes LOGS/stage.xml, and gives the cases in it. A runner that
    fails without a failed case counts as one."""
    report, log = LOGS / f"{stage}.xml", LOGS / f"{stage}.log"
    report.unlink(missing_ok=True)
    runner = one_case(f"{stage}: the test run", [*command, report], log, minutes, **environment)
    cases = results.from_junit(report, stage) if report.exists() else []
    if runner.outcome == "failed" and all(case.outcome != "failed" for case in cases):
        cases.append(runner)
    return cases


def ctest_stage(preset, *arguments):
    failed = build(preset)
    if failed:
        return [failed]
    return junit_suite(preset, ["ctest", "--preset", preset, "-j", JOBS, *arguments,
                                "--output-junit"], 20)


def e2e_stage():
    """The suites against real servers, with the release build's programs."""
    found = subprocess.run([ROOT / "tools/setup", "find-go"], capture_output=True, text=True)
    path = os.environ["PATH"]
    if found.returncode == 0:
        path = f"{path}:{os.path.dirname(found.stdout.strip())}"
    return junit_suite("e2e", [BUILD / "venv/bin/pytest", "tests/e2e", "-o", "junit_family=xunit2",
                               "--junitxml"], 25, PATH=path,
                       S3MIGRATOR=str(BUILD / "release/bin/s3migrator"),
                       S3SIM=str(BUILD / "release/bin/s3sim"))


def npm(*words):
    return ["npm", "--prefix", ROOT / "web", "run", "--silent", *words]


def vitest_suite(stage, script, minutes, **environment):
    return junit_suite(stage, [*npm(script), "--", "--reporter=default", "--reporter=junit",
                               "--outputFile.junit"], minutes, **environment)


def web_stage():
    """The console's page: its types, its tests, its build, and what was built in a browser."""
    if not (ROOT / "web/node_modules/.made-from.json").exists():
        return [results.Case("web", "skipped", "no Node.js here, or its packages cannot be had")]
    cases = [one_case("web: its types", npm("check"), LOGS / "web-types.log", 5)]
    cases += vitest_suite("web", "test", 10)
    built = one_case("web: the build", npm("build"), LOGS / "web-build.log", 5)
    cases.append(built)
    if built.outcome != "passed":
        return cases
    if shutil.which("chromium") is None:
        return [*cases, results.Case("web-browser", "skipped", "no Chromium here")]
    return cases + vitest_suite("web-browser", "e2e", 15,
                                S3MIGRATOR=str(BUILD / "release/bin/s3migrator"),
                                S3SIM=str(BUILD / "release/bin/s3sim"))


def package_stage():
    return [one_case("package and image: in a fresh Debian 12, as user 10001 with a read-only root",
                     [ROOT / "tools/package-test"], LOGS / "package.log", 10)]


def fuzz_stage(seconds):
    failed = build("fuzz")
    if failed:
        return [failed]
    return [one_case(f"fuzz: {fuzzer.stem}", fuzz_command(fuzzer, seconds),
                     LOGS / f"{fuzzer.stem}.log", 5)
            for fuzzer in sorted((BUILD / "fuzz/bin").glob("*_fuzz"))]


def fuzz_command(fuzzer, seconds):
    """New inputs go to build/, beside the ones kept in the tree; so does one that crashes."""
    found = BUILD / "fuzz/corpus" / fuzzer.stem
    found.mkdir(parents=True, exist_ok=True)
    kept = ROOT / "fuzz/corpus" / fuzzer.stem.removesuffix("_fuzz")
    # One seed, so that a run can be repeated; libFuzzer's own exit code for a crash is SKIP_CODE.
    return [fuzzer, f"-max_total_time={seconds}", "-seed=1", "-error_exitcode=1", "-timeout=10",
            "-rss_limit_mb=1024",
            f"-artifact_prefix={found.parent}/crash-{fuzzer.stem}-", found,
            *([kept] if kept.is_dir() else [])]


def stages(options):
    """Gives (name, function) in the order they run: what fails soonest and says most comes first."""
    if options.quick:
        return [("release", lambda: ctest_stage("release", "-L", "^(unit|integration|lint)$"))]
    every = [
        ("release", lambda: ctest_stage("release")),
        ("e2e", e2e_stage),
        ("web", web_stage),
        ("package", package_stage),
        ("asan-ubsan", lambda: ctest_stage("asan-ubsan")),
        ("tsan", lambda: ctest_stage("tsan")),
        ("fuzz", lambda: fuzz_stage(options.fuzz_seconds)),
    ]
    return [stage for stage in every if not options.only or stage[0] in options.only]


def report(cases):
    """Prints what was skipped, what failed and the closing line."""
    for case in cases:
        if case.outcome == "skipped":
            print(f"skipped  {case.name}: {case.detail.strip()}")
    for case in cases:
        if case.outcome == "failed":
            print(f"\nFAILED   {case.name}\n{last_lines(case.detail)}")
    print(results.summary(cases))


def main():
    parser = argparse.ArgumentParser(prog="tools/test")
    parser.add_argument("--quick", action="store_true", help="one build: release, its ctests")
    parser.add_argument("--only", action="append", metavar="STAGE",
                        help="release, e2e, web, package, asan-ubsan, tsan or fuzz; may be repeated")
    parser.add_argument("--fuzz-seconds", type=int, default=5, metavar="N",
                        help="how long each fuzzer runs (default 5)")
    options = parser.parse_args()

    cases, started = [], time.monotonic()
    for name, stage in stages(options):
        print(f"== {name}", flush=True)
        stage_started = time.monotonic()
        outcome = stage()
        cases += outcome
        print(f"   {results.summary(outcome)} in {time.monotonic() - stage_started:.0f} s",
              flush=True)
    print(f"== all in {time.monotonic() - started:.0f} s")
    report(cases)
    return 1 if not cases or any(case.outcome == "failed" for case in cases) else 0


if __name__ == "__main__":
    sys.exit(main())
