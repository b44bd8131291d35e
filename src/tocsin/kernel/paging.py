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
from django.utils.translation import gettext

from tocsin.kernel.errors import Refused

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, and the cursor of the next (None on the last)."""

    items: list[Row]
    next: str | None


def page(rows: QuerySet[Any, Row], *, by: str, cursor: str | None = None, size: int = 50) -> Page[Row]:
    """One page of `rows`, newest first by the column `by`, then by id.

    Raises Refused when the cursor is not one of ours.
    """
    ordered = rows.order_by(f"-{by}", "-pk")
    if cursor:
        value, pk = _decode(cursor, isinstance(rows.model._meta.get_field(by), DateTimeField))
        ordered = ordered.filter(Q(**{f"{by}__lt": value}) | Q(**{by: value, "pk__lt": pk}))
    items = list(ordered[: size + 1])
    more = len(items) > size
    items = items[:size]
    last: Any = items[-1] if more else None
    return Page(items, _encode(getattr(last, by), last.pk) if more else None)


def counted(bounded: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each of these has, by its name; one statement. Slice them and leave them unordered:
    a count reads what it counts."""
    if not bounded:
        return {}
    asked = [rows.values("pk").query.sql_with_params() for rows in bounded.values()]
    counts = ", ".join(f"(SELECT count(*) FROM ({sql}) AS one)" for sql, _values in asked)  # noqa: S608  of Django's making
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", [value for _sql, values in asked for value in values])
        return dict(zip(bounded, cursor.fetchone(), strict=True))


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
        raise Refused(
            gettext("This page address is not valid. Start again from the first page."),
            {"cursor": "not valid"},
        ) from error
    return value, pk
