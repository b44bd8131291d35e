"""Providers tell us what became of our mail: from the request to the delivery's state and the address."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.harness import provider_reports
from tests.harness.listening import only_hears
from tests.harness.provider_reports import AUTHORIZATION, PROVIDERS, SECRET, Mail, Posted, post, signed
from tests.harness.providers import USUAL, Answer, Provider, message_id
from tests.harness.waiting import wait_until
from tests.mailroom.stand_ins import Upstairs

from tocsin.channels.email.providers.messages import delivery_name
from tocsin.channels.email.providers.table import PROVIDERS as TABLE
from tocsin.channels.email.webhook import is_usable, may_knock
from tocsin.channels.hosting import Request
from tocsin.kernel import clock
from tocsin.kernel.reasons import in_english
from tocsin.mailroom import loops, services
from tocsin.mailroom.door import Door
from tocsin.mailroom.events import ReaderObjected
from tocsin.mailroom.models import DeadAddress, Delivery, DeliveryReport, DeliveryState, InFlight
from tocsin.mailroom.services import reports

pytestmark = pytest.mark.django_db(transaction=True)
TO = "maria@customer.test"


@pytest.fixture(autouse=True)
def _webhooks_are_set_up(settings: Any) -> None:
    for name, value in provider_reports.SETTINGS.items():
        setattr(settings, name, value)


@pytest.fixture
def objections(upstairs: Upstairs, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What readers are said to object to."""
    heard: list[str] = []
    only_hears(monkeypatch, ReaderObjected, lambda event: heard.append(f"{event.what} {event.address}"))
    yield heard


def written(to: str = TO) -> Delivery:
    with transaction.atomic():
        (pk,) = services.write_deliveries([services.NewDelivery("email", to, "Subject", "Text")])
    return Delivery.objects.get(pk=pk)


def sent(provider: str, number: int = 1, to: str = TO) -> Delivery:
    """As the dispatcher leaves it when a provider took it."""
    delivery = written(to)
    ref = f"{provider}:{message_id(provider, number)}"
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.SENT, provider_ref=ref, accepted_at=clock.now()
    )
    return Delivery.objects.get(pk=delivery.pk)


def mail_of(delivery: Delivery, *, at: int = 1_795_000_000, named: bool = True) -> Mail:
    name = delivery_name(delivery.message_id) if named else ""
    return Mail(delivery.provider_ref.partition(":")[2], name, delivery.to_address, at)


def tell(provider: str, posted: Posted, purpose: str = "tracking", **headers: str) -> int:
    """Post it as the provider does; the status of our answer."""
    response = Client().post(
        f"/channels/email/default/webhook/{provider}/{purpose}/",
        data=posted.body,
        content_type=posted.content_type,
        headers={"Authorization": AUTHORIZATION, **posted.headers, **headers},
    )
    return response.status_code


def state(delivery: Delivery) -> str:
    return Delivery.objects.get(pk=delivery.pk).state


_BECOMES = {
    "delivered": "delivered",
    "hard": "bounced",
    "soft": "bounced",
    "delayed": "sent",
    "complained": "complained",
    "opened": "sent",
}


@pytest.mark.parametrize("named", [True, False], ids=["by our name", "by theirs"])
@pytest.mark.parametrize("what", sorted(_BECOMES))
@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_each_says(
    objections: list[str], upstairs: Upstairs, provider: str, what: str, named: bool
) -> None:
    delivery = sent(provider)
    assert tell(provider, post(provider, what, mail_of(delivery, named=named))) == 200
    assert state(delivery) == "sent", "written down in the request, and no more"
    services.settle_reports()
    delivery.refresh_from_db()
    assert delivery.state == _BECOMES[what]
    assert DeadAddress.objects.filter(folded=TO).exists() == (what == "hard")
    assert [one.address for one in upstairs.bounced] == ([TO] if what == "hard" else [])
    assert objections == ([f"complained {TO}"] if what == "complained" else [])
    services.announce()
    assert upstairs.changed == ([delivery.pk] if not _is_no_news(provider, what) else [])
    if what == "hard":
        assert delivery.answer.startswith(f"{TABLE[provider].label}: 550 5.1.1") or provider == "mailjet"


def _is_no_news(provider: str, what: str) -> bool:
    """anymail knows no delay by Amazon; and what readers open is nobody's business."""
    return what == "opened" or (provider, what) == ("amazon-ses", "delayed")


@pytest.mark.parametrize("provider", sorted(USUAL), indirect=True)
def test_from_sending_to_delivered(provider: Provider, settings: Any, upstairs: Upstairs) -> None:
    settings.TOCSIN_SMTP_URL = provider.url
    delivery = written()
    services.dispatch()
    delivery.refresh_from_db()
    assert delivery.state == "sent"
    assert delivery.provider_ref.startswith(f"{provider.name}:")
    assert tell(provider.name, post(provider.name, "delivered", mail_of(delivery))) == 200
    services.settle_reports()
    assert state(delivery) == "delivered"


def test_a_refusal_for_good_and_one_for_now(provider: Provider, settings: Any, upstairs: Upstairs) -> None:
    settings.TOCSIN_SMTP_URL = provider.url
    provider.answers += [
        Answer(422, {"ErrorCode": 406, "Message": "Found inactive addresses: maria@customer.test."}),
        Answer(503, {"Message": "Maintenance"}),
    ]
    first, second = written(), written("petra@customer.test")
    services.dispatch()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, in_english(first.answer)) == (
        "failed",
        "Postmark: Found inactive addresses: maria@customer.test. 406",
    )
    assert (second.state, in_english(second.answer)) == ("deferred", "Postmark: Maintenance")
    assert not DeadAddress.objects.exists()
    Delivery.objects.filter(pk=second.pk).update(next_attempt_at=clock.now())
    services.dispatch()
    assert state(second) == "sent"


def test_a_bad_key_condemns_nobody(provider: Provider, settings: Any, upstairs: Upstairs) -> None:
    settings.TOCSIN_SMTP_URL = provider.url
    provider.answers += [Answer(401, {"ErrorCode": 10, "Message": "Bad token"})]
    delivery = written()
    services.dispatch()
    delivery.refresh_from_db()
    assert (delivery.state, in_english(delivery.answer)) == ("deferred", "Postmark: Bad token 10")
    assert not DeadAddress.objects.exists()


# --- Who may enter ---------------------------------------------------------------------------------


def test_without_a_secret_there_is_nothing(settings: Any) -> None:
    for secret in ("", "short:secret", "no-colon-in-this-long-text"):
        settings.TOCSIN_WEBHOOK_SECRET = secret
        assert tell("postmark", post("postmark", "opened", Mail("1", "", TO))) == 401
    settings.TOCSIN_WEBHOOK_SECRET, settings.TOCSIN_MAILGUN_SIGNING_KEY = SECRET, ""
    assert tell("mailgun", post("mailgun", "opened", Mail("1", "", TO))) == 404
    assert tell("pigeon", Posted(b"{}")) == 404


@pytest.mark.parametrize("given", ["", "Basic", "Basic !!!", "Basic dG9jc2luOndyb25n", "Bearer x", "Basic é"])
def test_strangers_are_turned_away(given: str, settings: Any) -> None:
    posted = post("postmark", "delivered", mail_of(sent("postmark")))
    for purpose in ("tracking", "inbound"):
        assert tell("postmark", posted, purpose, Authorization=given) == 401
    assert not DeliveryReport.objects.exists()
    assert not may_knock(Request("", {"authorization": given}))
    assert may_knock(Request("", {"authorization": AUTHORIZATION}))
    settings.TOCSIN_WEBHOOK_SECRET = ":"
    assert not may_knock(Request("", {"authorization": "Basic Og=="}))


def test_a_secret_has_to_be_one() -> None:
    assert is_usable(SECRET)
    assert not any(map(is_usable, ("", ":", "name:", ":aaaaaaaaaaaaaaaaaaaaa", "name:short")))


def test_at_the_door_nothing_of_a_strangers_request_is_read() -> None:
    said: list[dict[str, Any]] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        said.append({"inside": True})

    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was asked for")

    async def send(message: Any) -> None:
        said.append(message)

    door = Door(inside)
    asked = {"path": "/channels/email/default/webhook/postmark/tracking/", "headers": []}
    asyncio.run(door(asked, receive, send))
    assert said[0]["status"] == 401
    assert (b"connection", b"close") in said[0]["headers"]
    said.clear()
    asyncio.run(door(asked | {"headers": [(b"authorization", AUTHORIZATION.encode())]}, receive, send))
    assert said == [{"inside": True}]


@pytest.mark.parametrize("provider", ["mailgun", "sendgrid", "amazon-ses"])
def test_a_wrong_signature_is_refused(provider: str) -> None:
    delivery = sent(provider)
    good = post(provider, "hard", mail_of(delivery))
    if provider == "mailgun":
        bad = replace(good, body=good.body.replace(b'"token": "a', b'"token": "b'))
    elif provider == "sendgrid":
        bad = replace(good, body=good.body.replace(b"550", b"551"))
    else:
        bad = replace(good, headers={**good.headers, "X-Amz-Sns-Message-Id": "other"})
    assert tell(provider, bad) == 403
    assert tell(provider, replace(bad, headers={})) == 403
    assert not DeliveryReport.objects.exists()
    assert tell(provider, good) == 200


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[1, 2]", b"{}", b"\xff\xfe", b'[{"msys": 3}]', b'"x"']
)
def test_nonsense_is_no_fault_of_ours(provider: str, body: bytes) -> None:
    assert tell(provider, Posted(body)) in (200, 400, 403)
    assert tell(provider, Posted(body), "inbound") in (200, 400, 403)
    assert not DeliveryReport.objects.exists()


def test_an_address_may_be_tried_first() -> None:
    path = "/channels/email/default/webhook/postmark/tracking/"
    assert Client().get(path, headers={"Authorization": AUTHORIZATION}).status_code == 200
    assert Client().head(path, headers={"Authorization": AUTHORIZATION}).status_code == 200
    answer = Client().get(path)
    assert (answer.status_code, answer["WWW-Authenticate"][:5]) == (401, "Basic")


def test_too_much_at_once_is_refused() -> None:
    assert tell("postmark", Posted(b" " * (8 * 2**20 + 1))) == 400


def test_what_could_not_be_stored_shall_come_again() -> None:
    posted = post("postmark", "delivered", mail_of(sent("postmark")))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mailroom_deliveryreport RENAME TO away")
        try:
            assert tell("postmark", posted) == 503
        finally:
            cursor.execute("ALTER TABLE away RENAME TO mailroom_deliveryreport")
    assert tell("postmark", posted) == 200
    assert DeliveryReport.objects.count() == 1


# --- Once, in any order, at any time ---------------------------------------------------------------


def test_the_same_report_twice_is_one(upstairs: Upstairs, objections: list[str]) -> None:
    delivery = sent("sendgrid")
    posted = post("sendgrid", "complained", mail_of(delivery))
    for _ in range(3):
        assert tell("sendgrid", posted) == 200
        services.settle_reports()
    assert DeliveryReport.objects.count() == 1
    assert objections == [f"complained {TO}"]
    services.announce()
    assert upstairs.changed == [delivery.pk]


def test_addresses_are_marked_in_one_order(upstairs: Upstairs, monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[str] = []
    monkeypatch.setattr(reports, "mark_dead", lambda _channel, address, _words: marked.append(address))
    for number, to in enumerate(["c@customer.test", "a@customer.test", "B@customer.test"]):
        tell("postmark", post("postmark", "hard", mail_of(sent("postmark", number, to))))
    services.settle_reports()
    assert marked == ["a@customer.test", "B@customer.test", "c@customer.test"]


@pytest.mark.parametrize("first_to_come", ["delivered", "soft"])
@pytest.mark.parametrize("last_to_happen", ["delivered", "soft"])
def test_what_happened_last_counts(upstairs: Upstairs, first_to_come: str, last_to_happen: str) -> None:
    delivery = sent("postmark")
    moments = {"delivered": 1_795_000_000, "soft": 1_795_000_000}
    moments[last_to_happen] += 60
    for what in sorted(moments, key=lambda what: what != first_to_come):
        tell("postmark", post("postmark", what, mail_of(delivery, at=moments[what])))
        services.settle_reports()
    assert state(delivery) == ("bounced" if last_to_happen == "soft" else "delivered")


def test_one_bad_report_stops_no_other(upstairs: Upstairs) -> None:
    deliveries = [sent("sparkpost", number, f"c{number}@customer.test") for number in range(3)]
    events = [json.loads(post("sparkpost", "delivered", mail_of(one)).body)[0] for one in deliveries]
    broken: list[Any] = [{"msys": {"message_event": {}}}, {"msys": {}}, 7, {"msys": {"a": 1, "b": 2}}]
    mixed = [broken[0], events[0], broken[1], events[1], broken[2], events[2], broken[3]]
    assert tell("sparkpost", signed("sparkpost", mixed)) == 200
    services.settle_reports()
    assert [state(one) for one in deliveries] == ["delivered"] * 3


def test_a_thousand_at_once(upstairs: Upstairs) -> None:
    mails = [Mail(message_id("sendgrid", number), "", f"c{number}@customer.test") for number in range(1_000)]
    with transaction.atomic():
        ids = services.write_deliveries(
            [services.NewDelivery("email", one.to, "Subject", "Text") for one in mails]
        )
    refs = {pk: f"sendgrid:{one.provider_id}" for pk, one in zip(ids, mails, strict=True)}
    for pk, ref in refs.items():
        Delivery.objects.filter(pk=pk).update(state="sent", provider_ref=ref)
    assert tell("sendgrid", post("sendgrid", "delivered", *mails)) == 200
    while services.settle_reports():
        pass
    assert Delivery.objects.filter(state="delivered").count() == 1_000


def test_reports_about_other_mail_are_noted_and_end(upstairs: Upstairs) -> None:
    assert tell("postmark", post("postmark", "hard", Mail("somebody-elses", "", TO))) == 200
    services.settle_reports()
    (report,) = DeliveryReport.objects.all()
    assert report.state == "waiting"
    assert report.look_at > clock.now()
    long_ago = clock.now() - timedelta(days=2)
    DeliveryReport.objects.update(received_at=long_ago, look_at=long_ago)
    services.settle_reports()
    assert DeliveryReport.objects.get().state == "unknown"
    assert not DeadAddress.objects.exists()
    DeliveryReport.objects.update(received_at=clock.now() - timedelta(days=31))
    assert services.forget_old_reports() == 1


def test_a_report_about_another_recipient_is_not_ours(upstairs: Upstairs) -> None:
    delivery = sent("postmark")
    tell("postmark", post("postmark", "hard", replace(mail_of(delivery), to="other@customer.test")))
    services.settle_reports()
    assert state(delivery) == "sent"
    assert not DeadAddress.objects.exists()


def test_a_report_may_come_before_the_answer_is_recorded(upstairs: Upstairs) -> None:
    delivery = sent("postmark")
    Delivery.objects.filter(pk=delivery.pk).update(state="queued", provider_ref="")
    being_sent = InFlight.objects.create(delivery_id=delivery.pk, process="p", at=clock.now())
    tell("postmark", post("postmark", "delivered", mail_of(delivery)))
    services.settle_reports()
    assert state(delivery) == "queued", "what it was answered is recorded first"
    being_sent.delete()
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", provider_ref=delivery.provider_ref)
    DeliveryReport.objects.update(look_at=clock.now())
    services.settle_reports()
    assert state(delivery) == "delivered"


def test_a_mail_that_a_provider_took_unheard_is_not_sent_twice(
    provider: Provider, settings: Any, upstairs: Upstairs
) -> None:
    """Its answer was lost on the way, but its report is not."""
    settings.TOCSIN_SMTP_URL = provider.url
    delivery = written()
    Delivery.objects.filter(pk=delivery.pk).update(
        state="deferred", next_attempt_at=clock.now() + timedelta(minutes=1)
    )
    posted = post("postmark", "delivered", Mail("id-1", delivery_name(delivery.message_id), TO))
    tell("postmark", posted)
    services.settle_reports()
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    assert delivery.accepted_at
    Delivery.objects.filter(pk=delivery.pk).update(next_attempt_at=clock.now())
    services.dispatch()
    assert provider.sent == []


def test_what_was_sent_again_is_not_judged_by_the_first_time(upstairs: Upstairs) -> None:
    delivery = sent("postmark")
    tell("postmark", post("postmark", "soft", mail_of(delivery)))
    services.settle_reports()
    assert state(delivery) == "bounced"
    services.try_again(delivery.pk)
    second = f"postmark:{message_id('postmark', 2)}"
    Delivery.objects.filter(pk=delivery.pk).update(state="sent", provider_ref=second)
    tell("postmark", post("postmark", "soft", mail_of(delivery, at=1_795_000_100)))  # of the first
    services.settle_reports()
    assert state(delivery) == "sent"
    delivery.refresh_from_db()
    tell("postmark", post("postmark", "delivered", mail_of(delivery, at=1_795_000_050)))
    services.settle_reports()
    assert state(delivery) == "delivered"


@pytest.mark.parametrize("reason", ["Unsubscribed Address", "Spam Reporting Address"])
def test_a_dropped_mail_failed_and_its_reader_objected(
    upstairs: Upstairs, objections: list[str], reason: str
) -> None:
    delivery = sent("sendgrid")
    mail = mail_of(delivery)
    event = {"event": "dropped", "reason": reason, "email": mail.to, "timestamp": mail.at}
    tell("sendgrid", signed("sendgrid", [{**event, "tocsin_id": mail.provider_id}]))
    services.settle_reports()
    assert state(delivery) == "failed"
    assert objections == [f"unsubscribed {TO}"]
    assert not DeadAddress.objects.exists()


def test_the_worker_settles_by_itself(upstairs: Upstairs, announcements_are_heard: None) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=loops.reports_loop, args=(stop,))
    thread.start()
    try:
        delivery = sent("postmark")
        tell("postmark", post("postmark", "delivered", mail_of(delivery)))
        wait_until(lambda: state(delivery) == "delivered", "it is settled")
    finally:
        stop.set()
        thread.join()


def test_amazon_is_answered_when_it_asks(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    from tocsin.channels.email import webhook

    url = f"http://{provider.place}/confirm?Token=t"
    posted = provider_reports.sns("You have chosen", "SubscriptionConfirmation", SubscribeURL=url)
    assert tell("amazon-ses", posted) == 400, "it would be confirmed elsewhere"
    assert provider.asked == []
    monkeypatch.setattr(webhook, "_OF_AMAZON", webhook.re.compile("http://127.*"))
    assert tell("amazon-ses", posted) == 200
    assert [one.path for one in provider.asked] == ["/confirm"]


_FIELDS = {
    "msys", "event", "event-data", "signature", "timestamp", "token", "message", "headers", "message-id",
    "email", "RecordType", "Type", "MessageID", "Email", "Metadata", "tocsin", "data", "bounce", "type",
    "created_at",
    "items", "Headers", "Attachments", "Message", "mail", "receipt", "content", "relay_message", "FromFull",
}  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(sorted(_FIELDS)) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=20,
)


@given(provider=st.sampled_from(PROVIDERS), purpose=st.sampled_from(["tracking", "inbound"]), said=_JSON)
@hypothesis_settings(max_examples=150, deadline=None)
def test_whatever_is_posted_is_answered(provider: str, purpose: str, said: Any) -> None:
    posted = Posted(json.dumps(said).encode())
    if provider == "mailgun" and isinstance(said, dict):
        posted = Posted(json.dumps({**said, "signature": provider_reports.mailgun_signature()}).encode())
    if provider == "sendgrid":
        posted = signed("sendgrid", said)
    if provider == "amazon-ses":
        posted = provider_reports.sns(said)
    assert tell(provider, posted, purpose) in (200, 400, 403)
