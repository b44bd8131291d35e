"""How much of one mail is read; every limit reached is noted in `Inbound.defects`."""

from __future__ import annotations

import time

from tocsin.channels.email import reasons
from tocsin.kernel.reasons import Kept

HEADER_LINES = 2_000
HEADER_BYTES = 512 * 1024
ONE_HEADER_BYTES = 64 * 1024
PARTS = 500
DEPTH = 20
ADDRESSES = 1_000
REFERENCES = 200
TEXT_CHARACTERS = 1_000_000
HTML_CHARACTERS = 2_000_000
SECONDS = 8.0  # of CPU time: a busy machine cuts no mail
LARGEST_MAIL = 60 * 2**20  # a file of 40 MiB is one of 55 on its way
BEGINNING = 2**20
"""Bytes that are taken of a message larger than that."""


class Budget:
    """What is left to spend on one mail, and what ran out."""

    def __init__(self) -> None:
        self._parts = PARTS
        self._deadline = time.thread_time() + SECONDS
        self._defects: dict[Kept, None] = {}

    @property
    def defects(self) -> tuple[Kept, ...]:
        """What was cut or repaired, in order, each once."""
        return tuple(self._defects)

    def note(self, defect: Kept) -> None:
        """Remember a defect."""
        self._defects[defect] = None

    def takes_part(self) -> bool:
        """Whether one more part may be read."""
        self._parts -= 1
        if self._parts < 0:
            self.note(reasons.PARTS_CUT(count=PARTS))
            return False
        return self.has_time()

    def takes_depth(self, depth: int) -> bool:
        """Whether parts may lie so deep."""
        if depth > DEPTH:
            self.note(reasons.DEPTH_CUT())
            return False
        return True

    @property
    def seconds_left(self) -> float:
        """Of processor time for this mail; 0 when it has had its time."""
        return max(0.0, self._deadline - time.thread_time())

    def spend(self, seconds: float) -> None:
        """Count what another process took for this mail."""
        self._deadline -= seconds

    def has_time(self) -> bool:
        """Whether there is time left for this mail."""
        if time.thread_time() > self._deadline:
            self.note(reasons.TIME_CUT())
            return False
        return True
