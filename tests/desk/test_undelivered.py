"""How an answer fares on its way, against real mail servers; and what the agent sees of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.desk.office import CUSTOMER, OTHER_ADDRESS, Office, arrive_one, fresh, sent
from tests.desk.test_pages import shown, signed_in
from tests.harness.mailservers import SmtpSink

from tocsin.desk import services
from tocsin.desk.models import Ticket
from tocsin.kernel.errors import Conflict, NotFound, Refused
from tocsin.kernel.models import LiveUpdate, LogEntry
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import Delivery
from tocsin.people import queries as people

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def server(smtp_sink: SmtpSink, settings: SettingsWrapper) -> SmtpSink:
    settings.TOCSIN_SMTP_URL = smtp_sink.url
    return smtp_sink


def answered(office: Office, **mail: str) -> Ticket:
    ticket = arrive_one(**mail)
    services.reply(ticket.ref, "It works again.", actor=office.agent.actor)
    return ticket


def post() -> None:
    """Send what waits and tell what became of it."""
    mailroom.dispatch()
    mailroom.announce()


def test_an_answer_that_was_taken_leaves_the_ticket_alone(office: Office) -> None:
    ticket = answered(office)
    post()
    assert (fresh(ticket).status, fresh(ticket).unread) == ("answered", False)
    assert LiveUpdate.objects.filter(
        name="desk.answers-progressed", topics__contains=[f"ticket:{ticket.ref}"]
    ).exists()
    page = shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    assert "Taken by the server" in page
    assert "Send again" not in page


def test_an_answer_that_reached_nobody_comes_back_to_the_queue(office: Office, server: SmtpSink) -> None:
    server.fail(CUSTOMER, "550 5.7.1 we do not like your words")
    ticket = answered(office)
    post()
    assert (fresh(ticket).status, fresh(ticket).unread) == ("open", True)
    row = LogEntry.objects.get(subjects__0=ticket.ref, data__what="undelivered")
    assert (row.data["new"], row.reason) == (CUSTOMER, "550 5.7.1 we do not like your words")
    page = shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    assert "The answer did not reach maria@customer.test" in page
    assert "550 5.7.1 we do not like your words" in page
    assert "Send again" in page


def test_an_acknowledgement_that_comes_back_reopens_nothing(office: Office, server: SmtpSink) -> None:
    server.fail(CUSTOMER, "550 5.7.1 no")
    ticket = arrive_one()
    services.set_status(ticket.ref, "pending", actor=office.agent.actor)
    post()
    assert fresh(ticket).status == "pending"


def test_a_greylisted_answer_says_until_when_it_is_tried(office: Office, server: SmtpSink) -> None:
    server.fail(CUSTOMER, "451 4.7.1 greylisted, come back", times=5)
    ticket = answered(office)
    post()
    assert fresh(ticket).status == "answered"
    page = shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")
    assert "tried until" in page and "451 4.7.1 greylisted, come back" in page


def test_sending_again(office: Office, server: SmtpSink) -> None:
    server.fail(CUSTOMER, "550 5.1.1 no such user", times=2)
    ticket = answered(office)
    post()
    (delivery,) = Delivery.objects.filter(payload__text__startswith="It works")
    client = signed_in(office.agent)
    answer = client.post(f"/tickets/{ticket.ref}/deliveries/{delivery.pk}/again/")
    assert answer.status_code == 302
    post()
    delivery.refresh_from_db()
    assert (delivery.state, [one.text[:8] for one in server.messages]) == ("sent", ["It works"])
    with pytest.raises(Conflict):
        services.send_again(ticket.ref, delivery.pk, actor=office.agent.actor)


def test_nothing_is_sent_again_through_another_ticket(office: Office, server: SmtpSink) -> None:
    server.fail(CUSTOMER, "550 5.1.1 no such user")
    answered(office)
    other = arrive_one(From="eve@elsewhere.test", Subject="Else")
    post()
    delivery = Delivery.objects.get(payload__text__startswith="It works")
    with pytest.raises(NotFound):
        services.send_again(other.ref, delivery.pk, actor=office.agent.actor)


# --- Whose ticket it is ----------------------------------------------------------------------------


def test_changing_the_requester_and_back(office: Office) -> None:
    ticket = arrive_one(From="Eve <eve@elsewhere.test>", Cc=f"support@example.test, {CUSTOMER}")
    client = signed_in(office.agent)
    page = f"/tickets/{ticket.ref}/"
    answer = client.post(f"{page}requester/", {"address": f" {CUSTOMER} "}, follow=True)
    assert "It is the ticket of maria@customer.test now" in answer.content.decode()
    changed = fresh(ticket)
    assert (changed.requester_address, changed.customer) == (CUSTOMER, office.customer)
    assert (changed.copied_addresses, changed.verified) == ([], False)
    services.reply(ticket.ref, "Hello Maria", actor=office.agent.actor)
    assert len(sent("eve@elsewhere.test")) == 1  # the acknowledgement
    assert sent()[-1].payload["text"].startswith("Hello Maria")
    client.post(f"{page}requester/", {"address": "eve@elsewhere.test"})
    assert (fresh(ticket).requester_address, fresh(ticket).customer) == ("eve@elsewhere.test", None)
    assert "Requester: eve@elsewhere.test" in shown(client, page)


@pytest.mark.parametrize("address", ["", "no address", "a@b@c", "a@b.cc,d@e.ff"])
def test_a_requester_needs_an_address(office: Office, address: str) -> None:
    ticket = arrive_one()
    with pytest.raises(Refused):
        services.change_requester(ticket.ref, address, actor=office.agent.actor)
    client = signed_in(office.agent)
    assert client.post(f"/tickets/{ticket.ref}/requester/", {"address": address}).status_code == 302
    assert fresh(ticket).requester_address == CUSTOMER


def test_a_stranger_becomes_a_contact(office: Office) -> None:
    ticket = arrive_one()
    services.change_requester(ticket.ref, "new@there.test", name="Nina", actor=office.agent.actor)
    contact = people.contact_by_address("email", "new@there.test")
    assert contact and contact.name == "Nina" and fresh(ticket).customer is None
    with pytest.raises(Conflict):
        services.change_requester(ticket.ref, "NEW@there.test", actor=office.agent.actor)


# --- What the agent is told before they write --------------------------------------------------------


def test_the_agent_is_warned_before_they_write_to_nobody(office: Office, server: SmtpSink) -> None:
    server.fail(CUSTOMER, "550 5.1.1 no such user here")
    ticket = answered(office)
    post()
    client = signed_in(office.agent)
    page = shown(client, f"/tickets/{ticket.ref}/")
    assert "no such user here" in page and f"Write to {OTHER_ADDRESS} instead" in page
    client.post(f"/tickets/{ticket.ref}/requester/", {"address": OTHER_ADDRESS})
    assert "instead" not in shown(client, f"/tickets/{ticket.ref}/")


def test_an_address_can_be_tried_again_from_the_warning(office: Office, server: SmtpSink) -> None:
    server.fail(CUSTOMER, "550 5.1.1 no such user here", times=2)
    ticket = answered(office)
    post()
    client = signed_in(office.agent)
    client.post(f"/tickets/{ticket.ref}/believe/", {"address": CUSTOMER})
    assert "instead" not in shown(client, f"/tickets/{ticket.ref}/")
    services.reply(ticket.ref, "Once more.", actor=office.agent.actor)
    post()
    assert [one.text[:10] for one in server.messages] == ["Once more."]
