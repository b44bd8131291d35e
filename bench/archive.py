"""Tens of thousands of tickets, copied straight into the tables as intake would have left them."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from tocsin.kernel.references import make_reference
from tocsin.kernel.search import to_tsvector_text

Row = tuple[Any, ...]
CUSTOMERS = 2_000
# Of a hundred tickets: most of an archive is closed, and the queue does not grow with it.
_OPEN_AT_MOST = 300
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)

_PEOPLE = """
WITH made AS (
    INSERT INTO people_customer (key, name, language, tier, created_at)
    SELECT 'b' || n, 'Company ' || n, 'en', '', now() FROM generate_series(1, %(count)s) n RETURNING id, key
), met AS (
    INSERT INTO people_contact (customer_id, name, language, created_at)
    SELECT id, key, '', now() FROM made RETURNING id, name
)
INSERT INTO people_address (contact_id, channel, value, folded, managed, position, bounce_reason)
SELECT id, 'email', name || '@customers.example', name || '@customers.example', true, 0, '' FROM met
"""
_CONTACTS = """
SELECT contact.id, contact.customer_id, address.value
FROM people_contact contact JOIN people_address address ON address.contact_id = contact.id ORDER BY contact.id
"""
_INDEXES = """
SELECT i.indexname, i.indexdef FROM pg_indexes i
WHERE i.tablename IN ('desk_ticket', 'desk_message', 'kernel_searchdocument')
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)
"""
_TICKET = (
    "id, ref, subject, status, priority, priority_rank, channel, department_id, customer_id, requester_id, "
    "requester_address, requester_channel, copied_addresses, verified, language, linked_ref, linked_label, "
    "linked_reason, linked_update, link_declined, parked_by, excerpt, message_count, unread, opened_at, "
    "activity_at, acknowledged_at, closed_at"
)
_MESSAGE = (
    "id, ticket_id, kind, channel, from_name, from_address, to_addresses, cc_addresses, subject, text, "
    "visible_text, html, verified, machine, rfc_message_id, origin_ref, at, defects, said"
)
_DOCUMENT = "kind, part, owner, department, at, search"
_TEXTS = [
    f"Good morning, the {thing} of our shop {what} since yesterday. Could you have a look, please? "
    f"We have tried another browser and another computer. Regards, the team of branch {number}."
    for number, (thing, what) in enumerate(
        (thing, what)
        for thing in ("checkout", "search", "mailbox", "backup", "certificate", "invoice", "database")
        for what in ("does not answer", "is slow", "shows an error", "lost its settings", "is missing")
    )
]


def grow_to(database_url: str, tickets: int) -> None:
    """Load until there are so many tickets of two messages each, then have the planner look at them."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        _ensure_people(connection)
        (there,) = _one(connection, "SELECT count(*) FROM desk_ticket")
        (last,) = _one(connection, "SELECT coalesce(max(id), 0) FROM desk_ticket")
        _load(connection, range(last + 1, last + 1 + tickets - there))
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('desk_ticket', 'id'), max(id)) FROM desk_ticket"
        )
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('desk_message', 'id'), max(id)) FROM desk_message"
        )
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")  # what is written back afterwards would be measured


def _ensure_people(connection: psycopg.Connection[Row]) -> None:
    (there,) = _one(connection, "SELECT count(*) FROM people_customer")
    if not there:
        connection.execute(_PEOPLE, {"count": CUSTOMERS})


def _load(connection: psycopg.Connection[Row], ids: range) -> None:
    (department,) = _one(connection, "SELECT min(id) FROM people_department")
    contacts = connection.execute(_CONTACTS).fetchall()
    with connection.transaction(), _without_indexes(connection), connection.cursor() as cursor:
        with cursor.copy(f"COPY desk_ticket ({_TICKET}) FROM STDIN") as copy:
            for row in _tickets(ids, contacts, department):
                copy.write_row(row)
        (last,) = _one(connection, "SELECT coalesce(max(id), 0) FROM desk_message")
        with cursor.copy(f"COPY desk_message ({_MESSAGE}) FROM STDIN") as copy:
            for number, (row, _said) in enumerate(_messages(ids, contacts), last + 1):
                copy.write_row((number, *row))
        found_by = [to_tsvector_text([(text, "D")]) for text in _TEXTS]
        with cursor.copy(f"COPY kernel_searchdocument ({_DOCUMENT}) FROM STDIN") as copy:
            for number, (row, said) in enumerate(_messages(ids, contacts), last + 1):
                copy.write_row(("ticket", number, row[0], department, row[-3], found_by[said]))


@contextlib.contextmanager
def _without_indexes(connection: psycopg.Connection[Row]) -> Iterator[None]:
    """Made again at the end: in one go that takes a tenth of the time."""
    indexes = connection.execute(_INDEXES).fetchall()
    for name, _made_by in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    connection.execute("SET LOCAL session_replication_role = replica")  # the keys are right: nobody checks
    yield
    for _name, made_by in indexes:
        connection.execute(made_by)


def _tickets(ids: range, contacts: list[Row], department: int) -> Iterator[Row]:
    for pk in ids:
        contact, customer, address = contacts[pk % len(contacts)]
        text, at = _TEXTS[pk % len(_TEXTS)], _EPOCH + timedelta(minutes=pk)
        is_open = pk % (max(len(ids) // _OPEN_AT_MOST, 2)) == 0
        yield (
            pk, make_reference("T", pk), text[14:60], "open" if is_open else "closed", "normal", 1, "email",
            department, customer, contact, address, "email", "[]", True, "en", "", "", "", "", False, "",
            text[:200], 2, False, at, at + timedelta(minutes=5), at,
            None if is_open else at + timedelta(hours=1),
        )  # fmt: skip


def _messages(ids: range, contacts: list[Row]) -> Iterator[tuple[Row, int]]:
    """Each with the number of its text; the same whenever asked."""
    dice = random.Random(1)
    for pk in ids:
        _, _, address = contacts[pk % len(contacts)]
        text, at = _TEXTS[pk % len(_TEXTS)], _EPOCH + timedelta(minutes=pk)
        yield _message(pk, "customer", address, text, at, f"<{pk}@customers.example>"), pk % len(_TEXTS)
        answer = dice.randrange(len(_TEXTS))
        later = at + timedelta(minutes=5)
        yield _message(pk, "agent", "", _TEXTS[answer], later, ""), answer


def _message(pk: int, kind: str, sender: str, text: str, at: datetime, message_id: str) -> Row:
    return (
        pk, kind, "email", "", sender, json.dumps(["support@bench.example"]), "[]", text[14:60], text, text,
        "", False, "", message_id, "", at, "", "",
    )  # fmt: skip


def _one(connection: psycopg.Connection[Row], question: str) -> Row:
    row = connection.execute(question).fetchone()
    assert row
    return row
