"""The listeners for mail pushed to us: LMTP on a socket in the data folder, and SMTP on TCP where asked for.

A mail is acknowledged when it is committed, never before (rule 1); a fault of the database is answered with
451, so that the mail server keeps it.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import grp
import logging
import os
import re
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from tocsin.channels.accounts import Account
from tocsin.channels.email.limits import LARGEST_MAIL
from tocsin.channels.email.recipients import account_for
from tocsin.channels.hosting import Post, Spool

log = logging.getLogger(__name__)

# Large mails being received at the same moment on each way in; others wait for their turn, so that memory
# stays bounded. Slow strangers on TCP take no turn of the mail server on the socket, and one address few.
_LARGE = 2**18
_RECEIVING_AT_ONCE = 8
_OF_ONE_ADDRESS = 2
# What arrived meanwhile is committed together.
_MOST_IN_A_COMMIT = 8
_IDLE_S = 300
# While a mail comes in its client is looked at so often, and has to have sent so much (1 kB/s).
_LOOK_S = 60
_LEAST_IN_A_LOOK = 60_000
# What is read ahead for one connection; a mail is larger and is read in pieces of it.
_READ_AHEAD = 2**18
_MOST_RECIPIENTS = 1000
_LONGEST_SOCKET_PATH = 100
# For so long the listener may go by accounts as they were.
_ACCOUNTS_KEPT_S = 2
_LOOK_FOR_STOP_S = 0.5
_END = b".\r\n"
# What `tocsin mail-in` says when nobody told it who sent the mail.
_UNKNOWN_SENDER = "sender+unknown@tocsin.invalid"
_PLAIN_PATH = re.compile(
    r"\s*<([\w.+=#/-]{1,64}@[A-Za-z0-9.-]{1,255})>((?:\s+[\w-]+(?:=[^\s]+)?)*)\s*$", re.ASCII
)


def socket_path() -> Path:
    """Where the LMTP socket is; its folder and group decide who may hand in mail."""
    return Path(settings.TOCSIN_DATA) / "run" / "mail.sock"


def listen(spool: Spool) -> None:
    """Serve until `spool.stop` is set.

    One worker of a data folder listens; others wait and take over when it ends, however it ends.
    """
    with _turn_to_listen(spool.stop) as ours:
        if ours:
            asyncio.run(_serve(spool))


@contextlib.contextmanager
def _turn_to_listen(stop: threading.Event) -> Iterator[bool]:
    path = socket_path().with_name("mail.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    # Closed to others: whoever may read a file may hold its lock.
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not (ours := _locked(lock)) and not stop.wait(1):
            pass
        yield ours
    finally:
        os.close(lock)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Turns:
    """Who may send a large mail: some at once, and of them few from one address; '' is the socket."""

    def __init__(self) -> None:
        self._all = asyncio.Semaphore(_RECEIVING_AT_ONCE)
        self._by_address: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def one(self, address: str) -> AsyncIterator[None]:
        """Wait for a turn; it is over on leaving."""
        most = _OF_ONE_ADDRESS if address else _RECEIVING_AT_ONCE
        of_address = self._by_address.setdefault(address, asyncio.Semaphore(most))
        async with of_address, self._all:
            yield


class _Reader:
    """Reads a mail after DATA in large pieces; aiosmtpd's own way keeps an object for each line.

    The library gives a command five minutes in all. A mail may take longer, as long as it keeps coming.
    """

    _came = 0
    _came_by_last_look: int | None = None

    def data_received(self, data: bytes) -> None:
        """Count what comes: the library's reader tells of it only when a piece is full."""
        self._came += len(data)
        super().data_received(data)  # type: ignore[misc]  # the library's

    def _timeout_cb(self) -> None:
        """Hang up, but not on a client in the midst of a mail that has sent enough since the last look."""
        before = self._came_by_last_look
        if before is not None and self._came - before >= _LEAST_IN_A_LOOK:
            self._look_after_a_while()
        else:
            super()._timeout_cb()  # type: ignore[misc]  # the library's

    def _look_after_a_while(self) -> None:
        server: Any = self
        self._came_by_last_look = self._came
        server._reset_timeout(_LOOK_S)

    def _wait_without_looks(self) -> None:
        server: Any = self
        self._came_by_last_look = None
        server._reset_timeout(_IDLE_S)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """What stands between the brackets, and what follows; only odd addresses need the library's parser,
        which costs more than all the rest of a mail's reception."""
        plain = _PLAIN_PATH.match(arg)
        return plain.groups() if plain else super()._getaddr(arg)  # type: ignore[misc, return-value]  # LMTP's or SMTP's

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  the library's name
        server: Any = self
        if not server.envelope.rcpt_tos:
            await server.push("503 Error: need RCPT command")
            return
        async with contextlib.AsyncExitStack() as held:
            await server.push("354 End data with <CR><LF>.<CR><LF>")
            self._look_after_a_while()
            content = await _until_end(server._reader, lambda: self._take_turn(held))
            self._wait_without_looks()
            if content is None:
                status = "552 5.3.4 The mail is too large."
            else:
                status = await server.event_handler.store(server.session, server.envelope, content)
            del content
        recipients = len(server.envelope.rcpt_tos) if isinstance(self, LMTP) else 1
        server._set_post_data_state()
        for _ in range(recipients):  # LMTP answers for each recipient
            await server.push(status)

    async def _take_turn(self, held: contextlib.AsyncExitStack) -> None:
        server: Any = self
        self._wait_without_looks()  # the client cannot send meanwhile
        await held.enter_async_context(server.event_handler.turns.one(_peer(server.session)))
        self._look_after_a_while()


class _LmtpServer(_Reader, LMTP):
    line_length_limit = _READ_AHEAD
    show_smtp_greeting = False


class _SmtpServer(_Reader, SMTP):
    line_length_limit = _READ_AHEAD


async def _until_end(
    reader: asyncio.StreamReader, take_turn: Callable[[], Awaitable[None]]
) -> bytearray | None:
    """The mail as it was before its lines' leading dots were doubled; None when it is too large.

    What a small mail holds is bounded by `_LARGE`; `take_turn` is waited for before more is read. A mail may
    be large, and is not copied once more to be `bytes`.
    """
    content = bytearray()
    too_large = has_turn = False
    while True:
        if len(content) > _LARGE and not has_turn:
            await take_turn()
            has_turn = True
        try:
            content += await reader.readuntil(_END)
            if content == _END or content.endswith(b"\r\n" + _END):
                break
        except asyncio.LimitOverrunError as overrun:
            content += await reader.readexactly(overrun.consumed)  # no end in sight
        if too_large or len(content) > LARGEST_MAIL:
            too_large = True
            del content[:-2]  # what the end is known by
    if too_large or len(content) > LARGEST_MAIL + len(_END):
        return None
    del content[-len(_END) :]
    if content.startswith(b"."):
        del content[:1]
    return content.replace(b"\r\n.", b"\r\n") if b"\r\n." in content else content


class _Pushed(NamedTuple):
    """A mail and what its client said; the key is the same however often it is tried to write it down."""

    source_key: str
    content: bytes | bytearray
    said: dict[str, Any]


class _Keeper:
    """Writes down what the servers receive, in a thread of its own: all that came during one commit is in the
    next, so that many connections cost few commits and one connection waits for nobody."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._known: tuple[float, list[Account]] = (0.0, [])
        self._waiting: list[tuple[_Pushed, asyncio.Future[int]]] = []
        self._something = asyncio.Event()

    async def keep(self, pushed: _Pushed) -> int:
        """Its id, once it is committed. Raises what the database raised."""
        kept: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((pushed, kept))
        self._something.set()
        return await kept

    async def run(self) -> None:
        """Until cancelled."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "mail-in") as thread:
            try:
                while await self._something.wait():
                    batch = self._waiting[:_MOST_IN_A_COMMIT]
                    del self._waiting[:_MOST_IN_A_COMMIT]
                    if not self._waiting:
                        self._something.clear()
                    mails = [pushed for pushed, _kept in batch]
                    results = await loop.run_in_executor(thread, self._write_down, mails)
                    for (_pushed, kept), result in zip(batch, results, strict=True):
                        _tell(kept, result)
                    del batch, mails, _pushed  # else they are held until the next mail comes
            finally:
                await loop.run_in_executor(thread, self._spool.let_go)

    def _write_down(self, mails: Sequence[_Pushed]) -> list[int | Exception]:
        """An id or a fault for each."""
        try:
            accounts = self._accounts()
        except Exception as error:
            self._spool.let_go()
            return [error for _mail in mails]
        return self._spool.take_in_each([_post(mail, accounts) for mail in mails])

    def _accounts(self) -> list[Account]:
        read_at, known = self._known
        if not known or time.monotonic() - read_at > _ACCOUNTS_KEPT_S:
            known = self._spool.accounts()
            self._known = time.monotonic(), known
        return known


def _tell(kept: asyncio.Future[int], result: int | Exception) -> None:
    if kept.cancelled():
        return  # the client is gone
    if isinstance(result, Exception):
        kept.set_exception(result)
    else:
        kept.set_result(result)


def _post(mail: _Pushed, accounts: Sequence[Account]) -> Post:
    account = account_for(accounts, mail.said["rcpt_tos"])
    return Post(mail.source_key, mail.content, mail.said, account.id if account else None)


class _Handler:
    """What the servers do with a mail."""

    def __init__(self, keeper: _Keeper) -> None:
        self.turns = _Turns()
        self._keeper = keeper

    async def handle_RCPT(  # noqa: N802  the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Every recipient is ours: what names no mailbox goes to the default one."""
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients."
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def store(self, session: Session, envelope: Envelope, content: bytearray) -> str:
        """Write it down and say what the client is answered."""
        said = {"rcpt_tos": envelope.rcpt_tos, "client_ip": _peer(session)}
        if envelope.mail_from != _UNKNOWN_SENDER:
            said["mail_from"] = envelope.mail_from or ""
        pushed = _Pushed(f"push:{uuid.uuid4().hex}", content, said)
        try:
            inbound_id = await self._keeper.keep(pushed)
        except Exception as error:
            log.warning("a mail could not be stored and stays with its sender: %s", error)
            return "451 4.3.0 It could not be stored. Please try again later."
        return f"250 2.0.0 Ok: inbound {inbound_id}"


def _peer(session: Session) -> str:
    """The client's address; '' on the socket."""
    return session.peer[0] if isinstance(session.peer, tuple) else ""


async def _serve(spool: Spool) -> None:
    keeper = _Keeper(spool)
    keeping = asyncio.create_task(keeper.run())
    async with contextlib.AsyncExitStack() as open_servers:
        await open_servers.enter_async_context(_on_socket(_Handler(keeper)))
        if settings.TOCSIN_SMTP_LISTEN:
            await open_servers.enter_async_context(_on_tcp(_Handler(keeper), settings.TOCSIN_SMTP_LISTEN))
        while not spool.stop.is_set() and not keeping.done():
            await asyncio.sleep(_LOOK_FOR_STOP_S)
    keeping.cancel()
    await asyncio.wait([keeping])
    if not keeping.cancelled():
        keeping.result()  # should it ever fail, nobody must wait for it: the listener begins anew


@contextlib.asynccontextmanager
async def _on_socket(handler: _Handler) -> AsyncIterator[None]:
    path = socket_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    bound = _bindable(path)
    loop = asyncio.get_running_loop()
    with contextlib.suppress(FileNotFoundError):
        bound.unlink()
    server = await loop.create_unix_server(lambda: _LmtpServer(handler, **_options()), str(bound))
    _open_to_mail_server(bound)
    try:
        yield
    finally:
        server.close()
        with contextlib.suppress(FileNotFoundError):
            bound.unlink()


@contextlib.asynccontextmanager
async def _on_tcp(handler: _Handler, address: str) -> AsyncIterator[None]:
    host, _, port = address.rpartition(":")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _SmtpServer(handler, **_options()), host.strip("[]") or None, int(port)
    )
    try:
        yield
    finally:
        server.close()


def _options() -> dict[str, Any]:
    return {
        "data_size_limit": LARGEST_MAIL,
        "enable_SMTPUTF8": True,
        "ident": "Tocsin",
        "hostname": "tocsin",
        "timeout": _IDLE_S,
        "loop": asyncio.get_running_loop(),
    }


def _open_to_mail_server(path: Path) -> None:
    """The owner and the mail server's group (TOCSIN_MAIL_GROUP) may hand in mail, nobody else."""
    path.chmod(0o660)
    if settings.TOCSIN_MAIL_GROUP:
        try:
            os.chown(path, -1, grp.getgrnam(settings.TOCSIN_MAIL_GROUP).gr_gid)
        except (KeyError, PermissionError) as error:
            log.warning("the mail socket can't be given to group %s: %s", settings.TOCSIN_MAIL_GROUP, error)


def _bindable(path: Path) -> Path:
    """The kernel takes socket paths of about 100 bytes: a longer one is bound through an open folder."""
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    return Path(f"/proc/self/fd/{descriptor}") / path.name
