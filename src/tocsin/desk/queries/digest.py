"""What open screens are told of the queue: which rows changed, and how many tickets each view holds."""

from __future__ import annotations

import time
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.desk.models import Ticket
from tocsin.desk.queries.lists import (
    COUNTED,
    COUNTED_TO,
    MINE,
    BoundedCount,
    Visible,
    counts_of_mine,
    counts_seen,
    views_of,
)
from tocsin.desk.queries.rows import TicketRow, rows_of
from tocsin.kernel import filters
from tocsin.kernel.live.digests import News, Reader, Told
from tocsin.people import queries as people
from tocsin.people.models import Staff

TICKET = "ticket:"
# Events of these names change no number.
_COUNTLESS = frozenset({"desk.ticket-read"})
_FILTERS_KEPT_S = 60.0
PASSES = "passes"
"""Beside the views that a ticket is in: it passes the reader's filter."""

_SHARED = [view for view in COUNTED if view != MINE]


@dataclass(frozen=True)
class _Changed:
    row: TicketRow
    views: tuple[str, ...]

    def item(self, *more: str) -> dict[str, Any]:
        """As the page's list takes it: `in` are the views that it is in, `v` changes with what the row
        shows."""
        return {
            "key": self.row.ref,
            "v": version_of(self.row),
            "at": self.row.activity_at.timestamp(),
            "unread": self.row.unread,
            "in": [*self.views, *more],
        }


def version_of(row: TicketRow) -> str:
    """Changes with what a list shows of a ticket, but for whether it was read."""
    return f"{zlib.crc32(repr(row._replace(unread=False)).encode()):08x}"


def digest(news: News, readers: Collection[Reader]) -> dict[Reader, Told]:
    """What each reader is told; a handful of statements, however many they are."""
    staff = people.staff_with_departments([int(one.listener) for one in readers])
    known = {one: staff[int(one.listener)] for one in readers if int(one.listener) in staff}
    changed = [_Changed(row, views_of(row)) for row in rows_of(_refs(news.about))]
    items = _Items(changed)
    numbers = _Numbers(known.values()) if news.names - _COUNTLESS else None
    return {
        reader: Told(items.of(reader, me, visible), numbers.of(me, visible) if numbers else {})
        for reader, (me, visible) in known.items()
    }


def _refs(about: Iterable[str]) -> list[str]:
    return [topic.removeprefix(TICKET) for topic in about if topic.startswith(TICKET)]


class _Items:
    """The changed rows as readers see them; those who see the same get the same list."""

    def __init__(self, changed: list[_Changed]) -> None:
        self._changed = changed
        self._by_key: dict[object, list[Any]] = {}
        self._tickets: list[Ticket] | None = None

    def of(self, reader: Reader, me: Staff, visible: Visible) -> list[Any]:
        mine = frozenset(one.row.ref for one in self._changed if one.row.assignee_id == me.pk)
        passing = self._passing(reader, me) if reader.interest and self._changed else None
        key = (visible, mine, passing)
        if key not in self._by_key:
            self._by_key[key] = [
                one.item(
                    *([MINE] if one.row.ref in mine and MINE in views_of(one.row, me.pk) else []),
                    *([PASSES] if passing is not None and one.row.ref in passing else []),
                )
                for one in self._changed
                if visible is None or one.row.department_id in visible
            ]
        return self._by_key[key]

    def _passing(self, reader: Reader, me: Staff) -> frozenset[str]:
        if self._tickets is None:
            refs = [one.row.ref for one in self._changed]
            self._tickets = list(Ticket.objects.filter(ref__in=refs).select_related("requester", "customer"))
        wanted = _filter_of(reader, me)
        return frozenset(one.ref for one in wanted.select(self._tickets)) if wanted else frozenset()


class _Numbers:
    """How many tickets the views hold, asked once for all who see the same departments."""

    def __init__(self, readers: Iterable[tuple[Staff, Visible]]) -> None:
        known = list(readers)
        self._shared = {visible: counts_seen(visible, _SHARED) for visible in {one for _me, one in known}}
        self._mine = counts_of_mine({me.pk for me, _visible in known})

    def of(self, me: Staff, visible: Visible) -> Mapping[str, str]:
        mine = sum(
            count
            for (pk, department), count in self._mine.items()
            if pk == me.pk and (visible is None or department in visible)
        )
        counts = {**self._shared[visible], MINE: BoundedCount(min(mine, COUNTED_TO))}
        return {number_of(view): str(count) if count else "" for view, count in counts.items()}


def number_of(view: str) -> str:
    """What the page calls the number of a view."""
    return f"desk:{view}"


_kept_filters: dict[Reader, tuple[filters.Filter | None, float]] = {}


def _filter_of(reader: Reader, me: Staff) -> filters.Filter | None:
    """Compiled once a minute: a filter may speak of who is there, and of now."""
    kept, until = _kept_filters.get(reader, (None, 0.0))
    if until < time.monotonic():
        try:
            kept = filters.compile("ticket", reader.interest, filters.Context(reader=me))
        except filters.BadFilter:
            kept = None
        if len(_kept_filters) > 2_000:
            _kept_filters.clear()
        _kept_filters[reader] = (kept, time.monotonic() + _FILTERS_KEPT_S)
    return kept
