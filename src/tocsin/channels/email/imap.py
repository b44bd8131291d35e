"""Fetching mail by IMAP: everything after the last UID we have, whoever else reads the mailbox."""

from __future__ import annotations

import imaplib
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

import imap_tools

from tocsin.channels.email import filing, reasons
from tocsin.channels.email.oauth import Tokens, xoauth2
from tocsin.channels.email.server import NoEncryption, Server, options_of, split
from tocsin.channels.email.trouble import FetchFailed, Trouble
from tocsin.channels.email.uids import Uids
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept, join

_TIMEOUT_S = 60.0
_AFTER_S = 60.0
_AFTER_LOGIN_S = 300.0
_BATCH_MAILS = 50
_BATCH_BYTES = 8 * 2**20
_ASK_SIZES_OF = 500
_LONGEST_IDLE_S = 25 * 60.0
_POLL_S = 20.0
_NEWS_PAUSE_S = 0.5
_UID = re.compile(rb"\bUID (\d+)")
_EMPTY = re.compile(rb'BODY\[\] ""')
_ALL = re.compile(rb"\bALL ([\d:,]+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_WANT_A_PERSON = {Trouble.LOGIN, Trouble.TOKEN, Trouble.FOLDER, Trouble.PLAIN}
_LINE_LIMIT = 10 * 2**20  # of imaplib: the answer to a search over a large mailbox is one line
imaplib._MAXLINE = max(imaplib._MAXLINE, _LINE_LIMIT)  # type: ignore[attr-defined] # no public name for it


class TokenRefused(Exception):
    """The server does not take our access token."""


@dataclass(frozen=True)
class Fetched:
    """One message: its UID, the raw bytes, and when the server took it.

    `whole_size` is that of the whole message where `content` is only its beginning, else 0.
    """

    uid: int
    content: bytes
    received_at: datetime | None
    whole_size: int = 0


@dataclass(frozen=True)
class Sized:
    """A message that is there, and its size in bytes as the server gives it."""

    uid: int
    size: int


@dataclass(frozen=True)
class Mailbox:
    """Where to fetch; its text never shows the password."""

    server: Server
    folder: str

    @classmethod
    def from_url(cls, url: str, password: str = "") -> Mailbox:
        """`imap://user[:password]@host[:port]/FOLDER[?tls=…]` or `imaps://…`.

        Raises BadSetting for anything else."""
        parts = split(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise BadSetting(reasons.IMAP_ADDRESS())
        secure = parts.scheme == "imaps"
        port = parts.port or (993 if secure else 143)
        secret = password or unquote(parts.password or "")
        tls = options_of(parts, "tls").get("tls", "")
        server = Server(parts.hostname, port, unquote(parts.username), secret, secure, tls)
        return cls(server, unquote(parts.path.strip("/")) or "INBOX")

    def __str__(self) -> str:
        return f"{self.server.user}@{self.server}/{self.folder}"


class ImapConnection:
    """One folder of one mailbox. Use as a context manager; every failure is Retry."""

    def __init__(
        self, url: str, password: str = "", *, tokens: Tokens | None = None, timeout: float = _TIMEOUT_S
    ) -> None:
        self._mailbox = Mailbox.from_url(url, password)
        self._tokens = tokens
        self._timeout = timeout
        self._box: imap_tools.BaseMailBox | None = None
        self._offers: frozenset[str] = frozenset()
        # The server told of a new message while it answered something else; IDLE will not tell of it again.
        self._has_news = False
        self.uid_validity = 0
        # What the next message will get, as of when the folder was opened; 0 where the server does not say.
        self.uid_next = 0

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Log in and open the folder, unless that is done. Raises Retry."""
        if self._box is not None:
            return
        with _Failures(self):
            self._box = self._open()
            self._log_in(self._box)
            self._select()

    def close(self) -> None:
        """Log out."""
        box, self._box = self._box, None
        if box is not None:
            try:
                box.client.sock.settimeout(2)
                box.client.logout()
            except (imaplib.IMAP4.error, OSError):
                box.client.shutdown()

    def uids(self, after: int = 0) -> Uids:
        """The messages that are there now, those after a UID. Raises Retry."""
        self.connect()
        with _Failures(self):
            self._opened().client.noop()  # so that what came in meanwhile is seen
            self._has_news = False
            found = self._search(f"UID {after + 1}:*" if after else "ALL")
        return found.after(after)  # `N:*` always names the last message, even one before N

    def groups(self, uids: Iterable[int], batch: int = _BATCH_MAILS) -> Iterator[list[Sized]]:
        """Those of these that are there, in groups of bounded number and size to be fetched together.

        A larger message is a group of its own. Raises Retry."""
        group: list[Sized] = []
        total = 0
        for one in self._sizes(uids):
            if group and (len(group) >= batch or total + one.size > _BATCH_BYTES):
                yield group
                group, total = [], 0
            group.append(one)
            total += one.size
        if group:
            yield group

    def fetch(self, uids: Sequence[int]) -> list[Fetched]:
        """These messages, unmarked as read; without those that are gone or that the server refuses to give.

        Raises Retry when the connection breaks on the way."""
        self.connect()
        with _Failures(self):
            try:
                return self._fetch(uids, "BODY.PEEK[]")
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                if len(uids) == 1:
                    return []
        return [found for uid in uids for found in self.fetch([uid])]

    def fetch_beginning(self, message: Sized, most: int) -> list[Fetched]:
        """The first bytes of a message that is too large to be taken; as `fetch`."""
        self.connect()
        with _Failures(self):
            try:
                found = self._fetch([message.uid], f"BODY.PEEK[]<0.{most}>")
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return []
        return [Fetched(one.uid, one.content, one.received_at, message.size) for one in found]

    def arrival_times(self, uids: Uids) -> dict[int, datetime]:
        """When the server took each of these, which never changes for a message. Raises Retry."""
        self.connect()
        if not uids:
            return {}
        with _Failures(self):
            lines = [_line(item) for item in self._command("FETCH", str(uids), "(UID INTERNALDATE)")]
        found = ((_UID.search(line), _internal_date(line)) for line in lines)
        return {int(uid.group(1)): at for uid, at in found if uid and at}

    def wait(self, seconds: float) -> bool:
        """Wait until the server tells of something new, or `seconds` pass; whether there may be something.

        By IDLE where offered, else by asking now and then."""
        self.connect()
        if self._has_news:
            time.sleep(min(seconds, _NEWS_PAUSE_S))  # should a server say so after every command
            return True
        with _Failures(self):
            if "IDLE" in self._offers:
                return self._idle(min(seconds, _LONGEST_IDLE_S))
            return self._ask_again(seconds)

    def done_with(self, uids: Uids, after: str = "keep") -> None:
        """What becomes of messages that we hold: `keep`, `delete`, or `move:FOLDER` (made when missing).

        Raises FilingRefused with the server's words, Retry when the connection breaks."""
        if after == "keep" or not uids:
            return
        self.connect()
        with _Failures(self):
            client = self._opened().client
            if after == "delete":
                filing.delete(client, self._offers, uids)
            elif after.startswith("move:") and after != "move:":
                filing.move(client, self._offers, uids, after.removeprefix("move:"))
            else:
                raise ValueError(f"Mail can be kept, deleted or moved after fetching, not: {after}")

    def _log_in(self, box: imap_tools.BaseMailBox) -> None:
        server = self._mailbox.server
        if self._tokens is None:
            box.login(server.user, server.password, initial_folder=None)
            return
        answers = [xoauth2(server.user, self._tokens.access_token())]
        try:
            # A refusal comes as one more challenge, with the reason, and wants an empty answer.
            box.client.authenticate("XOAUTH2", lambda _: answers.pop() if answers else b"")
        except imaplib.IMAP4.error as refusal:
            self._tokens.forget()
            raise TokenRefused(str(refusal)) from None

    def _open(self) -> imap_tools.BaseMailBox:
        server = self._mailbox.server
        if server.tls_at_once:
            return imap_tools.MailBox(
                server.host, server.port, timeout=self._timeout, ssl_context=server.context()
            )
        box = imap_tools.MailBoxUnencrypted(server.host, server.port, timeout=self._timeout)
        try:
            if server.encrypts(offered="STARTTLS" in box.client.capabilities):
                box.client.starttls(ssl_context=server.context())
        except NoEncryption:
            box.client.shutdown()
            raise
        return box

    def _select(self) -> None:
        box = self._opened()
        try:
            box.folder.set(self._mailbox.folder)
        except imaplib.IMAP4.readonly:  # a shared folder that we may only look into
            box.folder.set(self._mailbox.folder, readonly=True)
        self.uid_validity, self.uid_next = self._number("UIDVALIDITY"), self._number("UIDNEXT")
        capabilities: bytes = b" ".join(box.client.capability()[1])
        self._offers = frozenset(capabilities.decode("ascii", "replace").upper().split())

    def _number(self, name: str) -> int:
        number = (self._opened().client.untagged_responses.get(name) or [b"0"])[-1]
        return int(number) if isinstance(number, bytes) else 0

    def _opened(self) -> imap_tools.BaseMailBox:
        if self._box is None:
            raise FetchFailed(_AFTER_S, reasons.NOT_CONNECTED(server=self._mailbox), Trouble.BROKEN)
        return self._box

    def _command(self, *arguments: str) -> list[Any]:
        client = self._opened().client
        client.untagged_responses.clear()  # what other programs did meanwhile would be kept for ever
        kind, data = client.uid(*arguments)
        self._has_news = self._has_news or "EXISTS" in client.untagged_responses
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{arguments[0]} was refused")
        return data

    def _search(self, what: str) -> Uids:
        """As ranges where the server can (RFC 4731), else as the list it gives."""
        if "ESEARCH" not in self._offers:
            data = self._command("SEARCH", what)
            return Uids.of(int(number) for line in data if line for number in line.split())
        self._command("SEARCH", "RETURN", "(ALL)", what)
        lines = self._opened().client.response("ESEARCH")[1]
        found = _ALL.search(b" ".join(line for line in lines if line))
        return Uids.parse(found.group(1).decode("ascii")) if found else Uids()

    def _sizes(self, uids: Iterable[int]) -> Iterator[Sized]:
        for chunk in (uids if isinstance(uids, Uids) else Uids.of(uids)).chunks(_ASK_SIZES_OF):
            with _Failures(self):
                lines = [_line(item) for item in self._command("FETCH", str(chunk), "(UID RFC822.SIZE)")]
            found = ((_UID.search(line), _SIZE.search(line)) for line in lines)
            sizes = {int(uid.group(1)): int(size.group(1)) for uid, size in found if uid and size}
            yield from (Sized(uid, sizes[uid]) for uid in chunk if uid in sizes)

    def _fetch(self, uids: Sequence[int], part: str) -> list[Fetched]:
        data = self._command("FETCH", str(Uids.of(uids)), f"(UID INTERNALDATE {part})")
        wanted = set(uids)
        return sorted((one for one in _messages(data) if one.uid in wanted), key=lambda one: one.uid)

    def _idle(self, seconds: float) -> bool:
        box = self._opened()
        until = time.monotonic() + seconds
        with box.idle as idle:
            while (left := until - time.monotonic()) > 0:
                if any(b"EXISTS" in line or b"RECENT" in line for line in idle.poll(timeout=left)):
                    return True
        return False

    def _ask_again(self, seconds: float) -> bool:
        before = self._opened().client.untagged_responses.get("EXISTS")
        time.sleep(min(seconds, _POLL_S))
        self._opened().client.noop()
        return bool(self._opened().client.untagged_responses.get("EXISTS") != before)


class _Failures:
    """Turns everything that a connection can fail by into Retry, and forgets the connection."""

    def __init__(self, connection: ImapConnection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        mailbox = self._connection._mailbox
        if isinstance(error, NoEncryption):
            self._give_up(error.reason, Trouble.PLAIN)
        if isinstance(error, TokenRefused):
            name, words = mailbox.server.user, self._without_secret(_said(error))
            refused = reasons.TOKEN_REFUSED(server=mailbox, mailbox=name, words=words)
            self._give_up(join(refused, reasons.CHECK_FETCHING()), Trouble.TOKEN)
        if isinstance(error, imap_tools.MailboxLoginError):
            words = self._without_secret(_answer(error))
            self._give_up(reasons.LOGIN_REFUSED(server=mailbox, words=words), Trouble.LOGIN)
        if isinstance(error, imap_tools.MailboxFolderSelectError):
            self._give_up(reasons.FOLDER_GONE(server=mailbox), Trouble.FOLDER)
        if isinstance(error, TimeoutError):
            self._give_up(reasons.NO_ANSWER(server=mailbox), Trouble.SILENT)
        if isinstance(error, (imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError, EOFError)):
            never = self._connection._box is None
            what = reasons.UNREACHED if never else reasons.CONNECTION_BROKE
            said = what(server=mailbox, error=self._without_secret(_short(error)))
            self._give_up(said, Trouble.UNREACHABLE if never else Trouble.BROKEN)

    def _give_up(self, reason: Kept, trouble: Trouble) -> None:
        self._connection.close()
        after = _AFTER_LOGIN_S if trouble in _WANT_A_PERSON else _AFTER_S
        raise FetchFailed(after, reason, trouble) from None

    def _without_secret(self, words: str) -> str:
        secret = self._connection._mailbox.server.password
        return words.replace(secret, "…") if secret else words


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {_said(error)}"


def _said(error: BaseException) -> str:
    return " ".join(str(error).split())[:200]


def _answer(error: imap_tools.MailboxLoginError) -> str:
    """The server's own words about a login."""
    said = b" ".join(word for word in error.command_result[1] if isinstance(word, bytes))
    return " ".join(said.decode("utf-8", "replace").split())[:200]


def _line(item: Any) -> bytes:
    return item if isinstance(item, bytes) else b" ".join(item or ())


def _messages(data: list[Any]) -> Iterator[Fetched]:
    """imaplib gives (head, literal) and then the rest of the line; the UID may stand in either."""
    for number, item in enumerate(data):
        rest = data[number + 1] if number + 1 < len(data) and isinstance(data[number + 1], bytes) else b""
        if isinstance(item, tuple):
            about, content = item[0] + b" " + rest, item[1]
        elif item and _EMPTY.search(item):  # a message without a byte is no literal
            about, content = item, b""
        else:
            continue
        uid = _UID.search(about)
        if uid:
            yield Fetched(int(uid.group(1)), content, _internal_date(about))


def _internal_date(about: bytes) -> datetime | None:
    found = _DATE.search(about)
    try:
        return datetime.strptime(found.group(1).decode().strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except ValueError:
        return None
