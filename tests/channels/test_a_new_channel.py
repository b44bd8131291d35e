"""A channel that comes as a folder of its own: found, configured in the console, received, answered by, with
no edit elsewhere. And lanes: an account that is told to wait keeps no other waiting."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.harness import example_channel

from tocsin.desk import services as desk
from tocsin.desk.models import Ticket
from tocsin.mailroom import services
from tocsin.mailroom.models import Account, Delivery
from tocsin.people.models import Address
from tocsin.people.services import create_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shouts(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    with example_channel.found(monkeypatch) as module:
        yield module


@pytest.fixture
def lead() -> Client:
    person = create_staff(email="a@example.test", name="Ada", role="lead", password="a long enough one")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def configured(lead: Client, name: str = "@tocsin") -> Account:
    form = {"address": name, "token": "t0ken", "tone": "", "is_enabled": "on"}
    assert b"Shouts" in lead.get("/mailroom/channels/add/").content
    assert lead.post("/mailroom/channels/add/shouts/", form).status_code == 302
    return Account.objects.get(channel="shouts", address=name)


def posted(account: Account, text: str, token: str = "t0ken") -> int:
    body = json.dumps({"from": "@maria", "text": text}).encode()
    signature = hmac.new(token.encode(), body, "sha256").hexdigest()
    url = f"/channels/shouts/{account.pk}/webhook/"
    headers = {"X-Signature": signature}
    return Client().post(url, body, content_type="application/json", headers=headers).status_code


def written(account: Account, text: str, **more: Any) -> Delivery:
    new = services.NewDelivery("shouts", "@maria", "", text, account_id=account.pk, **more)
    with transaction.atomic():
        (pk,) = services.write_deliveries([new])
    return Delivery.objects.get(pk=pk)


def test_from_the_form_to_an_answer(shouts: ModuleType, lead: Client) -> None:
    account = configured(lead)
    assert b"t0ken" not in lead.get(f"/mailroom/channels/{account.pk}/edit/").content
    assert (posted(account, "Is it down?"), posted(account, "Is it down?")) == (200, 200)
    assert posted(account, "I am somebody else", token="wr0ng") == 403
    while services.drain():
        pass
    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.account) == ("shouts", account)
    assert (ticket.requester_channel, ticket.requester_address) == ("shouts", "@maria")
    assert Address.objects.get(folded="@maria").channel == "shouts"  # and no mail address
    staff = create_staff(email="n@example.test", name="Nikos", role="agent", password="a long enough one")
    desk.reply(ticket.ref, "It works again.", actor=staff.actor)
    services.dispatch()
    assert any(to == "@maria" and "It works again." in text for _, to, text in shouts.WIRE)
    assert {ours for ours, _, _ in shouts.WIRE} == {"@tocsin"}


def test_an_account_that_is_told_to_wait_keeps_no_other_waiting(shouts: ModuleType, lead: Client) -> None:
    slow, quick = configured(lead, "@slow"), configured(lead, "@quick")
    shouts.BUSY["@slow"] = 1800.0
    waiting = [written(slow, f"slow {number}") for number in range(3)]
    going = [written(quick, f"quick {number}") for number in range(3)]
    services.dispatch()
    states = {one.pk: one.state for one in Delivery.objects.all()}
    assert [states[one.pk] for one in going] == ["sent"] * 3
    assert [states[one.pk] for one in waiting] == ["deferred", "queued", "queued"]  # one was enough
    slow.refresh_from_db()
    assert slow.paused_until and "slow down" in slow.pause_reason
    shouts.BUSY.clear()
    services.dispatch()
    assert not any(ours == "@slow" for ours, _, _ in shouts.WIRE)  # another process, and still paused
    Account.objects.update(paused_until=None)
    services.dispatch()
    assert [text for ours, _, text in shouts.WIRE if ours == "@slow"] == ["slow 1", "slow 2"]


def test_a_rehearsal_is_let_out_by_nobody(shouts: ModuleType, lead: Client) -> None:
    one = written(configured(lead), "This is a drill", rehearsal=True)
    services.dispatch()
    one.refresh_from_db()
    assert (one.state, one.accepted_at, shouts.WIRE) == ("rehearsed", None, [])


def test_an_account_that_is_not_in_use_sends_nothing(shouts: ModuleType, lead: Client) -> None:
    account = configured(lead)
    one = written(account, "Later")
    Account.objects.filter(pk=account.pk).update(is_enabled=False)
    services.dispatch()
    one.refresh_from_db()
    assert (one.state, posted(account, "Hello?")) == ("queued", 404)
