"""Wherever a ticket's status changes, the log and the ticket's page say so: from what to what, who, why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.desk.office import Office, arrive, arrive_one, fresh, link, mail
from tests.desk.test_pages import shown, signed_in
from tests.harness.statements import counted

import tocsin
from tocsin.desk import queries, services
from tocsin.desk.models import Ticket
from tocsin.desk.services import SystemMessage
from tocsin.kernel import clock, log
from tocsin.kernel.models import LogEntry
from tocsin.kernel.reasons import in_english, plain

pytestmark = pytest.mark.django_db


def steps(ticket: Ticket) -> list[tuple[str, str, str, str]]:
    """Old and new status, who, and why, in the order in which it happened."""
    rows = LogEntry.objects.filter(name="desk.status-changed", subjects__0=ticket.ref).order_by("id")
    return [(one.data["old"], one.data["new"], one.actor, in_english(one.reason)) for one in rows]


def answer(office: Office, ticket: Ticket, status: str = "answered") -> None:
    services.reply(ticket.ref, "We are on it.", actor=office.agent.actor, status=status)


def test_an_answer_and_the_customers_next_mail(office: Office) -> None:
    ticket = arrive_one()
    answer(office, ticket)
    arrive_one("Thanks, but no", Subject=f"[{ticket.ref}]")
    theirs = f"contact:{ticket.requester_id}"
    assert steps(ticket) == [
        ("new", "answered", office.agent.actor.ref, ""),
        ("answered", "open", theirs, ""),
    ]


def test_what_a_message_says_itself_is_no_line_of_its_own_but_a_closing_is(office: Office) -> None:
    ticket = arrive_one()
    answer(office, ticket)
    assert "Status: Answered" not in shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    answer(office, ticket, status="closed")
    assert "Nikos: Status: Closed" in shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    arrive_one("Not at all", Subject=f"[{ticket.ref}]")
    assert "Status: Open" in shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")


def test_silence(office: Office) -> None:
    ticket = arrive_one()
    answer(office, ticket)
    clock.move(timedelta(days=15))
    assert services.close_silent() == 1
    assert steps(ticket)[-1] == ("answered", "closed", "system", "No answer for 14 days.")
    assert "Status: Closed · No answer for 14 days." in shown(
        signed_in(office.agent), f"/tickets/{ticket.ref}/"
    )


def test_the_end_of_an_incident_by_message_and_quietly(office: Office) -> None:
    told, untold = arrive_one("No mail"), arrive_one("No mail at all")
    for one in (told, untold):
        link(one)
    services.write_system_messages([SystemMessage(told.pk, "It works.", close_because=plain("It is over."))])
    services.close_quietly([untold.pk], plain("Told elsewhere."), reason=plain("It is over."))
    for one in (told, untold):
        assert steps(one) == [("new", "closed", "system", "It is over.")]
        assert "Status: Closed · It is over." in shown(signed_in(office.agent), f"/tickets/{one.ref}/")
        assert fresh(one).parked_by == ""
    names = [one.name for one in log.about("I-0000018", since=told.opened_at, limit=50)]
    assert names.count("desk.status-changed") == 2, "an incident's history has what became of its tickets"


def test_what_is_closed_already_is_not_closed_again(office: Office) -> None:
    ticket = arrive_one()
    services.set_status(ticket.ref, "closed", actor=office.agent.actor)
    before = fresh(ticket).closed_at
    services.write_system_messages(
        [SystemMessage(ticket.pk, "It works.", close_because=plain("It is over."))]
    )
    assert fresh(ticket).closed_at == before
    assert len(steps(ticket)) == 1


def test_a_message_of_ours_leaves_the_clock_of_silence_alone(office: Office) -> None:
    ticket = arrive_one()
    answer(office, ticket)
    before = fresh(ticket).waiting_since
    clock.move(timedelta(days=1))
    services.write_system_messages([SystemMessage(ticket.pk, "Still broken.")])
    assert fresh(ticket).waiting_since == before
    answer(office, ticket)
    assert fresh(ticket).waiting_since > before


def test_letting_go_of_an_incident(office: Office) -> None:
    ticket = arrive_one()
    link(ticket)
    answer(office, ticket)
    services.unlink_ticket(ticket.pk, actor=office.agent.actor, priority="high", reason="Another thing.")
    assert steps(ticket)[-1] == ("answered", "open", office.agent.actor.ref, "Another thing.")
    assert [(one.what, one.old, one.new) for one in queries.history(ticket)][:2] == [
        ("priority", "normal", "high"),
        ("linked", "I-0000018", ""),
    ]


def test_a_customers_history_is_all_that_happened_in_their_tickets(office: Office) -> None:
    tickets = [arrive_one("One"), arrive_one("Two")]
    answer(office, tickets[0])
    arrive_one("A stranger asks", From="eve@elsewhere.test")
    found = log.about(f"customer:{office.customer.pk}", since=tickets[0].opened_at, limit=50)
    named = {one.subjects[0] for one in found}
    assert named >= {one.ref for one in tickets}
    assert len([one for one in found if one.name == "desk.ticket-opened"]) == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda ids: services.close_quietly(ids, plain("Told elsewhere."), reason=plain("Over.")),
        lambda ids: services.write_system_messages(
            [SystemMessage(pk, "It works.", close_because=plain("Over.")) for pk in ids]
        ),
    ],
    ids=["quietly", "by message"],
)
def test_many_are_closed_by_as_many_statements_as_few(
    office: Office, announcements_are_heard: None, act: Callable[[list[int]], object]
) -> None:
    tickets = [one.ticket for one in arrive(*(mail(Message_ID=f"<{n}@customer.test>") for n in range(23)))]
    with counted() as few:
        act([one.pk for one in tickets[:3]])
    with counted() as many:
        act([one.pk for one in tickets[3:]])
    assert len(many) <= len(few)
    assert [steps(one) for one in tickets] == [[("new", "closed", "system", "Over.")]] * 23


_WRITES_A_STATUS = re.compile(r"\bticket\.status = |\.update\([^)]*\bstatus=|entering\(")


def test_no_other_code_writes_a_tickets_status() -> None:
    source = Path(tocsin.__path__[0])
    rooms = ("desk", "intake", "mailroom", "notices", "incidents", "statuspage", "console")
    files = [path for room in rooms for path in (source / room).rglob("*.py")]
    found = {str(path.relative_to(source)) for path in files if _WRITES_A_STATUS.search(path.read_text())}
    assert found == {"desk/services/statuses.py"}
