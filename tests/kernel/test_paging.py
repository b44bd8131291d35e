"""Keyset paging: each row once, in order, also among equals, and a forged cursor is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.kernel.errors import Refused
from tocsin.kernel.models import LogEntry
from tocsin.kernel.paging import page

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)
# No such moment in UTC: ["0001-01-01T00:00:00+23:00", 10]
_YEAR_ONE = "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzIzOjAwIiwgMTBd"


def test_each_row_comes_once_and_new_ones_do_not_shift_the_pages() -> None:
    LogEntry.objects.bulk_create(
        LogEntry(name="Tick", actor="system", at=START + timedelta(hours=number // 3)) for number in range(25)
    )
    seen, cursor = [], None
    while True:
        found = page(LogEntry.objects.all(), by="at", cursor=cursor, size=4)
        seen += [row.pk for row in found.items]
        LogEntry.objects.create(name="Tick", actor="system", at=START + timedelta(days=9))
        cursor = found.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 25
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "W10",
        "e30",
        "WzEsIDJd%00",
        "Wzk5LCAiYSJd",
        "ű",
        "WzEsIDk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
        "WzUsIDVd",
        _YEAR_ONE,
    ],
)
def test_a_cursor_that_is_not_ours_is_refused(cursor: str) -> None:
    with pytest.raises(Refused):
        page(LogEntry.objects.all(), by="at", cursor=cursor)
