"""`tocsin doctor` on the mail server that sends for us: reached, encrypted, logged in to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.channels.oauth_smtp import OAuthSmtp
from tests.channels.standins.email import StandIn
from tests.channels.token_server import TokenServer
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import free_port

from tocsin.channels.email.checkups import outgoing_mail, second_route


@pytest.fixture
def wants_login() -> Iterator[str]:
    server = StandIn()
    yield server.start()["TOCSIN_SMTP_URL"]
    server.stop()


def test_a_server_that_takes_mail(smtp_sink: SmtpSink) -> None:
    found = outgoing_mail(smtp_sink.url)
    assert (found.good, found.what) == (True, f"Mail goes out by 127.0.0.1 port {smtp_sink.port}.")
    assert [one.good for one in second_route(smtp_sink.url)] == [True]


def test_a_server_that_knows_us(wants_login: str) -> None:
    assert outgoing_mail(wants_login).good
    wrong = outgoing_mail(wants_login.replace("s3cret", "wr0ng"))
    assert not wrong.good
    assert "refuses our login (535" in wrong.what
    assert "wr0ng" not in wrong.what


def test_one_that_wants_tokens() -> None:
    provider = TokenServer()
    server = OAuthSmtp(provider)
    server.start()
    try:
        found = outgoing_mail(server.url)
    finally:
        server.stop()
        provider.stop()
    assert found.good
    assert found.what.endswith(", with the sign-in of the mailbox support@example.test.")
    assert (server.logins, provider.asked) == ([], [])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("smtp://127.0.0.1:{port}", "Nobody listens at 127.0.0.1:"),
        ("smtp://127.0.0.1?tls=requird", "tls=required, tls=offered, tls=off"),
        ("smtp://u:p/w0rd@127.0.0.1", "percent-encoded"),
    ],
)
def test_what_is_to_mend(url: str, words: str) -> None:
    found = outgoing_mail(url.format(port=free_port()))
    assert not found.good
    assert words in found.what
    assert "w0rd" not in found.what


def test_encryption_that_is_required_and_not_there(smtp_sink: SmtpSink) -> None:
    found = outgoing_mail(f"{smtp_sink.url}?tls=required")
    assert not found.good
    assert "offers no encryption" in found.what
