"""Writing an answer in a real browser: files pasted, dropped, too large; what came back; signatures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe

if TYPE_CHECKING:
    from tocsin.desk.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the fixture

_PASTE = """([name, type, text]) => {
  const held = new DataTransfer();
  held.items.add(new File([Uint8Array.from([137, 80, 78, 71, 13, 10, 26, 10])], name, { type }));
  if (text) held.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true });
  document.querySelector("#reply-text").dispatchEvent(event);
}"""
_DROP = """([name, size]) => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(size)], name, { type: "text/plain" }));
  const form = document.querySelector(".composer-reply");
  for (const kind of ["dragover", "drop"])
    form.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true }));
}"""


def lost_answer(desk: Desk) -> Ticket:
    """A ticket whose answer came back, since nobody is at its address."""
    from django.db import transaction
    from tests.desk.office import CUSTOMER, arrive_one

    from tocsin.desk import services
    from tocsin.mailroom.models import Delivery
    from tocsin.mailroom.services import announce
    from tocsin.mailroom.services.addresses import mark_dead
    from tocsin.mailroom.services.upkeep import mark_unannounced

    ticket = arrive_one()
    services.reply(ticket.ref, "It works again.", actor=desk.office.agent.actor)
    words = (
        "550 5.1.1 <maria@customer.test>: Recipient address rejected: User unknown in virtual mailbox table"
    )
    with transaction.atomic():
        mark_dead("email", CUSTOMER, words)
    newest = Delivery.objects.order_by("id").last()
    assert newest
    Delivery.objects.filter(pk=newest.pk).update(state="failed", answer=words)
    mark_unannounced([newest.pk])
    announce()
    return ticket


def attachments(ticket: Ticket) -> list[tuple[str, bool]]:
    from tocsin.desk.models import Attachment

    rows = Attachment.objects.filter(message__ticket=ticket, message__kind="agent").order_by("id")
    return list(rows.values_list("name", "inline"))


def test_pictures_are_pasted_and_files_dropped(desk: Desk, page: Any) -> None:
    from tests.desk.office import arrive_one, sent

    ticket = arrive_one()
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.keyboard.press("r")
    page.locator("#reply-text:focus").wait_for()
    page.keyboard.type("Press here:")
    page.evaluate(_PASTE, ["image.png", "image/png", ""])
    page.evaluate(_PASTE, ["image.png", "image/png", ""])
    assert page.locator("#reply-text").input_value() == "Press here:\n![picture.png]\n![picture-2.png]\n"
    page.evaluate(_PASTE, ["copied.png", "image/png", "words of a table"])  # the words are meant
    page.evaluate(_DROP, ["log.txt", 1_500_000])
    page.evaluate(_DROP, ["wrong.txt", 10])
    shown = page.locator(".composer-reply .composer-files li")
    assert [text.split(" · ")[0] for text in shown.all_inner_texts()] == [
        "picture.png",
        "picture-2.png",
        "log.txt",
        "wrong.txt",
    ]
    page.get_by_role("button", name="Remove wrong.txt").click()
    assert shown.count() == 3
    assert axe(page) == []
    page.locator("#reply-text").press("Control+Enter")
    page.locator("article.message-agent").wait_for()
    assert attachments(ticket) == [("picture.png", True), ("picture-2.png", True), ("log.txt", False)]
    assert "[picture.png]\n[picture-2.png]" in sent()[-1].payload["text"]
    laid_out = page.frame_locator("article.message-agent .message-frame")
    laid_out.get_by_alt_text("picture-2.png").wait_for()
    assert laid_out.locator("img").count() == 2
    assert page.locator("article.message-agent .attachment:visible").all_inner_texts() == [
        "log.txt\n1.4\xa0MB"
    ]
    assert page.locator("#reply-text").input_value() == ""  # the draft is gone
    assert page.locator(".toast", has_text="on its way").count() == 1
    assert page.errors == []


def test_a_picture_taken_out_leaves_the_text_box_too(desk: Desk, page: Any) -> None:
    from tests.desk.office import arrive_one

    ticket = arrive_one()
    desk.visit(page, f"/tickets/{ticket.ref}/")
    area = page.locator("#reply-text")
    area.fill("Press here:")
    for _picture in range(2):
        page.evaluate(_PASTE, ["image.png", "image/png", ""])
    area.press_sequentially("Or here ![picture.png], if you like.")
    page.get_by_role("button", name="Remove picture.png").click()
    kept = "Press here:\n![picture-2.png]\nOr here , if you like."
    assert area.input_value() == kept
    page.get_by_role("button", name="Remove picture-2.png").click()
    assert area.input_value() == "Press here:\nOr here , if you like."
    page.reload()
    assert area.input_value() == "Press here:\nOr here , if you like."  # the draft knows of it, too
    page.on("dialog", lambda dialog: dialog.accept())
    area.press("Control+Enter")
    page.locator("article.message-agent").wait_for()
    assert attachments(ticket) == []
    assert page.errors == []


def test_one_draft_in_two_tabs_is_sent_once(desk: Desk, page: Any) -> None:
    from tests.desk.office import arrive_one, sent

    ticket = arrive_one()
    before = len(sent())
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.locator("#reply-text").fill("It works again.")
    other = page.context.new_page()
    other.goto(page.url)
    assert other.locator("#reply-text").input_value() == "It works again."
    for tab in (page, other):
        tab.locator("#reply-text").press("Control+Enter")
        tab.locator(".toast").wait_for()
    assert "You sent this answer already" in other.locator(".toast").inner_text()
    assert other.locator("article.message-agent", has_text="It works again.").count() == 1
    assert other.locator("#reply-text").input_value() == ""
    assert len(sent()) == before + 1


def test_after_going_back_another_text_is_kept_and_sent_when_meant(desk: Desk, page: Any) -> None:
    from tests.desk.office import arrive_one, sent

    ticket = arrive_one()
    before = len(sent())
    desk.visit(page, f"/tickets/{ticket.ref}/")
    used = page.locator(".composer-reply [name=once]").input_value()
    page.locator("#reply-text").fill("It works again.")
    page.locator("#reply-text").press("Control+Enter")
    page.locator("article.message-agent").wait_for()
    for files in (0, 1):  # a form with files goes another way
        page.evaluate(
            "(used) => { document.querySelector('.composer-reply [name=once]').value = used; }", used
        )
        page.locator("#reply-text").fill(f"And this, number {files}.")
        if files:
            page.evaluate(_DROP, ["log.txt", 100])
        page.locator("#reply-text").press("Control+Enter")
        page.locator(".composer-reply .field-error:visible", has_text="was not sent").wait_for()
        assert page.locator("#reply-text").input_value() == f"And this, number {files}."
        assert len(sent()) == before + 1 + files
        page.locator("#reply-text").press("Control+Enter")
        page.locator("article.message-agent", has_text=f"number {files}").wait_for()
    assert attachments(ticket) == [("log.txt", False)]
    assert len(sent()) == before + 3


def test_too_large_is_said_before_it_is_sent(desk: Desk, page: Any, tmp_path: Path) -> None:
    from tests.desk.office import arrive_one

    ticket = arrive_one()
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.locator("#reply-text").fill("Here it is.")
    assert page.locator(".composer-reply .composer-limit").inner_text() == "up to 25.0\xa0MB"
    page.evaluate(_DROP, ["film.bin", 26 * 2**20])
    complaint = page.locator(".composer-reply [data-file-error]")
    assert "larger than 25 MB" in complaint.inner_text()
    page.locator("#reply-text").press("Control+Enter")
    page.wait_for_timeout(300)
    assert attachments(ticket) == []
    page.get_by_role("button", name="Remove film.bin").click()
    assert not complaint.is_visible()
    small = tmp_path / "steps.txt"
    small.write_text("1. restart")
    page.locator(".composer-reply input[type=file]").set_input_files(small)
    page.locator("#reply-text").press("Control+Enter")
    page.locator("article.message-agent").wait_for()
    assert attachments(ticket) == [("steps.txt", False)]


def test_an_answer_that_came_back_by_keyboard_and_eye(desk: Desk, page: Any) -> None:
    from tests.desk.office import OTHER_ADDRESS, fresh

    ticket = lost_answer(desk)
    for viewport in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme)
            desk.visit(page, f"/tickets/{ticket.ref}/")
            page.locator("#reply-text").focus()
            assert axe(page) == [], (viewport, scheme)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator(".ways", has_text="User unknown").first.is_visible()
    page.get_by_role("button", name=f"Write to {OTHER_ADDRESS} instead").focus()
    page.keyboard.press("Enter")
    page.locator(".system-line", has_text=f"Requester: {OTHER_ADDRESS}").wait_for()
    assert fresh(ticket).requester_address == OTHER_ADDRESS
    page.locator(".toast button", has_text="Undo").click()
    page.locator(".system-line", has_text="Requester: maria@customer.test").wait_for()


def test_how_it_fares_is_seen_without_a_reload(desk: Desk, page: Any) -> None:
    from tests.desk.office import arrive_one

    from tocsin.desk import services
    from tocsin.kernel import clock
    from tocsin.mailroom.models import Delivery
    from tocsin.mailroom.services import announce
    from tocsin.mailroom.services.upkeep import mark_unannounced

    ticket = arrive_one()
    services.reply(ticket.ref, "It works again.", actor=desk.office.agent.actor)
    desk.visit(page, f"/tickets/{ticket.ref}/")
    page.locator("article .message-side .pill", has_text="Waiting").wait_for()
    page.locator("article .ways summary").click()
    newest = Delivery.objects.order_by("id").last()
    assert newest
    answer = "250 2.0.0 Ok: queued as 4F2"
    Delivery.objects.filter(pk=newest.pk).update(state="sent", accepted_at=clock.now(), answer=answer)
    mark_unannounced([newest.pk])
    announce()
    page.locator("article .message-side .pill", has_text="Sent").wait_for()
    assert page.locator("article .ways", has_text=answer).get_attribute("open") is not None
    assert page.evaluate("document.activeElement.matches('.ways summary')")
    assert page.errors == []


def test_signatures_are_seen_while_they_are_written(desk: Desk, page: Any) -> None:
    from tests.console.test_browser import _session_of

    page.context.add_cookies([_session_of(desk.office.lead, desk.url)])
    desk.cookie = _session_of(desk.office.lead, desk.url)
    place = f"/settings/signatures/department/{desk.office.support.pk}/"
    for path in ("/settings/signatures/", place):
        for viewport in (DESKTOP, PHONE):
            page.set_viewport_size(viewport)
            desk.visit(page, path)
            assert axe(page) == [], (path, viewport)
    page.locator("[name=text_en]").fill("{agent}\nThe night shift")
    page.locator("#signature-preview", has_text="Ana\nThe night shift").wait_for()
    page.get_by_role("button", name="Save").click()
    page.locator("td", has_text="The night shift").wait_for()
    assert page.errors == []
