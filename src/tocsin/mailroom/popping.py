"""Fetching by POP3, and the access tokens that POP3 and IMAP pollers share."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator

from tocsin.channels.email.oauth import OAuth, Tokens
from tocsin.channels.email.pop import PopConnection, Popped, lasting_name
from tocsin.mailroom import direct, queries
from tocsin.mailroom.models import Mailbox
from tocsin.mailroom.services import fetching, mailboxes

_EVERY_S = 60.0
_LOOK_AT_LOCK_S = 10.0
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


def keep_popping(mailbox_id: int, stop: threading.Event, lock: direct.Listening | None = None) -> None:
    """Look into the mailbox every minute until `stop` is set. Raises Retry, Conflict, ValueError."""
    while not stop.is_set():
        pop_once(mailbox_id, stop)
        for _ in range(int(_EVERY_S / _LOOK_AT_LOCK_S)):
            if stop.wait(_LOOK_AT_LOCK_S):
                return
            if lock:
                lock.execute("SELECT 1")  # should the database have restarted, the lock is lost


def pop_once(mailbox_id: int, stop: threading.Event) -> int:
    """Fetch and write down what is new; how many messages. Raises Retry, Conflict, ValueError.

    What is known already is told by the spool's own source keys, so nothing else needs remembering.
    """
    mailbox = queries.mailbox_by_id(mailbox_id)
    url, count = mailbox.imap_url, 0
    password = mailboxes.imap_password(mailbox)
    with PopConnection(url, password, tokens=tokens_for(mailbox)) as pop:
        for group in _groups(pop.fetch(_unknown(mailbox_id, url, pop.names()))):
            named = [(lasting_name(url, one.uidl), one.content) for one in group]
            count += len(fetching.store_popped(mailbox_id, url, named))
            if stop.is_set():
                break
    mailboxes.note_success(mailbox_id)
    return count


def _unknown(mailbox_id: int, url: str, names: dict[str, int]) -> dict[str, int]:
    keys = {uidl: fetching.pop_key(mailbox_id, lasting_name(url, uidl)) for uidl in names}
    known = queries.known_source_keys(list(keys.values()))
    return {uidl: number for uidl, number in names.items() if keys[uidl] not in known}


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
