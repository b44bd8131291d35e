"""Fixtures of the desk's tests; Django is not set up yet when this is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.desk.office import Office


@pytest.fixture
def office(db: None) -> Office:
    """A company with two departments, an agent, a mailbox and a Greek customer."""
    from tests.desk import office as offices

    return offices.build()
