"""Updates, the end, and the silence between."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from tests.incidents.company import Company

from tocsin.incidents import drafts, queries, services
from tocsin.incidents.models import Incident, Update
from tocsin.kernel import clock
from tocsin.kernel.actors import SYSTEM
from tocsin.kernel.errors import Conflict, NotFound, Refused
from tocsin.kernel.models import LiveUpdate, LogEntry
from tocsin.mailroom.models import Delivery
from tocsin.notices.models import Notice


def test_an_update_goes_on_and_the_end_ends(company: Company) -> None:
    incident = company.declare()
    company.update(incident, "identified")
    company.update(incident, "resolved")
    view = queries.incident_by_ref(incident.ref or "")
    assert [one.status for one in view.updates] == ["resolved", "identified", "investigating"]
    assert view.is_over and view.next_update_at is None
    assert [one.moment for one in Notice.objects.order_by("number")] == ["fault", "update", "repair"]
    assert set(LogEntry.objects.filter(subjects__contains=[incident.ref]).values_list("name", flat=True)) >= {
        "incidents.declared",
        "incidents.updated",
        "incidents.resolved",
    }
    with pytest.raises(Conflict):
        company.update(incident, "monitoring")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"next_update_at": None}, "next_update_at"),
        ({"next_update_at": timedelta(seconds=-5)}, "next_update_at"),
        ({"message": {"el": "μόνο"}}, "message"),
        ({"status": "fine"}, "status"),
    ],
)
def test_what_is_refused(company: Company, changes: dict[str, Any], field: str) -> None:
    incident = company.declare()
    timed = {
        name: clock.now() + value if isinstance(value, timedelta) else value
        for name, value in changes.items()
    }
    with pytest.raises(Refused) as refused:
        company.update(incident, **{"status": "identified", **timed})
    assert field in refused.value.fields
    assert Update.objects.count() == 1


@pytest.mark.parametrize("ref", ["I-0000000", "I-9999999", "T-0000018", "", "x" * 300])
def test_a_reference_that_is_none(company: Company, ref: str) -> None:
    with pytest.raises(NotFound):
        services.post_update(
            ref,
            services.NewUpdate("identified", {"en": "x"}, clock.now() + timedelta(hours=1)),
            actor=SYSTEM,
        )


def test_a_fault_is_never_announced(company: Company) -> None:
    incident = company.declare()
    with pytest.raises(Refused) as refused:
        company.update(incident, "scheduled")
    assert "status" in refused.value.fields


TITLES = {"en": "Mail is down", "el": "Δεν λειτουργεί το email"}


def test_subjects_are_the_moment_and_the_title_in_each_language(company: Company) -> None:
    incident = company.declare(titles=TITLES)
    company.update(incident, "identified")
    company.update(incident, "resolved")
    subjects = [
        (one.texts["en"]["subject"], one.texts["el"]["subject"]) for one in Notice.objects.order_by("number")
    ]
    assert subjects == [
        ("Fault – Mail is down", "Βλάβη – Δεν λειτουργεί το email"),
        ("Update – Mail is down", "Ενημέρωση – Δεν λειτουργεί το email"),
        ("Resolved – Mail is down", "Επιλύθηκε – Δεν λειτουργεί το email"),
    ]


@pytest.mark.parametrize("language", ["en", "el", "hr", "es", "ru"])
def test_the_drafted_title_of_planned_work_does_not_say_it_twice(company: Company, language: str) -> None:
    title = drafts.titles([{"en": "Mail"}], "major", "scheduled", [language])[language]
    now = clock.now()
    window = {"scheduled_for": now + timedelta(days=1), "scheduled_until": now + timedelta(days=1, hours=1)}
    message = {"en": "Work.", language: "Work."}
    incident = company.declare(
        kind="scheduled", title=title, titles={language: title}, message=message, **window
    )
    company.update(incident, "resolved", message=message)
    announced, done = (one.texts[language]["subject"] for one in Notice.objects.order_by("number"))
    assert announced == title
    assert done.endswith(f" – {title}") and done != announced


def test_a_subject_is_one_line_and_keeps_the_word_within_a_word(company: Company) -> None:
    company.declare(title="The default\nroute is gone")
    assert Notice.objects.get().texts["en"]["subject"] == "Fault – The default route is gone"


def test_two_people_writing_at_once_make_one_update(company: Company) -> None:
    incident = company.declare()
    seen = queries.incident_by_ref(incident.ref or "").updates[0].id
    company.update(incident, after=seen)
    with pytest.raises(Conflict, match="Agent posted"):
        company.update(incident, after=seen)


def test_silence_warns_the_coordinator_once_per_missed_time(company: Company) -> None:
    incident = company.declare()
    assert services.warn_overdue() == 0
    clock.move(timedelta(minutes=31))
    assert [services.warn_overdue(), services.warn_overdue()] == [1, 0]
    mail = Delivery.objects.get(to_address="lead@company.test")
    assert incident.ref in mail.payload["text"]
    told = LiveUpdate.objects.get(name="incidents.update-overdue")
    assert told.topics == ["alert", f"incident:{incident.ref}"]
    company.update(incident, "identified")
    assert services.warn_overdue() == 0
    clock.move(timedelta(minutes=31))
    assert services.warn_overdue() == 1
    company.update(incident, "resolved")
    clock.move(timedelta(days=1))
    assert services.warn_overdue() == 0
    assert Delivery.objects.filter(to_address="lead@company.test").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_resolve_at_the_same_moment() -> None:
    from tests.incidents import company as companies

    company = companies.build()
    incident = company.declare()
    outcomes: list[str] = []
    _at_once(lambda: company.update(incident, "resolved"), outcomes)
    assert sorted(outcomes) == ["Conflict", "done"]
    assert Notice.objects.filter(moment="repair").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_declare_at_the_same_moment() -> None:
    from tests.incidents import company as companies

    company = companies.build()
    seen = queries.newest_id()
    outcomes: list[str] = []
    _at_once(lambda: company.declare(known_through=seen), outcomes)
    assert sorted(outcomes) == ["Conflict", "done"]
    assert Incident.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_ticket_that_is_being_opened_is_not_missed() -> None:
    from django.db import connection, transaction
    from tests.incidents import company as companies

    company = companies.build()
    company.customer("maria", "mail")
    outcomes: list[str] = []

    def declare() -> None:
        try:
            company.declare()
            outcomes.append("done")
        finally:
            connection.close()

    declaring = threading.Thread(target=declare)
    with transaction.atomic():
        ticket = company.ticket("maria@example.test", "mail is down")
        declaring.start()
        declaring.join(0.7)
        assert outcomes == [], "the declaration waits for the ticket"
    declaring.join(10)
    ticket.refresh_from_db()
    assert ticket.linked_ref == Incident.objects.get().ref


def _at_once(act: Any, outcomes: list[str]) -> None:
    from django.db import connection

    barrier = threading.Barrier(2)

    def run() -> None:
        barrier.wait()
        try:
            act()
            outcomes.append("done")
        except Conflict:
            outcomes.append("Conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
