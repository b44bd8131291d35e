"""Who else is at the same place, such as a ticket, and who of them is writing.

Nothing of it is stored: each web process tells the others by NOTIFY who is where on its screens, again
whenever that changes, and all of it every half minute, for processes that have begun since. What a process
says of a place replaces what it said before; one that has been silent for longer has ended.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

CHANNEL = "tocsin_presence"
TELL_ALL_EVERY_S = 30.0
_SILENT_S = 75.0
WRITING_S = 8.0
"""How long somebody counts as writing after the last word of it."""
# NOTIFY takes 8,000 bytes.
_LONGEST = 7_000

Here = Mapping[str, Collection[str]]
"""Who is at which places."""


@dataclass
class _Process:
    heard_at: float
    places: dict[str, frozenset[str]] = field(default_factory=dict)


class Presence:
    """What this process knows of all, its own screens among them."""

    def __init__(self) -> None:
        self.me = secrets.token_hex(6)
        self._processes: dict[str, _Process] = {}
        self._writing: dict[tuple[str, str], float] = {}

    def at(self, place: str) -> dict[str, bool]:
        """Who is there, and whether they are writing."""
        now = time.monotonic()
        living = (one for one in self._processes.values() if now - one.heard_at < _SILENT_S)
        here = {listener for one in living for listener in one.places.get(place, ())}
        return {listener: self._writing.get((place, listener), 0.0) > now for listener in sorted(here)}

    def hear(self, payload: str) -> set[str]:
        """Take in what a process says; the places where something changed. Raises ValueError for nonsense."""
        said = json.loads(payload)
        if writing := said.get("writing"):
            place, listener = writing
            self._writing[place, listener] = time.monotonic() + WRITING_S
            return {place}
        process = self._processes.setdefault(said["of"], _Process(0.0))
        process.heard_at = time.monotonic()
        changed = set()
        for place, listeners in said["here"].items():
            here = frozenset(listeners)
            if process.places.get(place, frozenset()) != here:
                process.places[place] = here
                changed.add(place)
            if not here:
                process.places.pop(place, None)
        return changed

    def forget(self) -> set[str]:
        """Who has not been heard of, and who writes no more; the places where that changes something."""
        now = time.monotonic()
        changed = {place for (place, _listener), until in self._writing.items() if until <= now}
        self._writing = {key: until for key, until in self._writing.items() if until > now}
        for name in [one for one, process in self._processes.items() if now - process.heard_at >= _SILENT_S]:
            changed |= self._processes.pop(name).places.keys()
        return changed

    def tell(self, here: Here) -> Iterator[str]:
        """What to announce of these places, in as many payloads as it takes."""
        part: dict[str, list[str]] = {}
        size = 0
        for place, listeners in here.items():
            entry = len(place) + sum(len(one) + 4 for one in listeners) + 8
            if part and size + entry > _LONGEST:
                yield self._payload(part)
                part, size = {}, 0
            part[place], size = sorted(listeners), size + entry
        if part:
            yield self._payload(part)

    def _payload(self, here: dict[str, list[str]]) -> str:
        return json.dumps({"of": self.me, "here": here})


def writing_payload(place: str, listener: str) -> str:
    """What to announce of somebody who is writing."""
    return json.dumps({"writing": [place, listener]})


def here_of(pairs: Collection[tuple[str, str]]) -> dict[str, set[str]]:
    """Who is where, of (place, listener)."""
    here: dict[str, set[str]] = defaultdict(set)
    for place, listener in pairs:
        here[place].add(listener)
    return here
