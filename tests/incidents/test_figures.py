"""The figures of an incident, case by case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.incidents.company import Company, accept

from tocsin.incidents import jobs, queries
from tocsin.incidents.models import TicketLink
from tocsin.kernel import clock
from tocsin.notices.models import Notice

M = timedelta(minutes=1)


def _figures(company: Company, **cases: tuple[timedelta | None, timedelta | None]) -> queries.Figures:
    """Each case: when the first notice was accepted, and when the customer wrote, from the start on."""
    customers = {key: company.customer(key, "mail") for key in cases}
    start = clock.now() - 10 * M
    incident = company.declare(started_at=start)
    jobs.write_notice(Notice.objects.get().pk)
    for key, (accepted, wrote) in cases.items():
        if accepted is not None:
            accept(customers[key], start + accepted)
        if wrote is not None:
            ticket = company.ticket(f"{key}@example.test", "mail is down")
            TicketLink.objects.filter(ticket=ticket).update(received_at=start + wrote)
    return queries.figures(incident.ref or "")


@pytest.mark.parametrize(
    ("accepted", "wrote", "informed", "first"),
    [
        pytest.param(12 * M, None, 1, 1, id="informed and never wrote"),
        pytest.param(12 * M, 13 * M, 1, 1, id="informed, then wrote"),
        pytest.param(12 * M, 11 * M, 1, 0, id="wrote, then informed"),
        pytest.param(12 * M, -5 * M, 1, 0, id="wrote before the start"),
        pytest.param(12 * M, 12 * M, 1, 0, id="at the same moment is not before"),
        pytest.param(None, 11 * M, 0, 0, id="wrote, never informed"),
        pytest.param(None, None, 0, 0, id="neither"),
    ],
)
def test_informed_first(company: Company, accepted: Any, wrote: Any, informed: int, first: int) -> None:
    figures = _figures(company, maria=(accepted, wrote))
    assert (figures.affected, figures.informed, figures.informed_first) == (1, informed, first)
    assert figures.informed_first_rate == first
    assert figures.contacts_attached == (wrote is not None)


def test_the_rate_is_a_share_of_the_affected(company: Company) -> None:
    figures = _figures(company, a=(12 * M, None), b=(12 * M, 11 * M), c=(None, None), d=(11 * M, None))
    assert figures.informed_first_rate == 0.5
    assert figures.time_to_first_notice_s == 11 * 60
    assert figures.time_to_declare_s == pytest.approx(600, abs=5)


def test_nobody_affected_has_no_rate(company: Company) -> None:
    figures = _figures(company)
    assert (figures.affected, figures.informed_first_rate, figures.time_to_first_notice_s) == (0, None, None)
    assert (figures.sent, figures.failed, figures.contacts_attached) == (0, 0, 0)


def test_the_first_contact_counts_and_tickets_are_counted(company: Company) -> None:
    maria = company.customer("maria", "mail")
    start = clock.now() - 10 * M
    for _ in range(3):
        company.ticket("maria@example.test", "mail is down")
    incident = company.declare(started_at=start)
    jobs.write_notice(Notice.objects.get().pk)
    links = list(TicketLink.objects.order_by("pk"))
    for link, minutes in zip(links, (9, 3, 15), strict=True):
        TicketLink.objects.filter(pk=link.pk).update(received_at=start + minutes * M)
    accept(maria, start + 5 * M)
    figures = queries.figures(incident.ref or "")
    assert (figures.contacts_attached, figures.informed, figures.informed_first) == (3, 1, 0)


def test_what_was_detached_or_declined_is_no_contact(company: Company) -> None:
    from tocsin.incidents import services

    maria = company.customer("maria", "mail")
    ticket = company.ticket("maria@example.test", "mail is down")
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    accept(maria, clock.now() + M)
    assert queries.figures(incident.ref or "").informed_first == 0
    services.detach(incident.ref or "", ticket.ref or "", actor=company.agent.actor)
    figures = queries.figures(incident.ref or "")
    assert (figures.contacts_attached, figures.informed_first) == (0, 1)


def test_sent_and_failed_count_all_moments(company: Company) -> None:
    maria, nikos = company.customer("maria", "mail"), company.customer("nikos", "mail")
    incident = company.declare()
    company.update(incident)
    for notice in Notice.objects.order_by("pk"):
        jobs.write_notice(notice.pk)
    accept(maria, clock.now(), number=1)
    accept(nikos, clock.now(), number=1, state="failed")
    accept(maria, clock.now(), number=2)
    accept(nikos, clock.now(), number=2)
    figures = queries.figures(incident.ref or "")
    assert (figures.sent, figures.failed, figures.informed) == (3, 1, 1)


def test_accepted_and_bounced_later_was_informed_but_failed(company: Company) -> None:
    maria = company.customer("maria", "mail")
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    accept(maria, clock.now(), state="bounced")
    figures = queries.figures(incident.ref or "")
    assert (figures.informed, figures.sent, figures.failed) == (1, 0, 1)
    assert (figures.informed_first, figures.informed_first_rate) == (1, 1.0)


@pytest.mark.parametrize("state", ["sent", "delivered", "complained"])
def test_what_arrived_informed(company: Company, state: str) -> None:
    maria = company.customer("maria", "mail")
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    accept(maria, clock.now(), state=state)
    assert queries.figures(incident.ref or "").informed == 1


@pytest.mark.parametrize(
    ("first", "affected", "shown"),
    [(0, 30, "0%"), (1, 300, "1%"), (29, 30, "97%"), (299, 300, "99%"), (30, 30, "100%"), (0, 0, "")],
)
def test_only_all_are_a_hundred_percent(first: int, affected: int, shown: str) -> None:
    rate = first / affected if affected else None
    figures = queries.Figures(0, 0, affected, first, first, rate, 0, first, affected - first)
    assert figures.informed_first_percent == shown


def test_the_audience_is_frozen(company: Company) -> None:
    from tocsin.catalog import services as catalog

    maria = company.customer("maria", "mail")
    incident = company.declare()
    catalog.set_uses(maria.pk, ["web"])
    company.customer("late", "mail")
    assert queries.figures(incident.ref or "").affected == 1
