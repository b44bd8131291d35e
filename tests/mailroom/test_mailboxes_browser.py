"""How the mailboxes' pages look when one is in trouble and silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the running company, as the console's tests have it


_CUT_TABLES = """[...document.querySelectorAll(".table-wrap")]
  .filter((one) => one.scrollWidth > one.clientWidth).length"""


def in_trouble() -> int:
    """A mailbox that can't be fetched, misses messages and is silent; its id."""
    from tests.mailroom.boxes import keep_place, place_of, save_mailbox

    from tocsin.channels.email.places import Comparison
    from tocsin.kernel import clock
    from tocsin.mailroom.models import Account
    from tocsin.mailroom.services import accounts
    from tocsin.people.models import Staff

    Staff.objects.update(role="lead")
    one = save_mailbox(address="sales@example.test", fetch_url="imaps://sales@mail.example.test/INBOX")
    place = place_of(one).compared(Comparison(1204, 2, "17,902", 1))
    keep_place(one, **replace(place, tidy_error="MOVE: no such folder").kept())
    accounts.note_error(one.pk, "sales@mail.example.test/INBOX: refuses our login (LOGIN failed)", "login")
    hours = timedelta(hours=1)
    Account.objects.filter(pk=one.pk).update(
        last_arrival_at=clock.now() - 20 * hours, silent_alarm_at=clock.now() - 2 * hours
    )
    return one.pk


def test_the_form_asks_for_what_the_chosen_way_needs(desk: Desk, page: Any) -> None:
    from tocsin.people.models import Staff

    Staff.objects.update(role="lead")
    desk.visit(page, "/mailroom/channels/add/email/")
    names = ["password", "oauth_tenant", "oauth_client_id", "oauth_refresh_token", "move_to"]
    needed = {
        "": ["password"],
        "google": ["oauth_client_id", "oauth_refresh_token"],
        "microsoft": ["oauth_tenant", "oauth_client_id", "oauth_refresh_token"],
    }
    for way, shown in needed.items():
        page.select_option("[name=sign_in]", way)
        assert [name for name in names if page.locator(f"[name={name}]").is_visible()] == shown
    page.select_option("[name=afterwards]", "move")
    assert page.locator("[name=move_to]").is_visible()


def test_a_mailbox_in_trouble_is_seen_and_read(desk: Desk, page: Any) -> None:
    pk = in_trouble()
    pages = {
        "/mailroom/channels/": "2 messages are missing",
        f"/mailroom/channels/{pk}/": "app password",
        f"/mailroom/channels/{pk}/edit/": "Once a message is here",
    }
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            for path, words in pages.items():
                desk.visit(page, path)
                page.get_by_text(words).first.wait_for()
                assert axe(page) == []
                assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
                assert page.evaluate(_CUT_TABLES) == 0
    page.get_by_text("sales@example.test is silent for longer than usual").wait_for()
    assert page.errors == []
