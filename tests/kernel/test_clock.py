"""The clock: one row moves all processes of an installation, and nobody moves a running company's."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tocsin.kernel import clock

pytestmark = pytest.mark.django_db


def test_it_is_now_and_aware() -> None:
    clock.forget()
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=2)


def test_moving_it_adds_up() -> None:
    clock.move(timedelta(hours=2))
    clock.move(timedelta(minutes=30))
    ahead = clock.now() - datetime.now(UTC)
    assert timedelta(hours=2, minutes=29) < ahead < timedelta(hours=2, minutes=31)
    clock.forget()


def test_a_running_company_keeps_its_time(settings: Any) -> None:
    settings.TOCSIN_MOVABLE_CLOCK = False
    with pytest.raises(RuntimeError):
        clock.move(timedelta(hours=1))
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=2)
