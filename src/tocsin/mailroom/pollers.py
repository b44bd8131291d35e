"""Fetching from IMAP and POP3: a thread a mailbox, and one at a time for each in the whole installation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator

from django.db import connections

from tocsin.channels.base import Retry
from tocsin.channels.email.imap import Fetched, ImapConnection, UidValidityChanged
from tocsin.channels.email.pop import is_pop
from tocsin.kernel.errors import Conflict
from tocsin.kernel.restart import patiently
from tocsin.mailroom import direct, popping, queries, services
from tocsin.mailroom.models import Mailbox
from tocsin.mailroom.services import fetching, mailboxes

log = logging.getLogger(__name__)

_LOOK_FOR_MAILBOXES_EVERY_S = 5.0
_IDLE_S = 10.0
_LONGEST_PAUSE_S = 60.0
_STORE_MAILS = 50
_STORE_BYTES = 8 * 2**20
# The first half of the advisory lock's key; the second is the mailbox's id.
_LOCK_SPACE = 0x746F6373


def keep_polling(stop: threading.Event) -> None:
    """Keep a thread for every mailbox with an IMAP address, until `stop` is set."""
    services.ensure_default_mailbox()
    pollers: dict[tuple[int, str], _Poller] = {}
    while not stop.is_set():
        wanted = {(one.pk, _source(one)) for one in queries.mailboxes() if one.imap_url}
        for key in pollers.keys() - wanted:
            pollers.pop(key).stop.set()
        for key in wanted - pollers.keys():
            pollers[key] = _Poller(key[0])
            pollers[key].start()
        connections.close_all()
        stop.wait(_LOOK_FOR_MAILBOXES_EVERY_S)
    for poller in pollers.values():
        poller.stop.set()


def _source(mailbox: Mailbox) -> str:
    return f"{mailbox.imap_url} {bytes(mailbox.imap_password or b'').decode()}"


class _Poller(threading.Thread):
    def __init__(self, mailbox_id: int) -> None:
        super().__init__(name=f"imap-{mailbox_id}", daemon=True)
        self.mailbox_id = mailbox_id
        self.stop = threading.Event()

    def run(self) -> None:
        """Fetch until told to stop."""
        patiently(self._poll, self.stop)

    def _poll(self, stop: threading.Event) -> None:
        with direct.connect() as lock:
            if _is_ours(lock, self.mailbox_id):
                poll_mailbox(self.mailbox_id, stop, lock)
            else:  # another worker has it; should that one end, we take over
                stop.wait(_LOOK_FOR_MAILBOXES_EVERY_S)


def _is_ours(lock: direct.Listening, mailbox_id: int) -> bool:
    row = lock.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK_SPACE, mailbox_id]).fetchone()
    return bool(row and row[0])


def poll_mailbox(mailbox_id: int, stop: threading.Event, lock: direct.Listening | None = None) -> None:
    """Fetch one mailbox until `stop` is set; its health is written beside it."""
    mailbox = queries.mailbox_by_id(mailbox_id)
    try:
        if is_pop(mailbox.imap_url):
            popping.keep_popping(mailbox_id, stop, lock)
            return
        password, tokens = mailboxes.imap_password(mailbox), popping.tokens_for(mailbox)
        with ImapConnection(mailbox.imap_url, password, tokens=tokens) as imap:
            while not stop.is_set():
                fetch_once(mailbox_id, imap, stop)
                imap.wait(_IDLE_S)
                if lock:
                    lock.execute("SELECT 1")  # should the database have restarted, the lock is lost
    except Retry as broken:
        mailboxes.note_error(mailbox_id, broken.reason)
        stop.wait(min(broken.after, _LONGEST_PAUSE_S))
    except (ValueError, Conflict) as wrong:
        mailboxes.note_error(mailbox_id, str(wrong))
        stop.wait(_LONGEST_PAUSE_S)


def fetch_once(mailbox_id: int, imap: ImapConnection, stop: threading.Event) -> int:
    """Fetch and write down what is new in a mailbox; how many messages. Raises Retry, Conflict."""
    mailbox = queries.mailbox_by_id(mailbox_id)
    if mailbox.uid_validity and mailbox.uid_validity != imap.uid_validity:
        log.warning("mailbox %s has been numbered anew; it is read from its beginning", mailbox.address)
        fetching.begin_anew(mailbox_id, imap.uid_validity)
        mailbox = queries.mailbox_by_id(mailbox_id)
    count = 0
    try:
        for group in _groups(imap.fetch_since(mailbox.uid_validity, mailbox.last_uid)):
            count += len(fetching.store_fetched(mailbox_id, mailbox.imap_url, imap.uid_validity, group))
            if stop.is_set():
                break
    except UidValidityChanged as changed:
        fetching.begin_anew(mailbox_id, changed.uid_validity)
    mailboxes.note_success(mailbox_id)
    return count


def _groups(messages: Iterable[Fetched]) -> Iterator[list[Fetched]]:
    group: list[Fetched] = []
    size = 0
    for message in messages:
        group.append(message)
        size += len(message.content)
        if len(group) >= _STORE_MAILS or size >= _STORE_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group
