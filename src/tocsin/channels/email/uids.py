"""Sets of message numbers kept as ranges, as IMAP writes them: a mailbox of 100,000 mails is one pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True)
class Uids:
    """A set of UIDs as ranges `(first, last)`, in order, none touching the next."""

    ranges: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, uids: Iterable[int]) -> Uids:
        """These UIDs, in any order."""
        return cls(_joined((uid, uid) for uid in sorted(uids)))

    @classmethod
    def parse(cls, text: str) -> Uids:
        """From `1:5,9`, in any order. Raises ValueError for anything else."""
        pairs = [part.partition(":") for part in text.split(",") if part]
        ranges = ((int(first), int(last or first)) for first, _, last in pairs)
        return cls(_joined(sorted((min(pair), max(pair)) for pair in ranges)))

    def __str__(self) -> str:
        return ",".join(f"{first}:{last}" if first < last else str(first) for first, last in self.ranges)

    def __len__(self) -> int:
        return sum(last - first + 1 for first, last in self.ranges)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.ranges:
            yield from range(first, last + 1)

    def __or__(self, other: Uids) -> Uids:
        return Uids(_joined(sorted(self.ranges + other.ranges)))

    def __sub__(self, other: Uids) -> Uids:
        return Uids(tuple(_without(self.ranges, other.ranges)))

    def __and__(self, other: Uids) -> Uids:
        return self - (self - other)

    def after(self, uid: int) -> Uids:
        """Those larger than `uid`."""
        return self - Uids(((0, uid),)) if uid >= 0 else self

    def up_to(self, uid: int) -> Uids:
        """Those not larger than `uid`."""
        return self - self.after(uid)

    def chunks(self, most: int) -> Iterator[Uids]:
        """The same in sets of at most so many, in order."""
        uids = iter(self)
        while chunk := Uids.of(islice(uids, most)):
            yield chunk

    def last(self, most: int) -> Uids:
        """The largest of them, at most so many."""
        kept: list[tuple[int, int]] = []
        for first, last in reversed(self.ranges):
            if most <= 0:
                break
            kept.append((max(first, last - most + 1), last))
            most -= last - first + 1
        return Uids(tuple(reversed(kept)))


def _joined(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sorted ranges, those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for first, last in ranges:
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def _without(
    ranges: tuple[tuple[int, int], ...], others: tuple[tuple[int, int], ...]
) -> Iterator[tuple[int, int]]:
    place = 0
    for first, last in ranges:
        start = first
        while place < len(others) and others[place][1] < start:
            place += 1
        while place < len(others) and others[place][0] <= last:
            if start < others[place][0]:
                yield start, others[place][0] - 1
            start = others[place][1] + 1
            if start > last:
                break
            place += 1
        if start <= last:
            yield start, last
