"""Search documents: what each thing is found by, one or several a thing, in one table for all kinds.

A room registers an indexer for each kind of thing in its `search.py`. What comes in by the thousand writes
its documents with its rows (`write`); everything else is indexed anew after a change (`index`). Both run in
the transaction of the change. `tocsin reindex` makes all of them again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from psycopg import sql

from tocsin.kernel.bulk import server_cursor

LONGEST_KIND = 20


@dataclass(frozen=True)
class Document:
    """What one part of a thing is found by.

    `owner` is the thing's number and `part` the part's, the same for a thing of one part; a later part has a
    higher one. `department` is whose staff may find it, None for everybody's. `found_by` is a tsvector's text
    (`to_tsvector_text`).
    """

    owner: int
    part: int
    department: int | None
    at: datetime
    found_by: str


Documents = Callable[[Sequence[int]], Iterable[Document]]
After = Callable[[int, int], Sequence[int]]


@dataclass(frozen=True)
class Indexer:
    """How things of a kind become documents.

    `documents(owners)` makes those of things by their numbers, in a few queries. `after(number, most)` lists
    the next things for `tocsin reindex`, by number. `few` says that there are far fewer of them than
    messages, so that they are looked for by themselves.
    """

    kind: str
    documents: Documents
    after: After
    few: bool = True


_indexers: dict[str, Indexer] = {}


def register(indexer: Indexer) -> None:
    """Declare how a kind of things is found. Two of one kind are a mistake (ValueError)."""
    if indexer.kind in _indexers or not 0 < len(indexer.kind) <= LONGEST_KIND:
        raise ValueError(f"{indexer.kind!r} is indexed already, or no name of a kind")
    _indexers[indexer.kind] = indexer


def indexers() -> Mapping[str, Indexer]:
    """All of them, by kind."""
    return dict(sorted(_indexers.items()))


def forget(kind: str) -> None:
    """For tests: no longer."""
    del _indexers[kind]


def few_mark(kind: str) -> str:
    """A lexeme that no text has, by which the documents of a kind of few are told from millions of others."""
    return f"'§{kind}'"


def write(kind: str, documents: Sequence[Document]) -> None:
    """New documents, by COPY in the caller's transaction."""
    if not documents:
        return
    with server_cursor() as cursor, cursor.copy(_COPY) as copy:
        for one in documents:
            copy.write_row(_row(kind, one))


def index(kind: str, owners: Iterable[int]) -> None:
    """The documents of these things anew, after a change; two statements and what the indexer asks."""
    numbers = sorted(set(owners))
    if not numbers:
        return
    with transaction.atomic():
        found = sorted(_indexers[kind].documents(numbers), key=lambda one: one.part)
        _drop(kind, numbers, keep=[one.part for one in found])
        if found:
            columns = [list(column) for column in zip(*(_row(kind, one) for one in found), strict=True)]
            with server_cursor() as cursor:
                cursor.execute(_UPSERT, columns)


def remove(kind: str, owners: Iterable[int]) -> None:
    """These things are found no longer."""
    _drop(kind, sorted(set(owners)), keep=[])


def move(kind: str, owner: int, department: int | None) -> None:
    """Another department's staff may find it from now on."""
    with server_cursor() as cursor:
        cursor.execute(_MOVE, [department, kind, owner])


def _drop(kind: str, owners: Sequence[int], keep: Sequence[int]) -> None:
    with server_cursor() as cursor:
        cursor.execute(_DROP, [kind, list(owners), list(keep)])


def _row(kind: str, one: Document) -> tuple[str, int, int, int | None, datetime, str]:
    mark = f" {few_mark(kind)}" if _indexers[kind].few else ""
    return (kind, one.part, one.owner, one.department, one.at, f"{one.found_by}{mark}")


_COLUMNS = "kind, part, owner, department, at, search"
_COPY = sql.SQL(f"COPY kernel_searchdocument ({_COLUMNS}) FROM STDIN")
_UPSERT = f"""
INSERT INTO kernel_searchdocument ({_COLUMNS})
SELECT kind, part, owner, department, at, search::tsvector
FROM unnest(%b::text[], %b::bigint[], %b::bigint[], %b::bigint[], %b::timestamptz[], %b::text[])
    AS new ({_COLUMNS})
ON CONFLICT (kind, part) DO UPDATE SET owner = excluded.owner, department = excluded.department,
    at = excluded.at, search = excluded.search
"""  # noqa: S608  no values in it
_DROP = "DELETE FROM kernel_searchdocument WHERE kind = %b AND owner = ANY(%b) AND NOT part = ANY(%b)"
_MOVE = "UPDATE kernel_searchdocument SET department = %b WHERE kind = %b AND owner = %b"
