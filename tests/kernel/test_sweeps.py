"""Looks at what the time has brought: one process at a time, and one that fails stops no other."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from django.db import OperationalError

from tocsin.kernel import sweeps
from tocsin.kernel.locks import Lock

pytestmark = pytest.mark.django_db


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(sweeps, "_sweeps", [])
    monkeypatch.setattr(Lock, "_declared", set())
    done: list[str] = []

    @sweeps.sweep("example.first")
    def first() -> None:
        done.append("first")

    @sweeps.sweep("example.fails")
    def fails() -> None:
        raise RuntimeError("broken on purpose")

    @sweeps.sweep("example.last")
    def last() -> None:
        done.append("last")

    yield done


def test_one_that_fails_is_logged_and_stops_no_other(
    rounds: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    sweeps.sweep_once()
    assert rounds == ["first", "last"]
    assert "example.fails failed" in caplog.text


def test_what_another_process_is_doing_is_left_to_it(rounds: list[str]) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [sweeps._sweeps[0].turn.key])
        sweeps.sweep_once()
        other.execute("SELECT pg_advisory_unlock(%s)", [sweeps._sweeps[0].turn.key])
    assert rounds == ["last"]
    sweeps.sweep_once()
    assert rounds == ["last", "first", "last"]


def test_that_the_database_is_away_is_for_the_loop(
    rounds: list[str],
) -> None:
    @sweeps.sweep("example.lost")
    def gone() -> None:
        raise OperationalError("the database is away")

    with pytest.raises(OperationalError):
        sweeps.sweep_once()
