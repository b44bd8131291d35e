"""What one writes survives the end of the session, in a real browser, and is nobody else's."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from tests.harness.processes import Installation
from tests.harness.waiting import PATIENCE_S
from tests.incidents.test_browser import _prepare

pytestmark = [pytest.mark.browser, pytest.mark.processes]
WRITTEN = "All mail is gone since the storm"


def _sign_in(page: Any, installation: Installation, who: str = "agent") -> None:
    """On the page that asks for it."""
    page.wait_for_url(re.compile("/account/login/"))
    page.fill("input[name=username]", f"{who}@company.test")
    page.fill("input[name=password]", "quite long enough")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/account/login/" not in address)


def _begin(page: Any, installation: Installation) -> None:
    page.goto(f"{installation.url}/alerts/declare/")
    _sign_in(page, installation)
    page.get_by_label(re.compile("^Mail")).check(force=True)
    page.get_by_label("Critical").check(force=True)
    page.locator("#audience").get_by_text("Maria").wait_for()
    page.get_by_label("What is broken").fill(WRITTEN)
    page.locator("#id_title_el").fill("Χάθηκαν όλα")
    page.locator("#id_message_en").fill("We are at it.")


def _is_back(page: Any) -> None:
    from playwright.sync_api import expect

    page.locator("[data-restored]").wait_for()
    page.locator("#audience").get_by_text("Maria").wait_for()
    expect(page.get_by_label("What is broken")).to_have_value(WRITTEN)
    expect(page.locator("#id_title_el")).to_have_value("Χάθηκαν όλα")
    expect(page.locator("#id_message_en")).to_have_value("We are at it.")
    expect(page.get_by_label("Critical")).to_be_checked()
    expect(page.get_by_label(re.compile("^Mail"))).to_be_checked()


def _is_fresh(page: Any) -> None:
    page.locator("#audience").get_by_text("Choose what is broken").wait_for()
    assert not page.locator("[data-restored]").is_visible()
    assert page.get_by_label("What is broken").input_value() == ""
    assert WRITTEN not in page.content()


def test_a_declaration_survives_the_end_of_the_session(
    installation: Installation, context: Any, page: Any
) -> None:
    _prepare(installation)
    installation.start_web()
    _begin(page, installation)

    context.clear_cookies(name="tocsin_session")
    page.get_by_role("button", name=re.compile("Declare")).click()
    _sign_in(page, installation)
    _is_back(page)

    # The same when a choice, not the sending, meets the end.
    context.clear_cookies(name="tocsin_session")
    # Not `check`, which asks the box for its state: the page is gone by then.
    page.get_by_label(re.compile("^Name servers")).click(force=True)
    _sign_in(page, installation)
    _is_back(page)

    context.clear_cookies(name="tocsin_csrf")
    page.get_by_role("button", name=re.compile("Declare")).click()
    page.get_by_role("link", name="Open the page again").click()
    _is_back(page)

    page.get_by_role("button", name=re.compile("Declare")).click()
    page.wait_for_url(re.compile(r"/alerts/I-\d+/"))
    page.get_by_role("heading", name=WRITTEN).wait_for()
    page.goto(f"{installation.url}/alerts/declare/")
    page.locator("#audience").get_by_text("Choose what is broken").wait_for()
    assert page.get_by_label("What is broken").input_value() == ""


def test_what_one_wrote_is_not_shown_to_another(installation: Installation, context: Any, page: Any) -> None:
    _prepare(installation)
    installation.start_web()
    _begin(page, installation)
    context.clear_cookies(name="tocsin_session")
    page.get_by_role("button", name=re.compile("Declare")).click()
    _sign_in(page, installation, "lead")
    _is_fresh(page)

    context.clear_cookies(name="tocsin_session")
    page.goto(f"{installation.url}/alerts/declare/")
    _sign_in(page, installation)
    _is_back(page)
    page.get_by_role("link", name="Begin anew").click()
    _is_fresh(page)


def test_a_draft_answer_is_its_writers_alone(installation: Installation, context: Any, page: Any) -> None:
    from playwright.sync_api import expect

    _prepare(installation)
    script = (
        "import django; django.setup()\n"
        "from tocsin.intake import services as intake\n"
        "new = intake.TicketRequest('m@example.test', subject='?', text='?', channel='email')\n"
        "print(intake.open_ticket(new).ref)\n"
    )
    env = installation.env | {"DJANGO_SETTINGS_MODULE": "tocsin.project.settings"}
    ref = subprocess.check_output(
        [sys.executable, "-c", script], env=env, text=True, timeout=PATIENCE_S
    ).strip()
    installation.start_web()
    for who, found, written in (("agent", "", "Press here."), ("lead", "", ""), ("agent", "Press here.", "")):
        page.goto(f"{installation.url}/tickets/{ref}/")
        _sign_in(page, installation, who)
        expect(page.locator("#reply-text")).to_have_value(found)
        if written:
            page.locator("#reply-text").fill(written)
        context.clear_cookies(name="tocsin_session")


def test_the_contact_form_needs_no_session(installation: Installation, context: Any, page: Any) -> None:
    installation.start_web()
    page.goto(f"{installation.url}/contact/")
    assert context.cookies() == []
    page.locator("[name=email]").fill("maria@example.test")
    page.locator("[name=subject]").fill("A question")
    page.locator("[name=text]").fill("Do you see this?")
    stale = {"name": "tocsin_session", "value": "long-ended", "url": installation.url}
    context.add_cookies([stale, stale | {"name": "tocsin_csrf", "value": "x" * 32}])
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile("/contact/thanks/"))
