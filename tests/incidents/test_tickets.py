"""New tickets attach themselves before they are acknowledged; people correct it with one click."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from tests.incidents.company import Company

from tocsin.desk.models import Message, Ticket
from tocsin.incidents import jobs, links, queries, services
from tocsin.incidents.models import LinkState, TicketLink
from tocsin.kernel import clock
from tocsin.kernel.errors import Conflict, NotFound
from tocsin.mailroom.models import Delivery
from tocsin.notices.models import Notice, Recipient


def _mails(address: str) -> list[str]:
    return [row.payload["text"] for row in Delivery.objects.filter(to_address=address).order_by("id")]


def test_attached_on_arrival_one_mail_tells_id_and_state(company: Company) -> None:
    company.customer("maria", "mail", language="el")
    incident = company.declare()
    ticket = company.ticket("maria@example.test", "Δεν στέλνει το ηλεκτρονικό ταχυδρομείο")
    assert (ticket.linked_ref, ticket.parked_by) == (incident.ref, "linked")
    (mail,) = _mails("maria@example.test")
    assert ticket.ref in mail
    assert "Το mail δεν λειτουργεί" in mail
    assert "/n/" in mail


def test_who_writes_again_and_again_in_an_outage_is_told_its_state_each_time(company: Company) -> None:
    company.customer("maria", "mail")
    company.declare()
    for number in range(7):
        company.ticket("maria@example.test", f"my mail does not work, {number}")
    mails = _mails("maria@example.test")
    assert len(mails) == 7
    assert all("Mail is down" in mail for mail in mails)


def test_others_are_served_as_on_any_day(company: Company) -> None:
    company.customer("nikos", "web")
    company.declare()
    for address in ("nikos@example.test", "stranger@example.test"):
        ticket = company.ticket(address, "my mail does not work")
        assert (ticket.linked_ref, ticket.parked_by) == ("", "")
        (mail,) = _mails(address)
        assert "Mail is down" not in mail
    assert list(TicketLink.objects.values_list("state", flat=True)) == [LinkState.SUGGESTED] * 2


def test_other_matters_of_affected_customers_stay(company: Company) -> None:
    company.customer("maria", "mail", "web")
    company.declare()
    assert company.ticket("maria@example.test", "Please send the invoice").linked_ref == ""
    assert not TicketLink.objects.exists()


def test_an_answer_to_a_notice_arrives_attached(company: Company) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    jobs.write_notice(Notice.objects.get().pk)
    ticket = company.ticket("maria@example.test", "When will it be over, please?")
    services.match_new([(ticket.pk, f"notice:{Notice.objects.get().pk}")])
    ticket.refresh_from_db()
    assert ticket.linked_ref == incident.ref
    assert "notice" in ticket.linked_reason


def test_late_tickets_are_not_attached(company: Company) -> None:
    company.customer("maria", "mail")
    company.update(company.declare(), "resolved")
    assert company.ticket("maria@example.test", "mail is down").linked_ref == ""


def test_not_my_problem(company: Company, client: Client) -> None:
    company.customer("maria", "mail", language="el")
    incident = company.declare(titles={"el": "Χωρίς email"})
    ticket = company.ticket("maria@example.test", "mail is down")
    address = links.not_my_problem_url(incident.pk, ticket.pk).removeprefix("http://testserver")

    shown = client.get(address)
    assert shown.status_code == 200 and 'lang="el"' in shown.content.decode()
    assert "Χωρίς email" in shown.content.decode()
    ticket.refresh_from_db()
    assert ticket.linked_ref == incident.ref, "GET must not act"

    assert client.post(address).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.linked_ref, ticket.parked_by, ticket.priority) == ("", "", "high")
    assert Message.objects.filter(ticket=ticket, kind="note").count() == 1

    assert client.post(address).status_code == 200, "twice changes nothing"
    assert Message.objects.filter(ticket=ticket, kind="note").count() == 1
    services.match_again([(ticket.pk, "")])
    company.declare("mail", title="Mail is down again")
    ticket.refresh_from_db()
    assert ticket.linked_ref == "", "never attached by itself again"


def test_not_my_problem_after_the_end_explains(company: Company, client: Client) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    ticket = company.ticket("maria@example.test", "mail is down")
    company.update(incident, "resolved")
    address = links.not_my_problem_url(incident.pk, ticket.pk).removeprefix("http://testserver")
    assert "answer our mail" in client.post(address).content.decode()
    ticket.refresh_from_db()
    assert ticket.linked_ref == incident.ref


@pytest.mark.parametrize("token", ["x", "1.2", "1.2:forged", "%00", "a" * 500])
def test_a_forged_token_is_a_clear_page(company: Company, client: Client, token: str) -> None:
    assert client.get(f"/n/{token}/").status_code == 404
    assert client.post(f"/n/{token}/").status_code == 404


def test_attach_and_detach_by_hand(company: Company) -> None:
    incident = company.declare()
    ticket = company.ticket("stranger@example.test", "nothing arrives any more")
    ref = incident.ref or ""
    services.attach(ref, ticket.ref or "", actor=company.agent.actor)
    services.attach(ref, ticket.ref or "", actor=company.agent.actor)
    ticket.refresh_from_db()
    assert ticket.linked_ref == ref
    assert len(_mails("stranger@example.test")) == 2, "the acknowledgement, then the state, once"
    services.detach(ref, ticket.ref or "", actor=company.agent.actor)
    ticket.refresh_from_db()
    assert (ticket.linked_ref, ticket.parked_by) == ("", "")
    services.match_again([(ticket.pk, "")])
    assert TicketLink.objects.get().state == LinkState.DECLINED
    services.attach(ref, ticket.ref or "", actor=company.agent.actor)
    ticket.refresh_from_db()
    assert ticket.linked_ref == ref, "a person may change their mind"


def test_a_suggestion_is_taken_or_dismissed(company: Company) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    ref = incident.ref or ""
    taken = company.ticket("maria@example.test", "it is not working")
    unlink = company.ticket("maria@example.test", "the fax is not working")
    assert [one.ref for one in queries.suggested_tickets(incident.pk)] == [unlink.ref, taken.ref]
    services.attach(ref, taken.ref or "", actor=company.agent.actor)
    services.dismiss(ref, unlink.ref or "", actor=company.agent.actor)
    assert queries.suggested_tickets(incident.pk) == []
    assert [one.ref for one in queries.attached_tickets(incident.pk)] == [taken.ref]


def test_attaching_where_it_cannot_be(company: Company) -> None:
    first, second = company.declare(), company.declare("dns")
    ticket = company.ticket("x@example.test", "hello")
    services.attach(first.ref or "", ticket.ref or "", actor=company.agent.actor)
    with pytest.raises(Conflict):
        services.attach(second.ref or "", ticket.ref or "", actor=company.agent.actor)
    with pytest.raises(NotFound):
        services.attach(second.ref or "", "T-1234567", actor=company.agent.actor)
    company.update(second, "resolved")
    with pytest.raises(Conflict):
        services.attach(second.ref or "", ticket.ref or "", actor=company.agent.actor)


def test_what_the_customer_adds_may_attach_an_open_ticket(company: Company) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    ticket = company.ticket("maria@example.test", "Please send the invoice")
    Message.objects.create(
        ticket=ticket, kind="customer", channel="email", text="and my mail is down", at=clock.now()
    )
    services.match_again([(ticket.pk, "")])
    ticket.refresh_from_db()
    assert ticket.linked_ref == incident.ref
    assert "Mail is down." in _mails("maria@example.test")[-1]


def test_every_attached_customer_is_answered_once_and_all_their_tickets_close(company: Company) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    first = company.ticket("maria@example.test", "mail is down")
    newest = company.ticket("maria@example.test", "mail is still down")
    TicketLink.objects.filter(ticket=first).update(received_at=clock.now() - timedelta(minutes=5))
    stranger = company.ticket("stranger@example.test", "hm")
    services.attach(incident.ref or "", stranger.ref or "", actor=company.agent.actor)
    company.update(incident, "resolved")
    repair = Notice.objects.get(moment="repair")
    for _ in range(2):
        jobs.write_notice(repair.pk)
    assert set(Ticket.objects.values_list("status", flat=True)) == {"closed"}
    assert list(
        Recipient.objects.filter(notice=repair).order_by("id").values_list("ticket_ref", flat=True)
    ) == [
        newest.ref,
        stranger.ref,
    ]
    told = Delivery.objects.filter(origin_ref=f"notice:{repair.pk}")
    assert sorted(told.values_list("to_address", flat=True)) == [
        "maria@example.test",
        "stranger@example.test",
    ]
    assert all("/n/" not in one.payload["text"] for one in told)
