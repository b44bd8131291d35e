"""What the database announces reaches who waits, whoever commits it, and a lost connection wakes all."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from tests.harness.waiting import PATIENCE_S, wait_until

from tocsin.kernel import notified
from tocsin.kernel.notified import Ear, Wake

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_channels(announcements_are_heard: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    notified._ears.pop("bell", None)


def announce(payload: str = "") -> None:
    """As another process does."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as own:
        own.execute("SELECT pg_notify('bell', %s)", [payload])


def listening_wake() -> Wake:
    """One that is rung already, whatever it has heard so far."""
    wake = Wake("bell")

    def rings() -> bool:
        announce()
        return wake._rung.is_set()

    wait_until(rings, "it is heard")
    wake.wait(threading.Event(), PATIENCE_S)
    return wake


def test_who_waits_is_woken_and_repeats_count_once() -> None:
    wake, never = listening_wake(), threading.Event()
    for _ in range(3):
        announce()
    wake.wait(never, PATIENCE_S)
    rung = threading.Thread(target=wake.wait, args=(never, PATIENCE_S))
    rung.start()
    announce()
    rung.join(PATIENCE_S)
    assert not rung.is_alive()


def test_who_waits_ends_when_told_to_stop_and_holds_no_connection_meanwhile() -> None:
    wake, stop = Wake("bell"), threading.Event()
    used: list[BaseDatabaseWrapper] = []

    def work() -> None:
        connection.ensure_connection()
        used.append(connections["default"])
        while not stop.is_set():
            wake.wait(stop, PATIENCE_S)

    thread = threading.Thread(target=work)
    thread.start()
    wait_until(lambda: used and used[0].connection is None, "it is given back")
    stop.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_who_hears_is_told_what_was_said_and_one_that_fails_stops_nobody() -> None:
    said: list[str] = []

    def broken(payload: str) -> None:
        raise RuntimeError("broken on purpose")

    notified.hear("bell", Ear(broken))
    notified.hear("bell", Ear(said.append))

    def heard() -> bool:
        announce("noon")
        return "noon" in said

    wait_until(heard, "it is heard")
    assert set(said) == {"noon"}


def test_who_hears_learns_when_nothing_is_heard_and_who_waits_looks_again() -> None:
    states: list[bool] = []
    wake, never = listening_wake(), threading.Event()
    notified.hear("bell", Ear(lambda payload: None, states.append))
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' "
            "AND datname = current_database() AND pid <> pg_backend_pid()"
        )
    wake.wait(never, PATIENCE_S)
    wait_until(lambda: states[-2:] == [False, True], "it listens again")
    assert notified.is_listening()


def test_what_this_process_commits_is_announced() -> None:
    wake, never = listening_wake(), threading.Event()
    notified.announce("bell")
    wake.wait(never, PATIENCE_S)
