"""When a run is killed (SIGKILL): at a time, at what it tells, or at one request of it.

A kill is begun with the process, sees each of its events, and is ended with it.
"""

import signal
import threading
import time

POLL_SECONDS = 0.02
STALL_MS = 20_000  # far longer than a poll takes to notice


class Kill:
    longer = 0  # seconds by which a run may take longer than others

    def begin(self, process):
        self.process = process

    def saw(self, event):
        pass

    def end(self):
        pass

    def strike(self):
        self.process.kill()


class AtTime(Kill):
    def __init__(self, seconds):
        self.seconds = seconds

    def begin(self, process):
        super().begin(process)
        self.timer = threading.Timer(self.seconds, self.strike)
        self.timer.start()

    def end(self):
        self.timer.cancel()
        self.timer.join()

    def __repr__(self):
        return f"after {self.seconds:.3f} s"


class AtEvent(Kill):
    """At the first event that `wanted` is true of, or so many seconds later."""

    def __init__(self, wanted, seconds=0.0, name="an event"):
        self.wanted, self.seconds, self.name = wanted, seconds, name
        self.struck = False

    def saw(self, event):
        if self.struck or not self.wanted(event):
            return
        self.struck = True
        if self.seconds:
            time.sleep(self.seconds)
        self.strike()

    def __repr__(self):
        return f"{self.seconds:.3f} s after {self.name}"


class AtRequest(Kill):
    """At the request with that number of an operation (a glob): the simulator keeps it waiting,
    before it has any effect or after (`applied`), so that the program dies without the answer."""

    def __init__(self, sim, operation, number, applied, bucket="*"):
        self.sim, self.operation, self.number, self.applied = sim, operation, number, applied
        self.bucket = bucket

    def begin(self, process):
        super().begin(process)
        effect = {"effect": "delay"} if self.applied else {"effect": "reset_before_head"}
        self.rule = self.sim.fault(operation=self.operation, bucket=self.bucket,
                                   first=self.number, count=0, delay_ms=STALL_MS, **effect)
        self.over = threading.Event()
        self.watcher = threading.Thread(target=self._watch)
        self.watcher.start()

    def _watch(self):
        while not self.over.wait(POLL_SECONDS):
            if self.sim.call("GET", f"fault?number={self.rule}")["fired"]:
                self.strike()
                return

    def end(self):
        self.over.set()
        self.watcher.join()
        self.sim.call("DELETE", f"fault?number={self.rule}")

    def __repr__(self):
        when = "after" if self.applied else "before"
        return f"{when} the effect of request {self.number} of {self.operation}"


class NotNow(Exception):
    """It was stopped at an instant at which nothing can be tried: a moment later, then."""


class Pause(AtTime):
    """No kill: stopped (SIGSTOP), and continued after `meanwhile()`, whose result is kept."""

    result = failure = None

    def __init__(self, seconds, meanwhile, longer=0):
        super().__init__(seconds)
        self.meanwhile, self.longer = meanwhile, longer

    def strike(self):
        again = True
        while again:
            again = False
            self.process.send_signal(signal.SIGSTOP)
            try:
                self.result = self.meanwhile()
            except NotNow:
                again = True
            except BaseException as error:  # of another thread: whoever waits for this one is told
                self.failure = error
            finally:
                self.process.send_signal(signal.SIGCONT)
            time.sleep(POLL_SECONDS)
