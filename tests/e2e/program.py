"""The real program, run with an environment of its own."""

import json
import os
import pathlib
import signal
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("S3MIGRATOR", ROOT / "build/release/bin/s3migrator"))


class Run:
    """One finished run: exit code, what it printed, and its events."""

    def __init__(self, code, stdout, stderr):
        self.code, self.stdout, self.stderr = code, stdout, stderr

    @property
    def events(self):
        return [json.loads(line) for line in self.stdout.splitlines() if line.startswith("{")]

    @property
    def summary(self):
        return [e for e in self.events if e["type"] == "summary"][-1]

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.stdout[-4000:]}\n--- stderr\n{self.stderr[-4000:]}"


class Program:
    """s3migrator with an environment of its own: nothing of the machine's AWS settings leaks in."""

    def __init__(self, directory):
        self.directory = directory
        self.base = {k: v for k, v in os.environ.items()
                     if not k.startswith("AWS_") and not k.lower().endswith("_proxy")}
        self.base.update(HOME=str(directory), XDG_STATE_HOME=str(directory / "state"),
                         AWS_EC2_METADATA_DISABLED="true")

    def start(self, *arguments, env=None):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                                env={**self.base, **(env or {})}, text=True, errors="replace")

    def run(self, *arguments, env=None, timeout=120):
        process = self.start(*arguments, env=env)
        try:
            stdout, stderr = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
            stdout, stderr = process.communicate()
            raise AssertionError(
                f"no end after {timeout} s: {arguments}\n{stdout[-2000:]}\n{stderr[-2000:]}") from None
        return Run(process.returncode, stdout, stderr)
