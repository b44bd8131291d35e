"""An open screen's stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin.kernel.live.digests import Reader, Told
from tocsin.kernel.live.replay import Batch
from tocsin.kernel.live.tokens import Pass

_QUEUE_LIMIT = 1000


@dataclass(eq=False)
class Stream:
    """One open screen, and the session that it was opened in."""

    granted: Pass
    session: str
    topics: frozenset[str] = field(init=False)
    reader: Reader = field(init=False)
    queue: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_QUEUE_LIMIT))
    numbers: dict[str, str] = field(default_factory=dict)
    """What it was told last."""

    def __post_init__(self) -> None:
        self.topics = frozenset(self.granted.topics)
        self.reader = Reader(self.granted.listener, self.granted.interest)

    def encode(self, batch: Batch) -> bytes:
        """The events as this screen hears them; empty when nothing concerns it."""
        return b"".join(one.encode() for one in batch.notices if not self.topics.isdisjoint(one.topics))

    def encode_told(self, topic: str, told: Told, items: bytes) -> bytes:
        """A digest as this screen gets it; empty when it knows all of it. `items` are the digest's, as
        JSON."""
        changed = {name: value for name, value in told.numbers.items() if self.numbers.get(name) != value}
        self.numbers.update(changed)
        if not told.items and not changed:
            return b""
        return digest_message(topic, items, changed)

    def offer(self, chunk: bytes | None) -> None:
        """Queue it; None ends the stream. A screen that can't keep up is ended and comes back by itself."""
        try:
            self.queue.put_nowait(chunk)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


def id_message(snapshot: str) -> bytes:
    """Says up to where a screen knows everything. A message of its own that comes last: a stream that breaks
    before it asks for all of it again."""
    return f"id: {snapshot}\n\n".encode()


def digest_message(topic: str, items: bytes, numbers: Mapping[str, str]) -> bytes:
    """`items` are JSON already, since many screens are told the same."""
    head, tail = json.dumps(topic).encode(), json.dumps(numbers).encode()
    return b'event: digest\ndata: {"topic": %b, "items": %b, "numbers": %b}\n\n' % (head, items, tail)
