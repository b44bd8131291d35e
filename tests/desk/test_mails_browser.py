"""Mails in a real Chromium: frames that fit, history by mouse and key, pictures when asked for."""

from __future__ import annotations

from typing import Any

import pytest
from tests.console.test_browser import Desk, desk
from tests.harness.browser import DESKTOP, PHONE, axe, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

__all__ = ["desk"]  # the running company, as the console's tests have it
FRAME = ".mail-layout iframe"
IMAGES = f"document.querySelector('{FRAME}')?.contentDocument?.images"


def visit(desk: Desk, page: Any, raw: bytes) -> Any:
    """Open the ticket that this mail became; its message."""
    from tests.desk.office import arrive

    message = arrive(raw)[0]
    desk.visit(page, f"/tickets/{message.ticket.ref}/")
    return message


def height_of(page: Any) -> float:
    return float(page.locator(FRAME).bounding_box()["height"])


def test_history_unfolds_by_mouse_and_by_key(desk: Desk, page: Any) -> None:
    from tests.desk import letters

    visit(desk, page, letters.letter(letters.PLAIN_ANSWER, letters.ANSWER, subject="Re: Mail").as_bytes())
    inner = page.frame_locator(FRAME)
    old = inner.get_by_text("Which addresses?")
    inner.get_by_text("invoices@").wait_for()
    assert not old.is_visible()
    wait_for(page, "document.querySelector('.mail-layout iframe').height < 200")
    before = height_of(page)
    inner.locator("summary").click()
    assert old.is_visible()
    wait_for(page, f"document.querySelector('.mail-layout iframe').height > {before + 20}")
    page.keyboard.press("h")  # pressed in the frame, where the focus is
    old.wait_for(state="hidden")
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 5, "y": 5})
    page.keyboard.press("h")
    old.wait_for()
    assert page.errors == []


def test_the_plain_text_is_one_key_away(desk: Desk, page: Any) -> None:
    from tests.desk import letters

    visit(desk, page, letters.letter(letters.PLAIN_ANSWER, letters.ANSWER, subject="Re: Mail").as_bytes())
    page.evaluate("window.stayed = true")
    text = page.locator(".mail-text .message-text").first
    page.frame_locator(FRAME).get_by_text("invoices@").wait_for()
    assert not text.is_visible()
    page.keyboard.press("v")
    text.wait_for()
    assert not page.locator(FRAME).is_visible()
    assert text.inner_text().strip() == "Still nothing."
    page.keyboard.press("h")
    page.locator(".quoted[open]").get_by_text("Which addresses?").wait_for()
    page.keyboard.press("v")
    page.locator(FRAME).wait_for()
    page.get_by_role("radio", name="Plain text").check()
    text.wait_for()
    assert page.evaluate("window.stayed")
    page.keyboard.press("?")
    listed = page.locator("#keys").inner_text()
    assert "Layout or plain text" in listed and "Quoted history" in listed
    assert page.errors == []


def test_pictures_from_elsewhere_come_when_asked_for_and_say_nothing(desk: Desk, page: Any) -> None:
    from tests.desk import letters

    asked: list[Any] = []

    def answer(route: Any) -> None:
        asked.append(route.request)
        route.fulfill(content_type="image/png", body=letters.png(8, 1))

    page.context.route("https://shop.test/**", answer)
    visit(desk, page, letters.letter("Invoice", letters.NEWSLETTER).as_bytes())
    inner = page.frame_locator(FRAME)
    inner.get_by_text("1 picture not loaded").wait_for()
    assert asked == []
    assert inner.locator(".t-leads").inner_text() == "elsewhere.test"
    inner.get_by_role("link", name="Show").click()
    wait_for(page, f"() => {IMAGES}?.[0]?.naturalWidth")
    assert [request.url for request in asked] == ["https://shop.test/banner.png"]
    assert "referer" not in asked[0].headers and "cookie" not in asked[0].headers


def test_no_trick_runs_in_a_browser(desk: Desk, page: Any) -> None:
    """Every known trick in one mail after the other, through the product, with all requests watched."""
    from tests.desk import letters
    from tests.desk.office import arrive
    from tests.kernel.test_html_page import TRICKS

    left: list[str] = []
    page.on("request", lambda request: left.append(request.url) if "evil.example" in request.url else None)
    page.on("dialog", lambda dialog: left.append(dialog.message))
    kinds = [trick for trick in TRICKS if "\x00" not in trick]
    for start in range(0, len(kinds), 30):
        html = "".join(f"<h2>{n}</h2><div>{one}</div>" for n, one in enumerate(kinds[start : start + 30]))
        message = arrive(letters.letter("x", html, subject=f"Tricks {start}").as_bytes())[0]
        desk.visit(page, f"/tickets/{message.ticket.ref}/")
        page.frame_locator(FRAME).locator("h2").first.wait_for()
        page.goto(f"{desk.url}/tickets/{message.ticket.ref}/messages/{message.pk}/html/")
        assert page.locator("h2").count() > 5
    assert left == []


def test_forty_three_pictures_come_and_nothing_moves(desk: Desk, page: Any) -> None:
    from tests.desk import letters

    visit(desk, page, letters.with_pictures(43, 400))
    wait_for(page, f"() => {IMAGES}?.[0]?.naturalWidth")
    wait_for(page, "() => document.querySelector('.mail-layout iframe').height > 5000")
    before = height_of(page)
    page.locator(".pane-body", has=page.locator(FRAME)).evaluate("pane => { pane.scrollTop = 1e6 }")
    wait_for(page, f"() => {IMAGES}?.[42]?.naturalWidth")
    assert height_of(page) == before  # nothing moved when they came


def test_a_mail_in_a_mail_opens_in_place(desk: Desk, page: Any) -> None:
    from tests.desk import letters

    visit(desk, page, letters.with_mail_inside())
    summary = page.locator(".mail-nested > summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.frame_locator(".mail-inner iframe").get_by_text("old words").wait_for()
    assert page.locator(".mail-inner .attachment", has_text="old.pdf").is_visible()
    assert axe(page) == []
    assert page.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_frames_fit_and_can_be_read(desk: Desk, browser: Any, theme: str, viewport: dict[str, int]) -> None:
    from tests.desk import letters

    context = browser.new_context(viewport=viewport, color_scheme=theme)
    page = context.new_page()
    wide = '<table width="1200"><tr><td style="min-width:1200px">Wide</td></tr></table>'
    for html in (letters.ANSWER, letters.NEWSLETTER, f'{wide}<div style="width:2000px">x</div>'):
        visit(desk, page, letters.letter("Text", html).as_bytes())
        inner = page.frame_locator(FRAME)
        inner.locator("body").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert page.evaluate("document.scrollingElement.scrollTop") == 0
        assert axe(page) == []
        ground, ink = inner.locator("html").evaluate(
            "root => [getComputedStyle(root).backgroundColor, getComputedStyle(document.body).color]"
        )
        own = html == letters.NEWSLETTER
        assert (ground == "rgb(255, 255, 255)") is own
        light_ink = int(ink.split("(")[1].split(",")[0]) > 128
        assert light_ink is (theme == "dark" and not own)
    context.close()
