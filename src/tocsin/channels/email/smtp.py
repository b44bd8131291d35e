"""Sending by SMTP over one connection kept open, with every failure told apart."""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from tocsin.channels.base import Outbound, Permanent, Receipt, Retry
from tocsin.channels.email import reasons
from tocsin.channels.email.compose import clean_address, compose
from tocsin.channels.email.oauth import Tokens, xoauth2
from tocsin.channels.email.server import NoEncryption, Server
from tocsin.channels.email.signing import signed
from tocsin.channels.email.standing import is_nobody_there
from tocsin.channels.email.tokens import tokens_to_send
from tocsin.kernel.reasons import Kept, join, plain

_T = TypeVar("_T")
_TIMEOUT_S = 30.0
_AFTER_CONNECTION_S = 30.0
_AFTER_REFUSAL_S = 120.0
_AFTER_LOGIN_S = 300.0
_IDLE_CHECK_S = 20.0
_LONGEST_WORDS = 500
# Refusals that are about us and not about the recipient: log in first, cannot log in, no encryption.
_ABOUT_US = {530, 534, 535, 538}
_BY_PASSWORD = {"PLAIN", "LOGIN", "CRAM-MD5"}
# Exchange, of our account and not of the recipient: it may not send as this sender.
_NOT_AS_THIS_SENDER = re.compile(r"\b5\.7\.60\b|\b5\.2\.252\b|\bSendAsDenied\b")
_NAMED_BY_SES = re.compile(r"\bOk (\S{20,120})$", re.IGNORECASE)


_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


class _NotOffered(smtplib.SMTPException):
    """The server knows no way to log in that we could use, and why."""

    def __init__(self, reason: Kept) -> None:
        super().__init__(reason)
        self.reason = reason


class SmtpConnection:
    """A connection that opens itself, is kept, and opens anew when it breaks. One thread at a time."""

    def __init__(self, url: str, *, timeout: float = _TIMEOUT_S) -> None:
        self._server = Server.from_url(url)
        self._timeout = timeout
        self._smtp: smtplib.SMTP | None = None
        self._used_at = 0.0
        self._lock = threading.Lock()

    @property
    def server(self) -> Server:
        """Where it sends by."""
        return self._server

    def send(self, outbound: Outbound) -> Receipt:
        """Send one message. Raises Permanent (never try again) or Retry (with `connection` true when the
        server itself could not be used)."""
        data = signed(compose(outbound))
        sender, recipient = clean_address(outbound.from_address), clean_address(outbound.to)
        with self._lock:
            answer = self._guarded(lambda: self._transaction(sender, recipient, data))
        return Receipt(plain(answer), self._provider_ref(answer))

    def check(self) -> str:
        """Connect and log in without sending; what the server says. Raises Retry."""
        with self._lock:
            return self._guarded(lambda: _words(self._connected().noop()[1]))

    def reach(self) -> str:
        """Connect, encrypt, and do not log in; what the server says. Raises Retry."""
        with self._lock:
            self._drop()
            return self._guarded(self._reached)

    def close(self) -> None:
        """Say goodbye; the next `send` connects again."""
        with self._lock:
            self._drop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _provider_ref(self, answer: str) -> str:
        """Amazon SES, sent to by SMTP, names the message in its answer as in its reports."""
        named = _NAMED_BY_SES.search(answer) if self._server.host.endswith(".amazonaws.com") else None
        return f"amazon-ses:{named.group(1)}" if named else ""

    def _guarded(self, act: Callable[[], _T]) -> _T:
        """Every way in which the connection itself can fail, as Retry."""
        try:
            return act()
        except (Permanent, Retry):
            raise
        except NoEncryption as missing:
            remedy = "" if self._server.tls else reasons.ADD_TLS_OFFERED()
            raise _broken(join(missing.reason, remedy), _AFTER_LOGIN_S) from None
        except smtplib.SMTPAuthenticationError as error:
            self._drop()
            words = _answer(error.smtp_code, error.smtp_error)
            raise _broken(reasons.LOGIN_REFUSED(server=self._server, words=words), _AFTER_LOGIN_S) from None
        except smtplib.SMTPResponseException as error:
            self._drop()
            raise _broken(self._says(_answer(error.smtp_code, error.smtp_error))) from None
        except ssl.SSLError as error:
            self._drop()
            unsafe = reasons.UNSAFE(server=self._server, error=error.reason or "certificate")
            raise _broken(unsafe, _AFTER_LOGIN_S) from None
        except (smtplib.SMTPException, OSError, EOFError) as error:
            self._drop()
            raise _broken(self._reason(error)) from None

    def _says(self, words: str) -> Kept:
        return reasons.SERVER_SAYS(server=self._server, words=words)

    def _reason(self, error: Exception) -> Kept:
        # smtplib tells of a time-out only in the words of another error.
        if isinstance(error, TimeoutError) or "timed out" in str(error):
            return reasons.NO_ANSWER(server=self._server)
        if isinstance(error, ConnectionRefusedError):
            return reasons.NOBODY_LISTENS(server=self._server)
        if isinstance(error, socket.gaierror):
            return reasons.NAME_UNKNOWN(server=self._server)
        if isinstance(error, _NotOffered):
            return error.reason
        return reasons.CONNECTION_BROKE(server=self._server, error=type(error).__name__)

    def _transaction(self, sender: str, recipient: str, data: bytes) -> str:
        smtp = self._connected()
        options = "".join(f" {option}" for option in self._options(smtp, sender + recipient, data))
        # Not by `smtp.mail()`, which takes every address apart once more: a third of the work.
        self._envelope(smtp, f"MAIL FROM:<{sender}>{options}", f"RCPT TO:<{recipient}>", "DATA")
        smtp.send(_as_data(data))
        answer = smtp.getreply()
        self._check(answer, 250)
        self._used_at = time.monotonic()
        return _answer(*answer)

    def _envelope(self, smtp: smtplib.SMTP, mail: str, rcpt: str, data: str) -> None:
        """Up to the server's "go on", in one round trip where the server takes it (RFC 2920)."""
        if not smtp.has_extn("pipelining"):
            self._check(_ask(smtp, mail), 250)
            self._check(_ask(smtp, rcpt), 250, 251)
            self._check(_ask(smtp, data), 354)
            return
        smtp.send(f"{mail}\r\n{rcpt}\r\n{data}\r\n")
        answers = []
        for _ in range(3):
            answers.append(smtp.getreply())
            if answers[-1][0] == 421:  # and no more comes
                self._check(answers[-1])
        if answers[2][0] == 354 and (answers[0][0] != 250 or answers[1][0] not in (250, 251)):
            smtp.send(b".\r\n")  # it waits for a mail to nobody, and refuses that
            smtp.getreply()
        self._check(answers[0], 250)
        self._check(answers[1], 250, 251)
        self._check(answers[2], 354)

    def _options(self, smtp: smtplib.SMTP, addresses: str, data: bytes) -> list[str]:
        options = [f"SIZE={len(data)}"] if smtp.has_extn("size") else []
        if not addresses.isascii():
            if not smtp.has_extn("smtputf8"):
                raise Permanent(reasons.ASCII_ONLY(server=self._server))
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            smtp.command_encoding = "utf-8"
        return options

    def _check(self, answer: tuple[int, bytes], *good: int) -> None:
        """Raise what a refusal means, and leave the connection ready for the next message."""
        code, words = answer
        if code in good:
            return
        text = _answer(code, words)
        if code == 421 or code in _ABOUT_US or code < 0:
            self._drop()
            raise _broken(self._says(text), _AFTER_LOGIN_S if code in _ABOUT_US else _AFTER_CONNECTION_S)
        self._reset()
        if _NOT_AS_THIS_SENDER.search(text):
            raise Retry(_AFTER_LOGIN_S, plain(text))
        if 500 <= code < 600:
            raise Permanent(plain(text), nobody_there=is_nobody_there(text))
        raise Retry(_AFTER_REFUSAL_S, plain(text))

    def _reset(self) -> None:
        try:
            if self._smtp:
                self._smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._drop()

    def _connected(self) -> smtplib.SMTP:
        """The open connection, tried first when it has been idle: servers hang up silently."""
        if self._smtp and time.monotonic() - self._used_at > _IDLE_CHECK_S and not self._is_alive(self._smtp):
            self._drop()
        if self._smtp is None:
            self._smtp = self._open()
            self._used_at = time.monotonic()
        self._smtp.command_encoding = "ascii"
        return self._smtp

    def _is_alive(self, smtp: smtplib.SMTP) -> bool:
        try:
            return smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _open(self) -> smtplib.SMTP:
        smtp = self._plugged_in()
        try:
            self._encrypt(smtp)
            self._log_in(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _reached(self) -> str:
        smtp = self._plugged_in()
        try:
            self._encrypt(smtp)
            if self._server.user:
                self._check_login_is_offered(smtp)
            return _words(smtp.noop()[1])
        finally:
            smtp.close()

    def _plugged_in(self) -> smtplib.SMTP:
        server = self._server
        if server.tls_at_once:
            return smtplib.SMTP_SSL(server.host, server.port, timeout=self._timeout, context=server.context())
        return smtplib.SMTP(server.host, server.port, timeout=self._timeout)

    def _encrypt(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if not self._server.tls_at_once and self._server.encrypts(offered=smtp.has_extn("starttls")):
            smtp.starttls(context=self._server.context())
            smtp.ehlo()

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        server = self._server
        if not server.user:
            return
        self._check_login_is_offered(smtp)
        if server.mailbox:
            # Asked for anew with each connection: staff may have entered another sign-in.
            self._show_token(smtp, tokens_to_send(server.mailbox))
        else:
            smtp.login(server.user, server.password)

    def _check_login_is_offered(self, smtp: smtplib.SMTP) -> None:
        offered = set(smtp.esmtp_features.get("auth", "").upper().split())
        if not offered:
            raise _NotOffered(reasons.NO_LOGIN_OFFERED(server=self._server))
        if self._server.mailbox and "XOAUTH2" not in offered:
            raise _NotOffered(reasons.NO_XOAUTH2(server=self._server))
        if not self._server.mailbox and not offered & _BY_PASSWORD:
            names = " ".join(sorted(offered))[:100]
            raise _NotOffered(reasons.NO_PASSWORD_TAKEN(server=self._server, offered=names))

    def _show_token(self, smtp: smtplib.SMTP, tokens: Tokens) -> None:
        try:
            token = tokens.access_token()
        except Retry as problem:
            why = reasons.NO_TOKEN_FOR(
                server=self._server, mailbox=self._server.mailbox, reason=problem.reason
            )
            raise _broken(why, problem.after) from None
        shown = base64.b64encode(xoauth2(self._server.user, token)).decode("ascii")
        code, words = smtp.docmd("AUTH", f"XOAUTH2 {shown}")
        if code == 334:  # a refusal comes as one more challenge, with the reason, and wants an empty answer
            code, words = smtp.docmd("")
        if code != 235:
            tokens.forget()
            refused = reasons.TOKEN_REFUSED(
                server=self._server, mailbox=self._server.mailbox, words=_answer(code, words)
            )
            raise _broken(join(refused, reasons.CHECK_SENDING()), _AFTER_LOGIN_S)

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if smtp.sock:
                smtp.sock.settimeout(2)
            smtp.quit()
        except (smtplib.SMTPException, OSError):
            smtp.close()


def _broken(reason: Kept, after: float = _AFTER_CONNECTION_S) -> Retry:
    return Retry(after, reason, connection=True)


def _ask(smtp: smtplib.SMTP, command: str) -> tuple[int, bytes]:
    smtp.send(f"{command}\r\n")
    return smtp.getreply()


def _as_data(mail: bytes) -> bytes:
    """As it stands after DATA: a line that begins with a dot has one more, and a dot alone ends it."""
    quoted = _LEADING_DOT.sub(b"..", mail)
    return quoted + (b".\r\n" if quoted.endswith(b"\r\n") else b"\r\n.\r\n")


def _as_bytes(words: bytes | str) -> bytes:
    return words if isinstance(words, bytes) else words.encode("utf-8", "replace")


def _words(words: bytes | str) -> str:
    return " ".join(_as_bytes(words).decode("utf-8", "replace").split())[:_LONGEST_WORDS]


def _answer(code: int, words: bytes | str) -> str:
    return f"{code} {_words(words)}".strip()
