"""Reports about several recipients: each that is about a delivery of ours marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from tests.channels.corpus.machines import REPORT_OF_THREE
from tests.mailroom.stand_ins import Upstairs, make_mail

from tocsin.mailroom import queries, services
from tocsin.mailroom.models import DeadAddress, Delivery, DeliveryState
from tocsin.mailroom.services import machines
from tocsin.mailroom.services.addresses import mark_dead
from tocsin.people import services as people
from tocsin.people.models import Address

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db(transaction=True)
_IN_REPORT = b"<m1@tocsin.example.test>"


def sent(to: str) -> Delivery:
    """A delivery that the other server took."""
    with transaction.atomic():
        (pk,) = services.write_deliveries([services.NewDelivery("email", to, "Subject", "Text")])
    Delivery.objects.filter(pk=pk).update(state=DeliveryState.SENT)
    return Delivery.objects.get(pk=pk)


@pytest.mark.parametrize(
    ("to", "state", "dead"),
    [
        ("one@example.com", "bounced", True),
        ("two@example.com", "bounced", False),
        ("three@example.com", "sent", False),
        ("four@example.com", "sent", False),
    ],
)
def test_the_recipient_we_wrote_to_need_not_be_the_first(
    upstairs: Upstairs, to: str, state: str, dead: bool
) -> None:
    delivery = sent(to)
    raw = REPORT_OF_THREE.replace(_IN_REPORT, delivery.message_id.encode())
    item = services.take_in("email", "report:1", raw)
    services.drain()
    delivery.refresh_from_db()
    assert delivery.state == state
    assert DeadAddress.objects.filter(folded=to).exists() == dead
    assert queries.inbound_by_id(item).state == "ignored"
    assert [one.address for one in upstairs.bounced] == ([to] if dead else [])


_REPORT = """From: MAILER-DAEMON@mx.test
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; {to}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {words}

--b
Content-Type: message/rfc822

Message-ID: {message_id}

--b--
"""


@pytest.mark.parametrize(
    ("status", "words", "dead"),
    [
        ("5.1.1", "550 5.1.1 User unknown", True),
        ("5.0.0", "550 No such user here", True),
        ("5.2.2", "552 5.2.2 Mailbox full", False),
        ("5.7.1", "550 5.7.1 Looks like spam", False),
        ("5.3.4", "552 5.3.4 Message too big", False),
    ],
)
def test_only_a_server_that_says_nobody_is_there_condemns_the_address(
    upstairs: Upstairs, status: str, words: str, dead: bool
) -> None:
    delivery = sent("maria@customer.test")
    raw = _REPORT.format(
        to=delivery.to_address, status=status, words=words, message_id=delivery.message_id
    ).replace("\n", "\r\n")
    services.take_in("email", "report:2", raw.encode(), envelope={"mail_from": ""})
    services.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.answer) == ("bounced", words)
    assert DeadAddress.objects.exists() == dead
    assert bool(upstairs.bounced) == dead


def test_a_batch_of_bounces_marks_addresses_in_one_order(
    upstairs: Upstairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[str] = []
    monkeypatch.setattr(machines, "mark_dead", lambda _channel, address, _words: marked.append(address))
    for to in ("c@customer.test", "a@customer.test", "b@customer.test"):
        raw = _REPORT.format(to=to, status="5.1.1", words="550 5.1.1 x", message_id=sent(to).message_id)
        services.take_in("email", f"report:{to}", raw.replace("\n", "\r\n").encode())
    services.drain()
    assert marked == ["a@customer.test", "b@customer.test", "c@customer.test"]


def test_an_address_is_believed_again_when_somebody_writes_from_it(upstairs: Upstairs) -> None:
    people.save_customer(key="c1", name="Aegean Ferries", addresses=["maria@customer.test"])
    mark_dead("email", "Maria@customer.test", "550 5.1.1 User unknown")
    assert Address.objects.get().bounced_at
    services.take_in("email", "mail:1", make_mail("We are back", sender="maria@customer.test"))
    services.drain()
    address = Address.objects.get()
    assert (address.bounced_at, address.bounce_reason) == (None, "")
    assert not DeadAddress.objects.exists()


@pytest.mark.parametrize(
    ("results", "revived"),
    [
        ("mx.example.test; dmarc=fail header.from=customer.test", False),
        ("mx.example.test; spf=fail smtp.mailfrom=maria@customer.test", False),
        ("mx.example.test; spf=softfail smtp.mailfrom=customer.test; dkim=none", False),
        ("mx.example.test; dmarc=pass header.from=customer.test", True),
        ("mx.example.test; spf=softfail smtp.mailfrom=customer.test; dkim=pass header.d=customer.test", True),
        ("mx.example.test; spf=fail smtp.mailfrom=forwarder.test; dkim=none", True),
        ("mx.example.test; dkim=fail header.d=customer.test", True),
        ("mx.example.test; none", True),
        ("elsewhere.test; dmarc=fail header.from=customer.test", True),
    ],
)
def test_who_is_contradicted_revives_no_address(
    upstairs: Upstairs, settings: SettingsWrapper, results: str, revived: bool
) -> None:
    settings.TOCSIN_TRUSTED_AUTHSERV = ["mx.example.test"]
    mark_dead("email", "maria@customer.test", "550 5.1.1 User unknown")
    raw = make_mail("We are back", sender="maria@customer.test")
    services.take_in("email", "mail:1", f"Authentication-Results: {results}\r\n".encode() + raw)
    services.drain()
    assert DeadAddress.objects.exists() != revived


def test_who_names_two_senders_revives_neither(upstairs: Upstairs) -> None:
    for address in ("maria@customer.test", "eve@elsewhere.test"):
        mark_dead("email", address, "550 5.1.1 User unknown")
    raw = b"From: eve@elsewhere.test\r\n" + make_mail("We are back", sender="maria@customer.test")
    services.take_in("email", "mail:1", raw)
    services.drain()
    assert DeadAddress.objects.count() == 2


def test_an_address_is_believed_again_when_staff_try_it_again(upstairs: Upstairs) -> None:
    people.save_customer(key="c1", name="Aegean Ferries", addresses=["maria@customer.test"])
    mark_dead("email", "maria@customer.test", "550 5.1.1 User unknown")
    delivery = sent("maria@customer.test")
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED)
    services.try_again(delivery.pk)
    assert Address.objects.get().bounced_at is None
