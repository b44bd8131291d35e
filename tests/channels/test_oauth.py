"""Signing in to mailboxes by OAuth2: against a token endpoint on the loopback and a real Dovecot."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from tests.channels.fetching import fetched
from tests.channels.test_fetching import numbered
from tests.channels.token_server import TokenServer
from tests.harness.mailservers import Dovecot, has_pop3
from tests.harness.processes import free_port

from tocsin.channels.base import Retry
from tocsin.channels.email import oauth as oauth_module
from tocsin.channels.email.imap import ImapConnection
from tocsin.channels.email.oauth import OAuth, Tokens, Use, xoauth2
from tocsin.channels.email.pop import PopConnection


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    server = TokenServer()
    yield server
    server.stop()


@pytest.fixture
def oauth(provider: TokenServer) -> OAuth:
    return OAuth(f"{provider.url}/token", "client-1", provider.client_secret, provider.refresh_token)


@pytest.fixture
def dovecot(provider: TokenServer) -> Iterator[Dovecot]:
    if not shutil.which("dovecot"):
        pytest.skip("Dovecot is missing: apt-get install dovecot-imapd")
    server = Dovecot(introspection=f"{provider.url}/introspect?token=")
    server.start()
    yield server
    server.end()


def test_a_token_is_kept_until_it_ends(provider: TokenServer, oauth: OAuth) -> None:
    tokens = Tokens(oauth)
    assert [tokens.access_token() for _ in range(3)] == ["access-1"] * 3
    tokens.forget()
    assert tokens.access_token() == "access-2"
    assert provider.asked[0] == {
        "grant_type": "refresh_token",
        "client_id": "client-1",
        "client_secret": provider.client_secret,
        "refresh_token": provider.refresh_token,
    }


def test_it_is_renewed_before_it_ends(
    provider: TokenServer, oauth: OAuth, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth_module, "_SHORTEST_LIFE_S", 0.0)
    provider.lifetime = oauth_module._BEFORE_IT_ENDS_S - 1
    tokens = Tokens(oauth)
    assert [tokens.access_token(), tokens.access_token()] == ["access-1", "access-2"]


def test_a_new_refresh_token_is_handed_on(provider: TokenServer, oauth: OAuth) -> None:
    provider.rotates = True
    kept: list[OAuth] = []
    tokens = Tokens(oauth, lambda before, now: kept.append(now))
    tokens.access_token()
    tokens.forget()
    assert tokens.access_token() == "access-2"
    assert [one.refresh_token for one in kept] == ["refresh-1-s3cret", "refresh-2-s3cret"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"refresh_token": "old-s3cret"}, "enter the new refresh token"),
        ({"client_secret": "wrong-s3cret"}, "make a new one with the provider"),
    ],
)
def test_refusals_say_what_to_do_and_no_secret(
    oauth: OAuth, change: dict[str, str], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = replace(oauth, **change)
    with pytest.raises(Retry, match=words) as caught:
        Tokens(wrong).access_token()
    assert caught.value.connection
    assert caught.value.after >= 60
    assert "s3cret" not in f"{caught.value} {caught.value!r} {caplog.text} {wrong!r}"


@pytest.mark.parametrize(
    "refuse", [(500, b"<html>"), (200, b"not json"), (200, {}), (200, {"access_token": 5}), (503, {})]
)
def test_an_endpoint_with_a_fault(provider: TokenServer, oauth: OAuth, refuse: tuple[int, object]) -> None:
    provider.refuse = refuse
    with pytest.raises(Retry):
        Tokens(oauth).access_token()


def test_an_endpoint_that_is_not_there(oauth: OAuth) -> None:
    with pytest.raises(Retry, match="gives no access token"):
        Tokens(replace(oauth, provider=f"http://127.0.0.1:{free_port()}/token")).access_token()


def test_the_providers() -> None:
    microsoft = OAuth("microsoft", "c", "s", "r", "example.test")
    assert microsoft.token_url == "https://login.microsoftonline.com/example.test/oauth2/v2.0/token"
    asked = {use: parse_qs(microsoft.request(use).decode())["scope"] for use in Use}
    assert asked == {  # a permission that was not given would cost the others
        Use.IMAP: ["https://outlook.office.com/IMAP.AccessAsUser.All offline_access"],
        Use.POP: ["https://outlook.office.com/POP.AccessAsUser.All offline_access"],
        Use.SMTP: ["https://outlook.office.com/SMTP.Send offline_access"],
    }
    assert OAuth("google", "c").token_url == "https://oauth2.googleapis.com/token"
    assert b"scope" not in OAuth("google", "c", "s", "r").request(Use.SMTP)
    with pytest.raises(ValueError, match="https"):
        _ = OAuth("http://example.com/token", "c").token_url


def test_the_mechanism_as_google_documents_it() -> None:
    shown = xoauth2("someuser@example.com", "ya29.token")
    assert shown == b"user=someuser@example.com\x01auth=Bearer ya29.token\x01\x01"


class TestMailServers:
    """Dovecot asks the provider about each token."""

    def test_imap(self, dovecot: Dovecot, provider: TokenServer, oauth: OAuth) -> None:
        dovecot.deliver(numbered(1))
        url = dovecot.url.replace(f":{dovecot.password}", "")
        tokens = Tokens(oauth)
        for _ in range(2):
            with ImapConnection(url, tokens=tokens) as mailbox:
                assert [one.content for one in fetched(mailbox)] == [numbered(1)]
        assert len(provider.asked) == 1

    def test_a_withdrawn_token_is_replaced(
        self, dovecot: Dovecot, provider: TokenServer, oauth: OAuth
    ) -> None:
        url = dovecot.url.replace(f":{dovecot.password}", "")
        tokens = Tokens(oauth)
        tokens.access_token()
        provider.active.clear()
        with pytest.raises(Retry, match="refuses the access token of support") as caught:
            ImapConnection(url, tokens=tokens).connect()
        assert "access-1" not in str(caught.value)
        with ImapConnection(url, tokens=tokens) as mailbox:
            assert mailbox.uid_validity
        assert len(provider.asked) == 2

    def test_pop3(self, dovecot: Dovecot, oauth: OAuth) -> None:
        if not has_pop3():
            pytest.skip("Dovecot's POP3 is missing: apt-get install dovecot-pop3d")
        dovecot.deliver(numbered(1))
        url = dovecot.pop_url.replace(f":{dovecot.password}", "")
        with PopConnection(url, tokens=Tokens(oauth)) as pop:
            assert [one.content for one in pop.fetch(pop.names())] == [numbered(1) + b"\r\n"]
        with pytest.raises(Retry, match="refuses the access token"):
            PopConnection(url, tokens=_Stale(oauth)).__enter__()


class _Stale(Tokens):
    def access_token(self) -> str:
        return "made-up"
