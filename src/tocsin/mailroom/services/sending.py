"""One attempt to send one delivery, and what becomes of it. Whatever goes wrong is an outcome, too."""

from __future__ import annotations

import logging
import random
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
from django.db import DatabaseError, InterfaceError

from tocsin.channels.accounts import Account
from tocsin.channels.base import Outbound, OutboundAttachment, Permanent, Receipt, Retry
from tocsin.channels.registry import Rehearsed, send
from tocsin.kernel import clock
from tocsin.kernel.reasons import Kept, join
from tocsin.mailroom import direct, queries, reasons, rules
from tocsin.mailroom.models import DeliveryState
from tocsin.mailroom.services.addresses import mark_dead

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 3600.0
_PIECES = "SELECT data FROM mailroom_blobpiece WHERE blob_id = %s ORDER BY number"


class Claim(NamedTuple):
    """One delivery that is ours to send."""

    id: int
    account_id: int
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
    answer: Kept
    at: datetime
    next_attempt_at: datetime
    way_is_broken: bool = False
    # For so long the other side wants nothing more from the account.
    pause_s: float = 0.0
    provider_ref: str = ""

    def as_row(self) -> dict[str, Any]:
        """As the ledger keeps it until it is written into the delivery: JSON, by column."""
        return {
            "id": self.claim.id,
            "state": self.state.value,
            "answer": self.answer,
            "attempts": min(self.claim.attempts + 1, 32_000),
            "accepted_at": self.at.isoformat() if self.state == DeliveryState.SENT else None,
            "next_attempt_at": self.next_attempt_at.isoformat(),
            "provider_ref": self.provider_ref,
            "way_was_closed": self.way_is_broken or self.pause_s > 0,
        }


def attempt(claim: Claim) -> Outcome:
    """Try to send one.

    An error of the database while an attachment or a sign-in is read is raised: it is not the delivery's,
    which was not tried. What became of one that was tried needs the database no more.
    """
    now = clock.started()
    try:
        account = queries.account_value(queries.account_by_id(claim.account_id), lenient=True)
        receipt = send(account, _outbound(claim, account))
    except (psycopg.Error, DatabaseError, InterfaceError):
        raise
    except Rehearsed:
        at = now()
        return Outcome(claim, DeliveryState.REHEARSED, reasons.REHEARSED(), at, at)
    except Permanent as refusal:
        if refusal.nobody_there:
            mark_dead(claim.channel, claim.to_address, refusal.reason)
        return _failed(claim, refusal.reason, now())
    except Retry as later:
        return _again_or_given_up(claim, later, now())
    except Exception as error:
        log.exception("sending delivery %s failed", claim.id)
        said = reasons.SENDING_FAILED(error=f"{type(error).__name__}: {error}")
        return _again_or_given_up(claim, Retry(0, said), now())
    return _sent(claim, receipt, now())


def _outbound(claim: Claim, account: Account) -> Outbound:
    values = dict(claim.payload)
    attachments = _attachments(values.pop("attachments", ()))
    references = tuple(values.pop("references", ()))
    return Outbound(
        to=claim.to_address,
        from_address=account.address,
        from_name=values.pop("from_name", "") or account.name,
        message_id=claim.message_id,
        attachments=attachments,
        references=references,
        **values,
    )


def _attachments(files: list[list[Any]]) -> tuple[OutboundAttachment, ...]:
    if not files:
        return ()
    with direct.connect() as db:
        return tuple(_attachment(one, db) for one in files)


def _attachment(one: list[Any], db: direct.Connection) -> OutboundAttachment:
    sha256, name, content_type, content_id, inline = [*one, "", False][:5]
    content = b"".join(bytes(row[0]) for row in db.execute(_PIECES, [sha256]))
    return OutboundAttachment(name, content_type, content, content_id, bool(inline))


def _sent(claim: Claim, receipt: Receipt, now: datetime) -> Outcome:
    ref = receipt.provider_ref[:200]
    return Outcome(claim, DeliveryState.SENT, receipt.answer, now, now, provider_ref=ref)


def _failed(claim: Claim, reason: Kept, now: datetime) -> Outcome:
    return Outcome(claim, DeliveryState.FAILED, reason, now, now)


def _again_or_given_up(claim: Claim, later: Retry, now: datetime) -> Outcome:
    if rules.is_given_up(now - claim.tried_since):
        return _failed(claim, join(reasons.GIVEN_UP(), later.reason), now)
    chance = random.random()  # noqa: S311  spreads the attempts, guards nothing
    wait = rules.retry_wait(claim.attempts + 1, chance, later.after, broken_way=later.connection)
    return Outcome(
        claim,
        DeliveryState.DEFERRED,
        later.reason,
        now,
        now + wait,
        way_is_broken=later.connection,
        pause_s=min(later.after, _LONGEST_PAUSE_S) if later.throttled else 0.0,
    )
