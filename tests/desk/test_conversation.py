"""What agents do: answer, note, change, forward."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from tests.desk.office import CUSTOMER, OTHER_ADDRESS, Office, arrive, arrive_one, fresh, link, mail, sent

from tocsin.desk import queries, services
from tocsin.desk.models import Message, Ticket
from tocsin.desk.services import NewAttachment
from tocsin.desk.settings import CLOSE_AFTER_DAYS
from tocsin.kernel import clock, settings
from tocsin.kernel.errors import Conflict, NotFound, Refused
from tocsin.kernel.models import LogEntry
from tocsin.kernel.reasons import plain


def test_an_answer_goes_out_threaded_and_signed(office: Office) -> None:
    ticket = arrive_one(Message_ID="<q@customer.test>", References="<older@customer.test>")
    file = NewAttachment("steps.txt", "text/plain", b"1. restart")
    message = services.reply(
        ticket.ref, "Please try again now.", actor=office.agent.actor, attachments=[file]
    )
    acknowledgement, answer = sent()
    payload = answer.payload
    assert payload["text"].startswith("Please try again now.\n\n-- \nNikos\nSupport")
    assert payload["subject"] == f"[{ticket.ref}] Mail is down"
    assert payload["in_reply_to"] == "<q@customer.test>"
    assert payload["references"] == ["<q@customer.test>", acknowledgement.message_id]
    assert "auto_submitted" not in payload
    assert payload["attachments"][0][1] == "steps.txt"
    assert answer.origin_ref == f"message:{message.pk}"
    ticket = fresh(ticket)
    assert (ticket.status, ticket.unread) == ("answered", False)
    assert ticket.first_answered_at == message.at
    assert LogEntry.objects.get(name="desk.reply-written").actor == office.agent.actor.ref


def test_everybody_copied_in_gets_the_answer_too(office: Office) -> None:
    ticket = arrive_one(Cc="colleague@partner.test, support@example.test")
    assert queries.recipients_of(ticket) == [("Maria", CUSTOMER), ("", "colleague@partner.test")]
    services.reply(ticket.ref, "Done.", actor=office.agent.actor)
    assert [one.payload["text"][:5] for one in sent("colleague@partner.test")] == ["Done."]
    (view,) = [one for one in queries.conversation(ticket) if one.kind == "agent"]
    assert [one.to_address for one in view.deliveries] == [CUSTOMER, "colleague@partner.test"]
    assert {one.state for one in view.deliveries} == {"queued"}


def test_the_same_answer_is_sent_once(office: Office) -> None:
    ticket = arrive_one()
    services.reply(ticket.ref, "Done.", actor=office.agent.actor, once_key="form:1")
    with pytest.raises(Conflict):
        services.reply(ticket.ref, "Done.", actor=office.agent.actor, once_key="form:1")
    assert len(sent()) == 2


def test_an_empty_answer_is_refused_and_nothing_is_sent(office: Office) -> None:
    ticket = arrive_one()
    with pytest.raises(Refused):
        services.reply(ticket.ref, "  \n", actor=office.agent.actor)
    with pytest.raises(NotFound):
        services.reply("T-0000424", "Hello", actor=office.agent.actor)
    assert len(sent()) == 1


def test_a_note_is_never_sent(office: Office) -> None:
    ticket = arrive_one()
    note = services.add_note(ticket.ref, "They are behind on payment.", actor=office.agent.actor)
    assert len(sent()) == 1
    view = next(one for one in queries.conversation(ticket) if one.id == note.pk)
    assert view.is_note
    assert (view.from_name, view.author_email) == ("Nikos", office.agent.email)


def test_changes_are_logged_with_old_and_new(office: Office) -> None:
    ticket = arrive_one()
    services.set_priority(ticket.ref, "urgent", actor=office.agent.actor, reason="A whole office waits.")
    services.assign(ticket.ref, office.agent.pk, actor=office.agent.actor)
    services.set_status(ticket.ref, "on_hold", actor=office.agent.actor)
    assert fresh(ticket).priority_rank == 3
    told = [(one.what, one.old, one.new) for one in queries.history(ticket)]
    assert told[::-1] == [
        ("priority", "normal", "urgent"),
        ("assignee", "", str(office.agent.pk)),
        ("status", "new", "on_hold"),
    ]


def test_what_is_done_already_is_a_conflict_and_nonsense_is_refused(office: Office) -> None:
    ticket, actor = arrive_one(), office.agent.actor
    services.set_status(ticket.ref, "closed", actor=actor)
    for act, error in [
        (lambda: services.set_status(ticket.ref, "closed", actor=actor), Conflict),
        (lambda: services.set_status(ticket.ref, "answered", actor=actor), Refused),
        (lambda: services.set_status(ticket.ref, "finished", actor=actor), Refused),
        (lambda: services.set_priority(ticket.ref, "normal", actor=actor), Conflict),
        (lambda: services.set_priority(ticket.ref, "extreme", actor=actor), Refused),
        (lambda: services.assign(ticket.ref, None, actor=actor), Conflict),
        (lambda: services.assign(ticket.ref, 10**9, actor=actor), NotFound),
        (lambda: services.forward(ticket.ref, "support", actor=actor), Conflict),
        (lambda: services.forward(ticket.ref, "nowhere", actor=actor), NotFound),
    ]:
        with pytest.raises(error):
            act()


def test_taking_a_ticket_does_not_overrule_somebody_quicker(office: Office) -> None:
    ticket = arrive_one()
    services.assign(ticket.ref, office.agent.pk, actor=office.agent.actor, expected=None)
    with pytest.raises(Conflict, match="Nikos"):
        services.assign(ticket.ref, office.salesman.pk, actor=office.lead.actor, expected=None)
    services.assign(ticket.ref, office.salesman.pk, actor=office.lead.actor)
    assert fresh(ticket).assignee == office.salesman


def test_forwarding_tells_the_customer(office: Office) -> None:
    ticket = arrive_one()
    services.assign(ticket.ref, office.agent.pk, actor=office.agent.actor)
    services.forward(ticket.ref, "sales", actor=office.agent.actor)
    ticket = fresh(ticket)
    assert (ticket.department, ticket.assignee) == (office.sales, None)
    assert "to Sales" in sent()[-1].payload["text"]
    assert len(queries.conversation(ticket)) == 3


def test_long_silence_closes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answered, untouched = arrive_one(), arrive_one()
    services.reply(answered.ref, "Done.", actor=office.agent.actor)
    settings.change([CLOSE_AFTER_DAYS.to(10)], actor=office.lead.actor)
    assert services.close_silent() == 0
    later = clock.now() + timedelta(days=10, minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert services.close_silent() == 1
    assert services.close_silent() == 0
    assert (fresh(answered).status, fresh(untouched).status) == ("closed", "new")
    assert (
        LogEntry.objects.get(name="desk.status-changed", subjects__0=answered.ref, data__message_id=0).data[
            "new"
        ]
        == "closed"
    )


def test_the_shape_of_the_api(office: Office) -> None:
    (message,) = arrive(mail(Cc=OTHER_ADDRESS))
    services.reply(message.ticket.ref, "Done.", actor=office.agent.actor)
    shown = queries.ticket_view(message.ticket.ref).as_dict()
    assert set(shown) == {
        "ref", "subject", "status", "priority", "department", "language", "requester", "incident", "messages",
    }  # fmt: skip
    assert shown["requester"] == {"name": "Maria", "address": CUSTOMER, "verified": False}
    assert shown["incident"] is None
    first, acknowledgement, answer = shown["messages"]
    assert (first["kind"], first["from"], first["to"]) == (
        "customer",
        CUSTOMER,
        ["support@example.test", OTHER_ADDRESS],
    )
    assert (acknowledgement["kind"], answer["kind"]) == ("system", "agent")
    assert answer["from"] == "support@example.test"
    assert answer["to"] == [CUSTOMER, OTHER_ADDRESS]


def test_writing_in_many_tickets_takes_a_fixed_number_of_statements(
    office: Office, django_assert_max_num_queries: Callable[..., object]
) -> None:
    tickets = [one.ticket for one in arrive(*(mail(From=f"p{n}@many.test") for n in range(30)))]
    told = [
        services.SystemMessage(
            one.pk,
            "It works again.",
            close_because=plain("Over."),
            once_key=f"notice:1:{one.pk}",
            origin_ref="notice:1",
        )
        for one in tickets
    ]
    with django_assert_max_num_queries(20):
        deliveries = services.write_system_messages(told)
    assert set(deliveries) == {one.pk for one in tickets}
    assert services.write_system_messages(told) == deliveries
    assert Message.objects.filter(origin_ref="notice:1").count() == 30
    assert set(Ticket.objects.values_list("status", flat=True)) == {"closed"}
    assert len(sent("p7@many.test")) == 2


def test_what_a_customer_declined_is_never_attached_by_itself_again(office: Office) -> None:
    ticket = arrive_one()
    assert link(ticket)
    assert not link(ticket)
    assert not queries.queue("open", office.agent).items
    assert services.unlink_ticket(ticket.pk, priority="high", declined=True)
    assert not services.unlink_ticket(ticket.pk)
    ticket = fresh(ticket)
    assert (ticket.priority, ticket.parked_by, ticket.linked_ref) == ("high", "", "")
    assert not link(ticket)
    assert link(ticket, actor=office.agent.actor)


def test_a_record_gives_its_tickets_away_when_it_is_over_or_a_person_says_so(office: Office) -> None:
    ticket = arrive_one()
    Ticket.objects.update(linked_ref="I-0000026")
    assert not link(ticket)
    assert not link(ticket, instead_of="I-0000034")
    assert link(ticket, instead_of="I-0000026")
    assert LogEntry.objects.filter(name="desk.ticket-changed").latest("id").data["old"] == "I-0000026"
    Ticket.objects.update(linked_ref="I-0000026")
    assert link(ticket, actor=office.agent.actor)


@pytest.mark.django_db(transaction=True)
def test_two_people_press_the_same_button() -> None:
    from tests.desk import office as offices

    office = offices.build()
    ticket = arrive_one()
    outcomes: list[str] = []
    together = threading.Barrier(2)

    def press(actor: str) -> None:
        together.wait()
        try:
            services.set_status(ticket.ref, "closed", actor=actor)
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(one.actor,)) for one in (office.agent, office.lead)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    assert LogEntry.objects.filter(name="desk.status-changed", subjects__0=ticket.ref).count() == 1
