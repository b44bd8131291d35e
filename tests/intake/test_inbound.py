"""From a mail to a ticket: identify, thread or open, write, acknowledge."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from tests.desk.office import CUSTOMER, GREEK, STRANGER, Office, arrive, arrive_one, fresh, link, mail, sent
from tests.harness.listening import only_hears
from tests.mailroom.boxes import save_mailbox

from tocsin.desk import queries
from tocsin.desk.models import Message, Ticket
from tocsin.intake import services as intake
from tocsin.kernel.models import LiveUpdate, LogEntry
from tocsin.kernel.reasons import in_english
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import InboundItem


def test_a_greek_mail_in_its_old_charset_becomes_a_ticket(office: Office) -> None:
    raw = EmailMessage()
    raw["From"], raw["To"], raw["Subject"] = CUSTOMER, "support@example.test", "ΑΠ: Δεν λειτουργεί"
    raw["Message-ID"] = "<greek@customer.test>"
    raw.set_content(GREEK, charset="iso-8859-7", cte="8bit")
    (message,) = arrive(raw.as_bytes())
    ticket = message.ticket
    assert message.text.strip() == GREEK
    assert (ticket.subject, ticket.language, ticket.status) == ("Δεν λειτουργεί", "el", "new")
    assert ticket.customer == office.customer
    assert ticket.department == office.support
    (acknowledgement,) = sent()
    assert f"[{ticket.ref}]" in acknowledgement.payload["subject"]
    assert "Λάβαμε το μήνυμά σας" in acknowledgement.payload["text"]
    assert "μέσα σε 4 ώρες" in acknowledgement.payload["text"]
    assert acknowledgement.payload["in_reply_to"] == "<greek@customer.test>"
    assert acknowledgement.payload["auto_submitted"] == "auto-replied"
    assert InboundItem.objects.get(pk=message.inbound_id).ticket_ref == ticket.ref


def test_opening_is_announced_by_the_contact(office: Office) -> None:
    ticket = arrive_one()
    row = LogEntry.objects.get(name="desk.ticket-opened", subjects__0=ticket.ref)
    assert row.actor == f"contact:{ticket.requester_id}"
    assert row.subjects == [ticket.ref, f"customer:{office.customer.pk}"]
    assert LiveUpdate.objects.get(name=row.name).topics == ["queue", f"ticket:{ticket.ref}"]
    assert row.data["customer_id"] == office.customer.pk


def test_a_stranger_is_served_and_marked_unverified(office: Office) -> None:
    ticket = arrive_one(From=f"Eve <{STRANGER}>")
    assert ticket.customer is None
    assert not ticket.verified
    assert ticket.requester.name == "Eve"
    assert len(sent(STRANGER)) == 1


def test_a_batch_opens_each_in_a_ticket_of_its_own(office: Office) -> None:
    messages = arrive(*(mail(f"Question number {n}", From=f"p{n}@many.test") for n in range(20)))
    assert len({one.ticket_id for one in messages}) == 20
    assert [one.ticket.requester_address for one in messages] == [f"p{n}@many.test" for n in range(20)]
    assert Message.objects.filter(kind="system").count() == 20


def test_opening_twice_changes_nothing(office: Office) -> None:
    (message,) = arrive(mail())
    assert message.inbound_id
    intake.open_inbound([message.inbound_id])
    assert Ticket.objects.count() == 1
    assert len(sent()) == 1


def test_one_poison_mail_is_set_aside_and_stops_nobody(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tocsin.intake.services import drafts

    honest = drafts.message_of

    def poisoned(placed, context):
        if "poison" in placed.message.inbound.subject:
            raise ValueError("this one bites")
        return honest(placed, context)

    monkeypatch.setattr(drafts, "message_of", poisoned)
    good, bad, other = mail(Subject="one"), mail(Subject="poison"), mail(Subject="two")
    messages = arrive(good, bad, other)
    assert [one.subject for one in messages] == ["one", "two"]
    aside = InboundItem.objects.get(state="set_aside")
    assert "this one bites" in in_english(aside.reason)
    assert Ticket.objects.count() == 2


def test_quoted_history_is_folded_away_and_files_are_kept(office: Office) -> None:
    raw = EmailMessage()
    raw["From"], raw["To"], raw["Subject"] = CUSTOMER, "support@example.test", "Invoice"
    raw.set_content("See the file.\n\nOn Mon, 16 Nov 2026 at 10:00, Support wrote:\n> Which one?\n")
    raw.add_attachment(b"%PDF-1.4 invoice", maintype="application", subtype="pdf", filename="τιμολόγιο.pdf")
    (message,) = arrive(raw.as_bytes())
    (view,) = [one for one in queries.conversation(message.ticket) if one.kind == "customer"]
    assert view.visible_text.strip() == "See the file."
    assert view.has_history
    (file,) = view.attachments
    assert (file.name, file.size) == ("τιμολόγιο.pdf", 16)


@pytest.mark.parametrize(
    ("headers", "machine"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto-reply"),
        ({"List_Id": "<news.example.org>"}, "list"),
    ],
)
def test_machines_get_no_acknowledgement(office: Office, headers: dict[str, str], machine: str) -> None:
    (message,) = arrive(mail(**headers))
    assert message.machine == machine
    assert sent() == []


def test_a_robot_that_does_not_say_so_is_acknowledged_five_times_an_hour(office: Office) -> None:
    arrive(*(mail(f"Alert {n}") for n in range(4)))
    arrive(*(mail(f"Alert {n}") for n in range(4, 9)))
    assert len(sent()) == 5
    assert Ticket.objects.count() == 9


def test_without_a_sender_it_is_a_ticket_all_the_same(office: Office) -> None:
    (message,) = arrive(mail(From=""))
    assert message.ticket.requester_address == ""
    assert sent("") == []


def test_the_mailbox_decides_the_language_when_nobody_else_does(office: Office) -> None:
    save_mailbox(
        account_id=office.mailbox.pk,
        address="support@example.test",
        department_id=office.support.pk,
        language="hr",
    )
    assert arrive_one("12345", Subject="?").language == "hr"


def test_what_the_customer_declared_decides_before_what_they_write(office: Office) -> None:
    from tocsin.people import services as people

    people.save_customer(key="c1", name="Aegean Ferries", language="ru", addresses=[CUSTOMER])
    assert arrive_one(GREEK).language == "ru"


def test_hostile_lengths_are_cut_not_lost(office: Office) -> None:
    long_id = "<" + "z" * 1900 + "@x.test>"
    ticket = arrive_one("word\n" * 200_000, Subject="S " * 5000, Message_ID=long_id)
    assert len(ticket.subject) <= 300
    assert fresh(ticket).message_count == 2


def test_a_mail_linked_on_arrival_gets_one_mail_with_its_state(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tocsin.desk.events import TicketOpened

    def attach(event: TicketOpened) -> None:
        link(Ticket.objects.get(pk=event.ticket_id), update="Ξέρουμε το πρόβλημα.")

    only_hears(monkeypatch, TicketOpened, attach)
    ticket = arrive_one(GREEK)
    (only,) = sent()
    assert ticket.ref in only.payload["text"]
    assert "Ξέρουμε το πρόβλημα." in only.payload["text"]
    assert "μέσα σε" not in only.payload["text"]
    ticket = fresh(ticket)
    assert (ticket.linked_ref, ticket.parked_by) == ("I-0000018", "linked")


@pytest.mark.django_db(transaction=True)
def test_through_the_whole_mailroom() -> None:
    from tests.desk import office as offices

    offices.build()
    for n in range(3):
        mailroom.take_in("email", f"real:{n}", mail(f"Number {n}"))
    assert mailroom.drain() == 3
    assert Ticket.objects.count() == 3
    assert len(sent()) == 3
