"""How it looks when a provider reports: the states of an answer, and a customer who objects."""

from __future__ import annotations

from typing import Any

import pytest
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the running company, as the console's tests have it
_STATES = {
    "delivered": ("Delivered", "Postmark: 250 2.0.0 OK"),
    "bounced": ("Bounced", "Postmark: 550 5.1.1 The email account that you tried to reach does not exist"),
    "complained": ("Called spam by its reader", "Postmark: the reader called it spam"),
}


def answered(state: str) -> str:
    """A ticket whose answer stands so; its ID."""
    from tests.desk.office import arrive_one

    from tocsin.desk import services
    from tocsin.mailroom.models import Delivery
    from tocsin.people.models import Staff

    ticket = arrive_one(Subject=f"It is {state}")
    agent = Staff.objects.order_by("pk")[0]
    services.reply(ticket.ref, "It works again.", actor=agent.actor)
    Delivery.objects.update(state=state, answer=_STATES[state][1])
    return ticket.ref


@pytest.mark.parametrize("state", sorted(_STATES))
def test_an_answers_state_is_seen_and_read(desk: Desk, page: Any, state: str) -> None:
    ref = answered(state)
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            desk.visit(page, f"/tickets/{ref}/")
            page.get_by_text(_STATES[state][0]).first.wait_for()
            assert axe(page) == []
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"]
    assert page.errors == []


def test_a_customer_who_objects(desk: Desk, page: Any) -> None:
    from tests.desk.office import CUSTOMER, arrive_one

    from tocsin.notices import services

    ticket = arrive_one()
    services.heed_objection(CUSTOMER, is_complaint=True)
    assert ticket.customer_id
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        desk.visit(page, f"/customer/{ticket.customer_id}/")
        page.get_by_text("They called a mail of ours spam. Mails about faults stopped.").wait_for()
        assert axe(page) == []
