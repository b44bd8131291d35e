"""Work by the clock: a round that fails leaves nothing behind, and the next one does its work."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from procrastinate.contrib.django import app

ROUNDS = ("tocsin.incidents.jobs.warn_overdue", "tocsin.statuspage.jobs.publish_by_the_clock")


@pytest.mark.parametrize("name", ROUNDS)
def test_a_round_that_fails_is_logged_and_ends(
    name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    work = name.rsplit(".", 1)[1].removesuffix("_by_the_clock")

    def gone(*_: object) -> None:
        raise OperationalError("the database is away")

    module = __import__(name.rsplit(".", 1)[0], fromlist=["services"])
    monkeypatch.setattr(module.services, work, gone)
    app.tasks[name](timestamp=0)
    assert f"{name} failed" in caplog.text
    assert "the database is away" in caplog.text


def test_no_round_runs_twice_at_once() -> None:
    assert app.tasks["tocsin.incidents.jobs.warn_overdue"].queueing_lock == "warn_overdue"
