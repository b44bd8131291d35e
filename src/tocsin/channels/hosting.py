"""What a channel's long-lived loops may ask of the room that runs them: to take things in, to remember, to
wait.

Channels know no tables. A thing is in the spool when `take_in` returns, and only then may its sender be told
so.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tocsin.channels.accounts import Account
from tocsin.channels.base import Report
from tocsin.kernel.reasons import NOTHING, Kept


@dataclass(frozen=True)
class Post:
    """One thing that came. `source_key` is the source's own lasting name for it: the same again is the same
    thing. `account` is whose it is, where that is not the account that took it in. `aside` is why a person is
    to look at it before anything is made of it; mostly ''."""

    source_key: str
    raw: bytes | bytearray = field(repr=False)
    envelope: Mapping[str, Any] = field(default_factory=dict)
    account: int | None = None
    aside: Kept = NOTHING


@dataclass(frozen=True)
class Arrival:
    """A thing that is in the spool: since when, and what its source said beside the bytes."""

    at: datetime
    envelope: Mapping[str, Any]


class Superseded(Exception):
    """Staff changed the account, or somebody else runs it now: whoever ran it begins anew."""


class Spool(Protocol):
    """For what serves all accounts of a channel."""

    @property
    def stop(self) -> threading.Event:
        """Set when the loop is to end."""

    def accounts(self) -> list[Account]:
        """Those of the channel that are in use, the default first."""

    def take_in(self, posts: Sequence[Post]) -> list[int]:
        """Write things down in one commit; their ids. Raises django.db.Error."""

    def take_in_each(self, posts: Sequence[Post]) -> list[int | Exception]:
        """As `take_in`; after a fault each by itself, on a new connection, with the fault of each that is not
        written down."""

    def let_go(self) -> None:
        """This thread asks for nothing more."""


class Host(Protocol):
    """For the one loop that runs an account. Everything raises Superseded when it is that no more."""

    @property
    def stop(self) -> threading.Event:
        """Set when the loop is to end."""

    @property
    def account(self) -> Account:
        """As it was last read, with the state that was kept since."""

    @property
    def memo(self) -> dict[str, Any]:
        """What the loop wants to find again when it is run once more by this process."""

    @property
    def asked_at(self) -> datetime | None:
        """When staff last asked for it to be looked into at once, as far as was last read."""

    def refresh(self) -> Account:
        """The account, read anew."""

    def take_in(
        self, posts: Sequence[Post], *, state: Mapping[str, Any] | None = None, waiting: int | None = None
    ) -> list[int]:
        """Write things down, in one commit with the account's new state and with how many wait on the source;
        their ids."""

    def keep_state(self, state: Mapping[str, Any]) -> None:
        """The account's new state."""

    def keep_secrets(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """As `Accounts.keep_secrets`, of this one."""

    def note_waiting(self, count: int) -> None:
        """So many things are on the source and not here yet."""

    def note_success(self) -> None:
        """The source was looked into, and what was there is here."""

    def pause(self, seconds: float) -> None:
        """Wait so long, or until staff want it looked into, or until it is over."""

    def known(self, source_keys: Sequence[str]) -> set[str]:
        """Those of these under which something came in already."""

    def unrecorded(self, prefix: str, ranges: Iterable[tuple[int, int]]) -> list[int]:
        """The numbers in these ranges for which nothing came in under `PREFIXnumber`."""

    def arrivals(self, source_keys: Sequence[str]) -> dict[str, Arrival]:
        """What came in under these."""


# --- Webhooks -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Request:
    """What the other side sent to an account's address, or to `path` below it. The names of `headers` are in
    lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unpacked:
    """What is in such a request: things that came in, and what became of messages of ours. `answer` is what
    the other side wants to hear once that is committed."""

    posts: Sequence[Post] = ()
    reports: Sequence[Report] = ()
    answer: str = ""
