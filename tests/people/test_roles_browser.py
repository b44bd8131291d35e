"""Roles in a real Chromium: read at every size and in both themes, changed by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe
from tests.people.test_settings_browser import lead

from tocsin.people.models import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk", "lead"]  # fixtures


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_roles_and_tokens_are_read_by_everybody(lead: Desk, page: Any, size: Any, theme: str) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)
    for address in ("roles/", "roles/agent/", "tokens/"):
        lead.visit(page, f"/account/{address}")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_permission_is_taken_away_by_keyboard(lead: Desk, page: Any) -> None:
    lead.visit(page, "/account/roles/agent/")
    box = page.get_by_label("See customers")
    assert box.is_checked()
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Saved.").wait_for()
    assert Role.objects.get(pk="agent").grants["see_customers"] == []


def test_a_role_that_came_with_tocsin_shows_the_name_that_it_has_anyway(lead: Desk, page: Any) -> None:
    lead.visit(page, "/account/roles/lead/")
    shown = {key: page.locator(f"[name=name_{key}]").get_attribute("placeholder") for key in ("en", "el")}
    assert shown["en"] == "Head of support"
    assert shown["el"] not in (None, "", "Head of support")
