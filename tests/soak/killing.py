"""Killing the processes of a running `tocsin up` with -9, at moments and in an order that a seed decides."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import Installation, ProductProcess

VICTIMS = ("worker", "database", "web")
# Besides the three, sometimes everything at once, as a power cut would.
EVERYTHING = "everything"
_NOTICE_COMES_WITHIN_S = 100.0


@dataclass
class Killer:
    """Kills until its list is empty; `killed` counts what really died."""

    installation: Installation
    up: ProductProcess
    sink: SmtpSink
    dice: random.Random
    killed: Counter[str] = field(default_factory=Counter)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, within_s: float) -> None:
        """Two of each kind within so many seconds, and in every third round a power cut among them.

        A third worker dies while the notice is being sent, whenever that is.
        """
        victims = [*VICTIMS, *VICTIMS, *([EVERYTHING] if self.dice.random() < 0.33 else [])]
        self.dice.shuffle(victims)
        moments = sorted(self.dice.uniform(1.0, within_s) for _ in victims)
        plan = list(zip(moments, victims, strict=True))
        self._run(self._follow, plan)
        self._run(self._strike_while_sending, self.dice.randrange(300, 1500))

    def wait(self) -> None:
        """Until the last one is killed."""
        for thread in self._threads:
            thread.join()

    def _run(self, work: Callable[..., None], argument: object) -> None:
        thread = threading.Thread(target=work, args=(argument,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _strike_while_sending(self, after_mails: int) -> None:
        deadline = time.monotonic() + _NOTICE_COMES_WITHIN_S
        while len(self.sink.messages) < after_mails:
            if time.monotonic() > deadline:
                return
            time.sleep(0.003)
        self._kill("worker")

    def _follow(self, plan: list[tuple[float, str]]) -> None:
        began = time.monotonic()
        for moment, victim in plan:
            time.sleep(max(0.0, began + moment - time.monotonic()))
            if victim == EVERYTHING:
                self._power_cut()
            else:
                self._kill(victim)

    def _kill(self, victim: str) -> None:
        process = self._find(victim)
        if process:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
                self.killed[victim] += 1

    def _power_cut(self) -> None:
        """The supervisor dies, and everything with it; then somebody switches it on again."""
        family = psutil.Process(self.up.pid).children(recursive=True)
        self.up.kill9()
        psutil.wait_procs(family, timeout=15)
        self.killed[EVERYTHING] += 1
        self.up.start()

    def _find(self, victim: str) -> psutil.Process | None:
        found = self.up.children(victim)
        return self.dice.choice(found) if found else None
