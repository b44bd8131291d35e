"""One mail per customer and moment: what an acknowledgement told is not told again by the notice."""

from __future__ import annotations

from datetime import timedelta

from tests.incidents.company import Company

from tocsin.incidents import jobs, queries, services
from tocsin.incidents.models import Incident
from tocsin.kernel import clock
from tocsin.mailroom.models import Delivery
from tocsin.notices.models import Notice, Recipient


def _mails(address: str) -> list[str]:
    return [row.payload["text"] for row in Delivery.objects.filter(to_address=address).order_by("id")]


def _write_notices() -> None:
    for notice in Notice.objects.order_by("number"):
        jobs.write_notice(notice.pk)


def _only_mail(address: str) -> Delivery:
    return Delivery.objects.get(to_address=address)


def test_the_acknowledgement_of_who_comes_before_their_notice_is_their_notice(company: Company) -> None:
    maria = company.customer("maria", "mail")
    incident = company.declare()
    ticket = company.ticket("maria@example.test", "mail is down")
    _write_notices()
    mail = _only_mail("maria@example.test")
    told = Recipient.objects.get(customer=maria)
    assert (told.delivery_id, told.ticket_ref) == (mail.pk, ticket.ref)
    Delivery.objects.update(accepted_at=clock.now() + timedelta(seconds=1), state="sent")
    figures = queries.figures(incident.ref or "")
    assert (figures.informed, figures.informed_first) == (1, 0)


def test_so_it_is_outside_the_audience_and_for_every_notice_that_waits(company: Company) -> None:
    incident = company.declare()
    company.update(incident)
    ticket = company.ticket("stranger@example.test", "hm")
    services.attach(incident.ref or "", ticket.ref or "", actor=company.agent.actor)
    _write_notices()
    acknowledged, state = Delivery.objects.filter(to_address="stranger@example.test").order_by("id")
    assert [one.delivery_id for one in Recipient.objects.order_by("id")] == [state.pk] * 2
    assert "identified" in state.payload["text"] and "identified" not in acknowledged.payload["text"]


def test_what_was_said_later_is_told_as_ever(company: Company) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    company.ticket("maria@example.test", "mail is down")
    company.update(incident)
    _write_notices()
    assert len(_mails("maria@example.test")) == 2
    assert "identified" in _mails("maria@example.test")[-1]


def test_who_was_not_acknowledged_gets_the_notice_in_the_ticket(company: Company) -> None:
    maria = company.customer("maria", "mail")
    incident = company.declare()
    _unacknowledged(company, "maria@example.test")
    _write_notices()
    assert Recipient.objects.get(customer=maria).delivery == _only_mail("maria@example.test")
    assert Incident.objects.get(pk=incident.pk).links.count() == 1


def _unacknowledged(company: Company, address: str) -> int:
    from tocsin.intake import services as intake

    new = intake.TicketRequest(
        requester_address=address, subject="Question", text="mail is down", acknowledge=False, channel="email"
    )
    return intake.open_ticket(new).pk
