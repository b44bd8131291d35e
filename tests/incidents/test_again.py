"""Broken again: who was told that it works takes part in the next incident by the same ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.desk.office import arrive, mail
from tests.incidents.company import Company
from tests.mailroom.boxes import save_mailbox

from tocsin.desk.models import Message, Ticket
from tocsin.incidents import jobs, queries, services
from tocsin.incidents.models import Incident, TicketLink
from tocsin.kernel import clock
from tocsin.mailroom.models import Delivery
from tocsin.notices.models import Notice
from tocsin.people.models import Department

MARIA = "maria@example.test"


@pytest.fixture(autouse=True)
def mailbox(company: Company) -> None:
    """Where customers write to."""
    department = Department.objects.get()
    save_mailbox(address="support@example.test", department_id=department.pk, is_default=True)


@pytest.fixture
def ended(company: Company) -> Incident:
    """An incident that is over, and Maria's ticket about it, closed by the mail that it works again."""
    company.customer("maria", "mail")
    incident = company.declare(started_at=clock.now() - timedelta(hours=5))
    company.ticket(MARIA, "mail is down", subject="Mail is down")
    company.update(incident, "resolved")
    jobs.write_notice(Notice.objects.get(moment="repair").pk)
    assert Ticket.objects.get().status == "closed"
    incident.refresh_from_db()
    return incident


def _answer(text: str) -> Ticket:
    """Maria answers the newest mail we sent her."""
    newest = Delivery.objects.filter(to_address=MARIA).latest("id")
    (message,) = arrive(mail(text, From=MARIA, Subject="Re: Mail is down", In_Reply_To=newest.message_id))
    return Ticket.objects.get(pk=message.ticket_id)


def test_who_answers_that_it_is_down_again_belongs_to_the_next_one(company: Company, ended: Incident) -> None:
    again = company.declare(title="Mail is down again", started_at=clock.now())
    ticket = _answer("now mail is down again")
    assert (ticket.linked_ref, ticket.parked_by) == (again.ref, "linked")
    assert "Mail is down. We are working" in Delivery.objects.latest("id").payload["text"]
    for ref in (ended.ref, again.ref):
        assert queries.figures(ref or "").contacts_attached == 1
    new = TicketLink.objects.get(incident=again)
    assert new.received_at > again.started_at, "it is a new contact"
    assert jobs.write_notice(Notice.objects.get(moment="repair").pk) is None
    ticket.refresh_from_db()
    assert ticket.status == "open", "the old incident does not close it"


def test_thanks_are_no_new_contact(company: Company, ended: Incident) -> None:
    company.declare(title="Mail is down again", started_at=clock.now())
    ticket = _answer("Thank you")
    assert (ticket.linked_ref, ticket.parked_by) == (ended.ref, "")


def test_who_wrote_before_the_declaration_is_found_by_it(company: Company, ended: Incident) -> None:
    ticket = _answer("mail is down again")
    assert ticket.linked_ref == ended.ref
    again = company.declare(title="Mail is down again", started_at=clock.now())
    ticket.refresh_from_db()
    assert ticket.linked_ref == again.ref


def test_by_hand_too_and_letting_go_of_the_old_one_keeps_the_new(company: Company, ended: Incident) -> None:
    again = company.declare("dns", started_at=clock.now())
    ref = _answer("hm").ref
    services.attach(again.ref or "", ref, actor=company.agent.actor)
    assert Ticket.objects.get().linked_ref == again.ref
    services.detach(ended.ref or "", ref, actor=company.agent.actor)
    assert Ticket.objects.get().linked_ref == again.ref


def test_a_groups_mail_is_a_persons(company: Company) -> None:
    company.customer("maria", "mail")
    incident = company.declare()
    fields = {"From": MARIA, "Subject": "Question", "List_Id": "<office.example.test>"}
    (message,) = arrive(mail("mail is down", **fields))
    assert message.machine == "list"
    assert Ticket.objects.get().linked_ref == incident.ref


def test_who_is_attached_after_the_acknowledgement_is_told_the_state(company: Company) -> None:
    company.customer("maria", "mail")
    ticket = company.ticket(MARIA, "mail is down")
    incident = company.declare()
    services.detach(incident.ref or "", ticket.ref, actor=company.agent.actor)
    TicketLink.objects.all().delete()
    for _ in range(2):
        services.match_new([(ticket.pk, "")])
    ticket.refresh_from_db()
    assert ticket.linked_ref == incident.ref
    assert Message.objects.filter(ticket=ticket, kind="system").count() == 2
