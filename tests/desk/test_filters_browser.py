"""The filter of a list in a real Chromium: by keyboard, on a phone, in both themes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from tests.console.test_browser import Desk, desk, write_in
from tests.harness.browser import DESKTOP, PHONE, axe, wait_for

from tocsin.kernel import filters

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the fixture


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id"))


_SETTLED = "() => !document.querySelector('.htmx-request, .htmx-added, .htmx-swapping, .htmx-settling')"


def wait_for_focus(page: Any, element: str) -> None:
    wait_for(page, "id => document.activeElement.id === id", element)
    wait_for(page, _SETTLED)


def choose(page: Any, name: str, label: str) -> None:
    """Choose in a list, and wait for the editor that is drawn anew."""
    with page.expect_response(lambda answer: "/console/filter/" in answer.url):
        page.locator(f'[id="{name}"]').select_option(label=label)
    wait_for(page, _SETTLED)


def test_a_filter_is_made_by_keyboard_and_its_address_is_shared(desk: Desk, page: Any) -> None:
    invoice = write_in("The invoice of May")
    urgent = write_in("Nothing works")
    from tocsin.desk import services

    services.set_priority(urgent.ref, "urgent", actor=desk.office.agent.actor)
    write_in("A question")
    desk.visit(page, "/inbox/")
    page.keyboard.press("f")
    wait_for_focus(page, "c.0.field")
    page.keyboard.type("Subj")
    page.locator('[id="c.0.is"]').wait_for()
    wait_for_focus(page, "c.0.field")  # drawn anew, and the hand is where it was
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "c.0.value"
    page.keyboard.type("INVOICE")

    page.locator('[id="c.add"]').focus()
    page.keyboard.press("Enter")
    wait_for_focus(page, "c.1.field")
    assert page.locator('[id="c.0.value"]').input_value() == "INVOICE"
    choose(page, "c.1.field", "Priority")
    choose(page, "c.1.is", "is one of")
    page.get_by_label("Urgent").check()
    page.locator('[id="c.join"]').select_option("any")
    page.locator('[id="c.0.value"]').focus()
    page.keyboard.press("Enter")  # sends the form, and presses no other button
    page.locator(".list-tools .chip").wait_for()
    assert "Subject contains INVOICE or Priority is one of Urgent" in page.locator(".list-tools").inner_text()
    assert page.locator("[data-row]").count() == 2

    text = parse_qs(urlsplit(page.url).query)["filter"][0]
    said = json.loads(text)
    assert [one["field"] for one in said["any"]] == ["subject", "priority"]
    assert filters.compile("ticket", said)
    write_in("Another question")
    late = write_in("One more invoice")
    page.locator("[data-arrivals]", has_text="1 new").click()  # what comes live passes the filter, too
    page.locator(f'[data-row="{late.ref}"]').wait_for()
    assert page.locator("[data-row]").count() == 3

    page.locator(f'[data-row="{invoice.ref}"] .row-link').click()
    page.locator("#reply-text").wait_for()
    page.locator("[data-row]").nth(2).wait_for()
    assert page.locator("[data-row]").count() == 3
    page.keyboard.press("u")
    page.locator(".list-tools .chip").wait_for()
    page.get_by_role("link", name="Remove the filter").click()
    page.locator(".list-tools").wait_for(state="detached")
    assert page.locator("[data-row]").count() == 5
    assert page.errors == []


def test_groups_come_and_go_and_what_is_wrong_stands_beside_its_line(desk: Desk, page: Any) -> None:
    write_in("A question")
    desk.visit(page, "/inbox/?edit=1")
    page.locator('[id="c.group"]').click()
    wait_for_focus(page, "c.1.0.field")
    assert page.locator('[id="c.1.join"]').input_value() == "any"
    choose(page, "c.1.0.field", "Number of messages")
    page.locator('[id="c.1.add"]').click()
    wait_for_focus(page, "c.1.1.field")
    choose(page, "c.1.1.field", "Opened")
    page.locator('[id="c.1.1.value"]').fill("3")
    page.get_by_role("button", name="Apply").click()
    wrong = page.locator(".filter-line[data-wrong]")
    wrong.wait_for()
    assert "whole number" in wrong.inner_text()
    assert page.locator('[id="c.1.1.value"]').input_value() == "3"
    page.locator('[id="c.1.0.value"]').fill("1")
    page.locator('[id="c.1.1.remove"]').click()
    wait_for_focus(page, "c.1.0.field")
    assert page.locator('[id="c.1.0.value"]').input_value() == "1"
    page.get_by_role("button", name="Apply").click()
    page.locator(".list-tools .chip", has_text="Number of messages is 1").wait_for()
    assert page.errors == []


def test_a_customer_is_found_while_one_types(desk: Desk, page: Any) -> None:
    write_in("A question")
    desk.visit(page, "/inbox/?edit=1")
    choose(page, "c.0.field", "Customer")
    page.locator('[id="c.0.value"]').press_sequentially("aeg")
    page.locator('datalist option[value="c1"]').wait_for(state="attached")
    page.locator('[id="c.0.value"]').fill("c1")
    page.get_by_role("button", name="Apply").click()
    page.locator(".list-tools .chip", has_text="Customer is Aegean Ferries").wait_for()
    assert page.locator("[data-row]").count() == 1


_LONG = "a rather long text that somebody looks for in a subject"
LINES = [
    {"field": "status", "is": "one_of", "value": ["new", "open"]},
    {"field": "subject", "is": "contains", "value": _LONG},
    {"field": "opened", "is": "within", "value": "7d"},
    {
        "any": [
            {"field": "customer", "is": "one_of", "value": ["c1"]},
            {"field": "copied", "is": "has_any", "value": ["a@b.test", "c@d.test"]},
            {
                "all": [
                    {"field": "opened", "is": "before", "value": "2026-11-21"},
                    {"field": "unread", "is": "equals", "value": True},
                ]
            },
        ]
    },
]
_ALL_INSIDE = """panel => [...panel.querySelectorAll("*")].every(
  one => one.getBoundingClientRect().right <= innerWidth)"""


def test_the_editor_is_accessible_at_both_widths_in_both_themes(desk: Desk, browser: Any) -> None:
    write_in("A question")
    text = json.dumps({"version": 1, "all": LINES})
    for viewport in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
            page = context.new_page()
            for more in ("", "&edit=1"):
                desk.visit(page, f"/inbox/?filter={quote(text)}{more}")
                assert axe(page) == [], (viewport, scheme, more)
                assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
                assert page.locator("#filter").evaluate(_ALL_INSIDE), (viewport, more)
            context.close()
