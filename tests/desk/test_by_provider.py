"""An answer by a provider, from sending it to what its reader's server did, as the agent sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from tests.desk.office import CUSTOMER, Office, arrive_one, fresh, sent
from tests.desk.test_pages import shown, signed_in
from tests.harness import provider_reports
from tests.harness.provider_reports import AUTHORIZATION, Mail, post
from tests.harness.providers import Answer, Provider

from tocsin.channels.email.providers.messages import delivery_name
from tocsin.desk import services
from tocsin.desk.models import Ticket
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import Delivery
from tocsin.people.models import Address

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def route(provider: Provider, settings: SettingsWrapper) -> Iterator[Provider]:
    settings.TOCSIN_SMTP_URL = provider.url
    for name, value in provider_reports.SETTINGS.items():
        setattr(settings, name, value)
    yield provider


def answered(office: Office) -> tuple[Ticket, Delivery]:
    """A ticket with an answer that the provider took."""
    ticket = arrive_one()
    services.reply(ticket.ref, "It works again.", actor=office.agent.actor)
    mailroom.dispatch()
    mailroom.announce()
    delivery = sent(CUSTOMER)[-1]
    assert (delivery.state, delivery.payload["text"][:5]) == ("sent", "It wo")
    return ticket, delivery


def report(provider: str, what: str, delivery: Delivery) -> None:
    """The provider tells it, and everybody hears."""
    named = delivery_name(delivery.message_id)
    mail = Mail(delivery.provider_ref.partition(":")[2], named, delivery.to_address)
    posted = post(provider, what, mail)
    response = Client().post(
        f"/channels/email/default/webhook/{provider}/tracking/",
        data=posted.body,
        content_type=posted.content_type,
        headers={"Authorization": AUTHORIZATION, **posted.headers},
    )
    assert response.status_code == 200
    mailroom.settle_reports()
    mailroom.announce()


def page_of(office: Office, ticket: Ticket) -> str:
    return shown(signed_in(office.agent), f"/tickets/{ticket.ref}/")


@pytest.mark.parametrize("provider", ["postmark", "mailgun", "sendgrid"], indirect=True)
def test_an_answer_is_delivered(office: Office, provider: Provider) -> None:
    ticket, delivery = answered(office)
    assert "Delivered" not in page_of(office, ticket)
    report(provider.name, "delivered", delivery)
    assert "Delivered" in page_of(office, ticket)
    assert fresh(ticket).status == "answered"


def test_an_answer_that_bounces_brings_the_ticket_back(office: Office, provider: Provider) -> None:
    ticket, delivery = answered(office)
    report(provider.name, "hard", delivery)
    page = page_of(office, ticket)
    assert "Bounced" in page
    assert "Postmark: 550 5.1.1 The email account that you tried to reach does not exist" in page
    assert Address.objects.get(folded=CUSTOMER).bounced_at
    assert fresh(ticket).unread or fresh(ticket).status != "answered"
    services.reply(ticket.ref, "Once more.", actor=office.agent.actor)
    asked = len(provider.sent)
    mailroom.dispatch()
    assert len(provider.sent) == asked, "it is not tried again"


def test_an_answer_called_spam_says_so(office: Office, provider: Provider) -> None:
    ticket, delivery = answered(office)
    report(provider.name, "complained", delivery)
    assert "Called spam by its reader" in page_of(office, ticket)


def test_an_answer_waits_for_a_provider_in_trouble(office: Office, provider: Provider) -> None:
    ticket = arrive_one()
    mailroom.dispatch()
    provider.answers.append(Answer(500, {"Message": "Out of order"}))
    services.reply(ticket.ref, "It works again.", actor=office.agent.actor)
    mailroom.dispatch()
    assert "Postmark: Out of order" in page_of(office, ticket)
    Delivery.objects.filter(state="deferred").update(state="queued")
    mailroom.dispatch()
    assert sent(CUSTOMER)[-1].state == "sent"


def test_an_answer_to_our_mail_comes_home_by_a_provider(
    office: Office, provider: Provider, settings: Any
) -> None:
    """Also where the reader saw another Message-ID than ours."""
    ticket, _delivery = answered(office)
    ours = next(one["Value"] for one in provider.sent[-1].json["Headers"] if one["Name"] == "Message-ID")
    raw = (
        f"From: Maria <{CUSTOMER}>\r\nTo: support@example.test\r\nSubject: something else\r\n"
        f"Message-ID: <r1@customer.test>\r\nIn-Reply-To: <theirs@provider.test>\r\n"
        f"References: {ours} <theirs@provider.test>\r\n\r\nThank you!\r\n"
    )
    posted = {"FromFull": {"Email": CUSTOMER}, "RawEmail": raw, "OriginalRecipient": "support@example.test"}
    response = Client().post(
        "/channels/email/default/webhook/postmark/inbound/",
        data=posted,
        content_type="application/json",
        headers={"Authorization": AUTHORIZATION},
    )
    assert response.status_code == 200
    mailroom.drain()
    assert "Thank you!" in page_of(office, ticket)
