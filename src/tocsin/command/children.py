"""Child processes that are kept alive, and end when their supervisor ends, however it ends."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import multiprocessing
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkProcess

_SHORT_LIFE_S = 10.0
_LONGEST_WAIT_S = 30.0
_STOP_S = 15.0
# linux/prctl.h
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_forking = multiprocessing.get_context("fork")


def die_with_parent(request: signal.Signals) -> Callable[[], None]:
    """What a child does before it begins: ask the kernel for a signal when we are killed.

    Linux only; elsewhere the next start ends what is left of the database, and web and worker stay until
    stopped by hand.
    """
    if not sys.platform.startswith("linux"):
        return lambda: None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def arm() -> None:
        prctl(_PR_SET_PDEATHSIG, int(request), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def be_called(name: str) -> None:
    """The name that `ps -e` and `top` show; 15 characters of it."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode(), 0, 0, 0)


def tocsin(*arguments: str) -> list[str]:
    """The command line of one of our own commands, with this Python."""
    return [sys.executable, "-m", "tocsin.command", *arguments]


def share_memory() -> None:
    """Before forking: what is loaded by now stays, and looking for what to free touches none of it, so that
    the processes go on sharing its memory."""
    gc.collect()
    gc.freeze()


@dataclass
class Child:
    """A process that is forked again whenever it ends by itself.

    It begins with what its supervisor has loaded, and shares the memory that this takes. `work` runs in it
    and returns its exit code; what the supervisor holds for itself `let_go` closes there first.
    """

    name: str
    work: Callable[[], int]
    let_go: Callable[[], None] = lambda: None
    process: ForkProcess | None = None
    started_at: float = 0.0
    short_lives: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start it now."""
        self.started_at = time.monotonic()
        self.process = _forking.Process(target=self._live, args=(die_with_parent(signal.SIGKILL),))
        # A request to stop that comes before the child can hear it waits for it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        try:
            self.process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)

    def tend(self, say: Callable[[str], None]) -> None:
        """Start it again if it ended: at once, or later and later when it keeps ending quickly."""
        now = time.monotonic()
        if self.process and self.process.exitcode is not None:
            say(f"{self.name} ended ({_how(self.process.exitcode)}) and {self._plan(now)}.")
            self.process = None
        if not self.process and now >= self.not_before:
            self.start()

    def stop_by(self, deadline: float) -> None:
        """Wait for its end until `deadline` (monotonic seconds), then end it."""
        if self.process:
            self.process.join(max(0.0, deadline - time.monotonic()))
            if self.process.exitcode is None:
                self.process.kill()
                self.process.join()

    def _live(self, arm: Callable[[], None]) -> None:
        """In the child: begin as a program of its own would, then work."""
        arm()
        signal.set_wakeup_fd(-1)
        for request in _HEARD:
            signal.signal(request, signal.SIG_DFL)
        os.setsid()  # Ctrl-C is for the supervisor, which stops things in order
        self.let_go()
        be_called(f"tocsin {self.name}")
        os.environ["PGAPPNAME"] = f"tocsin {self.name}"  # what pg_stat_activity shows
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
        sys.exit(self.work())

    def _plan(self, now: float) -> str:
        lived_long = now - self.started_at > _SHORT_LIFE_S
        self.short_lives = 0 if lived_long else self.short_lives + 1
        wait = 0.0 if self.short_lives <= 1 else min(2.0 ** (self.short_lives - 2), _LONGEST_WAIT_S)
        self.not_before = now + wait
        return f"is started again in {wait:g} s" if wait else "is started again"


class Family:
    """Children kept alive until SIGTERM or SIGINT, then stopped together."""

    def __init__(self, children: list[Child], say: Callable[[str], None]) -> None:
        self.children = children
        self.say = say
        self.stopping = False
        self._wake, self._woken_by = socket.socketpair()
        self._wake.setblocking(False)
        self._woken_by.setblocking(False)

    def listen(self) -> None:
        """Hear of signals from now on; a child's end wakes us too."""
        for request in _HEARD:
            signal.signal(request, self._heard)
        signal.set_wakeup_fd(self._woken_by.fileno(), warn_on_full_buffer=False)

    def tend(self) -> None:
        """Start what has to be started, again or for the first time."""
        for child in self.children:
            child.tend(self.say)

    def rest(self, seconds: float) -> None:
        """Wait until something happens, at most so long."""
        select.select([self._wake], [], [], seconds)
        with contextlib.suppress(BlockingIOError):
            self._wake.recv(4096)

    def let_go(self) -> None:
        """In a child: what wakes the supervisor is none of its business."""
        self._wake.close()
        self._woken_by.close()

    def stop(self) -> None:
        """Ask all to end and wait; whoever does not listen is ended."""
        for child in self.children:
            if child.process and child.process.exitcode is None:
                child.process.terminate()
        deadline = time.monotonic() + _STOP_S
        for child in self.children:
            child.stop_by(deadline)

    def _heard(self, number: int, _: object) -> None:
        if number != signal.SIGCHLD:
            self.stopping = True


def _how(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
