"""Declaring, in one stroke, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.incidents.company import MESSAGE, Company

from tocsin.desk.models import Ticket
from tocsin.incidents import queries, services
from tocsin.incidents.models import Affected, Incident, LinkState, TicketLink
from tocsin.kernel import clock
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.models import LogEntry
from tocsin.notices.models import Notice
from tocsin.people import queries as people_queries


def test_one_stroke(company: Company) -> None:
    maria = company.customer("maria", "mail", "web", language="el")
    company.customer("nikos", "web")
    about = company.ticket("maria@example.test", "Δεν λειτουργεί το ηλεκτρονικό ταχυδρομείο")
    other = company.ticket("nikos@example.test", "My mail is broken")

    incident = company.declare()

    assert incident.ref and queries.incident_by_ref(incident.ref).coordinator == "Lead"
    assert list(Affected.objects.values_list("customer", "language")) == [(maria.pk, "el")]
    about.refresh_from_db()
    assert (about.linked_ref, about.parked_by) == (incident.ref, "linked")
    assert "ταχυδρομείο" in about.linked_reason
    other.refresh_from_db()
    assert (other.linked_ref, other.parked_by) == ("", "")
    assert TicketLink.objects.get(ticket=other).state == LinkState.SUGGESTED
    assert Notice.objects.get().texts["el"]["subject"] == "Βλάβη – Mail is down"
    assert LogEntry.objects.filter(name="incidents.declared", subjects=[incident.ref]).count() == 1
    assert ProcrastinateJob.objects.filter(task_name="incidents.write-notice").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"component_keys": []}, "components"),
        ({"component_keys": ["mail", "nonsense"]}, "components"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"kind": "odd"}, "kind"),
        ({"impact": "odd"}, "impact"),
        ({"message": {}}, "message"),
        ({"message": {"el": "Βλάβη"}}, "message"),
        ({"message": {"en": "   "}}, "message"),
        ({"message": {"en": "x" * 5001}}, "message"),
        ({"next_update_at": None}, "next_update_at"),
        ({"next_update_at": timedelta(seconds=-1)}, "next_update_at"),
        ({"started_at": None}, "started_at"),
        ({"started_at": timedelta(minutes=5)}, "started_at"),
        ({"started_at": timedelta(days=-31)}, "started_at"),
        ({"words": ["x" * 61]}, "words"),
        ({"kind": "scheduled"}, "scheduled_for"),
        (
            {"kind": "scheduled", "scheduled_for": timedelta(hours=2), "scheduled_until": timedelta(hours=1)},
            "scheduled_until",
        ),
    ],
)
def test_what_is_refused_names_its_field_and_changes_nothing(
    company: Company, changes: dict[str, Any], field: str
) -> None:
    timed = {
        name: clock.now() + value if isinstance(value, timedelta) else value
        for name, value in changes.items()
    }
    with pytest.raises(Refused) as refused:
        company.declare(**timed)
    assert field in refused.value.fields
    assert not Incident.objects.exists()


def test_tickets_up_to_four_hours_before_the_start_count(company: Company) -> None:
    company.customer("maria", "mail")
    early = company.ticket("maria@example.test", "mail is slow")
    earlier = company.ticket("maria@example.test", "mail is slow")
    start = clock.now() - timedelta(minutes=10)
    Ticket.objects.filter(pk=early.pk).update(opened_at=start - timedelta(hours=3, minutes=59))
    Ticket.objects.filter(pk=earlier.pk).update(opened_at=start - timedelta(hours=4, minutes=1))
    company.declare(started_at=start)
    assert list(TicketLink.objects.values_list("ticket", flat=True)) == [early.pk]


def test_evidence_is_attached_by_hand(company: Company) -> None:
    stranger = company.ticket("who@example.test", "hello, nothing comes through")
    incident = company.declare(evidence=[stranger.ref])
    stranger.refresh_from_db()
    assert stranger.linked_ref == incident.ref
    assert "Agent" in stranger.linked_reason


def test_who_declares_what_was_declared_meanwhile_is_told(company: Company) -> None:
    seen = queries.newest_id()
    first = company.declare(known_through=seen)
    with pytest.raises(Conflict, match="Agent declared"):
        company.declare(known_through=seen)
    company.declare("dns", known_through=seen)
    company.declare(known_through=first.pk + 1)


def test_a_maintenance_is_announced_and_begins_by_the_clock(company: Company) -> None:
    company.customer("maria", "web")
    now = clock.now()
    incident = company.declare(
        "web",
        kind="scheduled",
        started_at=None,
        scheduled_for=now + timedelta(days=2),
        scheduled_until=now + timedelta(days=2, hours=1),
        next_update_at=now + timedelta(days=2, hours=1),
    )
    assert queries.alerts_on() == []
    ticket = company.ticket("maria@example.test", "web hosting is down")
    assert ticket.linked_ref == ""
    assert Notice.objects.get().moment == "scheduled"
    clock.move(timedelta(days=2, minutes=1))
    assert [one.ref for one in queries.alerts_on()] == [incident.ref]


def test_a_large_audience_costs_no_more_statements(
    company: Company, django_assert_max_num_queries: Any
) -> None:
    from tocsin.catalog.models import Component, Use
    from tocsin.people.models import Address, Contact, Customer

    now = clock.now()
    people = Customer.objects.bulk_create(
        Customer(key=f"c{n}", name=f"C{n}", language="", created_at=now) for n in range(2000)
    )
    contacts = Contact.objects.bulk_create(
        Contact(customer=one, name=one.name, language="el", created_at=now) for one in people
    )
    Address.objects.bulk_create(
        Address(
            contact=one,
            channel="email",
            value=f"{one.name}@example.test",
            folded=f"{one.name.lower()}@example.test",
        )
        for one in contacts
    )
    mail = Component.objects.get(key="mail")
    Use.objects.bulk_create(Use(customer=one, component=mail) for one in people)
    with django_assert_max_num_queries(60):
        incident = company.declare()
    assert Affected.objects.filter(incident=incident, language="el").count() == 2000
    notice = Notice.objects.get()
    with django_assert_max_num_queries(40):
        assert services.write_next_batch(notice.pk)
    assert notice.recipients.count() == 500


def test_message_is_kept_without_empty_languages(company: Company) -> None:
    incident = company.declare(message=MESSAGE | {"ru": "  "})
    assert set(queries.incident_by_ref(incident.ref or "").updates[0].message) == {"en", "el"}


def test_the_mail_greets_and_says_since_when_and_where(company: Company) -> None:
    company.customer("maria", "mail", language="el")
    tomorrow = clock.now() + timedelta(days=1)
    incident = company.declare(next_update_at=tomorrow)
    text = Notice.objects.get().texts["en"]["text"]
    assert text.startswith("Good day,") and "Since: " in text
    assert f"/status/en/incidents/{incident.ref}/" in text
    assert text.endswith(people_queries.company_name())
    local = tomorrow.astimezone(timezone.get_default_timezone())
    assert f"{local.day} " in text or f" {local.day}" in text
    assert f"{local:%H:%M}" in text and "PM" not in text
    assert f"/status/el/incidents/{incident.ref}/" in Notice.objects.get().texts["el"]["text"]
