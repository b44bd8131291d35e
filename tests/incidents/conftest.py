"""A company to break things at; Django is not set up yet when this is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.incidents.company import Company


@pytest.fixture
def company(db: None) -> Company:
    """Staff, components; no customers yet."""
    from tests.incidents import company as companies

    return companies.build()
