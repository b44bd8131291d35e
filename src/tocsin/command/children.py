"""Child processes that are kept alive, and end when their supervisor ends, however it ends."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

_SHORT_LIFE_S = 10.0
_LONGEST_WAIT_S = 30.0
_STOP_S = 15.0
_PR_SET_PDEATHSIG = 1


def die_with_parent(request: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program: ask the kernel for a signal when we are killed.

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


def tocsin(*arguments: str) -> list[str]:
    """The command line of one of our own commands, with this Python."""
    return [sys.executable, "-m", "tocsin.command", *arguments]


@dataclass
class Child:
    """A process that is started again whenever it ends by itself."""

    name: str
    command: Sequence[str]
    files: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    short_lives: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start it now."""
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            pass_fds=self.files,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops things in order
            preexec_fn=die_with_parent(signal.SIGKILL),  # every process of ours may be killed at any line
        )

    def tend(self, say: Callable[[str], None]) -> None:
        """Start it again if it ended: at once, or later and later when it keeps ending quickly."""
        now = time.monotonic()
        if self.process and self.process.poll() is not None:
            say(f"{self.name} ended ({_how(self.process.returncode)}) and {self._plan(now)}.")
            self.process = None
        if not self.process and now >= self.not_before:
            self.start()

    def stop_by(self, deadline: float) -> None:
        """Wait for its end until `deadline` (monotonic seconds), then end it."""
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(max(0.0, deadline - time.monotonic()))
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()

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
        for request in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
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

    def stop(self) -> None:
        """Ask all to end and wait; whoever does not listen is ended."""
        for child in self.children:
            if child.process and child.process.poll() is None:
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
