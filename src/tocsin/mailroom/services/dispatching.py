"""Sending: a connection claims *one* delivery, sends it, then records it and claims the next, in one commit.

So a crash leaves at most one delivery a connection in doubt. A claim carries the name of its process
(`direct.own_name`). When that process is seen dead, or can't be seen from here and the claim is old, the
delivery is queued again with the same Message-ID and marked `maybe_twice`. A claim whose process is seen
living is never taken from it: it holds the server's answer and records it as soon as the database is back.
"""

from __future__ import annotations

import itertools
import logging
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from django.db import DatabaseError, InterfaceError, connection
from django.utils.translation import gettext_noop

from tocsin.channels.base import Outbound, OutboundAttachment, Permanent, Retry, channel
from tocsin.kernel import clock, sentences
from tocsin.mailroom import direct, rules
from tocsin.mailroom.models import DeliveryState
from tocsin.mailroom.services.addresses import mark_dead
from tocsin.mailroom.services.upkeep import MARK_UNTOLD, queue_what_is_due

log = logging.getLogger(__name__)

_CLAIMED = "id, channel, to_address, payload, message_id, attempts, tried_since"
# Recording and claiming are one statement and so one commit and one round trip.
_RECORD_AND_CLAIM = f"""
WITH recorded AS (
    UPDATE mailroom_delivery SET state = %(state)s, answer = %(answer)s, attempts = %(attempts)s,
        accepted_at = %(accepted_at)s, next_attempt_at = %(next_attempt_at)s, provider_ref = %(provider_ref)s,
        claimed_by = '', claimed_at = NULL
    WHERE id = %(done)s AND state = 'sending' AND claimed_by = %(me)s
    RETURNING id
), untold AS (
    {MARK_UNTOLD.format("SELECT id FROM recorded")}
), claimed AS (
    UPDATE mailroom_delivery SET state = 'sending', claimed_by = %(me)s, claimed_at = %(now)s
    WHERE id = (SELECT id FROM mailroom_delivery WHERE state = 'queued' AND %(go_on)s
                ORDER BY urgency DESC, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING {_CLAIMED}
)
SELECT {_CLAIMED} FROM claimed
"""  # noqa: S608  no value is written into it
_MINE = f"SELECT {_CLAIMED} FROM mailroom_delivery WHERE state = 'sending' AND claimed_by = %s"  # noqa: S608  as above
_PUT_BACK = """
UPDATE mailroom_delivery SET state = 'queued', claimed_by = '', claimed_at = NULL
WHERE id = %s AND claimed_by = %s AND state = 'sending'
"""
_RECORDED = ("done", "state", "answer", "attempts", "accepted_at", "next_attempt_at", "provider_ref")
_PIECES = "SELECT data FROM mailroom_blobpiece WHERE blob_id = %s ORDER BY number"
_GIVEN_UP = gettext_noop("Given up after 48 hours.")
_BROKEN_WAY_PAUSE_S = (1.0, 10.0)
_numbers = itertools.count(1)


class Claim(NamedTuple):
    """One delivery that is ours to send."""

    id: int
    channel: str
    to_address: str
    payload: dict[str, Any]
    message_id: str
    attempts: int
    tried_since: datetime


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt; `way_is_broken` when nobody can be sent to now."""

    claim: Claim
    state: DeliveryState
    answer: str
    at: datetime
    next_attempt_at: datetime
    dead: bool = False
    way_is_broken: bool = False
    provider_ref: str = ""


class Dispatcher:
    """One connection's work."""

    def __init__(self) -> None:
        self._name = f"{direct.own_name()}:{next(_numbers)}"
        self._db: psycopg.Connection[tuple[Any, ...]] | None = None
        self._outcome: Outcome | None = None
        self._pause = 0.0

    def run(self, stop: threading.Event) -> None:
        """Send what is due until `stop` is set, then record what was sent last."""
        claim: Claim | None = None
        while not stop.is_set():
            try:
                claim = self._listening() or self._record_and_claim()
                while claim and not stop.is_set():
                    claim = self._send_and_go_on(claim)
                if not stop.is_set():
                    self._rest(stop)
            except Exception as error:  # this object knows what was sent and not recorded: it must not end
                log.warning("a dispatcher lost the database and will be back: %s", error)
                self.close()
                stop.wait(0.2 + random.random())  # noqa: S311  spreads the return, guards nothing
        self._finish(claim)

    def run_until_idle(self, limit: int = 1_000_000) -> int:
        """Send what is due now, at most `limit`, and return how many attempts that took."""
        attempts = 0
        claim = self._record_and_claim()
        while claim:
            attempts += 1
            self._outcome = attempt(claim, self._blob)
            claim = self._record_and_claim(go_on=attempts < limit and not self._outcome.way_is_broken)
        self.close()
        return attempts

    def close(self) -> None:
        """Let the connections go."""
        if self._db is not None:
            self._db.close()
        self._db = None
        if not connection.in_atomic_block:
            connection.close()

    def _send_and_go_on(self, claim: Claim) -> Claim | None:
        outcome = self._outcome = attempt(claim, self._blob)
        shortest, longest = _BROKEN_WAY_PAUSE_S
        self._pause = min(max(self._pause * 2, shortest), longest) if outcome.way_is_broken else 0.0
        return self._record_and_claim(go_on=not outcome.way_is_broken)

    def _rest(self, stop: threading.Event) -> None:
        """Until something new is written; where the way is broken, for a growing while."""
        if self._pause:
            stop.wait(self._pause)
        else:
            direct.wait_for_news(self._connection(), 1.0)

    def _finish(self, claim: Claim | None) -> None:
        """What was claimed and not tried goes back; what was sent is recorded, if the database is there."""
        try:
            if self._outcome:
                claim = self._record_and_claim(go_on=False) or claim
            if claim:
                self._connection().execute(_PUT_BACK, [claim.id, self._name])
        except Exception as error:
            log.warning("a dispatcher ends without the database: %s", error)
        self.close()

    def _listening(self) -> Claim | None:
        """Connected and listening; a claim that was made for us just when the connection was lost."""
        if self._db is not None:
            return None
        self._connection().execute(f"LISTEN {direct.OUTBOX_CHANNEL}")
        rows = self._connection().execute(_MINE, [self._name]).fetchall()
        sent = self._outcome.claim.id if self._outcome else None
        return next((Claim(*row) for row in rows if row[0] != sent), None)

    def _record_and_claim(self, *, go_on: bool = True) -> Claim | None:
        if self._outcome and self._outcome.dead:
            mark_dead(self._outcome.claim.channel, self._outcome.claim.to_address, self._outcome.answer)
        values = {"me": self._name, "now": clock.now(), "go_on": go_on, **_recorded(self._outcome)}
        row = self._connection().execute(_RECORD_AND_CLAIM, values, prepare=True).fetchone()
        self._outcome = None
        return Claim(*row) if row else None

    def _blob(self, sha256: str) -> bytes:
        return b"".join(bytes(row[0]) for row in self._connection().execute(_PIECES, [sha256]))

    def _connection(self) -> psycopg.Connection[tuple[Any, ...]]:
        if self._db is None:
            self._db = direct.connect()
        return self._db


def dispatch(limit: int = 1_000_000) -> int:
    """Send what is due now over one connection, at most `limit`; returns how many attempts were made."""
    queue_what_is_due()
    return Dispatcher().run_until_idle(limit)


def attempt(claim: Claim, blob: Callable[[str], bytes]) -> Outcome:
    """Try to send one; whatever goes wrong becomes an outcome.

    An error of the database while an attachment or a sign-in is read is raised: it is not the delivery's.
    """
    try:
        receipt = channel(claim.channel).send(_outbound(claim, blob))
    except (psycopg.Error, DatabaseError, InterfaceError):
        raise
    except Permanent as refusal:
        return _failed(claim, refusal.reason, dead=refusal.nobody_there)
    except Retry as later:
        return _again_or_given_up(claim, later)
    except Exception as error:
        log.exception("sending delivery %s failed", claim.id)
        return _again_or_given_up(claim, Retry(0, f"{type(error).__name__}: {error}"))
    now = clock.now()
    return Outcome(
        claim, DeliveryState.SENT, receipt.answer, now, now, provider_ref=receipt.provider_ref[:200]
    )


def _outbound(claim: Claim, blob: Callable[[str], bytes]) -> Outbound:
    values = dict(claim.payload)
    attachments = tuple(_attachment(one, blob) for one in values.pop("attachments", ()))
    references = tuple(values.pop("references", ()))
    return Outbound(
        to=claim.to_address,
        message_id=claim.message_id,
        attachments=attachments,
        references=references,
        **values,
    )


def _attachment(one: list[Any], blob: Callable[[str], bytes]) -> OutboundAttachment:
    sha256, name, content_type, content_id, inline = [*one, "", False][:5]
    return OutboundAttachment(name, content_type, blob(sha256), content_id, bool(inline))


def _failed(claim: Claim, reason: str, *, dead: bool = False) -> Outcome:
    now = clock.now()
    return Outcome(claim, DeliveryState.FAILED, reason, now, now, dead=dead)


def _again_or_given_up(claim: Claim, later: Retry) -> Outcome:
    now = clock.now()
    if rules.is_given_up(now - claim.tried_since):
        return _failed(claim, sentences.join(sentences.keep(_GIVEN_UP), later.reason))
    chance = random.random()  # noqa: S311  spreads the attempts, guards nothing
    wait = rules.retry_wait(claim.attempts + 1, chance, later.after, broken_way=later.connection)
    return Outcome(
        claim, DeliveryState.DEFERRED, later.reason, now, now + wait, way_is_broken=later.connection
    )


def _recorded(outcome: Outcome | None) -> dict[str, Any]:
    if outcome is None:
        return dict.fromkeys(_RECORDED)
    return {
        "done": outcome.claim.id,
        "state": outcome.state.value,
        "answer": outcome.answer.replace("\x00", "")[:4000],
        "attempts": min(outcome.claim.attempts + 1, 32_000),
        "accepted_at": outcome.at if outcome.state == DeliveryState.SENT else None,
        "next_attempt_at": outcome.next_attempt_at,
        "provider_ref": outcome.provider_ref,
    }
