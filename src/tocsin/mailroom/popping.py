"""Fetching by POP3, and the access tokens that POP3 and IMAP pollers share."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime

from tocsin.channels.email.oauth import OAuth, Tokens
from tocsin.channels.email.pop import PopConnection, Popped, lasting_name
from tocsin.mailroom import queries
from tocsin.mailroom.models import Afterwards, Mailbox
from tocsin.mailroom.services import fetching, mailboxes

EVERY_S = 60.0
_KEYS_AT_ONCE = 5_000
_STORE_MAILS = 50
_STORE_BYTES = 8 * 2**20
# By mailbox: a token lasts for an hour, and a session with a mailbox for seconds.
_tokens: dict[int, tuple[OAuth, Tokens]] = {}


def tokens_for(mailbox: Mailbox) -> Tokens | None:
    """Where the mailbox's access tokens come from; None when it has a password. Raises ValueError."""
    oauth = mailboxes.imap_oauth(mailbox)
    if oauth is None:
        return None
    known = _tokens.get(mailbox.pk)
    if known and known[0] == oauth:
        return known[1]

    def keep(now: OAuth) -> None:
        before = _tokens[mailbox.pk][0]
        _tokens[mailbox.pk] = (now, tokens)
        mailboxes.keep_oauth(mailbox.pk, before, now)

    tokens = Tokens(oauth, keep)
    _tokens[mailbox.pk] = (oauth, tokens)
    return tokens


def pop_once(mailbox_id: int, stop: threading.Event) -> int:
    """Fetch and write down what is new; how many messages. Raises Retry, Conflict, ValueError.

    What is known already is told by the spool's own source keys, so nothing else needs remembering, and
    every look is a comparison with the server, too.
    """
    mailbox = queries.mailbox_by_id(mailbox_id)
    url, count = mailbox.imap_url, 0
    password = mailboxes.imap_password(mailbox)
    with PopConnection(url, password, tokens=tokens_for(mailbox)) as pop:
        names = pop.names()
        keys = {uidl: fetching.pop_key(mailbox_id, lasting_name(url, uidl)) for uidl in names}
        known = queries.known_source_keys(list(keys.values()))
        new = {uidl: number for uidl, number in names.items() if keys[uidl] not in known}
        mailboxes.note_waiting(mailbox_id, len(new))
        for group in _groups(pop.fetch(new, fetching.LARGEST_MAIL)):
            named = [(lasting_name(url, one.uidl), one) for one in group]
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
