"""The mailroom's pages, as staff and as a visitor see them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from tests.mailroom.boxes import keep_place, place_of, save_mailbox
from tests.mailroom.stand_ins import make_mail

from tocsin.channels.email.places import Comparison
from tocsin.mailroom import queries, services
from tocsin.mailroom.models import Account, Delivery, InboundItem
from tocsin.mailroom.services import accounts, outcomes
from tocsin.people.models import Staff
from tocsin.people.services import create_api_token, create_staff

pytestmark = pytest.mark.django_db


def password_of(account: Account) -> str:
    return queries.account_value(account).secrets["password"]


@pytest.fixture
def admin() -> Client:
    person = create_staff(email="a@example.test", name="Ada", role="admin", password="a long enough one")
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_pages_are_for_those_who_manage() -> None:
    agent = create_staff(email="b@example.test", name="Ben", role="agent", password="a long enough one")
    client = Client()
    for path in (
        "channels/",
        "channels/add/",
        "channels/add/email/",
        "set-aside/",
        "bounces/",
        "outbox/",
        "inbound/1/raw/",
        "inbound/1/",
    ):
        assert client.get(f"/mailroom/{path}").status_code == 302
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    for path in (
        "channels/",
        "channels/add/",
        "channels/add/email/",
        "set-aside/",
        "bounces/",
        "outbox/",
        "inbound/1/raw/",
        "inbound/1/",
    ):
        assert client.get(f"/mailroom/{path}").status_code == 403


def test_a_mailbox_is_added_and_its_password_is_never_shown(admin: Client) -> None:
    assert b"No accounts yet" in admin.get("/mailroom/channels/").content
    form = {
        "address": "sales@example.test",
        "is_enabled": "on",
        "fetch_url": "imaps://sales@mail.example.test/INBOX",
        "password": "pa ss",
    }
    keeps = "to keep the present one"
    assert keeps not in admin.get("/mailroom/channels/add/email/").content.decode()
    assert admin.post("/mailroom/channels/add/email/", form).status_code == 302
    mailbox = Account.objects.get()
    assert mailbox.is_default
    assert password_of(mailbox) == "pa ss"
    page = admin.get(f"/mailroom/channels/{mailbox.pk}/edit/").content.decode()
    assert "pa ss" not in page and keeps in page
    assert "imaps://sales@mail.example.test/INBOX" in page
    kept = {**form, "password": "", "name": "Sales"}
    assert admin.post(f"/mailroom/channels/{mailbox.pk}/edit/", kept).status_code == 302
    mailbox.refresh_from_db()
    assert (mailbox.name, password_of(mailbox)) == ("Sales", "pa ss")
    assert b"sales@example.test" in admin.get("/mailroom/channels/").content


@pytest.mark.parametrize("url", ["http://x", "imaps://host/INBOX", "imaps://u@h:99999/x", "nonsense"])
def test_a_wrong_imap_address_is_said_beside_its_field(admin: Client, url: str) -> None:
    answer = admin.post("/mailroom/channels/add/email/", {"address": "a@b.test", "fetch_url": url})
    assert answer.status_code == 200
    assert b"imaps://user@host" in answer.content
    assert not Account.objects.exists()


def test_an_address_that_is_too_long_is_said_beside_its_field(admin: Client) -> None:
    too_long = "a@" + "b" * 60 + ".test" * 40
    answer = admin.post("/mailroom/channels/add/email/", {"address": too_long, "name": "Sales"})
    assert len(too_long) in range(255, 320)
    assert b'value="Sales"' in answer.content


def test_bounces_that_fit_no_mail_are_shown_with_the_reason(admin: Client) -> None:
    mailbox = save_mailbox(address="support@example.test")
    assert b"No such bounces" in admin.get("/mailroom/bounces/").content
    assert b"bounces in 7 days" not in admin.get(f"/mailroom/channels/{mailbox.pk}/").content
    raw = make_mail("failure <notice>", "Sorry.", sender="MAILER-DAEMON@mx.old.test", Return_Path="<>")
    pk = services.take_in("email", "x", raw, account_id=mailbox.pk)
    services.open_now([pk])
    page = admin.get("/mailroom/bounces/").content.decode()
    assert "failure &lt;notice&gt;" in page
    assert "It names neither the mail nor its recipient." in page
    assert "Bounces that fit no mail" in admin.get(f"/mailroom/inbound/{pk}/").content.decode()
    assert (
        "bounces in 7 days that fit no mail"
        in admin.get(f"/mailroom/channels/{mailbox.pk}/").content.decode()
    )
    assert "failure" not in admin.get("/mailroom/set-aside/").content.decode()


def test_set_aside_is_shown_downloaded_and_read_again(admin: Client) -> None:
    raw = make_mail("<script>alert(1)</script>")
    pk = services.take_in("email", "x", raw)
    InboundItem.objects.filter(pk=pk).update(message_subject="<script>alert(1)</script>")
    services.set_aside(pk, "Cannot be read.")
    page = admin.get("/mailroom/set-aside/").content.decode()
    assert "Cannot be read." in page
    assert "<script>alert" not in page
    assert f'href="/mailroom/inbound/{pk}/"' in page
    download: Any = admin.get(f"/mailroom/inbound/{pk}/raw/")
    assert b"".join(download.streaming_content) == raw
    assert download["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in download["Content-Disposition"]
    assert admin.post(f"/mailroom/inbound/{pk}/read-again/").status_code == 302
    assert queries.inbound_by_id(pk).state == "spooled"
    assert admin.post(f"/mailroom/inbound/{pk}/read-again/").status_code == 409
    assert admin.get("/mailroom/inbound/999999/raw/").status_code == 404


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"Subject: \xd0\x9f\xd1\x80\r\n\r\n<b>Body</b>", "Subject: Пр\n\n&lt;b&gt;Body&lt;/b&gt;"),
        (b"Subject: caf\xe9\x00\x07\r\n\r\n", "Subject: café␀␇\n"),
        (b"", ""),
    ],
)
def test_what_was_set_aside_can_be_looked_at(admin: Client, raw: bytes, shown: str) -> None:
    envelope = {"mail_from": "who@elsewhere.test", "rcpt_tos": ["help@example.test"]}
    pk = services.take_in("email", "x", raw, envelope=envelope)
    services.set_aside(pk, "Cannot be <read>.")
    page = admin.get(f"/mailroom/inbound/{pk}/").content.decode()
    assert "Cannot be &lt;read&gt;." in page
    assert "who@elsewhere.test" in page and "help@example.test" in page
    assert shown in page.partition('<pre class="source"')[2]
    assert "read-again" in page


def test_of_a_large_thing_the_beginning_is_shown_and_all_is_downloaded(admin: Client) -> None:
    raw = b"Subject: x\r\n\r\n" + "Ω".encode() * 2**20
    pk = services.take_in("email", "x", raw)
    page = admin.get(f"/mailroom/inbound/{pk}/").content.decode()
    assert "Only its beginning is shown" in page
    assert len(page) < 100_000
    assert "read-again" not in page  # it waits to be read for the first time
    download: Any = admin.get(f"/mailroom/inbound/{pk}/raw/")
    assert [len(piece) for piece in download.streaming_content] == [2**20, 2**20, 14]


def test_the_outbox_shows_the_servers_words_and_tries_again(admin: Client) -> None:
    with transaction.atomic():
        ids = services.write_deliveries(
            [services.NewDelivery("email", f"c{n}@x.test", "S", "T") for n in range(60)]
        )
    Delivery.objects.filter(pk__in=ids[:55]).update(state="failed", answer="550 5.1.1 <nobody> here")
    page = admin.get("/mailroom/outbox/").content.decode()
    assert "550 5.1.1 &lt;nobody&gt; here" in page
    older = re.search(r'href="\?(cursor=[^"]+)"', page)
    assert older
    assert admin.get(f"/mailroom/outbox/?{older[1]}").content.count(b"nobody") == 5
    assert admin.get("/mailroom/outbox/?waiting=1").content.count(b"@x.test") == 5
    assert admin.post(f"/mailroom/outbox/{ids[0]}/try-again/").status_code == 302
    assert Delivery.objects.get(pk=ids[0]).state == "queued"
    assert admin.post(f"/mailroom/outbox/{ids[0]}/try-again/").status_code == 409


def test_lists_do_not_ask_more_for_more_rows(admin: Client, django_assert_max_num_queries: object) -> None:
    for number in range(12):
        pk = services.take_in("email", f"k{number}", b"x%d" % number)
        services.set_aside(pk, "why")
        outcomes.leave_unmatched(services.take_in("email", f"b{number}", b"b%d" % number), "why")
    for path in ("set-aside", "bounces"):
        with django_assert_max_num_queries(14):  # type: ignore[operator]  # pytest-django's fixture
            admin.get(f"/mailroom/{path}/")


FORM = {"name": "Ana", "email": "ana@x.test", "subject": "Račun", "text": "Gdje je?"}


def form_id(client: Client, language: str = "en") -> str:
    page = client.get("/contact/", headers={"accept-language": language}).content.decode()
    found = re.search(r'name="form_id" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_the_contact_form_is_taken_in_once() -> None:
    client = Client(enforce_csrf_checks=True)
    sent = {**FORM, "form_id": form_id(client)}
    for _ in range(2):
        assert client.post("/contact/", sent, headers={"accept-language": "hr"}).status_code == 302
    item = InboundItem.objects.get()
    raw = json.loads(b"".join(queries.read_blob(item.blob_id)))
    assert (raw["email"], raw["text"], raw["language"]) == ("ana@x.test", "Gdje je?", "hr")
    inbound = queries.parsed_inbound(item.pk).inbound
    assert (inbound.from_address, inbound.subject, inbound.verified) == ("ana@x.test", "Račun", False)
    assert client.get("/contact/thanks/").status_code == 200


def test_a_mistake_in_the_form_loses_nothing_typed() -> None:
    client = Client()
    answer = client.post("/contact/", {**FORM, "email": "ana", "form_id": form_id(client)})
    assert answer.status_code == 422
    assert "Gdje je?" in answer.content.decode()
    assert not InboundItem.objects.exists()


def test_a_machine_is_thanked_and_not_heard() -> None:
    client = Client()
    assert (
        client.post("/contact/", {**FORM, "form_id": form_id(client), "website": "http://spam"}).status_code
        == 302
    )
    assert not InboundItem.objects.exists()


def test_a_flood_from_one_place_is_stopped_and_others_are_served() -> None:
    client = Client()
    codes = [
        client.post(
            "/contact/", {**FORM, "form_id": form_id(client)}, REMOTE_ADDR=f"2001:db8::{n:x}"
        ).status_code
        for n in range(8)
    ]
    assert codes == [302] * 6 + [422] * 2
    other = client.post("/contact/", {**FORM, "form_id": form_id(client)}, REMOTE_ADDR="10.0.0.9")
    assert other.status_code == 302


def test_a_mailbox_says_how_it_fares_and_what_to_do(admin: Client) -> None:
    one = save_mailbox(address="sales@example.test", fetch_url="imaps://sales@mail.example.test/INBOX")
    accounts.note_error(one.pk, "sales@mail.example.test: refuses our login (<b>LOGIN</b> failed)", "login")
    accounts.note_waiting(one.pk, 17)
    place = place_of(one).compared(Comparison(1204, 2, "17,902", 1))
    keep_place(one, **replace(place, tidy_error="MOVE: no such folder").kept())
    pk = services.take_in("email", "x", make_mail("Odd"), account_id=one.pk)
    services.set_aside(pk, "Cannot be read.")
    page = admin.get(f"/mailroom/channels/{one.pk}/").content.decode()
    for words in (
        "&lt;b&gt;LOGIN",
        "app password",
        "17,902",
        "1202",
        "MOVE: no such folder",
        "Cannot be read.",
    ):
        assert words in page
    listed = admin.get("/mailroom/channels/").content.decode()
    assert "2 messages are missing" in listed
    assert f"/mailroom/set-aside/?account={one.pk}" in listed
    assert "Cannot be read." in admin.get(f"/mailroom/set-aside/?account={one.pk}").content.decode()
    other = save_mailbox(address="other@example.test")
    assert "Cannot be read." not in admin.get(f"/mailroom/set-aside/?account={other.pk}").content.decode()
    assert "exit code 0" in admin.get(f"/mailroom/channels/{other.pk}/").content.decode()
    assert admin.get("/mailroom/channels/999/").status_code == 404
    assert admin.get("/mailroom/set-aside/?account=x").status_code == 200


def test_staff_have_it_looked_into_now(admin: Client) -> None:
    one = save_mailbox(address="sales@example.test", fetch_url="imaps://sales@mail.example.test/INBOX")
    assert admin.post(f"/mailroom/channels/{one.pk}/look/").status_code == 302
    asked = Account.objects.get().asked_at
    assert asked
    assert one.asked_at
    assert asked > one.asked_at
    assert admin.get(f"/mailroom/channels/{one.pk}/look/")["Location"] == f"/mailroom/channels/{one.pk}/"
    assert Account.objects.get().asked_at == asked


def test_many_mailboxes_ask_no_more(admin: Client, django_assert_max_num_queries: object) -> None:
    for number in range(12):
        save_mailbox(address=f"m{number}@example.test", fetch_url="imaps://u@h/INBOX")
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # pytest-django's fixture
        admin.get("/mailroom/channels/")


def test_why_it_was_set_aside_is_read_in_the_readers_language(admin: Client) -> None:
    pk = services.take_in("email", "e:empty", b" \r\n")
    services.open_now([pk])
    Staff.objects.update(language="el")
    for page in ("/mailroom/set-aside/", f"/mailroom/inbound/{pk}/"):
        shown = admin.get(page).content.decode()
        assert "Το μήνυμα είναι κενό." in shown
        assert "The message is empty." not in shown


def test_programs_read_the_code_and_the_reason_in_english(admin: Client) -> None:
    bad = services.take_in("email", "e:empty", b" \r\n")
    services.open_now([bad])
    old = services.take_in("email", "e:old", b" ")
    InboundItem.objects.filter(pk=old).update(state="set_aside", reason="Kept before: 100 % of it.")
    headers = {"Authorization": f"Bearer {create_api_token('p')[1]}", "Accept-Language": "el"}
    found = [Client().get(f"/api/v1/inbound/{pk}", headers=headers).json() for pk in (bad, old)]
    assert [one["reason"] for one in found] == ["The message is empty.", "Kept before: 100 % of it."]
    assert [one["reasons"] for one in found] == [
        [{"code": "email.empty", "values": {}, "text": "The message is empty."}],
        [{"code": "", "values": {}, "text": "Kept before: 100 % of it."}],
    ]
