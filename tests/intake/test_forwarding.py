"""Customers' mails that colleagues forward: whose tickets they become."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.desk.office import CUSTOMER, Office, arrive, arrive_one, fresh, mail, sent
from tests.desk.test_pages import shown, signed_in

from tocsin.desk import queries, services
from tocsin.desk.models import Message, Ticket
from tocsin.people.models import Staff

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

GOOD = "mx.example.test; dmarc=pass header.from=example.test"
FORWARDED = """Please look at this one.

---------- Forwarded message ---------
From: Maria Papadopoulou <maria@customer.test>
Date: Fri, 20 Nov 2026 at 18:00
Subject: Our shop is closed
To: <agent@example.test>

Nobody can buy anything since this morning.

Maria
"""


@pytest.fixture(autouse=True)
def trusted(settings: SettingsWrapper) -> None:
    settings.TOCSIN_TRUSTED_AUTHSERV = ["mx.example.test"]


def by_colleague(text: str = FORWARDED, **fields: Any) -> bytes:
    given = {
        "Authentication_Results": GOOD,
        "From": "Nikos <agent@example.test>",
        "Subject": "Fwd: Our shop is closed",
    }
    return mail(text, **(given | fields))


def opened(raw: bytes) -> Ticket:
    (message,) = arrive(raw)
    return fresh(message.ticket)


def notes(ticket: Ticket) -> list[str]:
    return [one.text for one in queries.conversation(ticket) if one.is_note]


def test_it_is_the_customers_ticket_with_their_words(office: Office) -> None:
    ticket = opened(by_colleague(Cc="boss@example.test"))
    assert (ticket.requester_address, ticket.customer) == (CUSTOMER, office.customer)
    assert (ticket.subject, ticket.verified, ticket.copied_addresses) == ("Our shop is closed", False, [])
    said = Message.objects.get(ticket=ticket, kind="customer")
    assert (said.from_address, said.from_name) == (CUSTOMER, "Maria Papadopoulou")
    assert said.visible_text.startswith("Nobody can buy anything")
    assert "Please look" not in said.text
    assert said.inbound_id  # the mail as it came is one click away
    (note,) = notes(ticket)
    assert note.startswith("Forwarded by Nikos (agent@example.test).")
    assert "Fri, 20 Nov 2026" in note and note.endswith("Please look at this one.")
    assert ticket.message_count == Message.objects.filter(ticket=ticket).count() == 3


def test_a_note_of_ours_is_read_in_the_agents_language(office: Office) -> None:
    ticket = opened(by_colleague())
    assert ", ".join(notes(ticket)).startswith("Forwarded by Nikos")
    Staff.objects.filter(pk=office.lead.pk).update(language="hr")
    read = shown(signed_in(office.lead), f"/tickets/{ticket.ref}/")
    assert "Proslijedio/la: Nikos (agent@example.test)." in read
    assert "Please look at this one." in read
    assert "Forwarded by" not in read


def test_the_customer_is_told_and_the_colleague_is_not(office: Office) -> None:
    ticket = opened(by_colleague())
    (acknowledgement,) = sent()
    assert ticket.ref in acknowledgement.payload["text"]
    assert sent("agent@example.test") == []
    services.reply(ticket.ref, "It is open again.", actor=office.agent.actor)
    assert [one.payload["text"][:17] for one in sent()][1:] == ["It is open again."]
    assert sent("agent@example.test") == []


def test_forwarded_as_a_file_it_keeps_its_files(office: Office) -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"] = f"Maria <{CUSTOMER}>", "Invoice"
    inner["Date"] = "Fri, 20 Nov 2026 18:00:00 +0200"
    inner.set_content("The invoice is wrong.")
    inner.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="invoice.pdf")
    outer = EmailMessage()
    outer["Authentication-Results"] = GOOD
    outer["From"], outer["To"], outer["Subject"] = (
        "Nikos <agent@example.test>",
        "support@example.test",
        "FW: Invoice",
    )
    outer["Message-ID"] = "<outer@example.test>"
    outer.set_content("For you.")
    outer.add_attachment(inner)
    ticket = opened(outer.as_bytes())
    assert (ticket.requester_address, ticket.subject) == (CUSTOMER, "Invoice")
    (said,) = [one for one in queries.conversation(ticket) if one.kind == "customer"]
    assert said.visible_text.strip() == "The invoice is wrong."
    assert "invoice.pdf" in {file.name for file in said.attachments}
    assert notes(ticket)[0].endswith("For you.")


def test_a_file_of_a_forwarded_mail_speaks_for_nobody(office: Office) -> None:
    made_up = EmailMessage()
    made_up["From"], made_up["Subject"] = f"Maria <{CUSTOMER}>", "Cancel everything"
    made_up.set_content("Please cancel everything.")
    outer = EmailMessage()
    outer["Authentication-Results"] = GOOD
    outer["From"], outer["To"] = "Nikos <agent@example.test>", "support@example.test"
    outer["Subject"], outer["Message-ID"] = "Fwd: Hello", "<outer@example.test>"
    outer.set_content(FORWARDED.replace(CUSTOMER, "mallory@elsewhere.test"))
    outer.add_attachment(made_up)
    assert opened(outer.as_bytes()).requester_address == "mallory@elsewhere.test"


def test_of_colleagues_among_the_writers_the_customer_counts(office: Office) -> None:
    inner = FORWARDED.replace("Please look at this one.\n\n", "")
    text = (
        "And now to you.\n\n---------- Forwarded message ---------\nFrom: Iva <sales@example.test>\n"
        f"Date: Sat, 21 Nov 2026\nSubject: Fwd: Our shop is closed\nTo: <agent@example.test>\n\n{inner}"
    )
    assert opened(by_colleague(text, Subject="Fwd: Fwd: Our shop is closed")).requester_address == CUSTOMER


@pytest.mark.parametrize(
    "changed",
    [
        {"Authentication_Results": ""},
        {"Authentication_Results": "mx.example.test; dmarc=fail header.from=example.test"},
        {"From": "Eve <eve@elsewhere.test>"},
        {"Subject": "Re: Our shop is closed"},
        {"Auto_Submitted": "auto-replied"},
    ],
)
def test_only_a_proven_colleague_who_forwards_speaks_for_a_customer(
    office: Office, changed: dict[str, str]
) -> None:
    ticket = opened(by_colleague(**changed))
    assert ticket.requester_address != CUSTOMER
    assert notes(ticket) == []


def test_a_colleagues_own_question_is_theirs(office: Office) -> None:
    assert (
        opened(by_colleague("My screen is dark.", Subject="Fwd: x")).requester_address == "agent@example.test"
    )


def test_unproven_it_is_offered_as_one_press(office: Office) -> None:
    ticket = opened(by_colleague(Authentication_Results=""))
    client = signed_in(office.lead)
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "Make it their ticket" in page and "Maria Papadopoulou" in page
    client.post(f"/tickets/{ticket.ref}/requester/", {"address": CUSTOMER, "name": "Maria Papadopoulou"})
    assert fresh(ticket).customer == office.customer
    assert "Make it their ticket" not in shown(client, f"/tickets/{ticket.ref}/")


def test_what_customers_forward_is_theirs(office: Office) -> None:
    ticket = arrive_one(FORWARDED.replace("maria@", "ivan@"), Subject="Fwd: Our shop is closed")
    assert ticket.requester_address == CUSTOMER
    assert "Make it their ticket" not in shown(signed_in(office.lead), f"/tickets/{ticket.ref}/")


def test_ordinary_mails_ask_nobody_about_staff(office: Office) -> None:
    with CaptureQueriesContext(connection) as caught:
        arrive(
            *(
                by_colleague(f"Question {n}", Subject="Question", Message_ID=f"<q{n}@x.test>")
                for n in range(20)
            )
        )
    assert not [one for one in caught if "people_staff" in one["sql"]]
