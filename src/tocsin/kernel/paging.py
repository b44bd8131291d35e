"""Keyset paging: a page is found by the last row of the one before, whatever the archive's size (rule 7)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import DateTimeField, Q, QuerySet

from tocsin.kernel.errors import Refused
from tocsin.kernel.reasons import PAGE_ADDRESS

Row = TypeVar("Row")

LOOKS_AT = 20_000
"""Rows that one page looks at where no index finds those that match."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, and the cursor of the next (None on the last).

    `looked_to` is set where the page is not full since enough rows were looked at: the order's value there.
    """

    items: list[Row]
    next: str | None
    looked_to: Any = None


def page(rows: QuerySet[Any, Row], *, by: str, cursor: str | None = None, size: int = 50) -> Page[Row]:
    """One page of `rows`, newest first by the column `by`, then by id.

    Raises Refused when the cursor is not one of ours.
    """
    items = list(_after(rows, by, cursor)[: size + 1])
    return Page(items[:size], _cursor_after(items, by, size))


def page_of_matching(
    rows: QuerySet[Any, Row],
    matching: Q,
    *,
    by: str,
    cursor: str | None = None,
    size: int = 50,
    looks_at: int = LOOKS_AT,
) -> Page[Row]:
    """One page of those among `rows` that match, where no index finds them: after `looks_at` rows it ends,
    full or not, and the next page goes on from there. `rows` come in the order of an index; two queries."""
    ordered = _after(rows, by, cursor)
    edge = next(iter(ordered.values_list(by, "pk")[looks_at - 1 : looks_at]), None)
    found = ordered.filter(matching)
    if edge:
        value, pk = edge
        # The first says to the index where to stop, which it does not gather from the second.
        found = found.filter(**{f"{by}__gte": value})
        found = found.filter(Q(**{f"{by}__gt": value}) | Q(**{by: value, "pk__gte": pk}))
    items = list(found[: size + 1])
    after = _cursor_after(items, by, size)
    if edge and not after:
        return Page(items, _encode(*edge), looked_to=edge[0])
    return Page(items[:size], after)


def _after(rows: QuerySet[Any, Row], by: str, cursor: str | None) -> QuerySet[Any, Row]:
    ordered = rows.order_by(f"-{by}", "-pk")
    if not cursor:
        return ordered
    value, pk = _decode(cursor, isinstance(rows.model._meta.get_field(by), DateTimeField))
    # The first says to the index where to begin, which it does not gather from the second.
    ordered = ordered.filter(**{f"{by}__lte": value})
    return ordered.filter(Q(**{f"{by}__lt": value}) | Q(**{by: value, "pk__lt": pk}))


def _cursor_after(items: list[Row], by: str, size: int) -> str | None:
    last: Any = items[size - 1] if len(items) > size else None
    return _encode(getattr(last, by), last.pk) if last else None


@dataclass(frozen=True)
class Counting:
    """A bounded count, written: it may be kept and asked again and again."""

    sql: str
    values: tuple[Any, ...]

    @classmethod
    def of(cls, bounded: QuerySet[Any]) -> Counting:
        """Of a slice: a count reads what it counts."""
        bounded.query.clear_ordering(force=True)
        sql, values = bounded.values("pk").query.sql_with_params()
        return cls(sql, tuple(values))


def counted(asked: Mapping[str, Counting]) -> dict[str, int]:
    """How many rows each of these has, by its name; one statement."""
    if not asked:
        return {}
    counts = ", ".join(f"(SELECT count(*) FROM ({one.sql}) AS one)" for one in asked.values())  # noqa: S608  of Django's making
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for one in asked.values() for value in one.values])
        return dict(zip(asked, cursor.fetchone(), strict=True))


def _encode(value: Any, pk: int) -> str:
    raw = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([raw, pk]).encode()).decode().rstrip("=")


def _decode(cursor: str, is_moment: bool) -> tuple[Any, int]:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if is_moment:
            value = datetime.fromisoformat(value).astimezone(UTC)
        if not isinstance(value, datetime | int) or not isinstance(pk, int) or abs(pk) >= 2**63:
            raise ValueError(cursor)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Refused(PAGE_ADDRESS(), ["cursor"]) from error
    return value, pk
