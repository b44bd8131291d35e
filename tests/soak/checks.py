"""What must be true when everything has come to rest, asked of the sink and of the database's rows."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
from tests.harness.mailservers import Received
from tests.soak.senders import Mail

from tocsin.command.postgres import running_url

Row = tuple[Any, ...]
_WORDS = ("Storage is down", "Η αποθήκευση")

# Everything that is not done yet, with a name for each; nothing of it may stay.
_UNFINISHED = """
SELECT 'mail not opened', count(*) FROM mailroom_inbounditem WHERE state = 'spooled'
UNION ALL SELECT 'delivery ' || state, count(*) FROM mailroom_delivery WHERE state <> 'sent' GROUP BY state
UNION ALL SELECT 'delivery in flight', count(*) FROM mailroom_inflight
UNION ALL SELECT 'result not told', count(*) FROM mailroom_unannounced
UNION ALL SELECT 'notice not written', count(*) FROM notices_notice WHERE written_at IS NULL
UNION ALL SELECT 'job ' || status || ' ' || task_name, count(*) FROM procrastinate_jobs
    WHERE status = 'failed' OR (status IN ('todo', 'doing') AND queueing_lock IS NULL
        AND task_name NOT LIKE '%periodic%') GROUP BY status, task_name
"""
_STALLED = """
SELECT job.task_name FROM procrastinate_jobs job
LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - interval '25 seconds')
"""
_NOTICES = """
SELECT delivery.message_id, delivery.to_address FROM notices_recipient recipient
JOIN mailroom_delivery delivery ON delivery.id = recipient.delivery_id WHERE recipient.customer_id IS NOT NULL
"""


def ask(data: Path, question: str) -> list[Row]:
    """Rows of the installation's database."""
    url = running_url(data)
    if url is None:
        raise psycopg.OperationalError("the database is away")
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute(question).fetchall()


def wait_for_rest(data: Path, expected_mails: int, timeout_s: float) -> None:
    """Until nothing is left to do; AssertionError naming what is left after so many seconds."""
    deadline = time.monotonic() + timeout_s
    left: list[Row] = [("nothing was seen", 0)]
    while left:
        if time.monotonic() > deadline:
            raise AssertionError(f"After {timeout_s:g} s there is still: {left}")
        time.sleep(0.3)
        try:
            left = _left_to_do(data, expected_mails)
        except psycopg.Error as error:
            left = [(f"the database does not answer: {error}", 1)]


def _left_to_do(data: Path, expected_mails: int) -> list[Row]:
    left = [row for row in ask(data, _UNFINISHED) if row[1]]
    fetched = ask(data, "SELECT count(DISTINCT fingerprint) FROM mailroom_inbounditem")[0][0]
    return [*left, ("mail not fetched", expected_mails - fetched)] if fetched < expected_mails else left


def check_nothing_stalled(data: Path) -> None:
    """No job waits for a worker that is gone."""
    assert ask(data, _STALLED) == []


def check_mails(data: Path, acknowledged: list[Mail]) -> int:
    """Each acknowledged mail is one message of one ticket; returns how many came twice and were known."""
    rows = ask(data, "SELECT rfc_message_id, text, ticket_id FROM desk_message WHERE kind = 'customer'")
    found = Counter(message_id for message_id, _, _ in rows)
    wanted = Counter(mail.message_id for mail in acknowledged)
    assert max(wanted.values()) == 1, "the test sent each until it was taken, once"
    lost = wanted.keys() - found.keys()
    assert not lost, f"lost: {sorted(lost)}"
    doubled = [message_id for message_id, count in found.items() if count > 1]
    assert not doubled, f"doubled: {doubled}"
    assert found.keys() == wanted.keys()
    texts = {message_id: text for message_id, text, _ in rows}
    wrong = [mail.mark for mail in acknowledged if mail.mark not in texts[mail.message_id]]
    assert not wrong, f"with another mail's text: {wrong}"
    states = dict(ask(data, "SELECT state, count(*) FROM mailroom_inbounditem GROUP BY state"))
    assert states.keys() <= {"opened", "ignored"}, states
    assert states["opened"] == len(acknowledged)
    return int(states.get("ignored", 0))


def check_notice(
    data: Path, received: list[Received], addresses: list[str], writers: set[str], in_doubt: set[str]
) -> int:
    """Every customer has the notice, once but for what was in doubt; returns how many extra ones came.

    Who wrote is told by an answer: for some the acknowledgement is the notice, and who writes again is told
    the state again. For them the notice is the mail that is recorded as theirs.
    """
    tells = [mail for mail in received if any(word in mail.text for word in _WORDS)]
    quiet = [mail for mail in tells if mail.rcpt_tos[0] not in writers]
    extras = _check_once(quiet, sorted(set(addresses) - writers))
    recorded = Counter(address for _, address in ask(data, _NOTICES))
    assert recorded == Counter(addresses), "one delivery is each customer's notice"
    theirs = {message_id for message_id, address in ask(data, _NOTICES) if address in writers}
    answers = [mail for mail in tells if mail.message["Message-ID"] in theirs]
    return _marked(extras, in_doubt) + _marked(
        _check_once(answers, sorted(writers & set(addresses))), in_doubt
    )


def check_acknowledgements(data: Path, received: list[Received], in_doubt: set[str]) -> int:
    """Every ticket was acknowledged once to who opened it; returns how many extra ones came."""
    tickets = dict(ask(data, "SELECT ref, requester_address FROM desk_ticket"))
    told = [mail for mail in received if mail.message["Auto-Submitted"] == "auto-replied"]
    refs = [re.search(r"\[(T-\d+)\]", mail.subject) for mail in told]
    assert all(refs), "an acknowledgement names its ticket"
    assert all(tickets[ref[1]] == mail.rcpt_tos[0] for ref, mail in zip(refs, told, strict=True) if ref)
    return _marked(_check_once(told, list(tickets), [ref[1] for ref in refs if ref]), in_doubt)


def _check_once(mails: list[Received], wanted: list[str], names: list[str] | None = None) -> Counter[str]:
    """One mail for each name wanted, and no other; returns the Message-IDs that came more than once."""
    names = names or [mail.rcpt_tos[0] for mail in mails]
    missing = set(wanted) - set(names)
    assert not missing, f"{len(missing)} got nothing: {sorted(missing)[:20]}"
    assert set(names) == set(wanted), "and nobody else got it"
    ids: dict[str, dict[str, str]] = {}
    for name, mail in zip(names, mails, strict=True):
        ids.setdefault(name, {})[mail.message["Message-ID"]] = f"{mail.subject}: {mail.text[:300]}"
    written_twice = {name: found for name, found in ids.items() if len(found) > 1}
    assert not written_twice, f"two mails where one was due: {list(written_twice.items())[:20]}"
    return Counter(mail.message["Message-ID"] for mail in mails)


def _marked(sent: Counter[str], in_doubt: set[str]) -> int:
    """How many mails came once more than they should; each of them is marked."""
    extras = {message_id for message_id, count in sent.items() if count > 1}
    assert extras <= in_doubt, f"sent twice and not marked: {extras - in_doubt}"
    return sum(count - 1 for count in sent.values())


def check_rows_and_sink_agree(data: Path, received: list[Received]) -> set[str]:
    """Every delivery was sent and is in the sink, and the other way round; returns the ones in doubt."""
    rows = ask(data, "SELECT message_id, to_address, state, maybe_twice FROM mailroom_delivery")
    assert {state for _, _, state, _ in rows} == {"sent"}
    written = {(message_id, address) for message_id, address, _, _ in rows}
    arrived = {(mail.message["Message-ID"], mail.rcpt_tos[0]) for mail in received}
    assert written == arrived
    return {message_id for message_id, _, _, maybe_twice in rows if maybe_twice}
