"""Keyset paging: a page is found by the last row of the one before, whatever the archive's size (rule 7)."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import DateTimeField, Model, Q, QuerySet
from django.utils.translation import gettext

from tocsin.kernel.errors import Refused

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, and the cursor of the next (None on the last)."""

    items: list[Row]
    next: str | None


def page(rows: QuerySet[Row], *, by: str, cursor: str | None = None, size: int = 50) -> Page[Row]:
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
    return Page(items, _encode(getattr(items[-1], by), items[-1].pk) if more else None)


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
