"""Settings in memory: a change by any process counts in all others, and a lost connection keeps nothing."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from tests.harness.actors import acting
from tests.harness.waiting import wait_until

from tocsin.kernel import kept_settings, notified, settings
from tocsin.kernel.actors import SYSTEM
from tocsin.kernel.setting_types import Number
from tocsin.kernel.settings import Setting, change, declare

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def number(announcements_are_heard: None) -> Iterator[Setting[int]]:
    with settings.declared_temporarily():
        yield declare("example.number", Number(0, 99), 5, label="Number")


def elsewhere(act: Callable[[], object]) -> None:
    """In another thread, which has a connection and so a transaction of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def another_process(sql: str, *parameters: Any) -> None:
    """What some other process commits."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as own:
        own.execute(sql.encode(), parameters)
        own.execute("SELECT pg_notify(%s, '')", [kept_settings.CHANNEL])


def test_the_change_of_another_process_counts_here(number: Setting[int]) -> None:
    assert number.get() == 5
    another_process("INSERT INTO kernel_settingrow (key, scope, value) VALUES ('example.number', '', '6')")
    wait_until(lambda: number.get() == 6, "the change is heard of")
    another_process("DELETE FROM kernel_settingrow")
    wait_until(lambda: number.get() == 5, "so is the next one")


def test_one_kept_by_nobody_is_told_to_nobody(number: Setting[int]) -> None:
    """A value that was written without a word is not seen: so what was read before is really from memory."""
    assert number.get() == 5
    with psycopg.connect(os.environ["DATABASE_URL"]) as own:
        own.execute("INSERT INTO kernel_settingrow (key, scope, value) VALUES ('example.number', '', '6')")
    assert number.get() == 5


def test_nobody_else_sees_a_change_before_its_commit_and_all_do_after(number: Setting[int]) -> None:
    seen: list[int] = []

    def look() -> None:
        seen.append(number.get())

    elsewhere(look)
    with transaction.atomic():
        change([number.to(7)], actor=SYSTEM)
        elsewhere(look)
        assert number.get() == 7
    assert number.get() == 7
    elsewhere(look)
    assert seen == [5, 5, 7]


def test_a_rollback_leaves_memory_and_table_as_they_were(number: Setting[int]) -> None:
    assert number.get() == 5
    with pytest.raises(RuntimeError), transaction.atomic():
        change([number.to(7)], actor=SYSTEM)
        raise RuntimeError
    assert number.get() == 5
    elsewhere(lambda: change([number.to(8)], actor=SYSTEM))
    assert number.get() == 8


def test_a_lost_connection_keeps_nothing_until_there_is_another(number: Setting[int]) -> None:
    assert number.get() == 5
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute("INSERT INTO kernel_settingrow (key, scope, value) VALUES ('example.number', '', '6')")
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
    wait_until(lambda: number.get() == 6, "nothing is kept any more")
    wait_until(notified.is_listening, "there is another connection")
    assert number.get() == 6
    another_process("UPDATE kernel_settingrow SET value = '7'")
    wait_until(lambda: number.get() == 7, "which hears of changes")


def test_a_reading_that_a_change_overtakes_is_not_kept(
    number: Setting[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = kept_settings.read

    def overtaken() -> kept_settings.Values:
        old = read()
        monkeypatch.setattr(kept_settings, "read", read)
        elsewhere(lambda: change([number.to(9)], actor=SYSTEM))
        return old

    monkeypatch.setattr(kept_settings, "read", overtaken)
    assert number.get() == 5, "as it was when this reading began"
    assert number.get() == 9


def test_two_who_change_at_once_do_so_one_after_the_other(number: Setting[int]) -> None:
    with transaction.atomic():
        change([number.to(1)], actor=acting("staff", 1))
        second = threading.Thread(
            target=elsewhere, args=[lambda: change([number.to(2)], actor=acting("staff", 2))]
        )
        second.start()
        _wait_for_somebody_to_wait()
    second.join()
    from tocsin.kernel.models import LogEntry

    rows = LogEntry.objects.filter(name="kernel.setting-changed").order_by("pk")
    assert [(row.data["old"], row.data["new"]) for row in rows] == [(None, 1), (1, 2)]


def _wait_for_somebody_to_wait() -> None:
    def somebody_waits() -> bool:
        with psycopg.connect(os.environ["DATABASE_URL"]) as own:
            found = own.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
            return found.fetchone() is not None

    wait_until(somebody_waits, "the second waits for the first")


def test_a_forked_process_keeps_nothing_until_it_listens_itself(number: Setting[int]) -> None:
    assert notified.is_listening()
    pid = os.fork()
    if pid == 0:
        os._exit(1 if notified.is_listening() else 0)
    assert os.waitpid(pid, 0)[1] == 0
    assert notified.is_listening()
