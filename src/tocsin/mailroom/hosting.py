"""What channels are given to run by (`channels.hosting`): the spool, and one account's memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connections, transaction

from tocsin.channels import accounts as values
from tocsin.channels.hosting import Arrival, Post, Superseded
from tocsin.mailroom import direct, queries, services
from tocsin.mailroom.models import Account
from tocsin.mailroom.services import accounts
from tocsin.mailroom.services.intake import take_in_posts

_LOOK_FOR_WISHES_EVERY_S = 2.0


class Spool:
    """For what serves all accounts of a channel."""

    def __init__(self, channel: str, stop: threading.Event) -> None:
        self._channel = channel
        self.stop = stop

    def accounts(self) -> list[values.Account]:
        """Those in use, the default first."""
        return accounts.KeptAccounts().of(self._channel)

    def take_in(self, posts: Sequence[Post]) -> list[int]:
        """Written down in one commit."""
        return services.take_in_posts(self._channel, posts)

    def take_in_each(self, posts: Sequence[Post]) -> list[int | Exception]:
        """After a fault each is tried by itself, on a new connection: it may be the fault of one, or of a
        database that is back already."""
        try:
            return [*self.take_in(posts)]
        except Exception:
            return [self._take_in_one(post) for post in posts]

    def let_go(self) -> None:
        """Of this thread's connections."""
        connections.close_all()

    def _take_in_one(self, post: Post) -> int | Exception:
        self.let_go()
        try:
            return self.take_in([post])[0]
        except Exception as error:
            return error


class Host:
    """For the one loop that runs an account; `lock` is the connection that holds its right to."""

    def __init__(
        self,
        account_id: int,
        stop: threading.Event,
        memo: dict[str, Any] | None = None,
        on_success: Callable[[], None] = lambda: None,
        lock: direct.Connection | None = None,
    ) -> None:
        row = queries.account_by_id(account_id)
        self.stop = stop
        self.memo = {} if memo is None else memo
        self._on_success = on_success
        self._lock = lock
        self._version = row.version
        self.account = queries.account_value(row)
        self.asked_at: datetime | None = row.asked_at

    def refresh(self) -> values.Account:
        """Read anew; raises Superseded when staff changed it or somebody else keeps its state, and what the
        database raises when the right to run it was lost with a connection."""
        if self._lock:
            self._lock.execute("SELECT 1")
        row = Account.objects.filter(pk=self.account.id).first()
        if row is None or row.version != self._version or row.state != self.account.state:
            raise Superseded
        self.asked_at = row.asked_at
        self.account = queries.account_value(row)
        return self.account

    def take_in(
        self, posts: Sequence[Post], *, state: Mapping[str, Any] | None = None, waiting: int | None = None
    ) -> list[int]:
        """In one commit with the state; the account's row is held, so that nobody changes it meanwhile."""
        changes: dict[str, Any] = {} if waiting is None else {"waiting": waiting}
        with transaction.atomic(durable=True):
            self._hold()
            ids = take_in_posts(self.account.channel, posts, account_id=self.account.id)
            self._change(state, **changes)
        return self._kept(state, ids)

    def keep_state(self, state: Mapping[str, Any]) -> None:
        """The account's new state."""
        with transaction.atomic():
            self._hold()
            self._change(state)
        self._kept(state, [])

    def keep_secrets(self, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """New ones, for those before."""
        accounts.keep_secrets(self.account.id, before, now)

    def note_waiting(self, count: int) -> None:
        """On the source and not here yet."""
        accounts.note_waiting(self.account.id, count)

    def note_success(self) -> None:
        """What was there is here."""
        accounts.note_success(self.account.id)
        self._on_success()

    def pause(self, seconds: float) -> None:
        """Wait so long, or until staff want it looked into, or until it is over."""
        pause(seconds, self.account.id, self.asked_at, self.stop, self._lock)

    def known(self, source_keys: Sequence[str]) -> set[str]:
        """Those that are in the spool."""
        return queries.known_source_keys(source_keys)

    def unrecorded(self, prefix: str, ranges: Iterable[tuple[int, int]]) -> list[int]:
        """The numbers that are not."""
        return queries.unrecorded(prefix, ranges)

    def arrivals(self, source_keys: Sequence[str]) -> dict[str, Arrival]:
        """What came in under these."""
        return queries.arrivals(source_keys)

    def _hold(self) -> None:
        row = Account.objects.select_for_update().filter(pk=self.account.id).first()
        if row is None or row.version != self._version or row.state != self.account.state:
            raise Superseded

    def _change(self, state: Mapping[str, Any] | None, **changes: Any) -> None:
        if state is not None and dict(state) != self.account.state:
            changes["state"] = dict(state)
        if changes:
            Account.objects.filter(pk=self.account.id).update(**changes)

    def _kept(self, state: Mapping[str, Any] | None, ids: list[int]) -> list[int]:
        if state is not None:
            self.account = replace(self.account, state=dict(state))
        return ids


def pause(
    seconds: float,
    account_id: int,
    since: datetime | None,
    stop: threading.Event,
    lock: direct.Connection | None = None,
) -> None:
    """Wait so long, or until staff want the account looked into (they last did `since`), or until it is over.
    Raises what the database raises when `lock` was lost with a restart."""
    for _ in range(max(1, round(seconds / _LOOK_FOR_WISHES_EVERY_S))):
        if stop.wait(_LOOK_FOR_WISHES_EVERY_S) or queries.asked_at(account_id) != since:
            return
        if lock:
            lock.execute("SELECT 1")
