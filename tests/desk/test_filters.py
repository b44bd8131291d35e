"""Tickets' filters: the database and the predicate agree on any ticket and any filter; indexes are used."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.desk.office import Office, arrive, arrive_one, mail

from tocsin.desk import queries, services
from tocsin.desk.models import Message, Priority, Status, Ticket
from tocsin.desk.queries import rows
from tocsin.kernel import filters, paging
from tocsin.people import services as people
from tocsin.people.models import Contact

NOW = datetime(2026, 10, 25, 10, 0, tzinfo=UTC)
# Around the hour that Athens has twice, a midnight that Santiago does not have, and the present.
MOMENTS = [
    NOW,
    NOW - timedelta(hours=24),
    NOW - timedelta(days=7, microseconds=1),
    NOW + timedelta(minutes=30),
    datetime(2026, 10, 24, 21, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    datetime(2026, 10, 25, 22, 0, tzinfo=UTC),
    datetime(2026, 9, 6, 4, 0, tzinfo=UTC),
    datetime(2026, 9, 6, 3, 59, 59, 999999, tzinfo=UTC),
]
ZONES = ["UTC", "Europe/Athens", "America/Santiago", "Asia/Kathmandu"]
WORDS = [
    "mail",
    "Mail",
    "MÁIL",
    "τιμολόγιο",
    "ΤΙΜΟΛΟΓΙΟΣ",
    "Čaša",
    "casa",
    "ёлка",
    "ЕЛКА",
    "straße",
    "%_[a]",
    "\\",
    "a\nb",
    "й",
]
ADDRESSES = ["maria@customer.test", "Maria@Customer.test", "eve+x@elsewhere.test", "ΜΑΡΙΑ@π.test", ""]
SUBJECTS = st.one_of(
    st.just(""),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)

TICKETS = st.fixed_dictionaries(
    {
        "status": st.sampled_from(Status.values),
        "priority": st.sampled_from(Priority.values),
        "assignee": st.sampled_from([None, "agent", "lead"]),
        "department": st.sampled_from(["support", "sales"]),
        "customer": st.sampled_from([None, "c1", "c2", "c3"]),
        "requester": st.sampled_from(["", "Μαρία", "maria"]),
        "requester_address": st.sampled_from(ADDRESSES),
        "copied_addresses": st.lists(st.sampled_from(ADDRESSES[:3]), max_size=2),
        "subject": SUBJECTS,
        "channel": st.sampled_from(["email", "phone", "pigeon"]),
        "language": st.sampled_from(["en", "el", "de", ""]),
        "verified": st.booleans(),
        "unread": st.booleans(),
        "parked_by": st.sampled_from(["", "linked"]),
        "linked_ref": st.sampled_from(["", "I-0000018", "I-0000026"]),
        "message_count": st.integers(0, 3),
        "opened_at": st.sampled_from(MOMENTS),
        "activity_at": st.sampled_from(MOMENTS),
        "waiting_since": st.sampled_from([None, *MOMENTS]),
        "first_answered_at": st.sampled_from([None, *MOMENTS]),
        "next_due_at": st.sampled_from([None, *MOMENTS]),
        "closed_at": st.sampled_from([None, *MOMENTS]),
    }
)

_OPTIONS = {
    "status": Status.values,
    "priority": Priority.values,
    "department": ["support", "sales"],
    "customer": ["c1", "c2", "c3"],
    "channel": ["email", "phone"],
    "parked": ["linked"],
    "language": ["en", "el", "ru"],
}
_DAYS = ["2026-10-24", "2026-10-25", "2026-09-06", "2026-09-05"]
_TIMES = [moment.isoformat() for moment in MOMENTS] + ["2026-10-25T03:30", "2026-09-06T00:00"]


def values_of(field: filters.Field, operator: filters.Operator, office: Office) -> st.SearchStrategy[Any]:
    if operator.takes == "nothing":
        return st.none()
    if operator.takes == "span":
        return st.sampled_from(["30m", "24h", "7d", "1w", "3660d"])
    match field.type.key:
        case "flag":
            return st.booleans()
        case "number":
            return st.integers(-1, 3)
        case "moment":
            return st.sampled_from(_DAYS if operator.key == "equals" else _DAYS + _TIMES)
    one = st.sampled_from(texts_of(field, office))
    return st.lists(one, min_size=1, max_size=3) if operator.takes == "many" else one


def texts_of(field: filters.Field, office: Office) -> list[str]:
    if field.key == "assignee":
        return ["me", str(office.agent.pk), str(office.lead.pk)]
    if field.key in ("address", "copied"):
        return [*ADDRESSES[:4], "customer", "@", "MARIA"]
    if field.key == "record":
        return ["I-0000018", "i-0000026", "T-1"]
    if field.key in ("tier", "requester"):
        return ["gold", "GÓLD", "Μαρια", "ia"]
    return list(_OPTIONS.get(field.key, [*WORDS, "ma", "μ", "a b", "\\", "_", "е"]))


def conditions(office: Office) -> st.SearchStrategy[dict[str, Any]]:
    pairs = [
        (field, operator)
        for field in filters.fields_of("ticket").values()
        for operator in field.type.offered()
    ]

    def said(pair: tuple[filters.Field, filters.Operator]) -> st.SearchStrategy[dict[str, Any]]:
        field, operator = pair
        return values_of(field, operator, office).map(
            lambda value: (
                {"field": field.key, "is": operator.key} | ({} if value is None else {"value": value})
            )
        )

    return st.sampled_from(pairs).flatmap(said)


def trees(office: Office) -> st.SearchStrategy[dict[str, Any]]:
    group: Callable[[st.SearchStrategy[Any]], st.SearchStrategy[Any]] = lambda members: st.dictionaries(  # noqa: E731
        st.sampled_from(["all", "any"]), st.lists(members, max_size=3), min_size=1, max_size=2
    )
    return group(conditions(office) | group(conditions(office)))


@pytest.fixture
def world(office: Office) -> dict[str, Any]:
    """What the made tickets belong to, by name."""
    customers = {"c1": office.customer}
    for key, tier in (("c2", "gold"), ("c3", "Góld")):
        customers[key], _new = people.save_customer(key=key, name=f"Customer {key}", addresses=[])
        customers[key].tier = tier
        customers[key].save()
    names = ("", "Μαρία", "maria")
    contacts = {name: Contact.objects.create(name=name, created_at=NOW) for name in names}
    staff = {None: None, "agent": office.agent, "lead": office.lead}
    departments = {"support": office.support, "sales": office.sales}
    return {
        "customer": customers | {None: None},
        "requester": contacts,
        "assignee": staff,
        "department": departments,
    }


def make(world: dict[str, Any], made: list[dict[str, Any]]) -> list[Ticket]:
    rows = [
        Ticket(
            ref=f"T-{number}",
            **{name: world[name][value] if name in world else value for name, value in one.items()},
        )
        for number, one in enumerate(made)
    ]
    Ticket.objects.bulk_create(rows)
    return list(
        Ticket.objects.select_related("customer", "requester").filter(pk__in=[row.pk for row in rows])
    )


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), made=st.lists(TICKETS, min_size=1, max_size=5), zone=st.sampled_from(ZONES))
def test_the_database_and_the_predicate_agree(
    office: Office, world: dict[str, Any], data: st.DataObject, made: list[dict[str, Any]], zone: str
) -> None:
    said = data.draw(trees(office))
    made_ready = filters.compile("ticket", said, filters.Context(ZoneInfo(zone), NOW, office.agent))
    with transaction.atomic():
        rows = make(world, made)
        by_database = set(Ticket.objects.filter(made_ready.q).values_list("pk", flat=True))
        assert by_database == {row.pk for row in made_ready.select(rows)}
        assert by_database == {row.pk for row in rows if made_ready.matches(row)}
        transaction.set_rollback(True)
    again = filters.compile("ticket", made_ready.as_json(), made_ready.context)
    assert again.tree == made_ready.tree


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), made=st.lists(TICKETS, min_size=8, max_size=8))
def test_every_comparison_of_every_field_agrees_by_itself(
    office: Office, world: dict[str, Any], data: st.DataObject, made: list[dict[str, Any]]
) -> None:
    with transaction.atomic():
        rows = make(world, made)
        for field in filters.fields_of("ticket").values():
            for operator in field.type.offered():
                value = data.draw(values_of(field, operator, office))
                said = {"field": field.key, "is": operator.key} | ({} if value is None else {"value": value})
                one = filters.compile(
                    "ticket", {"all": [said]}, filters.Context(now=NOW, reader=office.agent)
                )
                found = set(Ticket.objects.filter(one.q).values_list("pk", flat=True))
                assert found == {row.pk for row in one.select(rows)}, said
        transaction.set_rollback(True)


# --- Values -----------------------------------------------------------------------------------------


def found(office: Office, *said: dict[str, Any]) -> set[Ticket]:
    context = filters.Context(reader=office.agent)
    return set(Ticket.objects.filter(filters.compile("ticket", {"all": list(said)}, context).q))


def is_(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "is": operator} | ({} if value is None else {"value": value})


def test_tickets_are_found_by_who_and_what(office: Office) -> None:
    known, strange = arrive_one("Help"), arrive_one(From="Eve <Eve@Elsewhere.test>", Subject="Τιμολόγιο")
    services.assign(known.ref, office.agent.pk, actor=office.agent.actor)
    assert found(office, is_("assignee", "equals", "me")) == {known}
    assert found(office, is_("assignee", "not", "me")) == {strange}
    assert found(office, is_("customer", "equals", "c1")) == {known}
    assert found(office, is_("customer", "empty")) == {strange}
    assert found(office, is_("address", "equals", "EVE@elsewhere.test")) == {strange}
    assert found(office, is_("address", "ends", "@customer.test")) == {known}
    assert found(office, is_("subject", "contains", "ΤΙΜΟΛΟΓΙΟ")) == {strange}
    assert found(office, is_("department", "equals", "support"), is_("verified", "equals", False)) >= {
        strange
    }
    assert found(office, is_("opened", "within", "1h")) == {known, strange}


@pytest.mark.parametrize("field", ["department", "customer", "assignee"])
def test_who_is_not_there_is_refused(office: Office, field: str) -> None:
    with pytest.raises(filters.BadFilter) as caught:
        found(office, is_(field, "one_of", ["nobody"]))
    assert set(caught.value.fields) == {"all[0].value"}


def test_me_means_nothing_where_nobody_reads(office: Office) -> None:
    with pytest.raises(filters.BadFilter):
        filters.compile("ticket", {"all": [is_("assignee", "equals", "me")]})


def test_who_may_not_see_customers_is_shown_none(office: Office) -> None:
    observer = people.create_staff(
        email="o@example.test", name="O", role="observer", password="long enough", departments=[]
    )
    find = filters.fields_of("ticket")["customer"].type.choices.find
    assert [one.value for one in find(filters.Context(reader=office.agent), "aeg")] == ["c1"]
    assert find(filters.Context(reader=observer), "aeg") == []
    assert find(filters.Context(), "aeg") == []


# --- Lists ------------------------------------------------------------------------------------------


def shown(office: Office, *said: dict[str, Any], cursor: str | None = None, **more: Any) -> Any:
    wanted = filters.compile("ticket", {"all": list(said)}, filters.Context(reader=office.agent))
    return queries.queue("all", office.agent, cursor, wanted=wanted, **more)


def test_a_list_shows_what_passes_and_costs_the_same_with_many_rows(office: Office) -> None:
    tickets = [one.ticket for one in arrive(*(mail(Subject=f"Number {n}") for n in range(12)))]
    assert [row.ref for row in shown(office, is_("subject", "ends", "7")).items] == [tickets[7].ref]
    for said, most in ((is_("customer", "equals", "c1"), 3), (is_("subject", "contains", "number"), 3)):
        with CaptureQueriesContext(connection) as captured:
            assert len(shown(office, said).items) == 12
        assert len(captured) <= most
    seen, cursor = [], None
    while True:
        page = shown(office, is_("subject", "contains", "number"), cursor=cursor, size=5)
        seen += [row.pk for row in page.items]
        cursor = page.next
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 12


def test_one_page_looks_at_a_bounded_number_of_tickets_and_says_how_far(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "page_of_matching", partial(paging.page_of_matching, looks_at=4))
    tickets = [arrive_one(Subject=f"Number {n}") for n in range(10)]
    said = is_("subject", "one_of", ["number 0", "number 4"])
    first = shown(office, said)
    assert first.items == []
    assert first.looked_to == tickets[6].activity_at
    second = shown(office, said, cursor=first.next)
    assert [row.ref for row in second.items] == [tickets[4].ref]
    third = shown(office, said, cursor=second.next)
    assert [row.ref for row in third.items] == [tickets[0].ref]
    assert (third.next, third.looked_to) == (None, None)
    of_customer = shown(
        office, is_("customer", "equals", "c1"), said
    )  # an index finds these: all are looked at
    assert {row.ref for row in of_customer.items} == {tickets[0].ref, tickets[4].ref}


def test_a_deep_page_begins_where_the_one_before_ended(office: Office) -> None:
    arrive(*(mail(f"Number {n}") for n in range(4)))
    cursor = queries.queue("all", office.lead, size=2).next
    with connection.cursor() as plain:
        plain.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    with CaptureQueriesContext(connection) as captured:
        queries.queue("all", office.lead, cursor, size=2)
    with connection.cursor() as plain:
        plain.execute("EXPLAIN " + captured[-1]["sql"])
        plan = "\n".join(line for (line,) in plain.fetchall())
    assert "using ticket_activity on" in plan
    assert "Index Cond: (activity_at <=" in plan, plan


# --- A field of a room above ------------------------------------------------------------------------


def test_a_room_above_adds_a_field_and_nothing_else_is_edited(office: Office) -> None:
    """As a room's `filters.py` would: here whether anybody spoke on the phone about it."""
    calls = Message.objects.filter(channel="phone").values("ticket_id")

    def condition(operator: str, operand: bool) -> Any:
        from django.db.models import Q

        return Q(pk__in=calls) if operand else ~Q(pk__in=calls)

    def load(tickets: Any) -> dict[int, bool]:
        with_calls = set(calls.filter(ticket__in=tickets).values_list("ticket_id", flat=True))
        return {ticket.pk: ticket.pk in with_calls for ticket in tickets}

    called = filters.Field("called", "Has called", filters.Flag(), condition=condition, load=load)
    with filters.registered("ticket", called):
        by_mail, by_phone = arrive_one(), arrive_one()
        Message.objects.filter(ticket=by_phone).update(channel="phone")
        for value, expected in ((True, {by_phone}), (False, {by_mail})):
            one = filters.compile("ticket", {"all": [is_("called", "equals", value)]})
            assert set(Ticket.objects.filter(one.q)) == expected
            with CaptureQueriesContext(connection) as captured:
                assert set(one.select([by_mail, by_phone])) == expected
            assert len(captured) == 1
    assert "called" not in filters.fields_of("ticket")


# --- Indexes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "index"),
    [
        ([is_("customer", "equals", "c1")], "ticket_customer"),
        ([is_("address", "equals", "Maria@customer.test")], "ticket_address"),
        ([is_("address", "one_of", ["maria@customer.test", "eve@x.test"])], "ticket_address"),
        ([is_("department", "equals", "support")], "ticket_department"),
        ([is_("record", "equals", "I-0000018")], "ticket_linked"),
        ([is_("opened", "within", "24h")], "ticket_opened"),
        ([is_("parked", "empty"), is_("status", "one_of", ["new", "open"])], "ticket_queue"),
        ([is_("status", "one_of", ["answered", "pending"])], "ticket_waiting"),
        ([is_("parked", "equals", "linked")], "ticket_attached"),
        (
            [is_("assignee", "equals", "me"), is_("status", "one_of", ["new", "open", "pending", "on_hold"])],
            "ticket_assignee",
        ),
        ([], "ticket_activity"),
    ],
)
def test_the_database_uses_its_indexes(office: Office, said: list[dict[str, Any]], index: str) -> None:
    arrive_one()
    one = filters.compile("ticket", {"all": said}, filters.Context(reader=office.agent))
    rows = Ticket.objects.filter(one.q).order_by("-activity_at", "-pk")[:50]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = rows.explain()
        if index not in plan:  # before version 17, only a bitmap finds one of several
            cursor.execute("SET LOCAL enable_bitmapscan = on")
            plan = rows.explain()
    assert re.search(rf"(using|Bitmap Index Scan on) {index}\b", plan), plan
