"""A lane: what is queued for one account, on its way out.

One process at a time has a lane; a lock of its database session says which. It fetches what is queued some
hundreds at a time, and several connections send side by side. A connection that is done asks `_next` for
more; whoever comes first writes into the ledger for all who ask meanwhile, so that they share a commit.
Results are settled into the deliveries by the hundred, beside the sending. See `inflight`; and `turns` for
accounts that send by the same login.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from django.db import DatabaseError, InterfaceError, connections

from tocsin.channels.registry import channel
from tocsin.kernel import clock
from tocsin.mailroom import direct
from tocsin.mailroom.models import Account
from tocsin.mailroom.services import inflight
from tocsin.mailroom.services.sending import Claim, Outcome, attempt
from tocsin.mailroom.services.turns import Login

log = logging.getLogger(__name__)

_FETCHED_AT_ONCE = 300
_RUNNING_LOW = 100
_SETTLED_AT_ONCE = 150
_SETTLED_WITHIN_S = 0.3
_LOOK_EVERY_S = 5.0
_LOOK_FOR_STOP_S = 0.5
# A lane with nothing to send gives its connections back.
_LEFT_AFTER_S = 20.0
_BROKEN_WAY_PAUSE_S = (1.0, 10.0)
# Any number that nobody else in this database takes.
_LANES = 7_400_102
_QUEUED = f"""
SELECT {", ".join(Claim._fields)} FROM mailroom_delivery
WHERE state = 'queued' AND account_id = %s AND id <> ALL(%s)
    AND (SELECT is_enabled FROM mailroom_account AS ours WHERE ours.id = account_id)
ORDER BY urgency DESC, id LIMIT %s
"""  # noqa: S608  no value is written into it
_PAUSE = """
UPDATE mailroom_account SET paused_until = %s, pause_reason = %s WHERE id = %s
"""
_PAUSED_UNTIL = "SELECT paused_until FROM mailroom_account WHERE id = %s"


@dataclass
class _Ask:
    """What one connection says and wants: the outcome of the last delivery, and the next, if it `goes_on`."""

    outcome: Outcome | None
    goes_on: bool = True
    claim: Claim | None = None
    answered: bool = False


class _Rest:
    """How long a lane rests while its way out is broken: longer each time, not at all once it works."""

    def __init__(self) -> None:
        self._until = self._pause_s = 0.0

    def note(self, *, broken: bool, asked_s: float = 0.0) -> None:
        """What the last attempt showed; `asked_s` is for how long the other side wants nothing more."""
        shortest, longest = _BROKEN_WAY_PAUSE_S
        self._pause_s = min(max(self._pause_s * 2, shortest), longest) if broken else 0.0
        self._until = max(time.monotonic() + max(self._pause_s, asked_s), self._until if asked_s else 0.0)

    @property
    def left_s(self) -> float:
        """0 when it may go on."""
        return max(self._until - time.monotonic(), 0.0)


class Lane:
    """What is queued for one account, on its way out: at its rate, and not while it is paused."""

    def __init__(self, account: Account, login: Login, width: int = 0) -> None:
        can = channel(account.channel).can
        self._login = login
        self._account_id = account.pk
        self._name = f"{account.channel} {account.pk}"
        self._width = width or can.connections
        self._interval_s = 60 / can.per_minute if can.per_minute else 0.0
        self._not_before = 0.0
        self._me = f"{direct.own_name()}:{account.pk}"
        self._ledger: direct.Connection | None = None
        self._aside: direct.Connection | None = None
        self._has_lane = self._is_lost = self._is_stopping = False
        self._is_done = False
        self._woken = threading.Event()
        self._to_do = threading.Semaphore(0)
        self._senders: list[threading.Thread] = []
        self._rest = _Rest()
        self._asks: list[_Ask] = []
        self._asking = threading.Lock()
        # Guards the ledger's connection and everything below.
        self._writing = threading.Lock()
        self._stock: deque[Claim] = deque()
        self._news, self._more = True, False
        self._at_work = 0
        self._sending: set[int] = set()
        self._unsettled: set[int] = set()
        self._settled_at = self._busy_at = 0.0
        # What could not be written since the database was away.
        self._unwritten: list[Outcome] = []

    def run(self, stop: threading.Event) -> None:
        """Send what is queued until `stop` is set, then record what was sent last."""
        try:
            self._keep_working(stop)
        finally:
            self._login.leave(self)

    def _keep_working(self, stop: threading.Event) -> None:
        while not self._is_done:
            try:
                self._work(stop)
                self._login.leave(self)
                while not self._is_done and not self._woken.wait(_LOOK_FOR_STOP_S):
                    self._is_done = stop.is_set()
            except psycopg.Error as error:  # this object knows what was sent and not recorded
                log.warning("the lane of %s lost the database and will be back: %s", self._name, error)
                self._is_done = stop.wait(0.2 + random.random())  # noqa: S311  spreads the return, guards nothing
        for _ in self._senders:
            self._to_do.release()

    def run_until_idle(self, limit: int) -> int:
        """Send over one connection what is queued now, at most `limit`; returns the number of attempts."""
        try:
            with self._connected():
                return self._send_until_idle(limit)
        finally:
            self._login.leave(self)

    def _send_until_idle(self, limit: int) -> int:
        attempts, outcome = 0, None
        while not self._take_lane():
            pass
        self._restock()
        while attempts < limit and (claim := self._next(outcome)):
            attempts, outcome = attempts + 1, self._tried(claim)
            if not self._stock:
                self._restock()
        self._is_stopping = True
        self._next(outcome)
        self._settle(now=True)
        return attempts

    def wake(self) -> None:
        """There may be something new."""
        self._news = True
        self._woken.set()

    def _work(self, stop: threading.Event) -> None:
        """Until `stop` is set, or there has been nothing to do for a while: then nobody needs the lane."""
        with self._connected():
            self._busy_at = time.monotonic()
            while not stop.is_set():
                self._settle()
                if self._has_been_idle():
                    return
                if self._has_lane or self._take_lane():
                    self._restock()
                    self._set_to_work()
                    self._woken.wait(self._pause_s())
                    self._woken.clear()
            self._is_stopping = True
            while self._at_work:  # each ends with what it is sending now
                self._woken.wait(_SETTLED_WITHIN_S)
                self._woken.clear()
            self._settle(now=True)
            self._is_done = True

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """With the database; what was sent while it was away is written first, and what was not is free."""
        with direct.connect() as self._ledger, direct.connect() as self._aside:
            with self._writing:
                self._is_lost, self._has_lane, self._news = False, False, True
                self._record_and_take(0)
                inflight.put_back(self._db, self._me, self._sending)
            self._settle(now=True)
            yield

    def _take_lane(self) -> bool:
        """Whether the lane is ours, and its login this process's; waits two seconds for the process that has
        it."""
        if not self._login.take(self):
            return False
        try:
            self._db.execute("SET lock_timeout = '2s'")
            self._db.execute("SELECT pg_advisory_lock(%s, %s)", [_LANES, self._account_id])
        except psycopg.errors.LockNotAvailable:
            return False
        self._db.execute("SET lock_timeout = 0")
        self._has_lane = True
        self._rest.note(broken=False, asked_s=self._pause_left_s())
        return True

    def _pause_left_s(self) -> float:
        """What is left of a pause that the other side asked for, whoever had the lane then."""
        row = self._db.execute(_PAUSED_UNTIL, [self._account_id]).fetchone()
        return (row[0] - clock.now()).total_seconds() if row and row[0] else 0.0

    def _pause(self, outcome: Outcome) -> None:
        """The other side wants nothing more for a while: kept with the account, and shown to staff."""
        self._rest.note(broken=False, asked_s=outcome.pause_s)
        until = clock.now() + timedelta(seconds=outcome.pause_s)
        with direct.connect() as db:
            db.execute(_PAUSE, [until, outcome.answer, self._account_id])

    def _settle(self, *, now: bool = False) -> None:
        """Results are written in batches, and at once when nothing more is being sent."""
        age = time.monotonic() - self._settled_at
        due = len(self._unsettled) >= _SETTLED_AT_ONCE or age > _SETTLED_WITHIN_S or not self._sending
        if not now and not (self._unsettled and due):
            return
        with self._writing:
            settled, self._settled_at = set(self._unsettled), time.monotonic()
        inflight.settle(self._db_aside, self._me)
        with self._writing:
            self._unsettled -= settled

    def _restock(self) -> None:
        """Fetch what goes next, the urgent first, when something new has come or little is left."""
        if not self._news and not (self._more and len(self._stock) < _RUNNING_LOW):
            return
        self._news = False
        with self._writing:
            known = [*self._sending, *self._unsettled]
        rows = self._db_aside.execute(_QUEUED, [self._account_id, known, _FETCHED_AT_ONCE], prepare=True)
        stock = deque(Claim(*row) for row in rows)
        with self._writing:
            self._stock, self._more = stock, len(stock) == _FETCHED_AT_ONCE

    def _set_to_work(self) -> None:
        """As many connections as there is work for, at most the lane's width."""
        with self._writing:
            waits = self._rest.left_s or self._pace_left_s
            missing = 0 if waits else min(self._width, len(self._stock)) - self._at_work
            self._at_work += max(missing, 0)
            while len(self._senders) < self._at_work:
                sender = threading.Thread(target=self._keep_sending, daemon=True)
                self._senders.append(sender)
                sender.start()
        for _ in range(missing):
            self._to_do.release()

    def _keep_sending(self) -> None:
        """One connection, which stays open from one time of work to the next."""
        while self._to_do.acquire() and not self._is_done:
            self._send()

    def _has_been_idle(self) -> bool:
        with self._writing:
            if self._stock or self._sending or self._unsettled or self._unwritten or self._at_work:
                self._busy_at = time.monotonic()
        return time.monotonic() - self._busy_at > _LEFT_AFTER_S

    def _pause_s(self) -> float:
        if left := self._rest.left_s:
            return min(left, _LOOK_EVERY_S)
        if self._stock and (left := self._pace_left_s):
            return left
        return _SETTLED_WITHIN_S if self._unsettled or self._sending else _LOOK_EVERY_S

    def _send(self) -> None:
        """One delivery after the other, until there is none; in turn with other lanes of the same login, and
        never with a delivery in hand while it is another's turn."""
        outcome: Outcome | None = None
        turns = self._login.turns
        turns.take(self)
        try:
            while claim := self._next(outcome):
                outcome = self._tried(claim)
                if turns.are_wanted_by_others(self):
                    self._next(outcome, goes_on=False)
                    outcome = None
                    turns.give_back()
                    turns.take(self)
        except Exception:
            log.exception("sending by %s stopped; it starts again", self._name)
        finally:
            turns.give_back()
            connections.close_all()
            with self._writing:
                self._at_work -= 1
            self._woken.set()

    def _tried(self, claim: Claim) -> Outcome | None:
        try:
            outcome = attempt(claim)
        except (psycopg.Error, DatabaseError, InterfaceError) as error:
            # What it takes to send, such as its attachments, could not be read: it was not tried.
            log.warning("delivery %s was not tried, since the database is away: %s", claim.id, error)
            with self._writing:
                self._sending.discard(claim.id)
                self._is_lost = True
            return None
        if outcome.pause_s:
            self._pause(outcome)
        else:
            self._rest.note(broken=outcome.way_is_broken)
        return outcome

    def _next(self, outcome: Outcome | None, *, goes_on: bool = True) -> Claim | None:
        """Record an outcome and name what goes next; both are committed when this returns."""
        ask = _Ask(outcome, goes_on)
        with self._asking:
            self._asks.append(ask)
        with self._writing:
            if not ask.answered:  # nobody did it for us meanwhile
                self._answer()
        return ask.claim

    def _answer(self) -> None:
        with self._asking:
            asks, self._asks = self._asks, []
        self._unwritten += [ask.outcome for ask in asks if ask.outcome]
        try:
            claims = self._record_and_take(sum(ask.goes_on for ask in asks))
        except psycopg.Error as error:
            log.warning("results of %s wait for the database: %s", self._name, error)
            self._is_lost, claims = True, []
        for ask in asks:
            ask.answered, ask.claim = True, claims.pop() if claims and ask.goes_on else None

    def _record_and_take(self, most: int) -> list[Claim]:
        """In one statement and one commit: what was sent, and what is sent next."""
        may_go_on = self._has_lane and not self._is_stopping and not self._rest.left_s
        most = min(most, len(self._stock), self._allowed(most)) if may_go_on else 0
        wanted = [self._stock.popleft() for _ in range(most)]
        if not (wanted or self._unwritten):
            return []
        done = self._unwritten
        ours = inflight.take(self._db, self._me, done, [claim.id for claim in wanted])
        recorded = {one.claim.id for one in done}
        self._unwritten = []
        self._unsettled |= recorded
        self._sending = (self._sending - recorded) | ours
        if len(self._unsettled) >= _SETTLED_AT_ONCE or (self._more and len(self._stock) < _RUNNING_LOW):
            self._woken.set()
        return [claim for claim in wanted if claim.id in ours]

    def _allowed(self, most: int) -> int:
        """How many may go now by the channel's rate; what is allowed counts as used."""
        if not self._interval_s:
            return most
        if not most or not self._stock or self._pace_left_s:
            return 0
        self._not_before = time.monotonic() + self._interval_s
        return 1

    @property
    def _pace_left_s(self) -> float:
        """Until the next may go by the channel's rate."""
        return max(self._not_before - time.monotonic(), 0.0)

    @property
    def _db(self) -> direct.Connection:
        """The ledger's connection, which also holds the lane."""
        if self._is_lost or self._ledger is None:
            raise psycopg.OperationalError("the connection was lost")
        return self._ledger

    @property
    def _db_aside(self) -> direct.Connection:
        """For settling and fetching, beside the sending."""
        if self._is_lost or self._aside is None:
            raise psycopg.OperationalError("the connection was lost")
        return self._aside
