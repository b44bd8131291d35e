"""The interface in a real Chromium: live screens, keyboard, drafts, both themes, both widths, axe."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.harness.browser import DESKTOP, PHONE, axe, keys_scroll_the_main_pane, wait_for
from tests.harness.processes import Installation

if TYPE_CHECKING:
    from tests.desk.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "maria@customer.test"
TABLET = {"width": 900, "height": 800}


@dataclass
class Desk:
    """A running web process, and somebody signed in to it."""

    url: str
    office: Office
    cookie: dict[str, str]

    def visit(self, page: Any, path: str) -> None:
        """Open a page as the agent, with its live stream connected."""
        page.context.add_cookies([self.cookie])
        page.goto(self.url + path)
        page.locator("body[data-live-state=open]").wait_for(state="attached")


@pytest.fixture
def desk(data_folder: Path) -> Iterator[Desk]:
    from tests.desk import office as offices

    installation = Installation(data_folder, os.environ["DATABASE_URL"])
    office = offices.build()
    installation.start_web()
    yield Desk(installation.url, office, _session_of(office.agent, installation.url))
    installation.end()


def _session_of(staff: Any, url: str) -> dict[str, str]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(staff.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
    session.create()
    return {"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": url}


def write_in(subject: str, **fields: Any) -> Any:
    from tests.desk.office import arrive_one

    return arrive_one(Subject=subject, **fields)


# --- Live screens ----------------------------------------------------------------------------------


def lists_asked_for(page: Any) -> list[str]:
    """The addresses by which this page has asked for rows, from now on."""
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/inbox/rows/" in one.url else None)
    return asked


def test_new_tickets_announce_themselves_and_come_when_let_in(desk: Desk, page: Any) -> None:
    """From the empty state to the top row without a reload; not under the hands of who is selecting."""
    desk.visit(page, "/inbox/")
    asked = lists_asked_for(page)
    assert page.locator("[data-empty]").is_visible()
    page.evaluate("window.stayed = true")
    write_in("The first one")
    pill = page.locator("[data-arrivals]")
    pill.wait_for()
    page.locator(".rail .count", has_text="1").wait_for()
    assert asked == [], "what somebody else does is no reason to ask"
    pill.click()
    page.locator("[data-row]").wait_for()
    assert not page.locator("[data-empty]").is_visible()

    page.locator(".row-pick input").last.check(force=True)
    second = write_in("Δεν λαμβάνω μηνύματα")
    third = write_in("The third one")
    page.locator("[data-arrivals]", has_text="2 new").wait_for()
    page.locator(".rail .count", has_text="3").wait_for()
    assert page.locator("[data-row]").count() == 1
    pill.click()
    page.locator(f'.list > :first-child[data-row="{third.ref}"]').wait_for()
    page.locator(f'[data-row="{second.ref}"]').wait_for()
    assert page.locator(".row-pick input:checked").count() == 1  # the selection is still there
    assert len(asked) == 2
    assert page.evaluate("window.stayed")  # all this without a reload
    assert page.errors == []


def test_a_row_that_changed_is_marked_and_fetched_when_its_reader_comes_to_it(desk: Desk, page: Any) -> None:
    from tocsin.desk import services

    ticket, other = write_in("The first one"), write_in("The second one")
    desk.visit(page, "/inbox/")
    page.mouse.move(700, 5)
    asked = lists_asked_for(page)
    services.set_priority(ticket.ref, "urgent", actor=desk.office.lead.actor)
    page.locator(f'[data-row="{ticket.ref}"][data-stale]').wait_for()
    assert page.locator("[data-stale]").count() == 1 and asked == []
    page.locator(f'[data-row="{other.ref}"]').hover()
    page.locator(f'[data-row="{ticket.ref}"]:not([data-stale]) .row-signs [title=Urgent]').wait_for()
    assert len(asked) == 1 and ticket.ref in asked[0] and other.ref not in asked[0]
    assert page.errors == []


def test_two_at_one_ticket_see_each_other_and_who_writes(desk: Desk, page: Any, browser: Any) -> None:
    ticket = write_in("The first one")
    theirs = browser.new_context()
    try:
        theirs.add_cookies([_session_of(desk.office.lead, desk.url)])
        other = theirs.new_page()
        desk.visit(page, f"/tickets/{ticket.ref}/")
        other.goto(f"{desk.url}/tickets/{ticket.ref}/")
        page.locator("[data-presence]", has_text="Ana is looking").wait_for()
        other.locator("[data-presence]", has_text="Nikos is looking").wait_for()
        other.locator("#reply-text").press_sequentially("We are on it")
        page.locator("[data-presence]", has_text="Ana is writing").wait_for()
        assert page.locator("[data-presence]").get_by_text("Nikos").count() == 0
        assert axe(page) == []
        other.goto(f"{desk.url}/inbox/")
        page.locator("[data-presence]").wait_for(state="hidden")
    finally:
        theirs.close()
    assert page.errors == []


def test_what_happened_while_the_connection_was_lost_comes_when_it_is_back(desk: Desk, page: Any) -> None:
    ticket = write_in("The first one")
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.context.set_offline(True)
    write_in(f"Re: [{ticket.ref}] The first one")
    page.context.set_offline(False)
    page.locator("article.message").nth(1).wait_for()


def test_an_open_conversation_goes_on_by_itself(desk: Desk, page: Any) -> None:
    from tocsin.desk import services

    ticket = write_in("The first one")
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.locator("#reply-text").fill("I am just writing")
    write_in(f"Re: [{ticket.ref}] The first one")
    page.locator("article.message").nth(1).wait_for()
    services.assign(ticket.ref, desk.office.lead.pk, actor=desk.office.lead.actor)
    page.locator(".ticket-head summary", has_text="Ana").wait_for()
    page.locator(".system-line", has_text="Assigned to Ana").wait_for()
    assert page.locator("#reply-text").input_value() == "I am just writing"
    assert page.errors == []


def test_a_tab_nobody_looks_at_gives_its_connection_back_and_misses_nothing(desk: Desk, page: Any) -> None:
    """Browsers open six connections to an HTTP/1.1 server: ten open tickets must not block the eleventh."""
    ticket = write_in("The first one")
    page.clock.install()
    desk.visit(page, f"/tickets/{ticket.ref}/")
    turn = "value => { Object.defineProperty(document, 'hidden', { value, configurable: true });"
    turn += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(turn, True)
    page.clock.fast_forward(21_000)
    page.locator("body[data-live-state=closed]").wait_for(state="attached")
    write_in(f"Re: [{ticket.ref}] The first one")
    page.evaluate(turn, False)
    page.locator("body[data-live-state=open]").wait_for(state="attached")
    page.locator("article.message").nth(1).wait_for()


# --- Keyboard --------------------------------------------------------------------------------------


def test_a_day_by_keyboard(desk: Desk, page: Any) -> None:
    tickets = [write_in(f"Number {n}") for n in range(3)]
    desk.visit(page, "/inbox/")
    newest, middle, oldest = reversed(tickets)
    focused = "document.activeElement.closest('[data-row]')?.dataset.row"
    page.keyboard.press("j")
    assert page.evaluate(focused) == newest.ref
    page.keyboard.press("j")
    assert page.evaluate(focused) == middle.ref
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    assert page.locator(".row-pick input:checked").count() == 2
    assert page.locator(".bulkbar").is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".row-pick input:checked").count() == 0
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{middle.ref}/**")
    page.keyboard.press("u")
    page.wait_for_url("**/inbox/**")

    desk.visit(page, f"/tickets/{oldest.ref}/")
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "note-text"
    assert not page.locator("#reply-text").is_visible()
    page.keyboard.type("For colleagues")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    assert page.evaluate("document.activeElement.id") == "reply-text"
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("Control+Enter")
    page.locator(".message-note", has_text="For colleagues").wait_for()
    page.keyboard.press("s")
    wait_for(page, "document.activeElement.matches('.menu-item[aria-current]')")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.locator("details.menu[open]").count() == 0
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/inbox/**")

    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert page.locator("#keys", has_text="Inbox").count() == 1
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("numb")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=numb")
    page.locator("mark", has_text="Number").first.wait_for()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type(oldest.ref)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{oldest.ref}/**")


# --- What one types --------------------------------------------------------------------------------


def test_nothing_typed_is_lost_or_sent_twice(desk: Desk, page: Any) -> None:
    from tests.desk.office import fresh

    from tocsin.desk.models import Message

    ticket = write_in("Number 1")
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.locator("#reply-text").fill("Half an answer")
    desk.visit(page, "/inbox/")
    desk.visit(page, f"/tickets/{ticket.ref}/")
    assert page.locator("#reply-text").input_value() == "Half an answer"
    page.get_by_role("button", name="Send to Maria").dblclick()
    page.locator(".toast", has_text="on its way").wait_for()
    assert page.locator("#reply-text").input_value() == ""
    assert Message.objects.filter(kind="agent").count() == 1

    page.locator(".ticket-head summary").first.click()
    page.get_by_role("button", name="Closed", exact=True).click()
    page.locator(".toast").get_by_role("button", name="Undo").click()
    page.locator(".toast", has_text="Answered").wait_for()
    assert fresh(ticket).status == "answered"


def test_what_was_sent_after_the_session_ended_is_there_after_signing_in(desk: Desk, page: Any) -> None:
    ticket = write_in("Number 1")
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.locator("#reply-text").fill("A long answer")
    page.context.clear_cookies(name=desk.cookie["name"])
    page.get_by_role("button", name="Send to Maria").click()
    page.locator("#id_username").fill(desk.office.agent.email)
    page.locator("#id_password").fill("long enough")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/tickets/{ticket.ref}/")
    wait_for(page, "document.querySelector('#reply-text').value === 'A long answer'")

    page.context.clear_cookies(name="tocsin_csrf")  # as when somebody signed in anew in another tab
    page.get_by_role("button", name="Send to Maria").click()
    page.get_by_role("link", name="Open the page again").click()
    wait_for(page, "document.querySelector('#reply-text').value === 'A long answer'")
    page.get_by_role("button", name="Send to Maria").click()
    page.locator(".toast", has_text="on its way").wait_for()
    assert page.locator("#reply-text").input_value() == ""


def test_a_phone_has_the_way_out_and_nothing_wider_than_itself(desk: Desk, page: Any) -> None:
    page.set_viewport_size(PHONE)
    desk.visit(page, "/catalog/customers/")
    assert page.evaluate("document.querySelector('.pane-body').scrollWidth") <= PHONE["width"]
    page.locator(".rail-foot .rail-entry").click()
    page.get_by_role("button", name="Dark").locator("visible=true").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Sign out").locator("visible=true").click()
    page.wait_for_url("**/account/login/")


def test_enter_opens_the_first_of_a_list(desk: Desk, page: Any) -> None:
    ticket = write_in("Number 1")
    desk.visit(page, "/inbox/")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tickets/{ticket.ref}/**")


def test_the_window_stays_and_keys_scroll_the_main_pane(desk: Desk, page: Any) -> None:
    """What is hidden from the eye, such as words for screen readers, must not make the window longer."""
    for number in range(9):
        write_in(f"Number {number}")
    ticket = write_in("A long one", text="A line\n" * 80)
    paths = {"/inbox/?view=all": 500, f"/tickets/{ticket.ref}/": 500, "/account/settings/": 240}
    for path, height in paths.items():
        page.set_viewport_size({"width": 1440, "height": height})
        desk.visit(page, path)
        assert keys_scroll_the_main_pane(page), path
    desk.visit(page, "/inbox/?view=all")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")  # the pane has the focus, yet nobody chose it
    page.wait_for_url(f"**/tickets/{ticket.ref}/**")


def test_toasts_leave_the_foot_of_the_rail_free(desk: Desk, page: Any) -> None:
    """On a phone one at a time is shown; the one before comes back."""
    desk.visit(page, "/inbox/")
    page.evaluate(
        """for (const text of ["first", "second"]) {
          const toast = document.createElement("div");
          Object.assign(toast, { className: "toast", textContent: text });
          document.querySelector("[data-toasts]").append(toast);
        }"""
    )
    rail, toasts = page.locator(".rail").bounding_box(), page.locator(".toasts").bounding_box()
    assert toasts["x"] >= rail["x"] + rail["width"]
    assert page.locator(".toast", has_text="first").is_visible()
    page.set_viewport_size(PHONE)
    assert not page.locator(".toast", has_text="first").is_visible()
    page.locator(".toast", has_text="second").evaluate("toast => toast.remove()")
    assert page.locator(".toast", has_text="first").is_visible()


def test_everything_works_without_javascript(desk: Desk, browser: Any) -> None:
    from tests.desk.office import fresh

    ticket = write_in("Number 1")
    context = browser.new_context(java_script_enabled=False, viewport=DESKTOP)
    context.add_cookies([desk.cookie])
    page = context.new_page()
    page.goto(desk.url + "/inbox/")
    page.locator(".row-link").click()
    page.locator("#reply-text").fill("By plain form")
    page.get_by_role("button", name="Send to Maria").click()
    page.locator(".message-agent", has_text="By plain form").wait_for()
    page.locator("label.segment", has_text="Internal note").click()
    page.locator("#note-text").fill("By plain form too")
    page.get_by_role("button", name="Add note").click()
    page.locator(".message-note").wait_for()
    page.locator(".ticket-head summary").first.click()
    page.get_by_role("button", name="Closed", exact=True).click()
    page.locator(".toast", has_text="Status: Closed").wait_for()
    assert "Without JavaScript" in page.locator(".noscript").inner_text()
    assert fresh(ticket).status == "closed"
    context.close()


# --- Looks -----------------------------------------------------------------------------------------


LOOKS = [(viewport, scheme) for viewport in (DESKTOP, TABLET, PHONE) for scheme in ("light", "dark")]


def test_every_page_is_accessible_at_every_width_in_both_themes(desk: Desk, browser: Any) -> None:
    from tocsin.desk import services

    ticket = write_in("Δεν λαμβάνω μηνύματα")
    services.add_note(ticket.ref, "For colleagues", actor=desk.office.agent.actor)
    services.reply(ticket.ref, "It works again.", actor=desk.office.agent.actor)
    services.set_priority(ticket.ref, "urgent", actor=desk.office.agent.actor)
    customer = f"/customer/{desk.office.customer.pk}/"
    paths = [
        "/inbox/?view=all",
        f"/tickets/{ticket.ref}/",
        customer,
        "/catalog/customers/",
        "/tickets/new/",
        "/search/?q=works",
        "/console/styleguide/",
    ]
    for viewport, scheme in LOOKS:
        context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        page = context.new_page()
        for path in paths:
            desk.visit(page, path)
            assert axe(page) == [], (path, viewport, scheme)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (path, viewport)
        context.close()


def test_menus_dialogs_and_the_drawer_are_accessible_when_open(desk: Desk, browser: Any) -> None:
    ticket = write_in("Number 1")
    context = browser.new_context(viewport=PHONE, has_touch=True)
    page = context.new_page()
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.locator('[data-opens="panel"]').click()
    page.locator("#panel").get_by_text(ADDRESS).wait_for()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.locator("#panel").get_by_text(ADDRESS).wait_for(state="hidden")
    page.locator(".ticket-head summary").nth(1).click()
    sheet = page.locator(".ticket-head [open] .menu-sheet").bounding_box()
    assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= PHONE["width"]
    assert page.locator(".ticket-state").bounding_box()["height"] < 70  # one row
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    assert page.locator("#palette").is_visible()
    assert axe(page) == []
    context.close()


def test_a_choice_of_theme_is_kept(desk: Desk, page: Any) -> None:
    desk.visit(page, "/inbox/")
    page.locator(".rail-foot summary").click()
    page.locator('[data-look="theme"][value="dark"]').click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    desk.visit(page, "/search/")
    assert page.locator("html").get_attribute("data-theme") == "dark"
