"""What open screens are told of the queue: what is theirs to know, at the cost of one question for all."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from tests.desk.office import Office, arrive_one
from tests.desk.test_lists import cost

from tocsin.desk import queries, services
from tocsin.desk.models import Ticket
from tocsin.kernel.live import Reader, Told
from tocsin.kernel.live.digests import News
from tocsin.people import services as people
from tocsin.people.models import Staff


def news(*tickets: Ticket, name: str = "desk.ticket-opened") -> News:
    return News(frozenset({name}), frozenset(f"ticket:{one.ref}" for one in tickets))


def told(staff: Staff, about: News, interest: str = "") -> Told:
    reader = Reader(str(staff.pk), interest)
    return queries.digest(about, [reader])[reader]


def test_each_hears_of_the_departments_they_see(office: Office) -> None:
    ticket = arrive_one("The password of the safe")
    heard = {who.name: told(who, news(ticket)) for who in (office.agent, office.lead, office.salesman)}
    assert [item["key"] for item in heard["Nikos"].items] == [ticket.ref] == [heard["Ana"].items[0]["key"]]
    assert heard["Iva"].items == []
    assert heard["Nikos"].numbers["desk:open"] == "1"
    assert heard["Iva"].numbers["desk:open"] == ""


def test_a_row_says_in_which_views_it_is_and_mine_to_its_owner_alone(office: Office) -> None:
    ticket = arrive_one()
    assert set(told(office.agent, news(ticket)).items[0]["in"]) == {"open", "unassigned", "all"}
    services.assign(ticket.ref, office.agent.pk, actor=office.agent.actor)
    mine, theirs = told(office.agent, news(ticket)), told(office.lead, news(ticket))
    assert set(mine.items[0]["in"]) == {"open", "mine", "all"}
    assert set(theirs.items[0]["in"]) == {"open", "all"}
    assert mine.numbers["desk:mine"] == "1"
    assert theirs.numbers["desk:mine"] == ""


def test_a_row_has_another_version_when_it_shows_something_else(office: Office, client: Client) -> None:
    ticket = arrive_one()
    client.force_login(office.agent)
    first = told(office.agent, news(ticket)).items[0]
    assert f'data-v="{first["v"]}"' in client.get("/inbox/rows/").content.decode()
    services.mark_read(ticket.ref, actor=office.agent.actor)
    read = told(office.agent, news(ticket, name="desk.ticket-read"))
    assert (read.items[0]["v"], read.items[0]["unread"]) == (first["v"], False)
    assert read.numbers == {}, "reading changes no number"
    services.set_priority(ticket.ref, "urgent", actor=office.agent.actor)
    assert told(office.agent, news(ticket)).items[0]["v"] != first["v"]


def test_a_readers_own_filter_is_asked_too(office: Office) -> None:
    plain, wanted = arrive_one(), arrive_one()
    services.set_priority(wanted.ref, "urgent", actor=office.agent.actor)
    own = json.dumps({"all": [{"field": "priority", "is": "one_of", "value": ["urgent"]}]})
    passes = {
        item["key"]: "passes" in item["in"] for item in told(office.agent, news(plain, wanted), own).items
    }
    assert passes == {plain.ref: False, wanted.ref: True}
    assert told(office.agent, news(plain), "{broken").items[0]["key"] == plain.ref


def test_who_has_left_is_told_nothing(office: Office) -> None:
    ticket, reader = arrive_one(), Reader(str(office.salesman.pk))
    Staff.objects.filter(pk=office.salesman.pk).update(is_active=False)
    assert queries.digest(news(ticket), [reader, Reader("999999")]) == {}


@pytest.mark.parametrize("events", [1, 6])
def test_it_costs_the_same_for_many_screens(office: Office, events: int) -> None:
    tickets = [arrive_one(f"Number {n}") for n in range(events)]
    agents = [
        people.create_staff(
            email=f"a{n}@example.test",
            name=f"A {n}",
            role="agent",
            password="long enough",
            departments=["support", "sales"],
        )
        for n in range(12)
    ]
    readers = [Reader(str(one.pk)) for one in agents]
    one = cost(lambda: queries.digest(news(*tickets), readers[:1]))
    all_of_them = cost(lambda: queries.digest(news(*tickets), readers))
    assert all_of_them == one <= 5
