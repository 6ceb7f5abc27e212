#!/usr/bin/env python3
"""A PostgreSQL server for the tests of the store.

    postgres.py up DIRECTORY    starts one on loopback, and writes its URL to DIRECTORY/url
    postgres.py down DIRECTORY  ends it

Where there is no PostgreSQL the file stays empty, and the tests that need it skip.
"""

import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time


def programs():
    """The directory of the newest installed version, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"),
                   key=lambda path: int(path.split("/")[4]))
    return pathlib.Path(found[-1]).parent if found else None


def as_owner():
    """PostgreSQL refuses to run as root; then it runs as the user its package has made."""
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("postgres")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    for _ in range(600):
        if process.poll() is not None:
            sys.exit("postgres ended at once")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit("postgres does not answer")


def up(directory):
    down(directory)
    directory.mkdir(parents=True)
    (directory / "url").write_text("")
    binaries = programs()
    if binaries is None:
        print("no PostgreSQL here")
        return
    # Below /tmp, because the user of the package may not enter everybody's directories.
    data = pathlib.Path(subprocess.check_output(["mktemp", "-d", "/tmp/s3m-postgres-XXXXXX"],
                                                text=True, **as_owner()).strip())
    (directory / "data").write_text(str(data))
    subprocess.run([binaries / "initdb", "-D", data, "-U", "s3m", "-A", "trust", "-N", "-E", "UTF8",
                    "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd="/", **as_owner())
    port = free_port()
    with open(directory / "log", "wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200"],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", start_new_session=True,
            **as_owner())
    (directory / "pid").write_text(str(process.pid))
    wait_for(port, process)
    (directory / "url").write_text(f"postgresql://s3m@127.0.0.1:{port}/postgres")


def down(directory):
    pid = directory / "pid"
    if pid.exists():
        try:
            os.kill(int(pid.read_text()), signal.SIGINT)  # ends sessions, then the server
        except ProcessLookupError:
            pass
    data = directory / "data"
    if data.exists():
        time.sleep(0.2)
        shutil.rmtree(data.read_text(), ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("up", "down"):
        sys.exit(__doc__)
    {"up": up, "down": down}[sys.argv[1]](pathlib.Path(sys.argv[2]))
