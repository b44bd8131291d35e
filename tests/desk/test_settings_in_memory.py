"""Once read, settings cost nothing: no page and no batch of mails asks the database for one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.desk.office import Office, arrive, arrive_one, mail
from tests.desk.test_pages import shown, signed_in

from tocsin.desk import services
from tocsin.kernel.models import SettingRow
from tocsin.people import queries as people

pytestmark = pytest.mark.django_db
TABLE = SettingRow._meta.db_table


def readings(act: Callable[[], object]) -> tuple[int, int]:
    """How many statements name the table of settings, and how many there are in all."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return sum(TABLE in one["sql"] for one in captured), len(captured)


@pytest.fixture
def warm(announcements_are_heard: None, office: Office) -> Office:
    assert readings(people.company) == (1, 1), "the whole table in one reading"
    assert readings(people.company) == (0, 0)
    return office


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_of_mails(warm: Office, count: int) -> None:
    mails = [mail(f"Number {n}", From=f"Maria <m{n}@many.test>") for n in range(count)]
    asked, all_asked = readings(lambda: arrive(*mails))
    assert asked == 0 < all_asked


def test_an_answer(warm: Office) -> None:
    ticket = arrive_one()
    asked, all_asked = readings(lambda: services.reply(ticket.ref, "Done.", actor=warm.agent.actor))
    assert asked == 0 < all_asked


def test_pages_of_staff_and_visitors(warm: Office) -> None:
    ticket, lead = arrive_one(), signed_in(warm.lead)
    pages = ["/inbox/", f"/tickets/{ticket.ref}/", "/settings/signatures/", "/account/settings/"]
    pages += ["/account/settings/tickets/", "/account/settings/company/", "/alerts/declare/"]
    for address in pages:
        asked, all_asked = readings(partial(shown, lead, address))
        assert asked == 0 < all_asked, address
    asked, _ = readings(lambda: shown(Client(), "/contact/"))
    assert asked == 0


def test_the_round_that_closes_silent_tickets(warm: Office) -> None:
    asked, all_asked = readings(services.close_silent)
    assert asked == 0 < all_asked
