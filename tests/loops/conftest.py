"""Fixtures of the loop tests; Django is not set up yet when this is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.harness.mailservers import SmtpSink

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper
    from tests.incidents.company import Company
    from tests.loops.world import World


@pytest.fixture
def world(transactional_db: None, settings: SettingsWrapper, smtp_sink: SmtpSink) -> World:
    """A help desk with a mailbox, which sends by a real mail server to whoever stands behind it."""
    from tests.loops import world as worlds

    settings.TOCSIN_SMTP_URL = smtp_sink.url
    worlds.settle()
    return worlds.World(smtp_sink)


@pytest.fixture
def company(world: World) -> Company:
    """Its staff and components, as the incidents' tests have them."""
    from tests.incidents import company as companies

    return companies.build()
