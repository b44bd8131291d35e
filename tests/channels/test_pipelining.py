"""Sender, recipient and DATA in one write (RFC 2920), and what servers answer to that."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tocsin.channels.base import Outbound, Permanent, Retry
from tocsin.channels.email.smtp import SmtpConnection

pytestmark = pytest.mark.django_db

_BODY = b"\r\n.\r\n"


class ScriptedServer:
    """Answers each command by its first word; counts how often it had to wait for the client."""

    def __init__(self) -> None:
        self.pipelines = True
        self.answers = {b"MAIL": b"250 ok", b"RCPT": b"250 ok", b"DATA": b"354 go on", b"RSET": b"250 ok"}
        self.mails: list[bytes] = []
        self.reads = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._socket.getsockname()[1]}?tls=off"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                plug, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(plug,), daemon=True).start()

    def _talk(self, plug: socket.socket) -> None:
        with plug:
            plug.sendall(b"220 scripted\r\n")
            self._buffer = b""
            while (line := self._line(plug)) is not None:
                verb = line[:4].upper()
                if verb == b"EHLO":
                    offered = b"250-scripted\r\n250-PIPELINING\r\n" if self.pipelines else b"250-scripted\r\n"
                    plug.sendall(offered + b"250 SIZE\r\n")
                    continue
                answer = self.answers.get(verb, b"250 ok")
                plug.sendall(answer + b"\r\n")
                if answer.startswith(b"421"):
                    return
                if answer.startswith(b"354"):
                    self._take_mail(plug)

    def _take_mail(self, plug: socket.socket) -> None:
        while not (self._buffer.startswith(b".\r\n") or _BODY in self._buffer):
            if not self._read(plug):
                return
        if self._buffer.startswith(b".\r\n"):
            self._buffer = self._buffer[3:]
            plug.sendall(b"554 no valid recipients\r\n")
            return
        mail, self._buffer = self._buffer.split(_BODY, 1)
        self.mails.append(mail)
        plug.sendall(b"250 taken\r\n")

    def _line(self, plug: socket.socket) -> bytes | None:
        while b"\r\n" not in self._buffer:
            if not self._read(plug):
                return None
        line, self._buffer = self._buffer.split(b"\r\n", 1)
        return line

    def _read(self, plug: socket.socket) -> bool:
        self.reads += 1
        data = plug.recv(65536)
        self._buffer += data
        return bool(data)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    one = ScriptedServer()
    yield one
    one.close()


def mail(to: str = "maria@customer.test", text: str = "Text") -> Outbound:
    return Outbound(to=to, from_address="support@example.test", subject="Subject", text=text)


def test_the_envelope_takes_one_round_trip(server: ScriptedServer) -> None:
    with SmtpConnection(server.url) as connection:
        connection.send(mail())
        before = server.reads
        assert connection.send(mail()).answer == "250 taken"
        assert server.reads - before <= 3, "envelope, mail, and perhaps the mail in two pieces"
    assert len(server.mails) == 2


def test_a_server_without_it_is_asked_step_by_step(server: ScriptedServer) -> None:
    server.pipelines = False
    with SmtpConnection(server.url) as connection:
        assert connection.send(mail()).answer == "250 taken"
        server.answers[b"RCPT"] = b"550 5.1.1 nobody here"
        with pytest.raises(Permanent, match="nobody here"):
            connection.send(mail())


@pytest.mark.parametrize("to_data", [b"354 go on", b"503 no recipients", b"554 no recipients"])
def test_a_refused_recipient_leaves_the_connection_ready(server: ScriptedServer, to_data: bytes) -> None:
    server.answers |= {b"RCPT": b"550 5.1.1 nobody here", b"DATA": to_data}
    with SmtpConnection(server.url) as connection:
        with pytest.raises(Permanent, match=r"550 5\.1\.1 nobody here"):
            connection.send(mail())
        server.answers |= {b"RCPT": b"250 ok", b"DATA": b"354 go on"}
        assert connection.send(mail()).answer == "250 taken"
    assert len(server.mails) == 1


def test_a_refused_sender_is_what_is_told_and_not_what_follows_from_it(server: ScriptedServer) -> None:
    server.answers |= {b"MAIL": b"451 4.7.1 later", b"RCPT": b"503 MAIL first", b"DATA": b"503 RCPT first"}
    with SmtpConnection(server.url) as connection, pytest.raises(Retry, match=r"451 4\.7\.1 later") as told:
        connection.send(mail())
    assert not told.value.connection


def test_a_server_that_closes_says_why(server: ScriptedServer) -> None:
    server.answers[b"MAIL"] = b"421 4.3.2 shutting down"
    with SmtpConnection(server.url) as connection, pytest.raises(Retry, match="shutting down") as told:
        connection.send(mail())
    assert told.value.connection


@pytest.mark.parametrize("text", [".", ".leading", "a\n.\nb\n..c", "ends with a dot\n."])
def test_dots_at_the_beginning_of_a_line_survive(server: ScriptedServer, text: str) -> None:
    with SmtpConnection(server.url) as connection:
        connection.send(mail(text=text))
    (received,) = server.mails
    lines = [line[1:] if line.startswith(b".") else line for line in received.split(b"\r\n")]
    shown = b"\n".join(lines).decode()
    assert text in shown
