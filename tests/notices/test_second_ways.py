"""Who is not reached at one address is told at the next, once; and later texts follow the way that worked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from procrastinate.exceptions import ConnectorException
from tests.harness import example_channel
from tests.harness.mailservers import SmtpSink
from tests.incidents import company as companies
from tests.incidents.company import Company

from tocsin.desk.models import Message
from tocsin.incidents import jobs
from tocsin.incidents import queries as incidents
from tocsin.kernel import clock
from tocsin.kernel.reasons import plain
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.models import Account, Delivery, DeliveryState, InFlight
from tocsin.mailroom.services.upkeep import mark_unannounced
from tocsin.notices import queries, services
from tocsin.notices.models import EarlierDelivery, Notice, Recipient
from tocsin.notices.services import following
from tocsin.people.models import Customer

FIRST, SECOND = "maria@example.test", "m2@example.test"
WINDOW = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    clock.forget()
    yield
    clock.forget()


@pytest.fixture
def shouts(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A second channel, and our account there."""
    with example_channel.found(monkeypatch) as module:
        yield module


def our_name_there() -> Account:
    return mailroom.save_account("shouts", address="@tocsin", settings={"tone": ""}, secrets={"token": "t"})


def told() -> list[tuple[str, str]]:
    """Where deliveries of notices went, and how they stand."""
    rows = Delivery.objects.filter(origin_ref__startswith="notice:").order_by("pk")
    return [(one.to_address, one.state) for one in rows]


def becomes(address: str, state: str, **more: Any) -> None:
    """As the sender and the announcer do it, for what went there last."""
    delivery = Delivery.objects.filter(to_address=address).order_by("-pk")[0]
    accepted = {"accepted_at": clock.now()} if state in ("sent", "bounced") else {}
    Delivery.objects.filter(pk=delivery.pk).update(state=state, answer=plain("550 no"), **accepted, **more)
    mark_unannounced([delivery.pk])
    mailroom.announce()


def written(company: Company) -> Notice:
    """The newest notice, written to everybody."""
    notice = Notice.objects.order_by("-pk")[0]
    jobs.write_notice(notice.pk)
    return notice


def maria(company: Company, *addresses: str) -> Customer:
    return company.customer("maria", "mail", addresses=list(addresses) or [FIRST, SECOND])


@pytest.mark.parametrize("state", ["failed", "bounced"])
def test_what_comes_back_goes_to_the_second_address(company: Company, state: str) -> None:
    customer = maria(company)
    incident = company.declare()
    notice = written(company)
    becomes(FIRST, state)
    mailroom.announce()
    services.follow_up([one.pk for one in Delivery.objects.all()])  # heard twice, it is done once
    assert told() == [(FIRST, state), (SECOND, "queued")]
    first, second = Delivery.objects.order_by("pk")
    assert second.payload == first.payload and second.urgency == first.urgency
    assert queries.progress([notice.pk])[notice.pk] == queries.Progress(1, 1, 0, 0, 0)
    becomes(SECOND, "sent")
    assert queries.progress([notice.pk])[notice.pk] == queries.Progress(1, 0, 1, 0, 0)
    figures = incidents.figures(incident.ref)
    assert (figures.informed, figures.sent, figures.failed) == (1, 1, 0)
    (sent,) = map(queries.as_sent, queries.notices_of_customer(customer.pk).items)
    assert (sent.address, sent.instead_of, sent.state) == (SECOND, FIRST, "sent")
    assert [(one.address, one.words) for one in sent.earlier] == [(FIRST, "550 no")]


def test_when_no_way_is_left_it_has_failed_once(company: Company) -> None:
    maria(company)
    incident = company.declare()
    notice = written(company)
    becomes(FIRST, "bounced")
    becomes(SECOND, "failed")
    assert told() == [(FIRST, "bounced"), (SECOND, "failed")]
    assert queries.progress([notice.pk])[notice.pk] == queries.Progress(1, 0, 0, 1, 0)
    assert queries.group_counts(incident.ref) == {"all": 1, "lost": 1, "waiting": 0, "sent": 0}


def test_another_channel_is_the_second_way(company: Company, shouts: ModuleType) -> None:
    our_name_there()
    maria(company, FIRST, "shouts:@maria")
    company.declare()
    written(company)
    becomes(FIRST, "failed")
    recipient = Recipient.objects.select_related("delivery").get()
    assert recipient.delivery and recipient.delivery.channel == "shouts"
    assert (recipient.address, recipient.others) == ("@maria", [])
    page = signed_in(company).get(f"/customer/{recipient.customer_id}/").content.decode()
    assert "Shouts" in page and f"tried at {FIRST} (Mail): 550 no" in page


def signed_in(company: Company) -> Client:
    client = Client()
    client.force_login(company.lead, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_channel_on_which_we_have_nothing_is_no_way(company: Company, shouts: ModuleType) -> None:
    customer = maria(company, "shouts:@maria", FIRST)
    company.declare()
    written(company)
    assert told() == [(FIRST, "queued")]
    account = our_name_there()
    company.update(incidents.incident_by_ref(Notice.objects.get(number=1).record_ref))
    written(company)
    assert told()[1:] == [("@maria", "queued")]  # asked when it is sent, not when it was declared
    Account.objects.filter(pk=account.pk).update(is_enabled=False)
    becomes("@maria", "failed")
    assert Recipient.objects.get(customer=customer, notice__number=2).address == FIRST


def test_what_nobody_takes_in_time_is_withdrawn_and_goes_to_the_next(company: Company) -> None:
    maria(company)
    company.declare()
    notice = written(company)
    becomes(FIRST, "deferred", attempts=3, next_attempt_at=clock.now() + timedelta(hours=2))
    clock.move(WINDOW - timedelta(minutes=1))
    assert (services.follow_up_late(), told()) == (0, [(FIRST, "deferred")])
    clock.move(timedelta(minutes=2))
    assert services.follow_up_late() == 1
    assert told() == [(FIRST, "superseded"), (SECOND, "queued")]
    clock.move(timedelta(hours=3))
    assert (mailroom.queue_what_is_due(), services.follow_up_late()) == (0, 0)  # the first is over for good
    becomes(SECOND, "sent")
    assert queries.progress([notice.pk])[notice.pk] == queries.Progress(1, 0, 1, 0, 0)


def test_what_waits_for_us_does_not_go_where_it_would_wait_as_well(
    company: Company, shouts: ModuleType
) -> None:
    our_name_there()
    maria(company, FIRST, SECOND, "shouts:@maria")
    company.customer("nikos", "mail", addresses=["n1@example.test", "n2@example.test"])
    company.declare()
    written(company)
    Delivery.objects.update(state="deferred", attempts=9, way_was_closed=True)
    clock.move(WINDOW + timedelta(minutes=1))
    assert services.follow_up_late() == 2
    assert told() == [(FIRST, "superseded"), ("n1@example.test", "deferred"), ("@maria", "queued")]
    assert services.follow_up_late() == 0  # and is looked at again later, not all the time
    of_maria = Recipient.objects.get(customer__key="maria")
    assert of_maria.others == [["email", SECOND]]
    clock.move(WINDOW + timedelta(minutes=1))
    Delivery.objects.filter(to_address="n1@example.test").update(way_was_closed=False)
    services.follow_up_late()
    assert ("n2@example.test", "queued") in told()


def test_what_is_being_sent_or_perhaps_was_is_let_be(company: Company) -> None:
    maria(company)
    company.customer("nikos", "mail", addresses=["n1@example.test", "n2@example.test"])
    company.declare()
    written(company)
    Delivery.objects.update(attempts=1)
    first, doubtful = Delivery.objects.order_by("pk")
    InFlight.objects.create(delivery_id=first.pk, process="x", at=clock.now())
    Delivery.objects.filter(pk=doubtful.pk).update(maybe_twice=True)
    clock.move(WINDOW + timedelta(minutes=1))
    assert services.follow_up_late() == 2
    assert {state for _address, state in told()} == {"queued"}
    InFlight.objects.all().delete()
    becomes(FIRST, "sent")
    clock.move(timedelta(minutes=2))
    services.follow_up_late()
    assert told() == [(FIRST, "sent"), ("n1@example.test", "queued")]
    assert Recipient.objects.get(customer__key="maria").go_on_at is None


def test_later_texts_follow_the_way_that_worked(company: Company, shouts: ModuleType) -> None:
    our_name_there()
    maria(company, FIRST, "shouts:@maria")
    ticket = company.ticket(FIRST, "The mail is down since this morning.")
    incident = company.declare()
    written(company)
    becomes(FIRST, "bounced")
    message = Message.objects.get(ticket=ticket, kind="system", origin_ref__startswith="notice:")
    assert (message.channel, message.to_addresses) == ("shouts", ["@maria"])
    assert message.delivery and message.delivery.state == "queued"
    becomes("@maria", "sent")
    company.update(incident)
    written(company)
    becomes("@maria", "sent")
    company.update(incident, status="resolved")
    written(company)
    assert told() == [(FIRST, "bounced"), ("@maria", "sent"), ("@maria", "sent"), ("@maria", "queued")]
    newest = Delivery.objects.order_by("-pk")[0]
    assert newest.channel == "shouts" and "in_reply_to" not in newest.payload
    ticket.refresh_from_db()
    assert ticket.status == "closed"
    becomes("@maria", "failed")  # the way that did not work before is still the next one
    assert told()[-1] == (FIRST, "queued")


def test_what_is_out_of_date_is_not_told_elsewhere(company: Company) -> None:
    maria(company)
    incident = company.declare()
    written(company)
    first = Delivery.objects.get()
    company.update(incident)
    Delivery.objects.filter(pk=first.pk).update(state="failed", attempts=1)
    mark_unannounced([first.pk])
    mailroom.announce()
    assert told() == [(FIRST, "failed")]
    written(company)
    becomes(FIRST, "failed")
    assert told()[1:] == [(FIRST, "failed"), (SECOND, "queued")]
    assert "identified" in Delivery.objects.get(to_address=SECOND).payload["text"]


def test_who_asked_for_no_more_in_between_is_left_alone(company: Company) -> None:
    customer = maria(company)
    company.declare()
    written(company)
    services.unsubscribe(customer.pk)
    becomes(FIRST, "bounced")
    assert told() == [(FIRST, "bounced")]


def test_many_cost_no_more_statements(company: Company, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        company.customer(
            f"c{number}", "mail", addresses=[f"a{number}@example.test", f"b{number}@example.test"]
        )
    for number in range(25):  # who asked is answered in their ticket, which costs no statement each, either
        company.ticket(f"a{number}@example.test", "The mail is down since this morning.")
    company.declare()
    written(company)
    Delivery.objects.update(state="failed")
    with django_assert_max_num_queries(17):
        services.follow_up(list(Recipient.objects.values_list("delivery_id", flat=True)))
    moved = Message.objects.filter(kind="system", delivery__state="queued")
    assert sorted(one.to_addresses[0] for one in moved) == sorted(f"b{n}@example.test" for n in range(25))
    assert Recipient.objects.filter(delivery__state="queued").count() == 60
    assert EarlierDelivery.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_process_that_dies_in_between_tells_nobody_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    company = companies.build()
    maria(company)
    company.declare()
    written(company)
    first = Delivery.objects.get()
    with transaction.atomic():
        Delivery.objects.update(state=DeliveryState.BOUNCED)
        mark_unannounced([first.pk])

    def die(_moved: Any) -> None:
        """The database sees the process go, with the next delivery written and nothing committed."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patched:
        patched.setattr(following, "redirect_messages", die)
        with pytest.raises((OperationalError, ConnectorException)):
            mailroom.announce()
    connection.close()
    assert told() == [(FIRST, "bounced")]
    assert (mailroom.announce(), mailroom.announce()) == (1, 0)
    assert told() == [(FIRST, "bounced"), (SECOND, "queued")]
    assert Recipient.objects.get().delivery == Delivery.objects.get(to_address=SECOND)


@pytest.mark.django_db(transaction=True)
def test_from_a_server_that_knows_nobody_to_the_second_address_and_on_to_another_channel(
    smtp_sink: SmtpSink, shouts: ModuleType, settings: Any
) -> None:
    settings.TOCSIN_SMTP_URL = smtp_sink.url
    smtp_sink.fail(FIRST)
    company = companies.build()
    our_name_there()
    maria(company)
    company.customer("nikos", "mail", addresses=[FIRST.replace("maria", "nikos"), "shouts:@nikos"])
    smtp_sink.fail("nikos@example.test", "554 5.7.1 not from you")
    incident = company.declare()
    for _ in range(2):
        written(company)
        while mailroom.dispatch() or mailroom.announce():
            pass
        if Notice.objects.count() == 1:
            company.update(incident)
    assert [one.rcpt_tos for one in smtp_sink.messages] == [[SECOND], [SECOND]]
    assert [to for _ours, to, _text in shouts.WIRE] == ["@nikos", "@nikos"]
    assert incidents.figures(incident.ref).informed == 2
    # The address at which nobody is was not tried again, nor was the one that had refused.
    assert Delivery.objects.filter(state="failed").count() == 2
