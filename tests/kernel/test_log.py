"""The log's table: months made ahead, nothing lost where none is, old ones removed when that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection, transaction

from tocsin.kernel import clock, events, log, settings
from tocsin.kernel.actors import SYSTEM
from tocsin.kernel.conninfo import conninfo
from tocsin.kernel.log import partitions
from tocsin.kernel.log.partitions import Month
from tocsin.kernel.models import LogEntry

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass(frozen=True)
class LampLit(events.Event, name="tests.lamp-lit"):
    """Something happens in these tests."""

    lamp: str
    street: str = ""

    def subjects(self) -> list[str]:
        return [self.lamp, *([self.street] if self.street else [])]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    yield


def light(lamp: str, at: datetime = NOW, street: str = "") -> None:
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(clock, "now", lambda: at)
        events.emit(LampLit(lamp, street))


def table_of(lamp: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM kernel_logentry WHERE subjects[1] = %s", [lamp])
        return str(cursor.fetchone()[0])


def test_the_table_is_partitioned_and_has_its_indexes() -> None:
    """Django knows nothing of it: whoever squashes the migrations keeps the SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partstrat FROM pg_partitioned_table WHERE partrelid = 'kernel_logentry'::regclass"
        )
        assert cursor.fetchone() == ("r",)
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'kernel_logentry'")
        made = " ".join(one for (one,) in cursor.fetchall())
    assert "(id, at)" in made
    assert "gin (subjects)" in made
    assert "((subjects[1])" in made


def test_this_month_and_two_more_are_made_once() -> None:
    assert log.prepare_months() == [Month((2026, 11)), Month((2026, 12)), Month((2027, 1))]
    assert log.prepare_months() == []
    light("L-1")
    assert table_of("L-1") == "kernel_logentry_2026_11"


def test_what_found_no_month_is_kept_and_moved_when_there_is_one() -> None:
    long_ago = datetime(2025, 2, 28, 23, 59, tzinfo=UTC)
    light("old", long_ago)
    light("new")
    assert (table_of("old"), table_of("new")) == ("kernel_logentry_default",) * 2
    assert Month((2025, 2)) in log.prepare_months()
    assert (table_of("old"), table_of("new")) == ("kernel_logentry_2025_02", "kernel_logentry_2026_11")
    assert [one.subjects for one in log.history("old", since=long_ago, limit=5)] == [["old"]]
    light("old", long_ago + timedelta(seconds=59))
    assert LogEntry.objects.filter(subjects__0="old").count() == 2
    assert log.prepare_months() == []


def test_a_month_lies_between_two_midnights_of_utc() -> None:
    assert Month.of(datetime.fromisoformat("2026-12-01T00:30:00+01:00")) == Month((2026, 11))
    assert Month((2026, 11)).later(2) == Month((2027, 1))
    assert Month((2026, 1)).later(-1) == Month((2025, 12))


def test_by_default_everything_is_kept() -> None:
    light("old", datetime(1999, 12, 31, tzinfo=UTC))
    log.prepare_months()
    assert log.drop_expired() == []
    assert LogEntry.objects.exists()


def test_what_is_older_than_wanted_goes_by_whole_months() -> None:
    for month in (7, 8, 9, 10):
        light(f"L-{month}", datetime(2026, month, 30, tzinfo=UTC))
    log.prepare_months()
    settings.change([log.KEEP_MONTHS.to(2)], actor=SYSTEM)
    assert log.drop_expired() == [Month((2026, 7)), Month((2026, 8))]
    assert [one.subjects[0] for one in LogEntry.objects.filter(name="tests.lamp-lit").order_by("at")] == [
        "L-9",
        "L-10",
    ]
    assert log.drop_expired() == []


def test_the_log_of_something_and_all_that_names_it() -> None:
    light("L-1", street="S-1")
    light("L-2", street="S-1")
    light("S-1")
    assert [one.subjects[0] for one in log.history("S-1", since=NOW, limit=9)] == ["S-1"]
    assert [one.subjects[0] for one in log.about("S-1", since=NOW, limit=9)] == ["S-1", "L-2", "L-1"]
    assert [one.subjects[0] for one in log.about("S-1", since=NOW, limit=2)] == ["S-1", "L-2"]
    assert log.about("S-1", since=NOW, limit=9, names=["tests.other"]) == []
    assert log.about("S-1", since=NOW + timedelta(seconds=1), limit=9) == []


@pytest.mark.django_db(transaction=True)
def test_a_month_that_somebody_stands_in_the_way_of_is_made_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as a backup, which reads the whole log for minutes: nobody who writes may wait behind us for
    it."""
    monkeypatch.setattr(partitions, "_PATIENCE", "50ms")
    with psycopg.connect(conninfo()) as backup:
        backup.execute("LOCK TABLE kernel_logentry_default IN ACCESS SHARE MODE")
        assert log.prepare_months() == []
        light("L-1")
    assert Month((2026, 11)) in log.prepare_months()
    assert table_of("L-1") == "kernel_logentry_2026_11"
