"""Fetching mail by POP3 (RFC 1939): what of the mailbox is not known yet, told by the server's unique names
(UIDL)."""

from __future__ import annotations

import base64
import hashlib
import io
import poplib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from tocsin.channels.email import reasons
from tocsin.channels.email.oauth import Tokens, xoauth2
from tocsin.channels.email.server import NoEncryption, Server, options_of, split
from tocsin.channels.email.trouble import FetchFailed, Trouble
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept

SCHEMES = ("pop3", "pop3s")
_TIMEOUT_S = 60.0
_AFTER_S = 60.0
_AFTER_LOGIN_S = 300.0
_LINES_OF_TOO_LARGE = 200
_FEW = 20
_WANT_A_PERSON = {Trouble.LOGIN, Trouble.TOKEN, Trouble.PLAIN}
_LINE_LIMIT = 64 * 2**20  # real mails have lines far longer than the 2,048 bytes that poplib takes
poplib._MAXLINE = max(poplib._MAXLINE, _LINE_LIMIT)  # type: ignore[attr-defined] # no public name for it


@dataclass(frozen=True)
class Popped:
    """One message: the server's lasting name for it, and the raw bytes.

    `whole_size` is that of the whole message where `content` is only its beginning, else 0.
    """

    uidl: str
    content: bytes
    whole_size: int = 0


class PopConnection:
    """One session with one mailbox, which nobody else can open meanwhile; so keep it short.

    Use as a context manager; every failure is Retry."""

    def __init__(
        self, url: str, password: str = "", *, tokens: Tokens | None = None, timeout: float = _TIMEOUT_S
    ) -> None:
        self._server = server_of(url, password)
        self._tokens = tokens
        self._timeout = timeout
        self._pop: poplib.POP3 | None = None
        # What the server would not give, in its own words, by lasting name.
        self.refused: dict[str, str] = {}

    def __enter__(self) -> Self:
        with self._failures():
            self._pop = self._open()
            self._log_in(self._pop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pop, self._pop = self._pop, None
        if pop is None:
            return
        try:
            if error is None or isinstance(error, GeneratorExit):
                pop.quit()
        except (poplib.error_proto, OSError):
            pass
        finally:
            pop.close()

    def names(self) -> dict[str, int]:
        """The lasting names of all messages there are, and their numbers in this session."""
        with self._failures():
            pairs = [line.split(None, 1) for line in self._opened().uidl()[1]]
            return {uidl.decode("ascii", "replace"): int(number) for number, uidl in pairs}

    def sizes(self, numbers: Collection[int]) -> dict[int, int]:
        """The size in bytes of these messages, by their numbers in this session; without those that the
        server does not tell. Of few it is asked one by one: a mailbox may hold thousands that are known."""
        with self._failures():
            pop = self._opened()
            if len(numbers) > _FEW:
                return _sizes(lambda: pop.list()[1])
            found: dict[int, int] = {}
            for number in numbers:
                found |= _sizes(partial(_size_line, pop, number))
            return found

    def fetch(self, names: dict[str, int], largest: int = 0) -> Iterator[Popped]:
        """These of the messages, one at a time. One that the server won't give keeps back no other, and is
        named in `refused`; of one with more than `largest` bytes only the beginning is taken."""
        sizes = self.sizes(names.values()) if largest else {}
        for uidl, number in names.items():
            size = sizes.get(number, 0)
            too_large = size > largest
            with self._failures():
                try:
                    content = self._content(
                        f"TOP {number} {_LINES_OF_TOO_LARGE}" if too_large else f"RETR {number}"
                    )
                except poplib.error_proto as refusal:
                    if _is_not_the_servers(refusal):
                        raise
                    self.refused[uidl] = _words(refusal)
                    continue
            yield Popped(uidl, content, size if too_large else 0)

    def delete(self, numbers: Iterable[int]) -> None:
        """Delete these; the server does it when the session ends well, so a fault leaves them all."""
        with self._failures():
            for number in numbers:
                self._opened().dele(number)

    def _content(self, command: str) -> bytes:
        """A message in one piece, byte for byte as the server gives it: only CR LF ends a line (RFC 1939),
        so an LF or CR alone is part of the message, and no dot behind it was doubled or ends anything.
        poplib's own way would make CR LF of each.

        Of a server that ends its own answer with LF alone, LF ends a line. And where one falls silent after
        a dot that should not have been the end, it was meant as the end.
        """
        pop = self._opened()
        pop._putcmd(command)  # type: ignore[attr-defined] # poplib has no other way to read in pieces
        answer = self._line(pop)
        if not answer.startswith(b"+"):
            raise poplib.error_proto(answer.rstrip())
        end = b"\r\n" if answer.endswith(b"\r\n") else b"\n"
        content, begins, line = io.BytesIO(), True, b""
        try:
            while (line := self._line(pop)) != b"." + end or not begins:
                content.write(line[1:] if begins and line.startswith(b"..") else line)
                begins = line.endswith(end)
        except TimeoutError:
            if line != b"." + end:
                raise
            return content.getvalue().removesuffix(line)
        return content.getvalue()

    def _line(self, pop: poplib.POP3) -> bytes:
        """With what ends it."""
        line: bytes = pop.file.readline(_LINE_LIMIT + 1)
        if len(line) > _LINE_LIMIT:
            raise poplib.error_proto("line too long")
        if not line:
            raise poplib.error_proto("-ERR EOF")
        return line

    def _open(self) -> poplib.POP3:
        server = self._server
        if server.tls_at_once:
            return poplib.POP3_SSL(server.host, server.port, timeout=self._timeout, context=server.context())
        pop = poplib.POP3(server.host, server.port, timeout=self._timeout)
        try:
            if server.encrypts(offered="STLS" in self._offered(pop)):
                pop.stls(context=server.context())
        except NoEncryption:
            pop.close()
            raise
        return pop

    def _log_in(self, pop: poplib.POP3) -> None:
        try:
            if self._tokens:
                self._show_token(pop, self._tokens)
            else:
                pop.user(self._server.user)
                pop.pass_(self._server.password)
        except poplib.error_proto as refusal:
            pop.close()
            trouble = Trouble.TOKEN if self._tokens else Trouble.LOGIN
            raise self._broken(self._login_refused(_words(refusal)), trouble) from None

    def _show_token(self, pop: poplib.POP3, tokens: Tokens) -> None:
        shown = base64.b64encode(xoauth2(self._server.user, tokens.access_token())).decode("ascii")
        try:
            pop._shortcmd("AUTH XOAUTH2")  # type: ignore[attr-defined] # poplib knows no SASL
            answer: bytes = pop._shortcmd(shown)  # type: ignore[attr-defined] # as above
            if not answer.startswith(b"+OK"):  # a refusal is one more challenge and wants an empty answer
                answer = pop._shortcmd("")  # type: ignore[attr-defined] # as above
            if not answer.startswith(b"+OK"):
                raise poplib.error_proto(answer)
        except poplib.error_proto:
            tokens.forget()
            raise

    def _offered(self, pop: poplib.POP3) -> set[str]:
        try:
            return {name.upper() for name in pop.capa()}
        except poplib.error_proto:  # servers older than CAPA
            return set()

    def _opened(self) -> poplib.POP3:
        if self._pop is None:
            raise self._broken(reasons.NOT_CONNECTED(server=self._name))
        return self._pop

    def _failures(self) -> _Failures:
        return _Failures(self)

    @property
    def _name(self) -> str:
        return f"{self._server.user}@{self._server}"

    def _login_refused(self, words: str) -> Kept:
        words = self._without_secret(words)
        if self._tokens is None:
            return reasons.LOGIN_REFUSED(server=self._name, words=words)
        return reasons.TOKEN_REFUSED(server=self._server, mailbox=self._server.user, words=words)

    def _broken(self, reason: Kept, trouble: Trouble = Trouble.BROKEN) -> FetchFailed:
        if trouble is Trouble.BROKEN and self._pop is None:
            trouble = Trouble.UNREACHABLE
        return FetchFailed(_AFTER_LOGIN_S if trouble in _WANT_A_PERSON else _AFTER_S, reason, trouble)

    def _without_secret(self, words: str) -> str:
        secret = self._server.password
        return words.replace(secret, "…") if secret else words


class _Failures:
    """Turns what a session can fail by into Retry."""

    def __init__(self, pop: PopConnection) -> None:
        self._pop = pop

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        server, broken, without_secret = self._pop._name, self._pop._broken, self._pop._without_secret
        if isinstance(error, NoEncryption):
            raise broken(error.reason, Trouble.PLAIN) from None
        if isinstance(error, poplib.error_proto):
            words = without_secret(_words(error))
            raise broken(reasons.SERVER_REFUSES(server=server, words=words)) from None
        if isinstance(error, TimeoutError):
            raise broken(reasons.NO_ANSWER(server=server), Trouble.SILENT) from None
        if isinstance(error, (OSError, EOFError, ValueError)):
            said = without_secret(f"{type(error).__name__}: {str(error)[:200]}")
            what = reasons.CONNECTION_BROKE if self._pop._pop else reasons.UNREACHED
            raise broken(what(server=server, error=said)) from None


def _size_line(pop: Any, number: int) -> list[bytes]:
    return [pop.list(number).removeprefix(b"+OK")]


def _sizes(ask: Callable[[], list[bytes]]) -> dict[int, int]:
    try:
        pairs = [line.split()[:2] for line in ask()]
    except poplib.error_proto as refusal:
        if _is_not_the_servers(refusal):
            raise
        return {}
    return {int(number): int(size) for number, size in pairs}


def server_of(url: str, password: str = "") -> Server:
    """`pop3://user[:password]@host[:port][?tls=…]` or `pop3s://…`. Raises BadSetting for anything else."""
    parts = split(url)
    if parts.scheme not in SCHEMES or not parts.hostname or not parts.username:
        raise BadSetting(reasons.POP_ADDRESS())
    secure = parts.scheme == "pop3s"
    secret = password or unquote(parts.password or "")
    port = parts.port or (995 if secure else 110)
    tls = options_of(parts, "tls").get("tls", "")
    return Server(parts.hostname, port, unquote(parts.username), secret, secure, tls)


def lasting_name(url: str, uidl: str) -> str:
    """A name for a message that holds beyond this mailbox: another server may use the same UIDL."""
    return lasting_names(url, [uidl])[uidl]


def lasting_names(url: str, uidls: Iterable[str]) -> dict[str, str]:
    """Those of many, by UIDL."""
    server = server_of(url)
    place = hashlib.sha256(f"{server.user}@{server.host}".encode()).hexdigest()[:10]
    return {uidl: f"{place}:{uidl[:70]}" for uidl in uidls}


def is_pop(url: str) -> bool:
    """Whether an address is one of POP3."""
    return urlsplit(url).scheme in SCHEMES


def _words(refusal: poplib.error_proto) -> str:
    said = refusal.args[0] if refusal.args else b""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.removeprefix("-ERR").split())[:200]


def _is_not_the_servers(refusal: poplib.error_proto) -> bool:
    """Whether it is poplib that complains: it stopped in the middle, and nothing more can be read."""
    return bool(refusal.args) and isinstance(refusal.args[0], str)
