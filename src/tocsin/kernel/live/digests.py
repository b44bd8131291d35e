"""What many screens are told together: not each event, but now and then what they have come to.

A list that everybody has open changes twenty times a second on a busy day. Its screens get a digest
instead, at most once a second, made by one question for all of them: which rows changed, and the numbers
beside the list. A digest says how things are now, so that to be told one twice does no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Reader(NamedTuple):
    """Somebody with an open screen: their id, and what their page wants to be told (`tokens.Pass`)."""

    listener: str
    interest: str = ""


@dataclass(frozen=True)
class News:
    """Since the last digest: the names of the events, and what else they are about, such as `ticket:T-1`."""

    names: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Told:
    """What one reader is told: items as their page takes them, and numbers by name, '' for none."""

    items: list[Any] = field(default_factory=list)
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Digest:
    """How the news of a topic are told. `load` runs in a thread with a connection of its own; readers it does
    not name are told nothing."""

    topic: str
    load: Callable[[News, Collection[Reader]], Mapping[Reader, Told]]


_digests: dict[str, Digest] = {}


def register(digest: Digest) -> None:
    """Tell a topic by digests. A room calls this when Django starts."""
    _digests[digest.topic] = digest


def registered() -> Mapping[str, Digest]:
    """By their topics."""
    return _digests


class Gathered:
    """News that are to be told, by the digest's topic."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}
        self._about: dict[str, set[str]] = {}

    def __bool__(self) -> bool:
        return bool(self._names)

    def add(self, name: str, topics: Collection[str]) -> tuple[str, ...]:
        """Take what is told by digests; returns the other topics."""
        told = [topic for topic in topics if topic in _digests]
        others = tuple(topic for topic in topics if topic not in _digests)
        for topic in told:
            self._names.setdefault(topic, set()).add(name)
            self._about.setdefault(topic, set()).update(others)
        return others

    def put_back(self, taken: Mapping[str, News]) -> None:
        """What was taken and could not be told."""
        for topic, news in taken.items():
            self._names.setdefault(topic, set()).update(news.names)
            self._about.setdefault(topic, set()).update(news.about)

    def take(self) -> dict[str, News]:
        """All that is there; it is there no more."""
        taken = {
            topic: News(frozenset(names), frozenset(self._about[topic]))
            for topic, names in self._names.items()
        }
        self._names, self._about = {}, {}
        return taken
