"""Fixtures of the mailroom's tests; Django is not set up yet when this is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.mailroom.stand_ins import Upstairs


@pytest.fixture
def upstairs(monkeypatch: pytest.MonkeyPatch) -> Upstairs:
    """Stands where the desk stands: opens what arrives and keeps what it hears."""
    from tests.mailroom import stand_ins

    one = stand_ins.Upstairs()
    stand_ins.put_in_place(one, monkeypatch)
    return one
