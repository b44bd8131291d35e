"""Which ticket a mail belongs to, and who may enter a conversation (R-A14)."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.desk.office import (
    CUSTOMER,
    OTHER_ADDRESS,
    STRANGER,
    Office,
    arrive,
    arrive_one,
    fresh,
    link,
    mail,
    sent,
)

from tocsin.desk import queries, services
from tocsin.desk.models import Message, Ticket
from tocsin.kernel.models import LogEntry
from tocsin.kernel.reasons import plain
from tocsin.mailroom.models import InboundItem

FORGED = "T-0000424"  # the check digit of 42 is 7


def acknowledgement_id(address: str = CUSTOMER) -> str:
    return sent(address)[0].message_id


def test_an_answer_to_our_mail_lands_in_its_ticket_whatever_its_subject(office: Office) -> None:
    ticket = arrive_one()
    again = arrive_one("More", Subject="something else", In_Reply_To=acknowledgement_id())
    assert again == ticket
    assert LogEntry.objects.filter(name="desk.customer-wrote", subjects__0=ticket.ref).count() == 1


def test_by_references_alone(office: Office) -> None:
    ticket = arrive_one()
    assert arrive_one("More", References=f"<unknown@x.test> {acknowledgement_id()}") == ticket


def test_an_answer_to_their_own_mail(office: Office) -> None:
    ticket = arrive_one(Message_ID="<first@customer.test>")
    assert arrive_one("I forgot", In_Reply_To="<first@customer.test>") == ticket


def test_by_the_id_in_the_subject(office: Office) -> None:
    ticket = arrive_one()
    assert arrive_one("More", Subject=f"Re: [{ticket.ref}] Mail is down") == ticket


def test_headers_are_trusted_before_the_subject(office: Office) -> None:
    first, second = arrive_one(), arrive_one()
    joined = arrive_one("More", Subject=f"[{second.ref}]", In_Reply_To=acknowledgement_id())
    assert joined == first


def test_two_mails_of_one_conversation_in_one_batch(office: Office) -> None:
    one, two = arrive(mail(Message_ID="<a@customer.test>"), mail("And more", In_Reply_To="<a@customer.test>"))
    assert one.ticket == two.ticket
    assert fresh(one.ticket).message_count == 3
    assert len(sent()) == 1
    names = list(
        LogEntry.objects.filter(subjects__0=one.ticket.ref).order_by("id").values_list("name", flat=True)
    )
    assert names == ["desk.ticket-opened", "desk.customer-wrote"]


@pytest.mark.parametrize("sender", [OTHER_ADDRESS, "colleague@partner.test"])
def test_participants_enter(office: Office, sender: str) -> None:
    ticket = arrive_one(Cc="colleague@partner.test")
    assert ticket.copied_addresses == ["colleague@partner.test"]
    assert arrive_one("Me too", From=sender, Subject=f"[{ticket.ref}]") == ticket


@pytest.mark.parametrize("clue", ["subject", "headers"])
def test_a_stranger_never_enters_a_conversation(office: Office, clue: str) -> None:
    ticket = arrive_one()
    pointing = {"Subject": f"[{ticket.ref}]"} if clue == "subject" else {"In_Reply_To": acknowledgement_id()}
    other = arrive_one("Let me in", From=STRANGER, **pointing)
    assert other != ticket
    assert fresh(ticket).message_count == 2
    (note,) = Message.objects.filter(ticket=other, kind="note")
    assert ticket.ref in note.text
    assert STRANGER in note.text
    told = sent(STRANGER)[0].payload
    assert ticket.ref not in told["text"] + told["subject"]


def test_a_strangers_ticket_leads_to_the_other_one(office: Office) -> None:
    ticket = arrive_one()
    other = arrive_one("<b>Let me in</b>", From=STRANGER, Subject=f"[{ticket.ref}]")
    services.add_note(other.ref, f"<b> {FORGED}", actor=office.agent.actor)
    client = Client()
    client.force_login(office.agent, backend="django.contrib.auth.backends.ModelBackend")
    shown = client.get(f"/tickets/{other.ref}/").content.decode()
    assert f'<a href="/tickets/{ticket.ref}/">{ticket.ref}</a>' in shown
    assert f"&lt;b&gt; {FORGED}" in shown


def test_a_forged_or_unknown_id_is_a_new_ticket(office: Office) -> None:
    forged = arrive_one("Hello", Subject=f"Re: [{FORGED}] something")
    unknown = arrive_one("Hello", Subject="Re: [T-9999990] something")
    assert forged != unknown
    assert forged.subject == "something"
    assert not Message.objects.filter(kind="note").exists()


def test_a_reply_to_a_notice_carries_its_origin(office: Office) -> None:
    from django.db import transaction

    from tocsin.mailroom.queries import deliveries_by_id
    from tocsin.mailroom.services import NewDelivery, write_deliveries

    with transaction.atomic():
        (pk,) = write_deliveries([NewDelivery("email", CUSTOMER, "Mail is down", "…", origin_ref="notice:7")])
    notice = deliveries_by_id([pk])[pk].message_id
    (message,) = arrive(mail("When will it work?", In_Reply_To=notice))
    assert message.origin_ref == "notice:7"
    assert LogEntry.objects.get(name="desk.ticket-opened").data["origin_ref"] == "notice:7"
    assert arrive(mail("Out of office", In_Reply_To=notice, Auto_Submitted="auto-replied")) == []
    assert InboundItem.objects.filter(state="ignored").count() == 1


@pytest.mark.parametrize("status", ["answered", "pending", "on_hold", "closed"])
def test_a_customers_answer_opens_it_again(office: Office, status: str) -> None:
    ticket = arrive_one()
    services.set_status(ticket.ref, status, actor=office.agent.actor)
    services.mark_read(ticket.ref, actor=office.agent.actor)
    ticket = fresh(arrive_one("Still broken", Subject=f"[{ticket.ref}]"))
    assert (ticket.status, ticket.unread, ticket.closed_at, ticket.waiting_since) == (
        "open",
        True,
        None,
        None,
    )
    assert ticket.excerpt == "Still broken"


def test_an_out_of_office_answer_is_kept_but_opens_nothing(office: Office) -> None:
    ticket = arrive_one()
    services.reply(ticket.ref, "Try now.", actor=office.agent.actor)
    before = fresh(ticket)
    (message,) = arrive(mail("I am away", Subject=f"[{ticket.ref}]", Auto_Submitted="auto-replied"))
    after = fresh(ticket)
    assert message.ticket == ticket
    assert message.machine == "auto-reply"
    assert (after.status, after.unread, after.excerpt) == ("answered", False, before.excerpt)
    assert not LogEntry.objects.filter(name="desk.customer-wrote").exists()


def test_a_person_behind_a_groups_address_opens_it_again(office: Office) -> None:
    ticket = arrive_one()
    services.set_status(ticket.ref, "closed", actor=office.agent.actor)
    arrive_one("Still broken", Subject=f"[{ticket.ref}]", List_Id="<team.customer.test>")
    assert fresh(ticket).status == "open"


def test_who_writes_along_gets_the_answers_once(office: Office) -> None:
    ticket = arrive_one(From="Maria <Maria@Customer.test>", Cc="bo@partner.test")
    arrive_one(
        "Me too",
        From=OTHER_ADDRESS,
        To="support@example.test, maria@customer.test",
        Subject=f"[{ticket.ref}]",
    )
    arrive_one("And me", From="bo@partner.test", Subject=f"[{ticket.ref}]")
    assert fresh(ticket).copied_addresses == ["bo@partner.test", OTHER_ADDRESS]
    services.reply(ticket.ref, "Done.", actor=office.agent.actor)
    assert len(sent("Maria@customer.test")) == 2
    assert len(sent(OTHER_ADDRESS)) == len(sent("bo@partner.test")) == 1


def test_after_a_linked_record_is_over_the_ticket_comes_back_to_the_queue(office: Office) -> None:
    ticket = arrive_one()
    link(ticket)
    told = services.SystemMessage(
        ticket.pk, "It works again.", close_because=plain("Over."), origin_ref="notice:9"
    )
    services.write_system_messages([told])
    assert fresh(ticket).status == "closed"
    answer = sent()[-1].message_id
    (message,) = arrive(mail("No, it does not", In_Reply_To=answer))
    ticket = fresh(ticket)
    assert message.ticket == ticket
    assert message.origin_ref == "notice:9"
    assert (ticket.status, ticket.parked_by) == ("open", "")
    assert [row.ref for row in queries.queue("open", office.agent).items] == [ticket.ref]
    assert Ticket.objects.count() == 1


def test_a_number_and_a_sender_that_anybody_can_write_bring_nobody_into_a_conversation(
    office: Office,
) -> None:
    ticket = arrive_one()
    forged = arrive_one("And copy my friend", Subject=f"Re: [{ticket.ref}]", Cc="friend@elsewhere.test")
    assert forged == ticket
    assert fresh(ticket).copied_addresses == []
    arrive_one("My colleague reads too", In_Reply_To=acknowledgement_id(), Cc="colleague@partner.test")
    assert fresh(ticket).copied_addresses == ["colleague@partner.test"]
