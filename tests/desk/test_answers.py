"""An agent's answer as the customer gets it: signed, quoting, with a page and with pictures."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest
from tests.desk.office import CUSTOMER, GREEK, Office, arrive_one, sent
from tests.harness.actors import acting
from tests.harness.mailservers import SmtpSink

from tocsin.desk import queries, services
from tocsin.desk.models import Message
from tocsin.desk.queries import signatures
from tocsin.desk.services import NewAttachment, letters
from tocsin.desk.settings import QUOTE_LAST_MESSAGE
from tocsin.kernel.errors import Refused
from tocsin.kernel.settings import change
from tocsin.kernel.text import fold_quotes
from tocsin.mailroom import services as mailroom

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

Received = Callable[[], EmailMessage]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


def answer_text(office: Office, text: str = "It works again.", **mail: str) -> str:
    ticket = arrive_one(**mail)
    services.reply(ticket.ref, text, actor=office.agent.actor)
    return str(sent()[-1].payload["text"])


# --- Signatures ------------------------------------------------------------------------------------


def test_without_a_signature_of_its_own_a_department_signs_with_names(office: Office) -> None:
    assert "\n\n-- \nNikos\nSupport, " in answer_text(office)


def test_a_department_signs_in_the_customers_language(office: Office) -> None:
    services.save_signature(
        signatures.of_department(office.support.pk),
        {"en": "{agent}\nNight shift of {company}", "el": "Με εκτίμηση,\n{agent}, {department}"},
        actor=office.lead.actor,
    )
    assert "\n-- \nNikos\nNight shift of Support\n" in answer_text(office)
    ticket = arrive_one(GREEK, Subject="Πρόβλημα")
    services.reply(ticket.ref, "Έτοιμο.", actor=office.agent.actor)
    assert "\n-- \nΜε εκτίμηση,\nNikos, Υποστήριξη\n" in sent()[-1].payload["text"]


def test_a_mailboxs_own_signature_takes_precedence(office: Office) -> None:
    places = (signatures.of_department(office.support.pk), signatures.of_account(office.mailbox.pk))
    for place in places:
        services.save_signature(place, {"en": f"Signed by {place}"}, actor=office.lead.actor)
    assert "-- \nSigned by account:" in answer_text(office)
    services.save_signature(places[1], {"en": "  "}, actor=office.lead.actor)
    assert "-- \nSigned by department:" in answer_text(office)


@pytest.mark.parametrize("signed", ["Done.\n\n-- \nNikos of the night", "Done.\n\nNikos\nSupport, Support"])
def test_who_signed_is_not_signed_again(office: Office, signed: str) -> None:
    text = answer_text(office, signed)
    assert text.startswith(signed)
    assert text.count("-- \n") == signed.count("-- \n")


def test_a_program_signs_with_the_department_alone(office: Office) -> None:
    ticket = arrive_one()
    services.reply(ticket.ref, "Done.", actor=acting("api", 1))
    assert "-- \nSupport, " in sent()[-1].payload["text"]


@pytest.mark.parametrize(
    ("template", "lines"),
    [
        ("{agent}\n{department}, {company}", ["Support"]),
        ("{company}", []),
        ("{agent} of {department}", ["of Support"]),
        ("{unknown} stays", ["{unknown} stays"]),
    ],
)
def test_names_that_are_missing_leave_no_holes(template: str, lines: list[str]) -> None:
    text = letters.signature(agent="", department="Support", company="", template=template)
    assert text.split("\n") == ["-- ", *lines]


# --- What it quotes --------------------------------------------------------------------------------


def test_remarks_of_whoever_passed_it_on_are_not_quoted_to_the_customer(office: Office) -> None:
    ticket = arrive_one("They never pay. Look at this.", From="agent@elsewhere.test")
    services.change_requester(ticket.ref, CUSTOMER, actor=office.agent.actor)
    services.reply(ticket.ref, "Hello Maria", actor=office.agent.actor)
    assert sent()[-1].to_address == CUSTOMER
    assert "never pay" not in sent()[-1].payload["text"]


@pytest.mark.parametrize("language", ["en", "el", "hr", "es", "ru"])
def test_the_last_message_is_quoted_so_that_any_reader_folds_it(office: Office, language: str) -> None:
    ticket = arrive_one("Nothing works.\n\nMaria")
    message = Message.objects.get(ticket=ticket, kind="customer")
    quoted = letters.quotation(message.visible_text, who="Maria", at=message.at, language=language)
    head, *lines = quoted.split("\n")
    assert "Maria" in head and head.endswith(":")
    assert lines == ["> Nothing works.", ">", "> Maria"]
    assert fold_quotes(f"It works again.\n\n{quoted}").visible == "It works again."


def test_an_answer_carries_what_the_customer_wrote_last(office: Office) -> None:
    text = answer_text(office)
    assert text.index("-- \nNikos") < text.index("Maria wrote:\n> Hello, my mail does not work")
    assert fold_quotes(text).visible == "It works again."


def test_quoting_can_be_switched_off(office: Office) -> None:
    change([QUOTE_LAST_MESSAGE.to(False)], actor=office.lead.actor)
    assert "> " not in answer_text(office)


def test_the_conversation_shows_the_answer_alone(office: Office) -> None:
    ticket = arrive_one()
    services.reply(ticket.ref, "It works again.", actor=office.agent.actor)
    (view,) = [one for one in queries.conversation(ticket) if one.kind == "agent"]
    assert (view.text, view.has_history) == ("It works again.", False)


# --- What the customer's mail program gets ----------------------------------------------------------


@pytest.fixture
def received(smtp_sink: SmtpSink, settings: SettingsWrapper) -> Received:
    """Sends what waits, and gives the last mail as the customer's program reads it."""
    settings.TOCSIN_SMTP_URL = smtp_sink.url

    def last() -> EmailMessage:
        mailroom.dispatch()
        message = message_from_bytes(smtp_sink.messages[-1].content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message

    return last


@pytest.mark.django_db(transaction=True)
def test_a_pasted_picture_stands_where_it_was_pasted(office: Office, received: Received) -> None:
    ticket = arrive_one()
    files = [
        NewAttachment("screen.png", "image/png", PNG),
        NewAttachment("log.txt", "text/plain", b"all of it"),
    ]
    services.reply(ticket.ref, "Press here:\n\n![screen.png]", actor=office.agent.actor, attachments=files)
    mail = received()
    assert mail["To"] == CUSTOMER
    picture, log = [part for part in mail.walk() if part.get_filename()]
    assert (picture.get_content(), picture.get_content_disposition()) == (PNG, "inline")
    assert (log.get_content_disposition(), log.get_payload(decode=True)) == ("attachment", b"all of it")
    page = mail.get_body(("html",)).get_content()
    assert f'<img src="cid:{picture["Content-ID"].strip("<>")}" alt="screen.png"' in page
    assert "<blockquote" in page and "-- <br>" in page
    assert "Press here:\n\n[screen.png]\n" in mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    (view,) = [one for one in queries.conversation(ticket) if one.kind == "agent"]
    assert view.text == "Press here:\n\n[screen.png]"


def test_a_picture_taken_out_before_sending_leaves_no_mark(office: Office) -> None:
    assert answer_text(office, "Press here:\n![picture.png]\nThen wait.").startswith(
        "Press here:\nThen wait."
    )
    with pytest.raises(Refused):
        answer_text(office, "![picture.png]\n")


@pytest.mark.django_db(transaction=True)
def test_html_of_a_program_is_mailed_with_a_text_beside_it(office: Office, received: Received) -> None:
    ticket = arrive_one()
    html = '<style>b{color:red}</style><p>Press <b>here</b>: <a href="https://example.test/x">how</a></p><script>'
    services.reply(ticket.ref, "", html=html, actor=acting("api", 1))
    mail = received()
    page = mail.get_body(("html",)).get_content()
    assert '<b style="color:red">here</b>' in page and "<script" not in page
    assert "-- <br>" in page and "<blockquote" in page
    text = mail.get_body(("plain",)).get_content()
    assert text.startswith("Press here: how (https://example.test/x)")
    assert "-- \n" in text.replace("\r\n", "\n")
