"""The log's table has a partition for each month (UTC), and one for what fits in none.

Months are made ahead. Where none is, as after a long stop, rows go into the default partition, so that a
missing month stops nobody; the next round makes the month and moves them there. What is older than the
installation wants to keep goes by whole months."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper

from tocsin.kernel import clock
from tocsin.kernel.log.settings import KEEP_MONTHS

log = logging.getLogger(__name__)

_TABLE = "kernel_logentry"
_AHEAD = 2
# Whoever reads or writes the log waits as long as we wait for a lock on it: rather try again in a while.
_PATIENCE = "2s"
_MONTH_OF = re.compile(rf"{_TABLE}_(\d{{4}})_(\d\d)")

_PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'kernel_logentry'::regclass
"""
_MONTHS_IN_DEFAULT = """
SELECT DISTINCT extract(year FROM at AT TIME ZONE 'UTC')::int, extract(month FROM at AT TIME ZONE 'UTC')::int
FROM kernel_logentry_default
"""


class Month(tuple[int, int]):
    """Year and month, in order of time."""

    __slots__ = ()

    @classmethod
    def of(cls, at: datetime) -> Month:
        """The month that a moment lies in, UTC."""
        utc = at.astimezone(UTC)
        return cls((utc.year, utc.month))

    @property
    def begins(self) -> datetime:
        """Its first moment."""
        return datetime(self[0], self[1], 1, tzinfo=UTC)

    @property
    def table(self) -> str:
        """The partition's name."""
        return f"{_TABLE}_{self[0]:04}_{self[1]:02}"

    def later(self, months: int) -> Month:
        """So many months on; back where negative."""
        count = self[0] * 12 + self[1] - 1 + months
        return Month((count // 12, count % 12 + 1))


def prepare_months() -> list[Month]:
    """Make the months that are wanted and not there: this one, two ahead, and those of rows that found none.

    Returns those made. One that somebody's work on the log stands in the way of is left to the next round.
    """
    present = Month.of(clock.now())
    wanted = {present.later(number) for number in range(_AHEAD + 1)} | _stranded()
    return [month for month in sorted(wanted - _made()) if _make(month)]


def drop_expired() -> list[Month]:
    """Remove what is older than the setting says, by whole months beside the present one; returns those
    removed."""
    months = KEEP_MONTHS.get()
    if not months:
        return []
    oldest_kept = Month.of(clock.now()).later(-months)
    return [month for month in sorted(_made()) if month < oldest_kept and _drop(month)]


def _made() -> set[Month]:
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        found = (_MONTH_OF.fullmatch(name) for (name,) in cursor.fetchall())
    return {Month((int(one[1]), int(one[2]))) for one in found if one}


def _stranded() -> set[Month]:
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS_IN_DEFAULT)
        return {Month(row) for row in cursor.fetchall()}


def _make(month: Month) -> bool:
    """Made beside the log, filled with the rows that wait for it, and only then made a part of it: creating
    it in place would lock the whole log."""
    bounds = {"begins": month.begins, "ends": month.later(1).begins}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _be_brief(cursor)
            cursor.execute("LOCK TABLE kernel_logentry_default IN ACCESS EXCLUSIVE MODE")
            if month in _made():
                return False
            cursor.execute(f"CREATE TABLE {month.table} (LIKE {_TABLE} INCLUDING ALL)")
            cursor.execute(_MOVE.format(month.table), bounds)
            cursor.execute(_ATTACH.format(month.table), bounds)
    except OperationalError as busy:
        log.warning("the log's month %s is made later: %s", month.table, busy)
        return False
    return True


def _drop(month: Month) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _be_brief(cursor)
            cursor.execute(f"ALTER TABLE {_TABLE} DETACH PARTITION {month.table}")
            cursor.execute(f"DROP TABLE {month.table}")
    except OperationalError as busy:
        log.warning("the log's month %s is removed later: %s", month.table, busy)
        return False
    log.info("the log's month %s was removed, as the setting wants", month.table)
    return True


def _be_brief(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_PATIENCE])


_MOVE = """
WITH moved AS (DELETE FROM kernel_logentry_default WHERE at >= %(begins)s AND at < %(ends)s RETURNING *)
INSERT INTO {} SELECT * FROM moved
"""
_ATTACH = "ALTER TABLE kernel_logentry ATTACH PARTITION {} FOR VALUES FROM (%(begins)s) TO (%(ends)s)"
