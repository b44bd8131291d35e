"""Many rows at the price of few."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import psycopg
from django.db import connection, models
from psycopg import sql
from psycopg.types.json import Jsonb


@contextlib.contextmanager
def server_cursor() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """A cursor on Django's present connection and transaction that binds on the server.

    Django's own cursor writes parameters into the statement's text, which doubles bytes and more.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for rows to come, so that what names them can be written with them."""
    with server_cursor() as cursor:
        sequence = "SELECT nextval(pg_get_serial_sequence(%b, 'id')) FROM generate_series(1, %b)"
        return [row[0] for row in cursor.execute(sequence, [model._meta.db_table, count])]


def copy_in(rows: Sequence[models.Model]) -> None:
    """Insert rows of one model in the caller's transaction, by COPY: a third of the work of `bulk_create`.

    Either all have their ids (`take_ids`) or none, and then the ids stay unknown here. Columns with a default
    of the database's own get that. Raises what an INSERT raises, IntegrityError and its sisters.
    """
    if not rows:
        return
    columns = _columns(type(rows[0]), with_key=rows[0].pk is not None)
    with server_cursor() as cursor, cursor.copy(columns.statement) as copy:
        for row in rows:
            values = columns.of(row)
            copy.write_row(
                [
                    Jsonb(value) if is_json and value is not None else value
                    for value, is_json in zip(values, columns.are_json, strict=True)
                ]
            )
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


class _Columns:
    """How a model's rows are copied."""

    def __init__(self, model: type[models.Model], with_key: bool) -> None:
        fields = [
            field
            for field in model._meta.concrete_fields
            if (with_key or not field.primary_key) and field.db_default is models.NOT_PROVIDED
        ]
        names = sql.SQL(", ").join(sql.Identifier(str(field.column)) for field in fields)
        table = sql.Identifier(model._meta.db_table)
        self.statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
        self.of = attrgetter(*(field.attname for field in fields))
        self.are_json = [isinstance(field, models.JSONField) for field in fields]


_columns = lru_cache(maxsize=None)(_Columns)
