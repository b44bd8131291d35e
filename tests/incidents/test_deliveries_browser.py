"""Who was told of an alert, one by one, on a desk and on a phone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the running company, as the console's tests have it
_REFUSED = "550 5.1.1 <maria@example.test>: Recipient address rejected: User unknown in virtual mailbox table"


def refused() -> str:
    """An alert whose only notice the customer's server refused; its number."""
    from tests.incidents import company as companies

    from tocsin.incidents import jobs
    from tocsin.mailroom.models import Delivery
    from tocsin.notices.models import Notice

    company = companies.build()
    company.customer("maria", "mail")
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    Delivery.objects.filter(recipient__isnull=False).update(state="failed", answer=_REFUSED)
    return incident.ref or ""


def test_a_servers_words_are_read_without_scrolling_sideways(desk: Desk, page: Any) -> None:
    ref = refused()
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            desk.visit(page, f"/alerts/{ref}/deliveries/")
            words = page.locator(".table").get_by_text("Recipient address rejected")
            words.wait_for()
            assert axe(page) == []
            box = words.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"]
            assert not page.locator(".table-wrap").evaluate("(one) => one.scrollWidth > one.clientWidth")
    assert page.errors == []
