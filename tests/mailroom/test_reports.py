"""Reports about several recipients: each that is about a delivery of ours marks it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from tests.channels.corpus.machines import REPORT_OF_THREE
from tests.mailroom.stand_ins import Upstairs, make_mail

from tocsin.kernel import clock, reasons
from tocsin.mailroom import queries, services
from tocsin.mailroom.models import DeadAddress, Delivery, DeliveryState, InboundItem
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
    assert queries.inbound_by_id(item).state == ("unmatched" if to == "four@example.com" else "ignored")
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


# --- Bounces that name no mail ------------------------------------------------------------------------

_OLD_SERVER = """Return-Path: <>
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.old.test>
To: support@example.test
Subject: Returned mail: User unknown
Message-ID: <{number}@mx.old.test>

   ----- The following addresses had permanent fatal errors -----
<{to}>

   ----- Transcript of session follows -----
550 5.1.1 <{to}>... User unknown
"""


def old_bounce(to: str = "maria@customer.test", number: int = 1) -> InboundItem:
    raw = _OLD_SERVER.format(to=to, number=number).replace("\n", "\r\n").encode()
    pk = services.take_in("email", f"old:{number}", raw, envelope={"mail_from": ""})
    services.drain()
    return queries.inbound_by_id(pk)


def taken(to: str, ago: timedelta) -> Delivery:
    delivery = sent(to)
    Delivery.objects.filter(pk=delivery.pk).update(accepted_at=clock.now() - ago)
    return delivery


def why(item: InboundItem) -> str:
    return reasons.in_english(item.reason)


def test_the_only_mail_to_its_recipient_has_perhaps_come_back(upstairs: Upstairs) -> None:
    taken("else@customer.test", timedelta(minutes=1))
    delivery = taken("Maria@customer.test", timedelta(days=4))
    item = old_bounce()
    delivery.refresh_from_db()
    assert delivery.state == "bounced"
    said = reasons.word(delivery.answer, "hr")
    assert said.startswith("Možda se ovo vratilo") and "User unknown" in said
    assert item.state == "ignored"
    assert f"perhaps about delivery {delivery.pk}" in why(item)
    services.announce()
    assert upstairs.changed == [delivery.pk]


def test_a_bounce_that_anybody_could_write_condemns_no_address(upstairs: Upstairs) -> None:
    taken("maria@customer.test", timedelta(days=1))
    old_bounce()
    assert not DeadAddress.objects.exists()
    assert upstairs.bounced == []


def test_of_several_the_one_that_just_went(upstairs: Upstairs) -> None:
    before = taken("maria@customer.test", timedelta(days=1))
    now = taken("maria@customer.test", timedelta(minutes=5))
    old_bounce()
    states = [Delivery.objects.get(pk=one.pk).state for one in (before, now)]
    assert states == ["sent", "bounced"]


def test_a_second_report_is_not_about_the_mail_before(upstairs: Upstairs) -> None:
    before = taken("maria@customer.test", timedelta(days=1))
    taken("maria@customer.test", timedelta(minutes=5))
    old_bounce(number=1)
    old_bounce(number=2)
    before.refresh_from_db()
    assert before.state == "sent"


@pytest.mark.parametrize("ages", [(1, 5), (60 * 3, 60 * 20)])
def test_of_several_none_where_it_cannot_be_told(upstairs: Upstairs, ages: tuple[int, int]) -> None:
    for minutes in ages:
        taken("maria@customer.test", timedelta(minutes=minutes))
    item = old_bounce()
    assert item.state == "unmatched"
    assert "several mails" in why(item)
    assert not Delivery.objects.filter(state="bounced").exists()


def test_the_search_by_recipient_reads_an_index(upstairs: Upstairs) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken("maria@customer.test", timedelta(days=1))
    with CaptureQueriesContext(connection) as asked:
        old_bounce()
    (statement,) = [one["sql"] for one in asked if 'LOWER("mailroom_delivery"."to_address")' in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        try:
            cursor.execute(f"EXPLAIN {statement}")
            plan = str(cursor.fetchall())
        finally:
            cursor.execute("RESET enable_seqscan")
    assert "Index Scan using delivery_sent_to" in plan


def test_a_mail_of_weeks_ago_does_not_count(upstairs: Upstairs) -> None:
    delivery = taken("maria@customer.test", timedelta(days=6))
    item = old_bounce()
    delivery.refresh_from_db()
    assert (delivery.state, item.state) == ("sent", "unmatched")
    assert "we sent nothing lately" in why(item)


def test_what_a_provider_delivered_did_not_come_back(upstairs: Upstairs) -> None:
    delivery = taken("maria@customer.test", timedelta(minutes=5))
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.DELIVERED)
    assert old_bounce().state == "unmatched"
    delivery.refresh_from_db()
    assert delivery.state == "delivered"


def test_a_bounce_of_a_mail_that_is_not_ours_is_shown(upstairs: Upstairs) -> None:
    taken("maria@customer.test", timedelta(minutes=5))
    raw = _REPORT.format(to="maria@customer.test", status="5.1.1", words="550 x", message_id="<a@spam.test>")
    item = queries.inbound_by_id(services.take_in("email", "report:9", raw.replace("\n", "\r\n").encode()))
    services.drain()
    item.refresh_from_db()
    assert (item.state, upstairs.arrived) == ("unmatched", [])
    assert "a mail that we did not send" in why(item)
    assert not Delivery.objects.filter(state="bounced").exists()


def test_a_bounce_of_somebody_else_our_mail_went_on_to_is_shown(upstairs: Upstairs) -> None:
    delivery = sent("maria@customer.test")
    raw = _REPORT.format(to="old@else.test", status="5.1.1", words="x", message_id=delivery.message_id)
    pk = services.take_in("email", "report:9", raw.replace("\n", "\r\n").encode())
    services.drain()
    item = queries.inbound_by_id(pk)
    assert item.state == "unmatched"
    assert "our mail to maria@customer.test, but names old@else.test" in why(item)


def test_a_bounce_that_names_nobody_is_shown(upstairs: Upstairs) -> None:
    raw = make_mail("failure notice", "Sorry.", sender="MAILER-DAEMON@mx.old.test", Return_Path="<>")
    pk = services.take_in("email", "old:1", raw, envelope={"mail_from": ""})
    services.drain()
    item = queries.inbound_by_id(pk)
    assert (item.state, upstairs.arrived) == ("unmatched", [])
    assert "neither the mail nor its recipient" in why(item)
