"""Find things by their documents: the newest that match, ranked by the window, through all of them.

PostgreSQL guesses badly how many documents have a rare word, and an index of words knows no order. So a rare
word is looked up in the index of words, all that it has are sorted, and pages go through them. A common one,
by the planner's own statistics, is looked for from the newest document backwards. Either way the newest
things are taken, a window at a time, and ranked within it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db import connection

from tocsin.kernel.errors import Refused
from tocsin.kernel.reasons import PAGE_ADDRESS
from tocsin.kernel.search.documents import few_mark
from tocsin.kernel.search.postgres import to_tsquery_text

WINDOW = 200
"""Things that are ranked together, the newest first; the next window holds older ones."""
MOST_BY_INDEX = 30_000
"""Documents that the index of words may find, by the planner's guess; more are a common word."""
MOST_WALKED = 400
"""Documents with a common word that are taken at once."""
_WALKS_BACK = 100_000
_MOST_OF_FEW = 2_000
_CURSOR = re.compile(r"([0-9]{1,18})\.([0-9]{1,3})")


@dataclass(frozen=True)
class Found:
    """One page of what was found. `total` is None where a word is too common to be counted. `elsewhere`
    counts what other departments have, by their ids."""

    owners: list[int] = field(default_factory=list)
    next: str | None = None
    total: int | None = 0
    elsewhere: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class _Window:
    """Owners with the part they were found by, the best first; `after` is where the next window begins."""

    ranked: list[tuple[int, int]]
    after: int | None
    total: int | None = None
    elsewhere: Mapping[int, int] = field(default_factory=dict)


def find(
    kind: str, query: str, departments: Sequence[int] | None = None, cursor: str | None = None, size: int = 25
) -> Found:
    """Things of a kind that have all words of the query, the last one perhaps unfinished.

    `departments` are those whose things are shown, None for all. Two statements, at times four. Raises
    Refused for a cursor that is not ours.
    """
    asked = to_tsquery_text(query)
    before, offset = _read(cursor)
    if not asked:
        return Found()
    window = _window(kind, asked, departments, before)
    shown = window.ranked[offset : offset + size]
    if before is None and window.ranked:  # what arrives meanwhile does not shift the pages
        before = max(part for _owner, part in window.ranked) + 1
    more = f"{before}.{offset + size}" if len(window.ranked) > offset + size else None
    older = f"{window.after}.0" if window.after else None
    return Found([owner for owner, _part in shown], more or older, window.total, window.elsewhere)


def find_few(
    query: str,
    kinds: Sequence[str],
    size: int = 5,
    departments: Mapping[str, Sequence[int] | None] = MappingProxyType({}),
) -> dict[str, list[int]]:
    """The best things of each of these kinds, of which there are few; one statement.

    `departments` are by kind those whose things are shown, None for all; of a kind that is not among them
    only what is everybody's.
    """
    asked = to_tsquery_text(query)
    if not asked or not kinds:
        return {}
    marks = " | ".join(map(few_mark, kinds))
    pairs = [(kind, one) for kind, seen in departments.items() for one in seen or ()]
    values = {
        "asked": f"({asked}) & ({marks})",
        "kinds": list(kinds),
        "size": size,
        "most": _MOST_OF_FEW,
        "everything": [kind for kind, seen in departments.items() if seen is None],
        "seen_kinds": [kind for kind, _one in pairs],
        "seen_departments": [one for _kind, one in pairs],
    }
    found: dict[str, list[int]] = {}
    for kind, owner in _rows(_FEW, values):
        found.setdefault(kind, []).append(owner)
    return found


def _read(cursor: str | None) -> tuple[int | None, int]:
    if not cursor:
        return None, 0
    written = _CURSOR.fullmatch(cursor)
    if not written:
        raise Refused(PAGE_ADDRESS(), ["cursor"])
    return int(written[1]), int(written[2])


def _window(kind: str, asked: str, departments: Sequence[int] | None, before: int | None) -> _Window:
    values = {
        "kind": kind,
        "asked": asked,
        "everything": departments is None,
        "departments": list(departments or ()),
        "before": before if before is not None else 2**62,
        "window": WINDOW,
    }
    common = _guessed(asked) > MOST_BY_INDEX and _walked(values)
    return common or _looked_up(values)


def _guessed(asked: str) -> int:
    """How many documents the planner expects."""
    (plan,) = _rows(_GUESS, {"asked": asked})[0]
    parsed = json.loads(plan) if isinstance(plan, str) else plan
    return int(parsed[0]["Plan"]["Plan Rows"])


def _looked_up(values: dict[str, Any]) -> _Window:
    rows = _rows(_LOOK_UP, values)
    elsewhere = {} if values["everything"] else dict(_rows(_ELSEWHERE, values))
    if not rows:
        return _Window([], None, 0, elsewhere)
    after = rows[WINDOW - 1][1] if len(rows) > WINDOW else None
    return _Window(_ranked(rows), after, rows[0][3], elsewhere)


def _walked(values: dict[str, Any]) -> _Window | None:
    """None where the newest documents have the word too seldom, whatever the planner thinks."""
    begins = min(values["before"], (_rows(_LAST, values)[0][0] or 0) + 1)
    # Numbers, not questions within the statement: by them the planner knows how far it would have to walk.
    span = {"before": begins, "floor": begins - _WALKS_BACK, "most": MOST_WALKED}
    rows = _rows(_WALK, values | span)
    if not rows or rows[0][3] < MOST_WALKED:
        return None
    after = rows[WINDOW - 1][1] if len(rows) > WINDOW else rows[0][4]
    return _Window(_ranked(rows), after)


def _ranked(rows: Sequence[tuple[Any, ...]]) -> list[tuple[int, int]]:
    """The best first; of equals the newer."""
    best = sorted(rows[:WINDOW], key=lambda row: (row[2], row[1]), reverse=True)
    return [(row[0], row[1]) for row in best]


def _rows(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


_GUESS = """
EXPLAIN (FORMAT JSON) SELECT 1 FROM kernel_searchdocument WHERE search @@ %(asked)s::tsquery
"""
_VISIBLE = "(%(everything)s OR department IS NULL OR department = ANY(%(departments)s::bigint[]))"
# MATERIALIZED: without an order and an end, only the index of words is left to the planner.
_LOOK_UP = f"""
WITH hits AS MATERIALIZED (
    SELECT owner, part FROM kernel_searchdocument
    WHERE search @@ %(asked)s::tsquery AND kind = %(kind)s AND {_VISIBLE}
), owners AS (
    SELECT owner, max(part) AS part FROM hits GROUP BY owner
), newest AS (
    SELECT owner, part FROM owners WHERE part < %(before)s ORDER BY part DESC LIMIT %(window)s + 1
)
SELECT n.owner, n.part, ts_rank(d.search, %(asked)s::tsquery, 1), (SELECT count(*) FROM owners)
FROM newest n JOIN kernel_searchdocument d ON d.kind = %(kind)s AND d.part = n.part
ORDER BY n.part DESC
"""  # noqa: S608  no values in it
_ELSEWHERE = f"""
SELECT department, count(DISTINCT owner) FROM kernel_searchdocument
WHERE search @@ %(asked)s::tsquery AND kind = %(kind)s AND NOT {_VISIBLE} GROUP BY department
"""  # noqa: S608  no values in it
_LAST = "SELECT max(part) FROM kernel_searchdocument WHERE kind = %(kind)s"
_WALK = f"""
WITH hits AS MATERIALIZED (
    SELECT owner, part FROM kernel_searchdocument
    WHERE kind = %(kind)s AND search @@ %(asked)s::tsquery AND {_VISIBLE} AND part < %(before)s
      AND part >= %(floor)s
    ORDER BY part DESC LIMIT %(most)s
), owners AS (
    SELECT owner, max(part) AS part FROM hits h GROUP BY owner
), newest AS (
    SELECT owner, part FROM owners o
    WHERE NOT EXISTS (SELECT 1 FROM kernel_searchdocument later
                      WHERE later.kind = %(kind)s AND later.owner = o.owner AND later.part >= %(before)s
                        AND later.search @@ %(asked)s::tsquery)
    ORDER BY part DESC LIMIT %(window)s + 1
)
SELECT n.owner, n.part, ts_rank(d.search, %(asked)s::tsquery, 1),
       (SELECT count(*) FROM hits), (SELECT min(part) FROM hits)
FROM newest n JOIN kernel_searchdocument d ON d.kind = %(kind)s AND d.part = n.part
ORDER BY n.part DESC
"""  # noqa: S608  no values in it
_FEW = """
WITH hits AS MATERIALIZED (
    SELECT kind, owner, part, ts_rank(search, %(asked)s::tsquery, 1) AS rank FROM kernel_searchdocument
    WHERE search @@ %(asked)s::tsquery AND kind = ANY(%(kinds)s) AND (
        department IS NULL OR kind = ANY(%(everything)s::text[]) OR (kind, department) IN (
            SELECT * FROM unnest(%(seen_kinds)s::text[], %(seen_departments)s::bigint[])))
    LIMIT %(most)s
), placed AS (
    SELECT kind, owner, row_number() OVER (PARTITION BY kind ORDER BY rank DESC, part DESC) AS place FROM hits
)
SELECT kind, owner FROM placed WHERE place <= %(size)s ORDER BY kind, place
"""
