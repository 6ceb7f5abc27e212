"""Runs one program and says what it cost, by what the kernel accounts to the finished process."""

import dataclasses
import os
import subprocess
import tempfile
import time


class Failed(Exception):
    """A contender that could not do the work; the text says why."""


@dataclasses.dataclass
class Cost:
    cpu_seconds: float      # user + system, all threads, children included
    wall_seconds: float
    peak_rss_bytes: int
    output: str = ""


def run(command, environment, timeout=1800):
    """Runs `command` alone with `environment`; its output goes to a file, so that reading it costs
    nobody time. Raises Failed unless it exits with 0."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        started = time.monotonic()
        process = subprocess.Popen([str(word) for word in command], stdout=out, stderr=errors,
                                   stdin=subprocess.DEVNULL, env=environment)
        status, usage, peak = _wait(process, started + timeout)
        wall = time.monotonic() - started
        out.seek(0)
        errors.seek(0)
        output = out.read()
        if status != 0:
            tail = (output[-1000:] + errors.read()[-1000:]).strip()
            raise Failed(f"{os.path.basename(str(command[0]))} ended with {status}: {tail}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, peak, output)


def _peak_rss(pid):
    """The kernel's own high-water mark. ru_maxrss would do, did it not begin with what the parent
    had when it started the child."""
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def _wait(process, deadline):
    """Gives the exit status, the usage of this child alone, and its peak memory, seen every few
    milliseconds: often at first, so that short runs are timed well."""
    pause, peak = 0.0005, 0
    while True:
        peak = max(peak, _peak_rss(process.pid))
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage, peak
        if time.monotonic() > deadline:
            process.kill()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = -9
            return "a timeout", usage, peak
        time.sleep(pause)
        pause = min(pause * 1.3, 0.02)
