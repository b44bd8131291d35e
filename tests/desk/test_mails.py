"""Mails as staff see them: frames, cards, notes, files, and who may fetch what (R-A15, R-A16)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from tests.desk.office import Office

    from tocsin.desk.models import Message
    from tocsin.people.models import Staff

pytestmark = pytest.mark.django_db


def signed_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def arrived(raw: bytes) -> Message:
    from tests.desk.office import arrive

    return arrive(raw)[0]


def page(client: Client, message: Message) -> str:
    answer = client.get(f"/tickets/{message.ticket.ref}/")
    assert answer.status_code == 200
    return answer.content.decode()


def frame(client: Client, message: Message, more: str = "") -> Any:
    answer = client.get(f"/tickets/{message.ticket.ref}/messages/{message.pk}/html/{more}")
    assert answer.status_code == 200
    return answer


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


# --- The frame ------------------------------------------------------------------------------------


def test_an_answer_shows_what_is_new_and_folds_the_rest(office: Office) -> None:
    from tests.desk import letters

    message = arrived(letters.letter(letters.PLAIN_ANSWER, letters.ANSWER, subject="Re: Mail").as_bytes())
    shown = frame(signed_in(office.agent), message).content.decode()
    new, _control, history = shown.partition('<details class="t-history">')
    assert "<b>nothing</b>" in new and "Which addresses?" not in new
    assert "Which addresses?" in history
    assert 'class="t-own"' not in shown  # black on white: it may stand on a dark ground
    assert message.visible_text == "Still nothing."


def test_what_says_more_than_text_is_laid_out_first(office: Office) -> None:
    from tests.desk import letters

    client = signed_in(office.agent)
    simple = (
        '<div dir="ltr">Still nothing.</div><div class="gmail_quote"><img src="https://x.test/a.png"></div>'
    )
    for html, first in ((letters.ANSWER, "laid-out"), (simple, "text"), (letters.NEWSLETTER, "laid-out")):
        message = arrived(letters.letter("Still nothing.", html).as_bytes())
        chosen = re.search(r'value="([a-z-]+)" checked data-key="v"', page(client, message))
        assert chosen and chosen[1] == first


def test_remote_pictures_wait_and_trackers_never_come(office: Office) -> None:
    from tests.desk import letters

    client = signed_in(office.agent)
    message = arrived(letters.letter("Invoice", letters.NEWSLETTER).as_bytes())
    waiting = frame(client, message)
    text = waiting.content.decode()
    assert "1 picture not loaded" in text and 'href="?pictures=1"' in text
    assert "shop.test" not in text
    assert '<span class="t-leads">elsewhere.test</span>' in text
    policy = waiting["Content-Security-Policy"]
    assert "sandbox" in policy and "allow-scripts" not in policy and "https:" not in policy
    asked = frame(client, message, "?pictures=1")
    assert 'src="https://shop.test/banner.png"' in asked.content.decode()
    assert "seen.gif" not in asked.content.decode()
    assert asked["Referrer-Policy"] == "no-referrer"
    assert "script-src" not in asked["Content-Security-Policy"]


def test_a_picture_that_asks_our_own_server_is_never_loaded(office: Office) -> None:
    from tests.desk import letters

    message = arrived(letters.letter("x", '<p>x</p><img src="http://testserver/account/x">').as_bytes())
    assert b"testserver" not in frame(signed_in(office.agent), message, "?pictures=1").content


def test_forty_three_pictures_cost_as_much_as_three(office: Office) -> None:
    from tests.desk import letters

    client = signed_in(office.agent)
    costs = []
    for count in (3, 43):
        message = arrived(letters.with_pictures(count))
        page(client, message)
        with CaptureQueriesContext(connection) as of_page:
            shown = page(client, message)
        with CaptureQueriesContext(connection) as of_frame:
            body = frame(client, message).content.decode()
        assert body.count('loading="lazy" src="/tickets/') == count
        assert shown.count('class="attachment"') == count  # named in the plain view only
        costs.append((_asked(of_page), _asked(of_frame)))
    assert costs[0] == costs[1]
    assert costs[1][1] <= 8


def _asked(caught: CaptureQueriesContext) -> int:
    """The tests' movable clock reads its offset now and then; a company's does not."""
    return sum("kernel_clockoffset" not in query["sql"] for query in caught)


def test_a_picture_is_sent_once_and_then_kept(office: Office) -> None:
    from tests.desk import letters

    client = signed_in(office.agent)
    message = arrived(letters.with_pictures(1))
    address = re.search(r'src="(/tickets/[^"]+inline=1)"', frame(client, message).content.decode())
    assert address
    first = client.get(address[1])
    assert first["Content-Type"] == "image/png" and first["Content-Disposition"].startswith("inline")
    assert first["Cache-Control"].startswith("private, max-age=")
    assert content(first).startswith(b"\x89PNG")
    again = client.get(address[1], headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b""


def test_a_file_that_the_layout_does_not_show_is_listed(office: Office) -> None:
    """Some programs give every file a Content-ID, shown in its place or not."""
    from tests.desk import letters

    message = letters.letter("See the file", "<h1>See the file</h1>")
    message.add_attachment(
        b"%PDF", maintype="application", subtype="pdf", cid="<f@x>", filename="bill.pdf", disposition="inline"
    )
    shown = page(signed_in(office.agent), arrived(message.as_bytes()))
    assert "bill.pdf" in shown.partition("mail-switch")[2]


# --- Notes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "sentence"),
    [
        ({"Date": "Thu, 01 Jan 1970 00:00:00 +0000"}, "dated 1 January 1970"),
        ({"Date": "Sat, 01 Jan 2099 00:00:00 +0000"}, "dated 1 January 2099"),
        ({"From": "Ana <ana@elsewhere.test>, Maria <maria@customer.test>"}, "several people"),
        ({"From": "", "Sender": "ana@elsewhere.test"}, "taken from “Sender”"),
        ({"From": ""}, "names no sender"),
    ],
)
def test_what_was_repaired_is_said(office: Office, headers: dict[str, str], sentence: str) -> None:
    from tests.desk.office import mail

    message = arrived(mail(**headers))
    assert sentence in page(signed_in(office.lead), message)
    assert abs((message.at - message.ticket.opened_at).total_seconds()) < 1


def test_a_date_that_nobody_can_read_is_said(office: Office) -> None:
    from tests.desk.office import mail

    raw = re.sub(rb"Date: [^\n]+", b"Date: the day before yesterday", mail())
    assert "date can&#x27;t be read" in page(signed_in(office.lead), arrived(raw))


def test_two_froms_and_groups_are_shown_as_they_count(office: Office) -> None:
    from tests.desk.office import mail

    raw = mail(To="Friends: support@example.test, boss@customer.test;")
    raw = raw.replace(b"From: Maria", b"From: Ana <ana@elsewhere.test>\nFrom: Maria", 1)
    message = arrived(raw)
    shown = page(signed_in(office.lead), message)
    assert message.from_address == "ana@elsewhere.test"
    assert "names its sender twice" in shown
    assert "<dd>support@example.test, boss@customer.test</dd>" in shown


# --- Cards ----------------------------------------------------------------------------------------


def test_an_invitation_is_a_card_in_the_readers_time(office: Office) -> None:
    from tests.desk import letters

    message = arrived(letters.with_meeting())
    shown = page(signed_in(office.agent), message)
    assert shown.count('class="mail-card"') == 1  # sent twice, shown once
    for words in ("Move of the mail server", "Tuesday 24 November 2026, 07:00 – 08:30", "Piraeus, pier 4"):
        assert words in shown
    assert "Maria (maria@customer.test)" in shown


def test_an_invitation_and_nothing_else_is_its_card(office: Office) -> None:
    """What stands for the mail's text lies folded below, and the list shows the title."""
    from tests.desk import letters
    from tests.desk.office import fresh

    message = arrived(letters.only_a_meeting())
    shown = page(signed_in(office.agent), message)
    assert shown.count('class="mail-card"') == 1
    before, _fold, after = shown.partition('<details class="quoted"><summary>Plain text</summary>')
    assert "2026-11-24 09:00" not in before and "2026-11-24 09:00" in after
    assert fresh(message.ticket).excerpt == "Move of the mail server"
    said = page(signed_in(office.agent), arrived(letters.with_meeting()))
    assert "<summary>Plain text</summary>" not in said  # its own words stay in sight


def test_of_too_many_cards_the_newest_are_shown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.desk import letters

    from tocsin.desk import queries
    from tocsin.desk.views import cards

    message = arrived(letters.with_meeting())
    said = queries.conversation(message.ticket)
    monkeypatch.setattr(cards, "_MOST_CARDS_ON_A_PAGE", 1)
    older, newer = replace(said[0], id=-2), replace(said[0], id=-1)
    found = cards.cards_of([older, newer])
    assert (len(found[-2]), len(found[-1])) == (0, 1)


def test_a_meeting_called_off_says_so(office: Office) -> None:
    from tests.desk import letters

    shown = page(signed_in(office.agent), arrived(letters.with_meeting("CANCEL")))
    assert "Called off" in shown and "mail-card-off" in shown


def test_a_mail_in_the_mail_is_opened_in_its_place(office: Office) -> None:
    from tests.desk import letters

    client = signed_in(office.agent)
    message = arrived(letters.with_mail_inside())
    shown = page(client, message)
    assert "What they wrote" in shown and "Ana" in shown
    address = re.search(r'hx-get="([^"]+)"', shown.partition("mail-nested")[2])
    assert address
    inner = client.get(address[1]).content.decode()
    assert "ana@elsewhere.test" in inner and "old.pdf" in inner
    html = client.get(address[1] + "html/")
    assert b"<b>old</b>" in html.content and "sandbox" in html["Content-Security-Policy"]
    other = signed_in(office.salesman)
    for path in (address[1], address[1] + "html/"):
        assert other.get(path).status_code == 404


def test_cards_cost_one_query(office: Office) -> None:
    from tests.desk import letters
    from tests.desk.office import mail

    client = signed_in(office.agent)
    costs = []
    for message in (arrived(mail()), arrived(letters.with_meeting())):
        page(client, message)
        with CaptureQueriesContext(connection) as caught:
            page(client, message)
        costs.append(_asked(caught))
    assert costs[1] - costs[0] <= 1


# --- Downloads ------------------------------------------------------------------------------------


def test_the_original_is_for_those_who_may_read_the_ticket(office: Office) -> None:
    from tests.desk.office import mail

    raw = mail("As it was.")
    message = arrived(raw)
    address = f"/tickets/{message.ticket.ref}/messages/{message.pk}/original/"
    answer = signed_in(office.agent).get(address)
    assert content(answer) == raw
    assert (
        answer["Content-Disposition"] == f"attachment; filename*=UTF-8''{message.ticket.ref}-{message.pk}.eml"
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert signed_in(office.salesman).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_large_file_is_read_piece_by_piece(office: Office) -> None:
    """The database never holds a statement open, nor this process more than a piece."""
    from tests.desk import letters

    outer = letters.letter("See the file")
    outer.add_attachment(bytes(5 * 2**20), maintype="application", subtype="zip", filename="logs.zip")
    message = arrived(outer.as_bytes())
    file = message.attachments.get()
    answer: Any = signed_in(office.agent).get(f"/tickets/{message.ticket.ref}/attachments/{file.pk}/")
    pieces = [len(one) for one in answer.streaming_content]
    assert pieces == [2**20] * 5
    assert answer["Content-Length"] == str(5 * 2**20)
    assert answer["Content-Disposition"].startswith("attachment")
