"""Queues and search: what they show, and that they cost the same with many rows (rule 7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.desk.office import Office, arrive, arrive_one, link, mail

from tocsin.desk import queries, services
from tocsin.desk.models import Message, Ticket
from tocsin.desk.queries.conversation import MOST_MESSAGES
from tocsin.kernel.errors import NotFound, Refused
from tocsin.people import services as people


def cost(read: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def refs(page: Any) -> list[str]:
    return [row.ref for row in page.items]


def test_views(office: Office) -> None:
    mine, answered, attached, closed, fresh = (arrive_one(f"Number {n}") for n in range(5))
    services.assign(mine.ref, office.agent.pk, actor=office.agent.actor)
    services.reply(answered.ref, "Done.", actor=office.agent.actor)
    link(attached)
    services.set_status(closed.ref, "closed", actor=office.agent.actor)
    shown = {view: set(refs(queries.queue(view, office.agent))) for view in queries.VIEWS}
    assert shown == {
        "open": {mine.ref, fresh.ref},
        "mine": {mine.ref},
        "unassigned": {fresh.ref},
        "answered": {answered.ref},
        "attached": {attached.ref},
        "all": {one.ref for one in (mine, answered, attached, closed, fresh)},
    }
    counts = queries.counts(office.agent)
    assert counts == {"open": 2, "mine": 1, "unassigned": 1, "answered": 1, "attached": 1}


def test_what_is_parked_by_anything_else_is_neither_in_the_queue_nor_in_an_alert(office: Office) -> None:
    attached, sleeping = arrive_one("No mail"), arrive_one("Call me next week")
    link(attached)
    Ticket.objects.filter(pk=sleeping.pk).update(parked_by="snooze")
    assert [refs(queries.queue(view, office.agent)) for view in ("open", "unassigned")] == [[], []]
    assert refs(queries.queue("attached", office.agent)) == [attached.ref]
    services.set_status(sleeping.ref, "closed", actor=office.agent.actor)
    services.set_status(sleeping.ref, "open", actor=office.agent.actor)
    assert refs(queries.queue("open", office.agent)) == [sleeping.ref]
    with pytest.raises(Refused):
        queries.queue("secret", office.agent)


def test_counts_are_bounded() -> None:
    assert str(queries.BoundedCount(7)) == "7"
    assert str(queries.BoundedCount(1000)) == "999+"


def test_a_department_keeps_its_tickets_to_itself(office: Office) -> None:
    ticket = arrive_one("The password of the safe")
    assert queries.queue("all", office.salesman).items == []
    assert refs(queries.queue("all", office.lead)) == [ticket.ref]
    assert queries.search("safe", office.salesman).items == []
    assert queries.search(ticket.ref, office.salesman).jump == ""
    with pytest.raises(NotFound):
        queries.ticket_by_ref(ticket.ref, office.salesman)


def test_pages_meet_without_gap_or_overlap(office: Office) -> None:
    arrive(*(mail(f"Number {n}") for n in range(11)))
    cursor, seen = None, []
    while True:
        page = queries.queue("open", office.agent, cursor, size=4)
        seen += [one.pk for one in page.items]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 11


@pytest.mark.parametrize("view", queries.VIEWS)
def test_a_page_costs_the_same_with_many_rows(office: Office, view: str) -> None:
    def read() -> None:
        for ticket in queries.queue(view, office.agent).items:
            _ = (
                ticket.requester_name,
                ticket.customer_name,
                ticket.assignee_name,
            )

    arrive_one()
    few = cost(read)
    tickets = [one.ticket for one in arrive(*(mail(From=f"p{n}@many.test") for n in range(25)))]
    for ticket in tickets[:5]:
        services.assign(ticket.ref, office.agent.pk, actor=office.agent.actor)
    assert cost(read) == few <= 2


def test_a_conversation_costs_the_same_with_many_messages(office: Office) -> None:
    ticket = arrive_one()
    services.reply(ticket.ref, "Done.", actor=office.agent.actor)
    few = cost(lambda: queries.conversation(ticket))
    shown = cost(lambda: queries.ticket_view(ticket.ref))
    for _ in range(5):
        services.reply(ticket.ref, "Done.", actor=office.agent.actor)
        arrive(mail("Still", Subject=f"[{ticket.ref}]"))
    assert cost(lambda: queries.conversation(ticket)) == few <= 4
    assert cost(lambda: queries.ticket_view(ticket.ref)) == shown <= 5
    assert len(queries.conversation(ticket)) == 13
    assert len(queries.conversation(ticket, limit=3)) == 3
    last = queries.conversation(ticket, limit=3)
    assert [one.id for one in queries.conversation(ticket, before=last[0].id)][-1] < last[0].id


def test_a_long_conversation_takes_nothing_from_the_others(office: Office) -> None:
    quiet, long = arrive_one("Quiet"), arrive_one("Long", Subject="Another")
    note = services.add_note(long.ref, "Still at it", actor=office.agent.actor)
    copies = []
    for _ in range(2 * MOST_MESSAGES):
        copy = Message.objects.get(pk=note.pk)
        copy.pk = None
        copies.append(copy)
    Message.objects.bulk_create(copies)
    views = {view.ref: view for view in queries.ticket_views(queries.newest_tickets().items)}
    assert [message.text.strip() for message in views[quiet.ref].messages][:1] == ["Quiet"]
    assert views[quiet.ref] == queries.ticket_view(quiet.ref)
    assert len(views[long.ref].messages) == MOST_MESSAGES
    shown = [message.id for message in views[long.ref].messages]
    assert shown == [message.id for message in queries.conversation(long)]


def test_search_finds_by_anything(office: Office) -> None:
    people.save_customer(key="c2", name="Θαλασσινά Νέα", addresses=["eleni@news.test"])
    greek = arrive_one("Δεν ανοίγει το τιμολόγιο", From="Ελένη <eleni@news.test>", Subject="Λογαριασμός")
    other = arrive_one("The certificate has expired", From="Bo <bo@elsewhere.test>")
    for words in ("τιμολογίου", "ΛΟΓΑΡΙΑΣΜΟΣ", "eleni@news.test", "ελενη", "Θαλασσινα", greek.ref):
        assert queries.search(words, office.agent).items == [greek], words
    assert queries.search("certific", office.agent).items == [other]
    assert queries.search("nothing of the kind", office.agent).items == []
    assert queries.search("", office.agent).items == []


def test_an_id_leads_straight_to_its_ticket_and_a_mistyped_one_is_refused(office: Office) -> None:
    ticket = arrive_one()
    wrong = ticket.ref[:-1] + str((int(ticket.ref[-1]) + 1) % 10)
    for typed in (
        ticket.ref,
        ticket.ref.lower(),
        ticket.ref.replace("-", ""),
        ticket.ref[2:],
        f" {ticket.ref} ",
    ):
        assert queries.search(typed, office.agent).jump == ticket.ref
    found = queries.search(wrong, office.agent)
    assert found.mistyped
    assert not found.items


def test_search_is_paged_and_bounded(office: Office) -> None:
    arrive(*(mail(f"unicorn number {n}") for n in range(7)))
    first = queries.search("unicorn", office.agent, size=5)
    second = queries.search("unicorn", office.agent, first.next, size=5)
    assert len({*first.items, *second.items}) == 7
    assert second.next is None
    assert first.total == 7
    assert cost(lambda: queries.search("unicorn", office.agent)) <= 5
    with pytest.raises(Refused):
        queries.search("unicorn", office.agent, "-1")


def test_a_customer_at_a_glance(office: Office) -> None:
    tickets = [arrive_one() for _ in range(3)]
    services.set_status(tickets[0].ref, "closed", actor=office.agent.actor)
    newest = list(reversed(tickets))
    assert queries.recent_tickets_of(office.lead, customer_id=office.customer.pk) == newest
    assert refs(queries.tickets_of_customer(office.customer.pk, office.agent)) == [one.ref for one in newest]
    assert queries.tickets_of_contact(tickets[0].requester_id, office.salesman).items == []
