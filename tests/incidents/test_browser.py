"""Declaring and posting in a real browser."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from tests.harness.browser import axe, keys_scroll_the_main_pane
from tests.harness.processes import Installation
from tests.harness.waiting import PATIENCE_S

pytestmark = pytest.mark.browser


def _prepare(installation: Installation) -> None:
    """An agent, two components, one customer of each."""
    script = (
        "import django; django.setup()\n"
        "from tests.incidents import company\n"
        "one = company.build()\n"
        "one.customer('maria', 'mail', language='el')\n"
        "one.customer('nikos', 'web')\n"
    )
    env = installation.env | {"DJANGO_SETTINGS_MODULE": "tocsin.project.settings", "PYTHONPATH": "."}
    subprocess.run([sys.executable, "-c", script], env=env, check=True, timeout=PATIENCE_S)


def _sign_in(page: Any, installation: Installation) -> None:
    page.goto(f"{installation.url}/account/login/")
    page.fill("input[name=username]", "agent@company.test")
    page.fill("input[name=password]", "quite long enough")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(re.compile("/inbox/"))


def test_declared_and_updated_by_hand(installation: Installation, context: Any, page: Any) -> None:
    from playwright.sync_api import expect

    _prepare(installation)
    installation.start_web()
    _sign_in(page, installation)
    other = context.new_page()
    other.goto(f"{installation.url}/inbox/")

    page.get_by_role("link", name="Red Alert").click()
    page.get_by_label(re.compile("^Mail")).check(force=True)
    # Typed at once, before the drafts have come: what a person wrote stays.
    page.get_by_label("What is broken").fill("All mail is gone")
    page.locator("#audience").get_by_text("Maria").wait_for()
    expect(page.locator("#id_message_el")).to_have_value(re.compile("Ηλεκτρονικό"))
    assert page.get_by_label("What is broken").input_value() == "All mail is gone"
    assert axe(page) == []
    page.get_by_role("button", name=re.compile("Declare")).click()
    page.wait_for_url(re.compile(r"/alerts/I-\d+/"))
    assert axe(page) == []
    other.locator(".alertbar").get_by_text("All mail is gone").wait_for()
    page.set_viewport_size({"width": 1440, "height": 500})
    assert keys_scroll_the_main_pane(page)

    page.keyboard.press("r")
    page.get_by_label("Works again").check(force=True)
    expect(page.locator("#id_message_en")).to_have_value(re.compile("works again"))
    page.get_by_role("button", name=re.compile("^Resolve: tell")).click()
    page.locator(".banner[data-tone=good]").wait_for()
    other.locator(".alertbar[data-tone=bad]").wait_for(state="detached")
    assert page.errors == []


def test_what_is_chosen_before_the_scripts_have_come_counts(
    installation: Installation, context: Any, page: Any
) -> None:
    _prepare(installation)
    installation.start_web()
    _sign_in(page, installation)
    held: list[Any] = []
    page.route(re.compile(r"htmx[^/]*\.js"), lambda request: held.append(request))
    page.goto(f"{installation.url}/alerts/declare/", wait_until="commit")
    page.get_by_label(re.compile("^Mail")).check(force=True)
    assert held
    for request in held:
        request.continue_()
    page.locator("#audience").get_by_text("Maria").wait_for()
