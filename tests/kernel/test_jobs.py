"""Work by the clock: a round that fails leaves nothing behind, and the next one does its work."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError
from procrastinate.contrib.django import app

from tocsin.desk import services as desk
from tocsin.kernel.jobs import by_the_clock
from tocsin.kernel.locks import Lock
from tocsin.statuspage import services as statuspage

ROUNDS = [
    ("desk.close-silent", desk, "close_silent"),
    ("statuspage.publish-by-the-clock", statuspage, "publish"),
]


@pytest.mark.parametrize(("name", "room", "verb"), ROUNDS)
def test_a_round_that_fails_is_logged_and_ends(
    name: str, room: object, verb: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(room, verb, gone)
    app.tasks[name](timestamp=0)
    assert f"{name} failed" in caplog.text
    assert "the database is away" in caplog.text


def test_no_round_runs_twice_at_once_nor_keeps_another_from_running() -> None:
    """Two jobs of one function's name in two rooms have two locks, since each is named where it is
    declared."""
    rounds = [one.task for one in app.periodic_registry.periodic_tasks.values()]
    assert len(rounds) > 8
    assert [one.queueing_lock for one in rounds] == [one.name for one in rounds]
    assert len({one.queueing_lock for one in rounds}) == len(rounds)


def test_every_job_has_a_name_that_is_written_down() -> None:
    ours = [name for name in app.tasks if not name.startswith(("builtin:", "procrastinate."))]
    assert "kernel.run-handler" in ours
    assert [name for name in ours if not re.fullmatch(r"[a-z]+\.[a-z-]+", name)] == []


def test_a_job_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        by_the_clock("* * * * *", name="tidy_up")(lambda: None)


def test_two_locks_of_one_name_are_a_mistake() -> None:
    lock = Lock("tests.door")
    with pytest.raises(ValueError, match=r"tests\.door"):
        Lock("tests.door")
    assert lock.key != Lock("tests.window").key
    assert lock.key_of(1) != lock.key_of(2)
    assert -(2**63) <= lock.key < 2**63
