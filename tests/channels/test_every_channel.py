"""What holds for every channel there is, also for those written tomorrow: each is found by its module and
tried against its stand-in (`standins/KEY.py`)."""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.channels.standins.base import NoOtherSide
from tests.channels.test_reading import ENVELOPE, assert_storable
from tests.harness import example_channel

from tocsin.channels.accounts import Account
from tocsin.channels.base import Outbound, OutboundAttachment, Permanent, Receipt, Retry, Unreadable
from tocsin.channels.email.smtp import SmtpConnection
from tocsin.channels.fitting import fitted
from tocsin.channels.protocol import Channel
from tocsin.channels.registry import channel, channels
from tocsin.kernel.reasons import in_english
from tocsin.mailroom.models import Account as AccountRow
from tocsin.mailroom.models import DeliveryReport, InboundItem
from tocsin.mailroom.services import take_in_posts, write_reports

pytestmark = pytest.mark.django_db
_EXAMPLE = "shouts"


@pytest.fixture(params=[*sorted(channels()), _EXAMPLE])
def key(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param != _EXAMPLE:
        yield request.param
        return
    with example_channel.found(monkeypatch):
        yield _EXAMPLE


@pytest.fixture
def tried(key: str) -> Channel:
    """A channel of its own for the test, so that no connection is left over from another."""
    return type(channel(key))()


@pytest.fixture
def other_side(key: str, settings: Any) -> Iterator[NoOtherSide]:
    found: NoOtherSide = importlib.import_module(f"tests.channels.standins.{key}").StandIn()
    for name, value in found.start().items():
        setattr(settings, name, value)
    yield found
    found.stop()


def sent(tried: Channel, account: Account, outbound: Outbound) -> Receipt:
    """As `registry.send`, by this very channel."""
    return tried.send(account, fitted(tried.can, outbound))


def takes(tried: Channel, text: str) -> bool:
    return not tried.can.longest_text or len(text) <= tried.can.longest_text


def test_says_what_it_is(tried: Channel, key: str) -> None:
    assert tried.key == key
    with translation.override("en"):
        english = str(tried.label)
    assert english and english != key
    assert english not in {str(one.label) for other, one in channels().items() if other != key}
    assert tried.samples()


def test_an_unknown_channel_names_the_known() -> None:
    with pytest.raises(LookupError, match="email"):
        channel("carrier-pigeon")


def test_samples_read_as_they_say(tried: Channel) -> None:
    for sample in tried.samples():
        inbound = tried.parse(sample.raw, ENVELOPE)
        assert (inbound.channel, inbound.text.strip()) == (tried.key, sample.text)
        assert inbound.from_address
        assert tried.parse(sample.raw, ENVELOPE) == inbound  # the same twice is the same


@pytest.mark.parametrize("text", ["Hello", "Καλημέρα, Привет, Čao\nδύο", "x" * 5_000, "tail  "])
def test_what_is_sent_arrives(tried: Channel, other_side: NoOtherSide, text: str) -> None:
    if not other_side.sends:
        with pytest.raises(Permanent):
            tried.send(other_side.account(tried.key), other_side.outbound(text))
        return
    if not takes(tried, text):
        with pytest.raises(Permanent, match="takes no more than"):
            sent(tried, other_side.account(tried.key), other_side.outbound(text))
        assert other_side.received() == []
        return
    assert sent(tried, other_side.account(tried.key), other_side.outbound(text)).answer
    assert [tried.parse(raw, ENVELOPE).text.strip() for raw in other_side.received()] == [text.strip()]


def test_what_would_be_lost_is_not_sent(tried: Channel, other_side: NoOtherSide) -> None:
    if not other_side.sends:
        return
    account = other_side.account(tried.key)
    file = OutboundAttachment("plan.txt", "text/plain", b"by hand")
    with_file = replace(
        other_side.outbound("See the plan."), attachments=(file,), html="<p>See the plan.</p>"
    )
    if tried.can.attachments:
        assert sent(tried, account, with_file).answer
        (raw,) = other_side.received()
        assert [one.content for one in tried.parse(raw, ENVELOPE).attachments] == [b"by hand"]
    else:
        with pytest.raises(Permanent, match="Files can't be sent"):
            sent(tried, account, with_file)
        assert other_side.received() == []
        assert sent(tried, account, replace(with_file, attachments=())).answer
        (raw,) = other_side.received()
        assert "<p>" not in tried.parse(raw, ENVELOPE).text


def test_what_nobody_asked_for_says_what_it_is_about(tried: Channel, other_side: NoOtherSide) -> None:
    if not other_side.sends:
        return
    notice = replace(other_side.outbound("It is down."), subject="Fault", auto_submitted="auto-generated")
    assert sent(tried, other_side.account(tried.key), notice).answer
    (raw,) = other_side.received()
    text = tried.parse(raw, ENVELOPE).text.strip()
    assert text == ("It is down." if tried.can.subject else "Fault\n\nIt is down.")


def test_a_wait_that_is_asked_for_is_kept(tried: Channel, other_side: NoOtherSide, settings: Any) -> None:
    wanted = other_side.throttle(90.0)
    if wanted is None:
        assert not other_side.fails, "whoever can refuse can ask for a pause"
        return
    for name, value in wanted.items():
        setattr(settings, name, value)
    for _ in range(2):  # asked again too early, it is the same
        with pytest.raises(Retry) as caught:
            sent(tried, other_side.account(tried.key), other_side.outbound("Hello"))
        assert caught.value.throttled
        assert 60 < caught.value.after <= 90
    assert other_side.received() == []


def test_the_same_request_twice_counts_once(tried: Channel, other_side: NoOtherSide) -> None:
    requests = other_side.requests()
    assert bool(requests) == tried.can.webhook
    if not requests:
        return
    row = AccountRow.objects.create(channel=tried.key, address="us", folded="us", is_default=True)
    account = replace(other_side.account(tried.key), id=row.pk)
    taken, reports = [], set()
    for request in [*requests, *requests]:
        assert tried.may_knock(request) and tried.verify(account, request)
        unpacked = tried.unpack(account, request)
        taken += take_in_posts(tried.key, unpacked.posts, account_id=row.pk) if unpacked.posts else []
        reports |= {one.digest for one in unpacked.reports}
        write_reports(unpacked.reports)
    assert taken and InboundItem.objects.count() == len(set(taken)) == len(taken) // 2
    assert DeliveryReport.objects.count() == len(reports)


def test_oversize_text_is_sent_or_refused_but_not_garbled(tried: Channel, other_side: NoOtherSide) -> None:
    text = "0123456789" * 300_000
    if not other_side.sends:
        with pytest.raises(Permanent, match="cannot be written to"):
            tried.send(other_side.account(tried.key), other_side.outbound(text))
        return
    if not takes(tried, text):
        with pytest.raises(Permanent, match="takes no more than"):
            sent(tried, other_side.account(tried.key), other_side.outbound(text))
        return
    assert sent(tried, other_side.account(tried.key), other_side.outbound(text)).answer
    (raw,) = other_side.received()
    arrived = tried.parse(raw, ENVELOPE)
    got = arrived.text.strip()
    assert len(got) >= 100_000 and text.startswith(got)  # what a reader is not given is cut from its end …
    assert any("longer" in in_english(one) for one in arrived.defects)  # … and said


@pytest.mark.parametrize(("how", "kind"), [("busy", Retry), ("error", Permanent), ("silence", Retry)])
def test_refusals(
    tried: Channel, other_side: NoOtherSide, how: str, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not other_side.fails:
        pytest.skip("nothing on the other side that could refuse")
    monkeypatch.setattr(SmtpConnection.__init__, "__kwdefaults__", {"timeout": 1.0})
    other_side.refuse(how)
    with pytest.raises(kind) as caught:
        tried.send(other_side.account(tried.key), other_side.outbound("Hello"))
    assert str(caught.value)
    if isinstance(caught.value, Retry):
        assert caught.value.after > 0
    other_side.refuse("nothing wrong")
    assert tried.send(other_side.account(tried.key), other_side.outbound("Hello again")).answer


def test_a_bad_signature_is_refused(tried: Channel, other_side: NoOtherSide) -> None:
    sample, account = tried.samples()[0], other_side.account(tried.key)
    if not tried.can.webhook:
        assert not tried.may_knock(other_side.posted(sample.raw))
        return
    assert tried.verify(account, other_side.posted(sample.raw))
    assert not tried.verify(account, other_side.wrongly_signed(sample.raw))


def test_no_secret_is_ever_seen(
    tried: Channel,
    other_side: NoOtherSide,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    account = other_side.account(tried.key)
    words = [str(tried.health(account))]
    for how in ("nothing wrong", "busy", "error"):
        other_side.refuse(how)
        try:
            words.append(
                str(tried.send(account, replace(other_side.outbound("Hello"), to="maria@example.com")))
            )
        except (Permanent, Retry) as error:
            words.append(repr(error))
    other_side.stop()
    words += [str(tried.health(account)), repr(vars(tried)), *capfd.readouterr(), caplog.text]
    assert not other_side.secret or other_side.secret not in " ".join(words)
    other_side.start()


def test_health_tells_when_nobody_is_there(tried: Channel, other_side: NoOtherSide) -> None:
    account = other_side.account(tried.key)
    assert tried.health(account).ok
    if other_side.fails:
        other_side.stop()
        health = type(tried)().health(account)
        assert not health.ok
        assert health.words
        other_side.start()


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[]", b"null", b"{" * 100_000, b"\xff\xfe\x00", b"\x00" * 100, b'{"text": 1}']
)
def test_rubbish_is_unreadable_or_read(tried: Channel, raw: bytes) -> None:
    try:
        assert_storable(tried.parse(raw, ENVELOPE))
    except Unreadable as error:
        assert error.reason


@settings(max_examples=60)
@given(
    values=st.dictionaries(
        st.sampled_from(["email", "from", "text", "subject", "name", "department", "id", "language"]),
        st.one_of(st.text(max_size=60), st.integers(), st.none(), st.just("a@b.cc"), st.just("x\x00\ud800")),
    )
)
def test_forms_of_any_kind(tried: Channel, values: dict[str, Any]) -> None:
    try:
        assert_storable(tried.parse(json.dumps(values).encode(), ENVELOPE))
    except Unreadable as error:
        assert error.reason


class TestWebform:
    def parse(self, **form: Any) -> Any:
        return channel("webform").parse(json.dumps(form).encode(), {})

    def test_reads_all_fields(self) -> None:
        form = self.parse(
            email="ana@example.com",
            name="Ana\nHorvat",
            subject="Račun",
            text="Gdje je?\r\nHvala",
            department="accounting",
            language="hr",
            id="f-1",
        )
        assert (form.from_address, form.from_name, form.subject) == ("ana@example.com", "Ana Horvat", "Račun")
        assert (form.text, form.department, form.language) == ("Gdje je?\nHvala", "accounting", "hr")
        assert (form.verified, form.machine) == (False, "")
        assert (
            form.fingerprint
            == self.parse(email="ana@example.com", text="Gdje je?\r\nHvala", id="f-1").fingerprint
        )

    def test_same_words_without_id_are_two(self) -> None:
        assert self.parse(email="ana@example.com", text="x").fingerprint == ""

    @pytest.mark.parametrize(
        "form", [{"text": "x"}, {"email": "no", "text": "x"}, {"email": "a@b.cc", "text": " "}]
    )
    def test_what_is_missing_is_said(self, form: dict[str, str]) -> None:
        with pytest.raises(Unreadable, match="form holds no"):
            self.parse(**form)

    def test_long_text_is_cut_and_marked(self) -> None:
        form = self.parse(email="a@b.cc", text="x" * 200_000)
        assert len(form.text) == 100_000
        assert form.defects
