"""Who does not see a department's tickets neither reads nor moves them by way of the war room."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.harness.actors import acting
from tests.incidents.company import Company

from tocsin.desk.models import Ticket
from tocsin.incidents import services
from tocsin.incidents.models import Incident, LinkState, TicketLink
from tocsin.kernel.errors import NotFound
from tocsin.mailroom.models import Delivery
from tocsin.people import services as people
from tocsin.people.models import Staff


@pytest.fixture
def sales(company: Company) -> Staff:
    """An agent of another department than the tickets."""
    people.save_department(key="sales", name={"en": "Sales"}, first_answer_minutes=120)
    return people.create_staff(
        email="sales@company.test",
        name="Sales",
        role="agent",
        password="quite long enough",
        departments=["sales"],
    )


def _as(staff: Any) -> Client:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _suggested(company: Company) -> Ticket:
    return company.ticket("stranger@example.test", "my mail does not work", subject="Very private")


@pytest.mark.parametrize("act", ["attach", "detach", "dismiss"])
def test_acts_on_a_ticket_one_does_not_see_find_nothing(company: Company, sales: Staff, act: str) -> None:
    ref = company.declare().ref or ""
    ticket = _suggested(company)
    mails = Delivery.objects.count()
    with pytest.raises(NotFound, match=r"There is no ticket “T-"):
        getattr(services, act)(ref, ticket.ref or "", actor=sales.actor)
    page = _as(sales).post(f"/alerts/{ref}/{act}/", {"ticket": ticket.ref})
    assert "Very private" not in page.content.decode()
    assert TicketLink.objects.get().state == LinkState.SUGGESTED
    assert Delivery.objects.count() == mails, "nobody was mailed"


def test_the_room_only_counts_tickets_of_other_departments(company: Company, sales: Staff) -> None:
    company.customer("maria", "mail")
    ref = company.declare().ref or ""
    _suggested(company)
    company.ticket("maria@example.test", "mail is down", subject="Also private")
    for address in (f"/alerts/{ref}/", f"/alerts/{ref}/part/tickets/"):
        page = _as(sales).get(address).content.decode()
        assert "private" not in page and "stranger" not in page
        assert page.count("1 ticket of other departments") == 2
        assert "Very private" in _as(company.agent).get(address).content.decode()
    assert "decide" not in _as(sales).get(f"/alerts/{ref}/").content.decode()


def test_a_ticket_one_does_not_see_is_no_evidence(company: Company, sales: Staff) -> None:
    ticket = company.ticket("stranger@example.test", "name servers do not answer")
    with pytest.raises(NotFound):
        services.declare(company.new(evidence=[ticket.ref]), actor=sales.actor)
    assert not Incident.objects.exists()
    assert _as(sales).post("/alerts/declare/", {"pick": [ticket.ref]}).status_code == 404


def test_programs_act_for_the_whole_company(company: Company) -> None:
    ref = company.declare().ref or ""
    services.attach(ref, _suggested(company).ref or "", actor=acting("api", 1))
    assert TicketLink.objects.get().state == LinkState.ATTACHED


def test_nothing_is_suggested_once_it_is_over(company: Company) -> None:
    incident = company.declare()
    ticket = _suggested(company)
    agent = _as(company.agent)
    assert "May belong to" in agent.get(f"/tickets/{ticket.ref}/").content.decode()
    company.update(incident, "resolved")
    assert "May belong to" not in agent.get(f"/tickets/{ticket.ref}/").content.decode()
    assert "Do these belong" not in agent.get(f"/alerts/{incident.ref}/").content.decode()
