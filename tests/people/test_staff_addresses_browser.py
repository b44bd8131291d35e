"""Somebody adds an address by keyboard, confirms it with the code, and has it tried first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the running company, as the console's tests have it


def code_sent() -> str:
    from tocsin.mailroom.models import Delivery

    found = re.search(r"\b\d{6}\b", Delivery.objects.latest("pk").payload["text"])
    assert found
    return found[0]


def test_an_address_is_added_confirmed_and_tried_first(desk: Desk, page: Any) -> None:
    from tocsin.people import queries

    page.set_viewport_size(DESKTOP)
    desk.visit(page, "/account/me/")
    page.get_by_label("Address", exact=True).fill("duty-phone@example.test")
    page.keyboard.press("Enter")
    page.get_by_text("not confirmed").wait_for()
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_label("Code sent to duty-phone@example.test").fill(code_sent())
    page.keyboard.press("Enter")
    page.get_by_text("Confirmed. You are told things there from now on.").wait_for()
    page.get_by_role("button", name="Try duty-phone@example.test earlier").click()
    page.get_by_role("button", name="Try agent@example.test earlier").wait_for()
    (found,) = queries.reachable_staff([desk.office.agent.pk])
    assert [value for _channel, value in found.addresses] == ["duty-phone@example.test", "agent@example.test"]
    assert page.errors == []
