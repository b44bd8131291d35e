"""Many rows at the price of few."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any

import psycopg
from django.db import connection, models
from django.db.models import QuerySet
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
            copy.write_row([*map(_adapted, columns.fields, values)])
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def copy_values(model: type[models.Model], names: tuple[str, ...], rows: Collection[Sequence[Any]]) -> None:
    """As `copy_in`, of plain values: those of the columns `names` in their order. Every other column gets its
    field's default. Making the models first costs more than the copying."""
    if not rows:
        return
    statement, lists_at, defaults = _copy_of(model, names)
    with server_cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            values = [*row, *defaults]
            for at in lists_at:
                values[at] = None if values[at] is None else json.dumps(values[at])
            copy.write_row(values)


@cache
def _copy_of(model: type[models.Model], names: tuple[str, ...]) -> tuple[sql.Composed, list[int], list[Any]]:
    """The statement, the places of its JSON columns, and the defaults of those that are not named."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [
        field
        for name, field in fields.items()
        if name not in names and not field.primary_key and field.db_default is models.NOT_PROVIDED
    ]
    columns: list[Any] = [*(fields[name] for name in names), *rest]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table),
        sql.SQL(", ").join(sql.Identifier(field.column) for field in columns),
    )
    lists_at = [at for at, field in enumerate(columns) if isinstance(field, models.JSONField)]
    return statement, lists_at, [field.get_default() for field in rest]


def update_rows(rows: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write these fields of rows of one model that are there, in one statement whose length does not grow.

    (`bulk_update` writes a CASE for each row and field, which costs more than the rest of taking in a mail.)
    """
    if not rows:
        return
    statement, fields = _update(type(rows[0]), tuple(names))
    columns = [[_adapted(field, getattr(row, field.attname)) for row in rows] for field in fields]
    with server_cursor() as cursor:
        cursor.execute(statement, columns)


def insert_from(model: type[models.Model], columns: Sequence[str], rows: QuerySet[Any, Any]) -> int:
    """Insert what a query finds, in one statement; `rows` lists the values of these columns in their order.

    Returns how many. For rows of other rooms by the ten thousand, which need not pass through here.
    """
    found, values = rows.query.sql_with_params()
    table, names = model._meta.db_table, ", ".join(columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {found}", values)
        return int(cursor.rowcount)


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[sql.Composed, list[Any]]:
    """The statement, and the fields whose values it takes: the key first."""
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    columns = [sql.Identifier(field.column) for field in fields]
    statement = sql.SQL(
        "UPDATE {table} AS old SET {sets} FROM unnest({lists}) AS new ({columns}) WHERE {match}"
    ).format(
        table=sql.Identifier(model._meta.db_table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = new.{0}").format(column) for column in columns[1:]),
        lists=sql.SQL(", ").join(sql.SQL(f"%b::{_type(field)}[]") for field in fields),
        columns=sql.SQL(", ").join(columns),
        match=sql.SQL("old.{0} = new.{0}").format(columns[0]),
    )
    return statement, fields


def _type(field: Any) -> str:
    """Without its length, since a cast to that would cut what is too long instead of refusing it."""
    return str(field.rel_db_type(connection)).partition("(")[0]


def _adapted(field: Any, value: Any) -> Any:
    return Jsonb(value) if value is not None and isinstance(field, models.JSONField) else value


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
        self.fields = fields


_columns = lru_cache(maxsize=None)(_Columns)
