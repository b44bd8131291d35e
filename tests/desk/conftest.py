"""Fixtures of the desk's tests; Django is not set up yet when this is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.harness.translations import compile_translations

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from tests.desk.office import Office

compile_translations()


@pytest.fixture
def office(db: None, settings: SettingsWrapper) -> Office:
    """A company with two departments, an agent, a mailbox and a Greek customer."""
    # Nobody tries these passwords, and honest hashing takes longer than the tests.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    from tests.desk import office as offices

    return offices.build()
