"""Settings in a real Chromium, changed in one process and counting in another that runs already."""

from __future__ import annotations

import os
from typing import Any

import pytest
from django.db import connection
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe
from tests.harness.processes import Installation, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the fixture

_WRITTEN_WITHOUT_A_WORD = (
    "UPDATE kernel_settingrow SET value = '\"Unheard\"' WHERE key = 'people.company_name'"
)


def listeners() -> int:
    """A connection a process; which of its channels it named last is chance."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN %'"
        )
        return int(cursor.fetchone()[0])


@pytest.fixture
def lead(desk: Desk) -> Desk:
    from tests.console.test_browser import _session_of

    return Desk(desk.url, desk.office, _session_of(desk.office.lead, desk.url))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_pages_are_whole_at_both_widths_and_in_both_themes(
    lead: Desk, page: Any, size: dict[str, int], theme: Any
) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme)
    for path in ("/account/settings/", "/account/settings/tickets/", "/account/settings/company/"):
        lead.visit(page, path)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert page.errors == []


def test_by_keyboard_and_at_once_in_a_process_that_has_read_it_before(lead: Desk, page: Any) -> None:
    from tocsin.people import services

    services.save_company(name="Tophost", language="", languages=[])
    visitor = page.context.browser.new_page(locale="en")

    def read(name: str) -> bool:
        visitor.goto(f"{lead.url}/contact/")
        return name in visitor.content()

    wait_until(lambda: listeners() == 1, "the web process listens")
    assert read("Tophost")
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN_WITHOUT_A_WORD)
    assert read("Tophost"), "the web process has it in memory"

    lead.visit(page, "/account/settings/company/")
    page.get_by_label("Name towards customers").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Anemona")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/settings/")
    assert read("Anemona")
    services.save_company(name="Poseidon", language="", languages=[])
    wait_until(lambda: read("Poseidon"), "the web process hears of another's change")
    assert page.errors == []
    visitor.close()


def test_a_worker_listens_too(desk: Desk, data_folder: Any) -> None:
    wait_until(lambda: listeners() == 1, "the web process listens")
    installation = Installation(data_folder, os.environ["DATABASE_URL"])
    installation.start_worker()
    try:
        wait_until(lambda: listeners() == 2, "the worker listens")
    finally:
        installation.end()
