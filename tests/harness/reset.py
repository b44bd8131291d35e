"""A database as the migrations left it, after a test with real commits: only what was touched is put back."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg
from psycopg import sql
from tests.harness.waiting import wait_until

_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1
"""
_SHAPE = """
    SELECT c.relname, a.attname, a.atttypid FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE n.nspname = 'public' AND a.attnum > 0 ORDER BY c.relname, a.attnum
"""
_SEQUENCES = "SELECT quote_ident(sequencename), start_value, last_value FROM pg_sequences ORDER BY 1"
_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


_SIZE = """
    SELECT sum(pg_table_size(c.oid)) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r'
"""
_MOST_GROWTH = 8 * 2**20


class ChangedTooMuch(Exception):
    """A test changed the tables themselves, or filled them far: the database has to be copied anew."""


@dataclass
class Original:
    """What a freshly migrated database holds, so that it can hold just that again."""

    url: str
    tables: list[str] = field(default_factory=list)
    rows: dict[str, bytes] = field(default_factory=dict)
    """Of the tables that are not empty, as COPY writes them."""
    sequences: list[tuple[str, int, int | None]] = field(default_factory=list)
    shape: list[tuple[object, ...]] = field(default_factory=list)
    size: int = 0

    @classmethod
    def of(cls, url: str) -> Original:
        """Look at a database that nobody has touched yet."""
        with psycopg.connect(url, autocommit=True) as connection:
            tables = [name for (name,) in connection.execute(_TABLES)]
            return cls(
                url,
                tables,
                {name: _read(connection, name) for name in _filled(connection, tables)},
                connection.execute(_SEQUENCES).fetchall(),
                connection.execute(_SHAPE).fetchall(),
                _size(connection),
            )

    def restore(self) -> None:
        """Whoever is still connected is thrown out first; ChangedTooMuch when rows alone will not do."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            wait_until(lambda: not connection.execute(_END_OTHERS).fetchall(), what="all sessions end")
            if connection.execute(_SHAPE).fetchall() != self.shape:
                raise ChangedTooMuch
            if _size(connection) > self.size + _MOST_GROWTH:  # what is deleted would stay in the way
                raise ChangedTooMuch
            with connection.transaction():
                connection.execute("SET LOCAL session_replication_role = replica")  # no foreign keys
                self._restore_rows(connection)
                self._restore_sequences(connection)

    def _restore_rows(self, connection: psycopg.Connection) -> None:
        filled = set(_filled(connection, self.tables))
        for name in filled | set(self.rows):
            original = self.rows.get(name, b"")
            if original and name in filled and _read(connection, name) == original:
                continue
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            if original:
                with connection.cursor().copy(
                    sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
                ) as copy:
                    copy.write(original)

    def _restore_sequences(self, connection: psycopg.Connection) -> None:
        now = connection.execute(_SEQUENCES).fetchall()
        for (name, start, last), found in zip(self.sequences, now, strict=True):
            if found != (name, start, last):
                connection.execute("SELECT setval(%s, %s, %s)", [name, last or start, last is not None])


def _size(connection: psycopg.Connection) -> int:
    ((size,),) = connection.execute(_SIZE).fetchall()
    return int(size)


def _filled(connection: psycopg.Connection, tables: list[str]) -> list[str]:
    """Which of these tables hold anything."""
    parts = [
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in tables
    ]
    return [name for (name,) in connection.execute(sql.SQL(" UNION ALL ").join(parts))]


def _read(connection: psycopg.Connection, table: str) -> bytes:
    """All rows, in the order of their text, so that a row written back elsewhere makes no difference."""
    statement = sql.SQL("COPY (SELECT * FROM {} AS t ORDER BY t::text) TO STDOUT")
    with connection.cursor().copy(statement.format(sql.Identifier(table))) as copy:
        return b"".join(bytes(piece) for piece in copy)
