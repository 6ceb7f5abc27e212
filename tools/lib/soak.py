#!/usr/bin/env python3
"""The crash test of tests/e2e/crash.py, over many seeds and in several processes."""

import argparse
import concurrent.futures
import pathlib
import shutil
import signal
import sys
import time
import traceback

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import crash  # noqa: E402
from program import Program  # noqa: E402


def one(seed, directory, rival):
    """Runs one case in `directory`. Gives the seed, how many kills there were, whether it was taken
    back, and what went wrong."""
    directory.mkdir(parents=True)
    case = crash.case_of(seed, rival)
    try:
        ended = crash.run(case, Program(directory), directory)
    except AssertionError as error:
        return seed, getattr(error, "kills", 0), False, str(error)
    except Exception:
        return seed, 0, False, f"{case}\n{traceback.format_exc()}"
    shutil.rmtree(directory)
    return seed, ended.kills, ended.undone, None


class Soak:
    def __init__(self, options):
        self.options = options
        self.kills = self.migrations = self.undone = 0
        self.failed = []
        self.started = time.monotonic()
        self.next_seed = options.seed

    def run(self):
        self.options.state.mkdir(parents=True, exist_ok=True)
        # Ctrl-C is for this process: it lets those that run come to their end.
        with concurrent.futures.ProcessPoolExecutor(
                self.options.j, initializer=signal.signal,
                initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
            running = set()
            try:
                while True:
                    while len(running) < self.options.j and self._more(len(running)):
                        running.add(self._begin(pool))
                    if not running:
                        return
                    done, running = concurrent.futures.wait(
                        running, return_when=concurrent.futures.FIRST_COMPLETED)
                    for future in done:
                        self._take(*future.result())
            except KeyboardInterrupt:
                print(f"\nstopping; {len(running)} migrations come to their end first", flush=True)
                for future in running:
                    self._take(*future.result())

    def _more(self, running):
        if self.options.only is not None:
            return running + self.migrations == 0
        late = time.monotonic() - self.started > 60 * self.options.minutes
        return self.kills < self.options.kills and not late

    def _begin(self, pool):
        seed = self.next_seed if self.options.only is None else self.options.only
        self.next_seed += 1
        directory = self.options.state / f"seed-{seed}"
        shutil.rmtree(directory, ignore_errors=True)
        # One waits for two minutes, so only a few of all do.
        number = seed - self.options.seed
        heir = self.options.heirs and number < 40 * self.options.heirs and number % 40 == 5
        return pool.submit(one, seed, directory, "heir" if heir else None)

    def _take(self, seed, kills, undone, failure):
        self.migrations += 1
        self.kills += kills
        self.undone += undone
        if failure is not None:
            self.failed.append(seed)
            file = self.options.state / f"seed-{seed}/failure.txt"
            file.write_text(failure + "\n")
            print(f"\nseed {seed} FAILED; all of it is in {file.parent}\n{failure[:4000]}", flush=True)
        elapsed = time.monotonic() - self.started
        print(f"{self.kills} kills, {self.migrations} migrations, {len(self.failed)} failed "
              f"({elapsed:.0f} s; seed {seed}: {kills}{', taken back' if undone else ''})", flush=True)

    def close(self):
        for seed in sorted(self.failed):
            print(f"again: tools/soak --only {seed}")
        print(f"{self.undone} of the migrations were taken back, the others moved their bucket")
        print(f"{self.kills} kills, {self.migrations} migrations, {len(self.failed)} failed")
        enough = self.options.only is not None or self.kills >= self.options.kills
        if not enough:
            print(f"ended before {self.options.kills} kills", file=sys.stderr)
        return 0 if enough and not self.failed else 1


def main():
    parser = argparse.ArgumentParser(prog="tools/soak")
    parser.add_argument("--kills", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("-j", type=int, default=2, metavar="N", help="migrations at a time (2)")
    parser.add_argument("--seed", type=int, default=1, help="the first; one a migration (1)")
    parser.add_argument("--only", type=int, metavar="SEED", help="one migration, of that seed")
    parser.add_argument("--minutes", type=float, default=60, help="no migration begins later (60)")
    parser.add_argument("--heirs", type=int, default=2, metavar="N",
                        help="migrations whose process wakes up after another took its job over, "
                             "which takes two minutes each (2)")
    parser.add_argument("--state", type=pathlib.Path, default=ROOT / "build/soak",
                        help="where failed migrations are kept (build/soak)")
    soak = Soak(parser.parse_args())
    soak.run()
    return soak.close()


if __name__ == "__main__":
    sys.exit(main())
