"""Fetching mail by IMAP: everything after the last UID we have, whoever else reads the mailbox."""

from __future__ import annotations

import imaplib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import imap_tools

from tocsin.channels.base import Retry
from tocsin.channels.email.oauth import Tokens, xoauth2
from tocsin.channels.email.smtp import Server

_TIMEOUT_S = 60.0
_AFTER_S = 60.0
_AFTER_LOGIN_S = 300.0
_BATCH_MAILS = 50
_BATCH_BYTES = 16 * 2**20
_LONGEST_IDLE_S = 25 * 60.0
_POLL_S = 20.0
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_WHAT_TO_CHECK = "check that IMAP is switched on and that the token was given for this mailbox"
_LINE_LIMIT = 10 * 2**20  # of imaplib: the answer to a search over a large mailbox is one line
imaplib._MAXLINE = max(imaplib._MAXLINE, _LINE_LIMIT)  # type: ignore[attr-defined] # no public name for it


class UidValidityChanged(Exception):
    """The server has numbered the folder anew (RFC 3501): UIDs we know mean nothing any more.

    Begin again at 0 with `uid_validity`; what we have already is told by its fingerprint.
    """

    def __init__(self, uid_validity: int) -> None:
        super().__init__(f"The folder has been numbered anew, as {uid_validity}.")
        self.uid_validity = uid_validity


class TokenRefused(Exception):
    """The server does not take our access token."""


@dataclass(frozen=True)
class Fetched:
    """One message: its UID, the raw bytes, and when the server took it."""

    uid: int
    content: bytes
    received_at: datetime | None


@dataclass(frozen=True)
class Mailbox:
    """Where to fetch; its text never shows the password."""

    server: Server
    folder: str

    @classmethod
    def from_url(cls, url: str, password: str = "") -> Mailbox:
        """`imap://user[:password]@host[:port]/FOLDER` or `imaps://…`. Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError("The mailbox must look like imaps://user@host:993/INBOX.")
        secure = parts.scheme == "imaps"
        port = parts.port or (993 if secure else 143)
        secret = password or unquote(parts.password or "")
        server = Server(parts.hostname, port, unquote(parts.username), secret, secure)
        return cls(server, unquote(parts.path.strip("/")) or "INBOX")

    def __str__(self) -> str:
        return f"{self.server.user}@{self.server}/{self.folder}"


class ImapConnection:
    """One folder of one mailbox. Use as a context manager; every failure is Retry, or UidValidityChanged."""

    def __init__(
        self, url: str, password: str = "", *, tokens: Tokens | None = None, timeout: float = _TIMEOUT_S
    ) -> None:
        self._mailbox = Mailbox.from_url(url, password)
        self._tokens = tokens
        self._timeout = timeout
        self._box: imap_tools.BaseMailBox | None = None
        self.uid_validity = 0

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

    def fetch_since(
        self, uid_validity: int | None, last_uid: int, *, batch: int = _BATCH_MAILS
    ) -> Iterator[Fetched]:
        """Every message after `last_uid` in order of UID, unmarked as read, at most 16 MiB or one message in
        memory at a time. `uid_validity` None or 0: whatever it is now. Raises UidValidityChanged, Retry."""
        self.connect()
        if uid_validity and uid_validity != self.uid_validity:
            raise UidValidityChanged(self.uid_validity)
        uids = self._uids_after(last_uid)
        for group in self._groups(uids, batch):
            yield from self._fetch(group)

    def wait(self, seconds: float) -> bool:
        """Wait until the server tells of something new, or `seconds` pass; whether there may be something.

        By IDLE where offered, else by asking now and then."""
        self.connect()
        with _Failures(self):
            if b"IDLE" in self._capabilities():
                return self._idle(min(seconds, _LONGEST_IDLE_S))
            return self._ask_again(seconds)

    def done_with(self, uids: Sequence[int], after: str = "keep") -> None:
        """What becomes of messages that we hold: `keep`, `delete`, or `move:FOLDER` (made when missing)."""
        if after == "keep" or not uids:
            return
        self.connect()
        with _Failures(self):
            names = [str(uid) for uid in uids]
            if after == "delete":
                self._opened().delete(names)
            elif after.startswith("move:") and after != "move:":
                self._move(names, after.removeprefix("move:"))
            else:
                raise ValueError(f"Mail can be kept, deleted or moved after fetching, not: {after}")

    def _move(self, uids: list[str], folder: str) -> None:
        box = self._opened()
        if not box.folder.exists(folder):
            box.folder.create(folder)
        box.move(uids, folder)

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
                server.host, server.port, timeout=self._timeout, ssl_context=server.tls()
            )
        box = imap_tools.MailBoxUnencrypted(server.host, server.port, timeout=self._timeout)
        if "STARTTLS" in box.client.capabilities:
            box.client.starttls(ssl_context=server.tls())
        return box

    def _select(self) -> None:
        client = self._opened().client
        self._opened().folder.set(self._mailbox.folder)
        answer = client.untagged_responses.get("UIDVALIDITY") or [b"0"]
        number = answer[-1]
        self.uid_validity = int(number) if isinstance(number, bytes) else 0

    def _opened(self) -> imap_tools.BaseMailBox:
        if self._box is None:
            raise Retry(_AFTER_S, f"{self._mailbox}: not connected", connection=True)
        return self._box

    def _capabilities(self) -> bytes:
        return b" ".join(self._opened().client.capability()[1]).upper()

    def _command(self, *arguments: str) -> list[Any]:
        kind, data = self._opened().client.uid(*arguments)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{arguments[0]} was refused")
        return data

    def _uids_after(self, last_uid: int) -> list[int]:
        with _Failures(self):
            self._opened().client.noop()  # so that what came in meanwhile is seen
            data = self._command("SEARCH", f"UID {last_uid + 1}:*")
        # `N:*` always names the last message, even one before N.
        found = (int(number) for line in data if line for number in line.split())
        return sorted(uid for uid in found if uid > last_uid)

    def _groups(self, uids: list[int], most: int) -> Iterator[list[int]]:
        """Of bounded number and size; a larger message goes alone."""
        for start in range(0, len(uids), most):
            group: list[int] = []
            total = 0
            for uid, size in self._sizes(uids[start : start + most]):
                if group and total + size > _BATCH_BYTES:
                    yield group
                    group, total = [], 0
                group.append(uid)
                total += size
            if group:
                yield group

    def _sizes(self, uids: list[int]) -> list[tuple[int, int]]:
        with _Failures(self):
            data = self._command("FETCH", _set(uids), "(UID RFC822.SIZE)")
        found = []
        for item in data:
            line = item if isinstance(item, bytes) else b" ".join(item or ())
            uid, size = _UID.search(line), _SIZE.search(line)
            if uid and size:
                found.append((int(uid.group(1)), int(size.group(1))))
        return sorted(one for one in found if one[0] in set(uids))

    def _fetch(self, uids: list[int]) -> list[Fetched]:
        with _Failures(self):
            data = self._command("FETCH", _set(uids), "(UID INTERNALDATE BODY.PEEK[])")
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
        if isinstance(error, TokenRefused):
            self._give_up(f"refuses our access token ({_short(error)}); {_WHAT_TO_CHECK}", _AFTER_LOGIN_S)
        if isinstance(error, imap_tools.MailboxLoginError):
            self._give_up("refuses our login", _AFTER_LOGIN_S)
        if isinstance(error, imap_tools.MailboxFolderSelectError):
            self._give_up("there is no such folder", _AFTER_LOGIN_S)
        if isinstance(error, (imaplib.IMAP4.error, imap_tools.ImapToolsError, OSError, EOFError)):
            is_slow = isinstance(error, TimeoutError)
            self._give_up("did not answer in time" if is_slow else f"broke off ({_short(error)})", _AFTER_S)

    def _give_up(self, words: str, after: float) -> None:
        mailbox = self._connection._mailbox
        self._connection.close()
        secret = mailbox.server.password
        words = words.replace(secret, "…") if secret else words
        raise Retry(after, f"{mailbox}: {words}", connection=True) from None


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"


def _set(uids: list[int]) -> str:
    return ",".join(map(str, uids))


def _messages(data: list[Any]) -> Iterator[Fetched]:
    """imaplib gives (head, literal) and then the rest of the line; the UID may stand in either."""
    for number, item in enumerate(data):
        if not isinstance(item, tuple):
            continue
        rest = data[number + 1] if number + 1 < len(data) and isinstance(data[number + 1], bytes) else b""
        about = item[0] + b" " + rest
        uid = _UID.search(about)
        if uid:
            yield Fetched(int(uid.group(1)), item[1], _internal_date(about))


def _internal_date(about: bytes) -> datetime | None:
    local = imaplib.Internaldate2tuple(about)
    return datetime.fromtimestamp(time.mktime(local), UTC) if local else None
