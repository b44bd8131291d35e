"""Mailboxes fetched by POP3 and signed in to by OAuth2, from their settings to the spool."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from tests.channels.token_server import TokenServer
from tests.harness.mailservers import Dovecot, has_pop3
from tests.harness.waiting import wait_until
from tests.mailroom.boxes import host_of, save_mailbox, sign_in_of
from tests.mailroom.stand_ins import Upstairs, make_mail

from tocsin.channels.email import pop_rounds, tokens
from tocsin.channels.email.oauth import OAuth, Use
from tocsin.kernel.errors import Refused
from tocsin.kernel.reasons import in_english
from tocsin.mailroom import queries, running, services
from tocsin.mailroom.hosting import Host
from tocsin.mailroom.models import Account, InboundItem
from tocsin.mailroom.services import accounts
from tocsin.people.services import create_staff

pytestmark = pytest.mark.django_db(transaction=True)
needs_pop3 = pytest.mark.skipif(
    not has_pop3(), reason="Dovecot's POP3 is missing: apt-get install dovecot-pop3d"
)


@pytest.fixture(autouse=True)
def no_tokens_of_others() -> None:
    tokens._kept.clear()


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    server = TokenServer()
    yield server
    server.stop()


@pytest.fixture
def oauth_dovecot(provider: TokenServer) -> Iterator[Dovecot]:
    if not shutil.which("dovecot"):
        pytest.skip("Dovecot is missing: apt-get install dovecot-imapd")
    server = Dovecot(introspection=f"{provider.url}/introspect?token=")
    server.start()
    yield server
    server.end()


def pop(mailbox: Account, host: Host | None = None) -> int:
    """One look; `host` remembers what earlier looks found."""
    return pop_rounds.pop_once(host or host_of(mailbox))


def poll_until(mailbox: Account, count: int) -> None:
    """As the worker does, until so many are written down."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            running.Watch(mailbox.pk).run(stop)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        wait_until(lambda: InboundItem.objects.count() == count, "the mail is there")
    finally:
        stop.set()
        thread.join()


@needs_pop3
def test_everything_once_and_then_what_is_new(dovecot: Dovecot, upstairs: Upstairs) -> None:
    one = save_mailbox(address="support@example.test", is_default=True, fetch_url=dovecot.pop_url)
    assert dovecot.password not in one.settings["fetch_url"]
    for number in range(60):
        dovecot.deliver(make_mail(f"Mail {number}"))
    assert [pop(one), pop(one)] == [60, 0]
    dovecot.deliver(make_mail("One more"))
    assert pop(one) == 1
    while services.drain():
        pass
    assert len(upstairs.subjects) == len(set(upstairs.subjects)) == 61
    one.refresh_from_db()
    assert one.last_success_at


@needs_pop3
def test_of_what_is_kept_on_the_server_little_is_asked(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = save_mailbox(address="support@example.test", fetch_url=dovecot.pop_url)
    for number in range(30):
        dovecot.deliver(make_mail(f"Mail {number}"))
    known = queries.known_source_keys
    asked: list[int] = []

    def counting(keys: Sequence[str]) -> set[str]:
        asked.append(len(keys))
        return known(keys)

    monkeypatch.setattr(queries, "known_source_keys", counting)
    host = host_of(one)
    assert [pop(one, host), pop(one, host), pop(one, host)] == [30, 0, 0]
    dovecot.deliver(make_mail("One more"))
    assert [pop(one, host), pop(one, host), pop(one, host)] == [1, 0, 0]
    assert asked == [30, 30, 0, 1, 1, 0]
    services.look_now(one.pk)
    assert pop(one, host) == 0
    monkeypatch.setattr(pop_rounds, "_COMPARE_EVERY", timedelta())
    assert pop(one, host) == 0
    assert asked[6:] == [31, 31]


@needs_pop3
def test_the_poller_fetches_by_pop3(dovecot: Dovecot) -> None:
    one = save_mailbox(address="support@example.test", fetch_url=dovecot.pop_url)
    dovecot.deliver(make_mail("First"))
    poll_until(one, 1)


def signing_in(dovecot: Dovecot, provider: TokenServer) -> Account:
    oauth = OAuth(f"{provider.url}/token", "client-1", provider.client_secret, provider.refresh_token)
    url = dovecot.url.replace(f":{dovecot.password}", "")
    return save_mailbox(address="support@example.test", fetch_url=url, oauth=oauth)


def test_the_poller_signs_in_by_oauth(oauth_dovecot: Dovecot, provider: TokenServer) -> None:
    provider.rotates = True
    one = signing_in(oauth_dovecot, provider)
    stored = bytes(one.secrets or b"")
    assert b"s3cret" not in stored
    oauth_dovecot.deliver(make_mail("First"))
    poll_until(one, 1)
    assert len(provider.asked) == 1
    kept = sign_in_of(one)
    assert kept
    assert kept.refresh_token == "refresh-1-s3cret"
    kept_tokens = tokens.tokens_for(queries.account_value(Account.objects.get(pk=one.pk)), Use.IMAP)
    assert kept_tokens
    assert kept_tokens.access_token() == "access-1"  # the token is kept, though the refresh token is another


def test_a_refusal_is_shown_with_what_to_do(oauth_dovecot: Dovecot, provider: TokenServer) -> None:
    one = signing_in(oauth_dovecot, provider)
    provider.refresh_token = "another-s3cret"
    stop = threading.Event()
    thread = threading.Thread(target=lambda: (running.Watch(one.pk).run(stop), connections.close_all()))
    thread.start()
    wait_until(lambda: Account.objects.get(pk=one.pk).last_error, "the error is noted")
    stop.set()
    thread.join()
    error = in_english(Account.objects.get(pk=one.pk).last_error)
    assert "enter the new refresh token" in error
    assert "s3cret" not in error


def test_what_staff_leave_empty_stays() -> None:
    full = OAuth("microsoft", "c1", "secret-1", "refresh-1", "example.test")
    named = {"address": "support@example.test", "fetch_url": "imaps://a@outlook.example/INBOX"}
    one = save_mailbox(**named, oauth=full)
    save_mailbox(**named, account_id=one.pk)
    assert sign_in_of(one) == full
    save_mailbox(**named, account_id=one.pk, oauth=OAuth("microsoft", "c2"))
    kept = sign_in_of(one)
    assert kept == replace(full, client_id="c2", tenant="")
    save_mailbox(**named, account_id=one.pk, oauth=OAuth("", ""))
    assert sign_in_of(one) is None
    with pytest.raises(Refused, match="refresh token"):
        save_mailbox(**named, account_id=one.pk, oauth=OAuth("google", "c2"))


def test_staff_turn_another_refresh_token_in_while_one_is_renewed() -> None:
    before = OAuth("google", "c1", "s", "refresh-1")
    url = "imaps://a@imap.example/INBOX"
    one = save_mailbox(address="support@example.test", fetch_url=url, oauth=before)
    entered = replace(before, refresh_token="by-staff")
    save_mailbox(address="support@example.test", account_id=one.pk, fetch_url=url, oauth=entered)
    accounts.keep_secrets(
        one.pk, {"oauth_refresh_token": "refresh-1"}, {"oauth_refresh_token": "by-provider"}
    )
    assert sign_in_of(one) == entered


def test_the_page_shows_no_secret(client: Client) -> None:
    lead = create_staff(email="a@example.test", name="Ada", role="admin", password="a long enough one")
    client.force_login(lead, backend="django.contrib.auth.backends.ModelBackend")
    form = {
        "address": "support@example.test",
        "is_enabled": "on",
        "fetch_url": "imaps://a@outlook.example/INBOX",
        "sign_in": "microsoft",
        "oauth_tenant": "example.test",
        "oauth_client_id": "client-77",
        "oauth_client_secret": "s3cret-1",
        "oauth_refresh_token": "s3cret-2",
    }
    assert client.post("/mailroom/channels/add/email/", form).status_code == 302
    one = Account.objects.get()
    oauth = sign_in_of(one)
    assert oauth
    assert (oauth.provider, oauth.refresh_token) == ("microsoft", "s3cret-2")
    page = client.get(f"/mailroom/channels/{one.pk}/edit/").content
    assert b"client-77" in page
    assert b"s3cret" not in page
    changed = form | {"oauth_client_secret": "", "oauth_refresh_token": "", "oauth_tenant": "other.test"}
    assert client.post(f"/mailroom/channels/{one.pk}/edit/", changed).status_code == 302
    one.refresh_from_db()
    assert sign_in_of(one) == replace(oauth, tenant="other.test")
