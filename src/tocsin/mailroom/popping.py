"""Fetching by POP3: what the spool does not have yet."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.channels.email.oauth import Use
from tocsin.channels.email.pop import PopConnection, Popped, lasting_names
from tocsin.kernel import clock
from tocsin.mailroom import queries
from tocsin.mailroom.models import Afterwards, Mailbox
from tocsin.mailroom.services import fetching, mailboxes
from tocsin.mailroom.tokens import tokens_for

EVERY_S = 60.0
_KEYS_AT_ONCE = 5_000
_COMPARE_EVERY = timedelta(hours=1)
_STORE_MAILS = 50
_STORE_BYTES = 8 * 2**20


@dataclass(frozen=True)
class _Seen:
    """What the server holds and was found in the spool."""

    keys: set[str]
    asked_at: datetime | None
    since: datetime


_seen: dict[int, _Seen] = {}


def pop_once(mailbox_id: int, stop: threading.Event) -> int:
    """Fetch and write down what is new; how many messages. Raises Retry, Conflict, ValueError.

    What is known already is told by the spool's own source keys, so every look is a comparison with the
    server, too.
    """
    mailbox = queries.mailbox_by_id(mailbox_id)
    url, count = mailbox.imap_url, 0
    password = mailboxes.imap_password(mailbox)
    with PopConnection(url, password, tokens=tokens_for(mailbox, Use.POP)) as pop:
        names = pop.names()
        lasting = lasting_names(url, names)
        keys = {uidl: fetching.pop_key(mailbox_id, name) for uidl, name in lasting.items()}
        known = _known(mailbox, set(keys.values()))
        new = {uidl: number for uidl, number in names.items() if keys[uidl] not in known}
        mailboxes.note_waiting(mailbox_id, len(new))
        for group in _groups(pop.fetch(new, fetching.LARGEST_MAIL)):
            named = [(lasting[one.uidl], one) for one in group]
            count += len(fetching.store_popped(mailbox_id, url, named))
            if stop.is_set():
                return count
        if mailbox.afterwards == Afterwards.DELETE and mailbox.afterwards_since:
            here = _wholly_here(list(keys.values()), mailbox.afterwards_since)
            pop.delete(names[uidl] for uidl in names if keys[uidl] in here)
        refused = ", ".join(f"{uidl[:40]} ({words})" for uidl, words in pop.refused.items())
    mailboxes.note_waiting(mailbox_id, 0)
    mailboxes.note_comparison(mailbox_id, queries.Comparison(len(names), len(pop.refused), refused))
    mailboxes.note_success(mailbox_id)
    return count


def _known(mailbox: Mailbox, keys: set[str]) -> set[str]:
    """Those of these that are in the spool, which is asked for few: thousands may be kept on the server for
    ever. All are asked for when staff want it compared, and every hour."""
    seen = _seen.get(mailbox.pk)
    if seen is None or seen.asked_at != mailbox.asked_at or clock.now() - seen.since >= _COMPARE_EVERY:
        seen = _Seen(set(), mailbox.asked_at, clock.now())
    here = (seen.keys & keys) | queries.known_source_keys(list(keys - seen.keys))
    _seen[mailbox.pk] = replace(seen, keys=here)
    return here


def _wholly_here(keys: list[str], since: datetime) -> set[str]:
    chunks = (keys[start : start + _KEYS_AT_ONCE] for start in range(0, len(keys), _KEYS_AT_ONCE))
    return {key for chunk in chunks for key in queries.wholly_here(chunk, since)}


def _groups(messages: Iterable[Popped]) -> Iterator[list[Popped]]:
    """What is stored together; also what was fetched before a fault comes out, ahead of the fault."""
    group: list[Popped] = []
    size = 0
    fault: Exception | None = None
    try:
        for message in messages:
            group.append(message)
            size += len(message.content)
            if len(group) >= _STORE_MAILS or size >= _STORE_BYTES:
                yield group
                group, size = [], 0
    except Exception as error:
        fault = error
    if group:
        yield group
    if fault:
        raise fault
