"""Encrypted connections to real servers with a throw-away certificate: STARTTLS, SMTPS, IMAPS, POP3S."""

from __future__ import annotations

import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from tests.channels.fetching import fetched as fetched_by_imap
from tests.channels.keys import write_certificate
from tests.channels.test_fetching import numbered
from tests.channels.test_sending import PLAIN
from tests.harness.mailservers import Dovecot, SmtpSink, has_pop3
from tests.harness.processes import free_port

from tocsin.channels.base import Retry
from tocsin.channels.email.imap import ImapConnection
from tocsin.channels.email.pop import PopConnection
from tocsin.channels.email.server import Server
from tocsin.channels.email.smtp import SmtpConnection
from tocsin.channels.email.trouble import FetchFailed, Trouble

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    for one in (folder, *folder.parents[:2]):
        one.chmod(0o755)  # Dovecot reads it as another user
    return write_certificate(folder)


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the servers were not on this machine: then certificates are checked."""
    monkeypatch.setattr(Server, "is_loopback", False)


@pytest.fixture
def trusted(far_away: None, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the certificate's maker were one that the system knows."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


class Letters:
    """Keeps what it gets, and whether that came encrypted."""

    def __init__(self) -> None:
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.encrypted.append(
            session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None
        )
        return "250 kept"


def _knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    return AuthResult(success=getattr(data, "password", b"") == b"word")


def _context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.fixture(params=["smtp", "smtps"])
def secure_smtp(
    request: pytest.FixtureRequest, certificate: tuple[Path, Path]
) -> Iterator[tuple[str, Letters]]:
    """A server that takes mail over TLS only, after a login: by STARTTLS, then with TLS at once."""
    letters, port = Letters(), free_port()
    at_once = request.param == "smtps"
    how = (
        {"ssl_context": _context(certificate)}
        if at_once
        else {"tls_context": _context(certificate), "require_starttls": True}
    )
    controller = Controller(
        letters,
        hostname="127.0.0.1",
        port=port,
        authenticator=_knows,
        auth_required=True,
        auth_require_tls=not at_once,  # aiosmtpd counts only STARTTLS as encryption
        **how,
    )
    controller.start()
    yield f"{request.param}://user:word@127.0.0.1:{port}", letters
    controller.stop()


@pytest.fixture
def secure_dovecot(certificate: tuple[Path, Path]) -> Iterator[Dovecot]:
    if not shutil.which("dovecot"):
        pytest.skip("Dovecot is missing: apt-get install dovecot-imapd")
    server = Dovecot(certificate=certificate)
    server.start()
    yield server
    server.end()


def test_mail_goes_encrypted(secure_smtp: tuple[str, Letters]) -> None:
    url, letters = secure_smtp
    with SmtpConnection(url) as connection:
        assert connection.send(PLAIN).answer == "250 kept"
    assert letters.encrypted == [True]


def test_a_known_certificate_is_taken(secure_smtp: tuple[str, Letters], trusted: None) -> None:
    url, letters = secure_smtp
    with SmtpConnection(url) as connection:
        connection.send(PLAIN)
    assert letters.encrypted == [True]


def test_an_unknown_certificate_is_not(secure_smtp: tuple[str, Letters], far_away: None) -> None:
    url, letters = secure_smtp
    with SmtpConnection(url) as connection, pytest.raises(Retry, match="no safe connection") as caught:
        connection.send(PLAIN)
    assert caught.value.connection
    assert "word" not in str(caught.value)
    assert letters.encrypted == []


class Overheard(threading.Thread):
    """A server that offers to log in but no encryption, and writes down what it is told."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.heard = b""

    def run(self) -> None:
        """One conversation."""
        plug, _ = self._door.accept()
        with plug, plug.makefile("rb") as lines:
            plug.sendall(b"220 hello\r\n")
            for line in lines:
                self.heard += line
                plug.sendall(b"250-here\r\n250 AUTH PLAIN\r\n" if line.startswith(b"ehlo") else b"235 ok\r\n")
        self._door.close()


@pytest.fixture
def plain_smtp() -> Overheard:
    server = Overheard()
    server.start()
    return server


def test_no_password_goes_out_in_the_clear(plain_smtp: Overheard, far_away: None) -> None:
    url = f"smtp://user:word@127.0.0.1:{plain_smtp.port}"
    with SmtpConnection(url) as connection, pytest.raises(Retry, match="offers no encryption") as caught:
        connection.send(PLAIN)
    plain_smtp.join(10)
    assert b"AUTH" not in plain_smtp.heard
    assert caught.value.connection
    assert "?tls=offered" in str(caught.value)


@pytest.mark.parametrize("tls", ["offered", "off"])
def test_unless_its_address_says_so(plain_smtp: Overheard, far_away: None, tls: str) -> None:
    with SmtpConnection(f"smtp://user:word@127.0.0.1:{plain_smtp.port}?tls={tls}") as connection:
        connection.check()
    plain_smtp.join(10)
    assert b"AUTH PLAIN" in plain_smtp.heard


def test_without_a_password_mail_goes_as_it_can(smtp_sink: SmtpSink, far_away: None) -> None:
    with SmtpConnection(smtp_sink.url) as connection:
        connection.send(PLAIN)
    with (
        SmtpConnection(f"{smtp_sink.url}?tls=required") as connection,
        pytest.raises(Retry, match="which its address requires"),
    ):
        connection.send(PLAIN)
    assert len(smtp_sink.messages) == 1


def test_encryption_that_is_offered_can_be_left_alone(certificate: tuple[Path, Path], far_away: None) -> None:
    letters, port = Letters(), free_port()
    controller = Controller(letters, hostname="127.0.0.1", port=port, tls_context=_context(certificate))
    controller.start()
    try:
        with SmtpConnection(f"smtp://127.0.0.1:{port}?tls=off") as connection:
            connection.send(PLAIN)
        with SmtpConnection(f"smtp://127.0.0.1:{port}") as connection, pytest.raises(Retry, match="no safe"):
            connection.send(PLAIN)
    finally:
        controller.stop()
    assert letters.encrypted == [False]


@pytest.mark.parametrize(
    "url",
    [
        "smtp://h?tls=requird",
        "smtp://h?tsl=required",
        "smtp://h?tls=",
        "smtps://h?tls=off",
        "smtp://u:p@h?oauth=a@example.test",
        "smtp://u:p/s3cret@h",
        "smtp://u:12/s3cret@h",
        "smtp://u:12#s3cret@h",
        "smtp://u:12?s3cret@h",
        "smtp://u:12?s3cret=@h",
        "http://h",
    ],
)
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(ValueError, match="server's address") as caught:
        SmtpConnection(url)
    assert "s3cret" not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or not caught.value.__context__


@pytest.mark.parametrize(
    ("url", "port", "user"),
    [
        ("smtp://h", 25, ""),
        ("smtps://h", 465, ""),
        ("smtp://u:p@h", 587, "u"),
        ("smtp://h?oauth=a@example.test", 587, "a@example.test"),
        ("smtps://a@example.test@h?oauth=b@example.test&tls=required", 465, "a@example.test"),
        ("smtp://h:2525/", 2525, ""),
    ],
)
def test_addresses(url: str, port: int, user: str) -> None:
    found = Server.from_url(url)
    assert (found.host, found.port, found.user) == ("h", port, user)


def urls(server: Dovecot) -> dict[str, str]:
    """Of the same mailbox, by each way."""
    who = f"{server.user}:{server.password}@127.0.0.1"
    found = {
        "starttls": f"imap://{who}:{server.port}/INBOX",
        "imaps": f"imaps://{who}:{server.imaps_port}/INBOX",
    }
    if has_pop3():
        found |= {"stls": f"pop3://{who}:{server.pop_port}", "pop3s": f"pop3s://{who}:{server.pops_port}"}
    return found


def fetched(url: str) -> list[bytes]:
    """Everything there is."""
    if url.startswith("imap"):
        with ImapConnection(url) as mailbox:
            return [one.content for one in fetched_by_imap(mailbox)]
    with PopConnection(url) as pop:
        return [one.content.removesuffix(b"\r\n") for one in pop.fetch(pop.names())]


def test_mail_is_fetched_encrypted(secure_dovecot: Dovecot) -> None:
    secure_dovecot.deliver(numbered(1))
    ways = urls(secure_dovecot)
    assert {way: fetched(url) for way, url in ways.items()} == {way: [numbered(1)] for way in ways}
    logins = [line for line in secure_dovecot.log.splitlines() if "Login: user=" in line]
    assert len(logins) == len(ways)
    assert all(", TLS" in line for line in logins)


def test_from_a_server_with_a_known_certificate(secure_dovecot: Dovecot, trusted: None) -> None:
    secure_dovecot.deliver(numbered(1))
    for url in urls(secure_dovecot).values():
        assert fetched(url) == [numbered(1)]


def test_not_from_a_server_with_an_unknown_one(secure_dovecot: Dovecot, far_away: None) -> None:
    for url in urls(secure_dovecot).values():
        with pytest.raises(Retry) as caught:
            fetched(url)
        assert "certificate" in str(caught.value).lower()
        assert secure_dovecot.password not in str(caught.value)
    assert "Login:" not in secure_dovecot.log


def test_not_without_encryption_where_there_is_none(dovecot: Dovecot, far_away: None) -> None:
    dovecot.deliver(numbered(1))
    ways = [dovecot.url, dovecot.pop_url] if has_pop3() else [dovecot.url]
    for url in ways:
        with pytest.raises(FetchFailed, match="offers no encryption") as caught:
            fetched(url)
        assert caught.value.trouble == Trouble.PLAIN
        with pytest.raises(FetchFailed):
            fetched(f"{url}?tls=required")
    assert "Login: user=" not in dovecot.log
    assert [fetched(f"{url}?tls=offered") for url in ways] == [[numbered(1)]] * len(ways)
