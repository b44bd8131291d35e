"""The ledger of what is being sent: a narrow row a delivery, committed before the first byte leaves.

A delivery's own row is wide and has many indexes, so it is written once, when a batch of results is settled.
What happens between is written here: `take` records what was sent and names what goes next, in one statement
and one commit for all connections of a lane together. A row without an outcome is in doubt when its process
dies: at most one for each connection. A row with one was surely tried, and only has to be settled.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from tocsin.kernel import clock
from tocsin.mailroom import direct, rules
from tocsin.mailroom.services.sending import Outcome

log = logging.getLogger(__name__)

# The row lock keeps whoever would change or delete the delivery out until it stands in the ledger. Such a
# verb locks the row, too, and then looks into the ledger.
_TAKE = """
WITH recorded AS (
    UPDATE mailroom_inflight AS mine SET outcome = done.outcome
    FROM jsonb_array_elements(%(done)s) AS done (outcome)
    WHERE mine.delivery_id = (done.outcome ->> 'id')::bigint AND mine.process = %(me)s
), free AS (
    SELECT id FROM mailroom_delivery WHERE id = ANY(%(next)s) AND state = 'queued' FOR UPDATE SKIP LOCKED
)
INSERT INTO mailroom_inflight (delivery_id, process, at) SELECT id, %(me)s, %(now)s FROM free
ON CONFLICT (delivery_id) DO NOTHING
RETURNING delivery_id
"""
_SETTLE = """
WITH settled AS (
    DELETE FROM mailroom_inflight WHERE process = %(me)s AND outcome IS NOT NULL RETURNING outcome
), written AS (
    UPDATE mailroom_delivery AS delivery SET state = told.state, answer = told.answer,
        attempts = told.attempts, accepted_at = told.accepted_at, next_attempt_at = told.next_attempt_at,
        provider_ref = told.provider_ref, way_was_closed = coalesce(told.way_was_closed, false)
    FROM settled, jsonb_to_record(settled.outcome) AS told (id bigint, state text, answer text,
        attempts smallint, accepted_at timestamptz, next_attempt_at timestamptz, provider_ref text,
        way_was_closed boolean)
    WHERE delivery.id = told.id AND delivery.state = 'queued'
    RETURNING delivery.id
)
INSERT INTO mailroom_unannounced (delivery_ids)
SELECT array_agg(id ORDER BY id) FROM written HAVING count(*) > 0
RETURNING pg_notify('tocsin_results', '')
"""
_DOUBT = """
WITH doubtful AS (
    DELETE FROM mailroom_inflight WHERE process = %(process)s AND outcome IS NULL RETURNING delivery_id
)
UPDATE mailroom_delivery SET maybe_twice = true
WHERE id IN (SELECT delivery_id FROM doubtful) AND state = 'queued'
"""
_NOT_BEGUN = "DELETE FROM mailroom_inflight WHERE process = %s AND outcome IS NULL AND delivery_id <> ALL(%s)"


def take(db: direct.Connection, me: str, done: Sequence[Outcome], wanted: Sequence[int]) -> set[int]:
    """Record outcomes and name deliveries as being sent; returns which of the wanted are ours now.

    A wanted one is not where somebody else holds or has taken it, or it is queued no more.
    """
    values = {"me": me, "now": clock.now(), "done": Jsonb([one.as_row() for one in done]), "next": [*wanted]}
    return {pk for (pk,) in db.execute(_TAKE, values, prepare=True)}


def settle(db: direct.Connection, process: str) -> None:
    """Write what a process recorded into the deliveries, and that the other rooms are to be told."""
    db.execute(_SETTLE, {"me": process}, prepare=True)


def put_back(db: direct.Connection, me: str, sending: Collection[int]) -> None:
    """What was named by this process and not handed out for sending, since the connection broke, is free."""
    db.execute(_NOT_BEGUN, [me, [*sending]])


def settle_for_the_dead(db: direct.Connection) -> int:
    """Settle what processes that ended have left; how many are in doubt.

    What was being sent was perhaps sent: it is sent again with the same Message-ID, marked `maybe_twice`.
    A process is dead when that can be seen from here, or when it can't be seen and its rows are two minutes
    old. One that is seen living keeps its rows: it holds the server's answer, and records it.
    """
    rows: list[tuple[str, datetime]] = db.execute(
        "SELECT process, max(at) FROM mailroom_inflight GROUP BY process"
    ).fetchall()
    return sum(_inherit(db, process) for process, newest in rows if _is_dead(process, newest))


def _is_dead(process: str, newest: datetime) -> bool:
    if direct.is_surely_alive(process):
        return False
    return direct.is_surely_dead(process) or clock.now() - newest > rules.STALE_CLAIM_AFTER


def _inherit(db: direct.Connection, process: str) -> int:
    settle(db, process)
    doubtful = db.execute(_DOUBT, {"process": process}).rowcount
    if doubtful:
        log.warning("%s deliveries of a process that ended are sent again and marked", doubtful)
    db.execute("SELECT pg_notify(%s, '')", [direct.OUTBOX_CHANNEL])
    return doubtful
