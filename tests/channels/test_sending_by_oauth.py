"""Sending by access tokens: against a real SMTP server that takes nothing else, and a stand-in for the
provider's token endpoint on the loopback."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.channels.keys import write_certificate
from tests.channels.oauth_smtp import OAuthSmtp
from tests.channels.test_sending import OURS, PLAIN
from tests.channels.token_server import TokenServer
from tests.harness.mailservers import SmtpSink

from tocsin.channels.base import Permanent, Retry
from tocsin.channels.email import routes
from tocsin.channels.email import smtp as smtp_module
from tocsin.channels.email.channel import EmailChannel
from tocsin.channels.email.oauth import OAuth, Tokens, Use
from tocsin.channels.email.server import Server
from tocsin.channels.email.smtp import SmtpConnection
from tocsin.kernel.reasons import in_english

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    server = TokenServer()
    yield server
    server.stop()


@pytest.fixture
def oauth(provider: TokenServer) -> OAuth:
    return OAuth(f"{provider.url}/token", "client-1", provider.client_secret, provider.refresh_token)


@pytest.fixture
def tokens(oauth: OAuth, monkeypatch: pytest.MonkeyPatch) -> Tokens:
    """Of the one mailbox there is."""
    found = Tokens(oauth, use=Use.SMTP)
    monkeypatch.setattr(smtp_module, "tokens_to_send", {"support@example.test": found}.__getitem__)
    return found


@pytest.fixture
def server(provider: TokenServer) -> Iterator[OAuthSmtp]:
    one = OAuthSmtp(provider)
    one.start()
    yield one
    one.stop()


def test_mail_goes_by_a_token_that_is_kept(server: OAuthSmtp, provider: TokenServer, tokens: Tokens) -> None:
    for _ in range(2):
        with SmtpConnection(server.url) as connection:
            assert connection.send(PLAIN).answer == "250 2.0.0 OK"
    assert server.logins == ["user=support@example.test\x01auth=Bearer access-1\x01\x01"] * 2
    assert len(server.messages) == 2
    assert len(provider.asked) == 1


def test_another_user_than_the_mailbox(server: OAuthSmtp, tokens: Tokens) -> None:
    server.user = "shared@example.test"
    url = f"smtp://shared%40example.test@{server.place}?oauth=support@example.test"
    with SmtpConnection(url) as connection:
        assert connection.check()


def test_a_token_goes_encrypted(provider: TokenServer, tokens: Tokens, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*write_certificate(tmp_path))
    server = OAuthSmtp(provider, context)
    server.start()
    try:
        with SmtpConnection(server.url) as connection:
            connection.send(PLAIN)
    finally:
        server.stop()
    assert server.encrypted == [True]


def test_a_token_goes_nowhere_in_the_clear(
    server: OAuthSmtp, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "is_loopback", False)
    with SmtpConnection(server.url) as connection, pytest.raises(Retry, match="offers no encryption"):
        connection.send(PLAIN)
    assert server.logins == []


def test_a_withdrawn_token_is_replaced(
    server: OAuthSmtp, provider: TokenServer, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens.access_token()
    provider.active.clear()
    with SmtpConnection(server.url) as connection:
        with pytest.raises(Retry, match="refuses the access token of support") as caught:
            connection.send(PLAIN)
        assert caught.value.connection
        assert "535 5.7.3" in str(caught.value)
        assert "SMTP.Send" in str(caught.value)
        assert connection.send(PLAIN).answer == "250 2.0.0 OK"
    assert "access-1" not in f"{caught.value} {caplog.text}"


def test_a_refused_sign_in_says_what_to_do(
    server: OAuthSmtp, provider: TokenServer, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.refresh_token = "another-s3cret"
    with (
        SmtpConnection(server.url) as connection,
        pytest.raises(Retry, match="does not include sending") as caught,
    ):
        connection.send(PLAIN)
    assert caught.value.connection
    assert "there is no access token for support@example.test" in str(caught.value)
    assert "s3cret" not in f"{caught.value} {caught.value!r} {caplog.text}"
    assert server.logins == []


def test_a_refused_sign_in_is_not_asked_for_by_every_connection(
    server: OAuthSmtp, provider: TokenServer, tokens: Tokens, oauth: OAuth
) -> None:
    good, provider.refresh_token = provider.refresh_token, "another-s3cret"
    for _ in range(5):
        with SmtpConnection(server.url) as connection, pytest.raises(Retry, match="does not include sending"):
            connection.send(PLAIN)
    assert len(provider.asked) == 1
    provider.refresh_token = good
    tokens.use_from_now(replace(oauth, tenant="example.test"))  # staff entered something new
    with SmtpConnection(server.url) as connection:
        connection.send(PLAIN)


def test_a_server_that_refuses_every_token(server: OAuthSmtp, provider: TokenServer, tokens: Tokens) -> None:
    server.user = "somebody.else@example.test"
    url = f"smtp://{server.place}?oauth=support@example.test"
    for _ in range(6):
        with SmtpConnection(url) as connection, pytest.raises(Retry, match="refuses the access token"):
            connection.send(PLAIN)
    assert len(server.logins) == 6
    assert len(provider.asked) == 2


def test_a_passing_fault_of_the_provider_is_over_at_once(
    server: OAuthSmtp, provider: TokenServer, tokens: Tokens
) -> None:
    provider.refuse = (503, {})
    with SmtpConnection(server.url) as connection:
        with pytest.raises(Retry, match="wait if the provider has a fault"):
            connection.send(PLAIN)
        provider.refuse = None
        connection.send(PLAIN)


def test_it_is_a_fault_of_the_route(
    server: OAuthSmtp,
    provider: TokenServer,
    oauth: OAuth,
    tokens: Tokens,
    smtp_sink: SmtpSink,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routes, "MOMENT_S", 0.0)
    monkeypatch.setattr(routes, "LOOK_AGAIN_S", 0.0)
    settings.TOCSIN_SMTP_URL, settings.TOCSIN_SMTP_FALLBACK_URL = server.url, smtp_sink.url
    email = EmailChannel()
    provider.refuse = (400, {"error": "invalid_grant"})
    assert "the second route" in in_english(email.send(OURS, PLAIN).answer)
    provider.refuse = None
    tokens.use_from_now(
        OAuth(f"{provider.url}/token", "client-2", provider.client_secret, "refresh-0-s3cret")
    )
    assert f"(by {server.place})" in in_english(email.send(OURS, PLAIN).answer)
    assert (len(smtp_sink.messages), len(server.messages)) == (1, 1)


def test_a_sender_who_may_not_is_no_fault_of_the_recipient(server: OAuthSmtp, tokens: Tokens) -> None:
    server.refusal = "554 5.2.252 SendAsDenied; support@example.test not allowed to send as help@example.test"
    with SmtpConnection(server.url) as connection:
        with pytest.raises(Retry, match="SendAsDenied") as caught:
            connection.send(PLAIN)
        assert not caught.value.connection
        server.refusal = "554 5.7.1 spam"
        with pytest.raises(Permanent, match="spam"):
            connection.send(PLAIN)


def test_a_server_that_takes_no_tokens(smtp_sink: SmtpSink, server: OAuthSmtp, tokens: Tokens) -> None:
    without = f"{smtp_sink.url}?oauth=support@example.test"
    for url, words in [
        (without, "offers no login"),
        (f"smtp://user:s3cret@{server.place}", "takes no password, only: XOAUTH2"),
    ]:
        with SmtpConnection(url) as connection, pytest.raises(Retry, match=words) as caught:
            connection.send(PLAIN)
        assert caught.value.connection


def test_it_is_reached_without_a_token(server: OAuthSmtp, provider: TokenServer) -> None:
    with SmtpConnection(server.url) as connection:
        assert connection.reach()
    assert (server.logins, provider.asked) == ([], [])


def test_threads_share_a_token(server: OAuthSmtp, provider: TokenServer, tokens: Tokens) -> None:
    def send() -> None:
        with SmtpConnection(server.url) as connection:
            connection.send(PLAIN)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(server.messages), len(provider.asked)) == (4, 1)
