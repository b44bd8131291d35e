"""Fetching from IMAP and POP3: a thread a mailbox, and one at a time for each in the whole installation."""

from __future__ import annotations

import threading

import psycopg
from django.db import DatabaseError, InterfaceError, connections

from tocsin.channels.base import Retry
from tocsin.channels.email.imap import ImapConnection
from tocsin.channels.email.oauth import Use
from tocsin.channels.email.pop import is_pop
from tocsin.channels.email.trouble import FetchFailed, Trouble
from tocsin.kernel.errors import BadSetting, Conflict
from tocsin.kernel.locks import Lock
from tocsin.kernel.restart import patiently
from tocsin.mailroom import direct, popping, queries, reasons, rules, services
from tocsin.mailroom.imapping import Fetcher
from tocsin.mailroom.models import Mailbox
from tocsin.mailroom.services import mailboxes
from tocsin.mailroom.tokens import tokens_for

_LOOK_FOR_MAILBOXES_EVERY_S = 5.0
_IDLE_S = 10.0
_LOOK_FOR_WISHES_EVERY_S = 2.0
_FETCHING = Lock("mailroom.fetch-mailbox")


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
        self.watch = Watch(mailbox_id)
        self.stop = threading.Event()

    def run(self) -> None:
        """Fetch until told to stop."""
        patiently(self._poll, self.stop)

    def _poll(self, stop: threading.Event) -> None:
        with direct.connect() as lock:
            if _is_ours(lock, self.watch.mailbox_id):
                self.watch.poll(stop, lock)
            else:  # another worker has it; should that one end, we take over
                stop.wait(_LOOK_FOR_MAILBOXES_EVERY_S)


def _is_ours(lock: direct.Listening, mailbox_id: int) -> bool:
    row = lock.execute("SELECT pg_try_advisory_lock(%s)", [_FETCHING.key_of(mailbox_id)]).fetchone()
    return bool(row and row[0])


class Watch:
    """One mailbox, connection after connection; each failure makes the pause longer, success forgets them."""

    def __init__(self, mailbox_id: int) -> None:
        self.mailbox_id = mailbox_id
        self._fetcher = Fetcher(mailbox_id)
        self._failures = 0

    def poll(self, stop: threading.Event, lock: direct.Listening | None = None) -> None:
        """Fetch until `stop` is set, or until a failure is noted beside the mailbox and its pause is over."""
        begun_at = queries.mailbox_by_id(self.mailbox_id).asked_at
        try:
            self._fetch(stop, lock)
        except Retry as broken:
            self._failures += 1
            trouble = broken.trouble if isinstance(broken, FetchFailed) else Trouble.TOKEN
            mailboxes.note_error(self.mailbox_id, broken.reason, trouble)
            pause = rules.fetch_pause(self._failures, wants_a_person=trouble in rules.WANT_A_PERSON)
            self._pause(pause, begun_at, stop, lock)
        except BadSetting as wrong:
            mailboxes.note_error(self.mailbox_id, wrong.reason)
            self._pause(rules.fetch_pause(1, wants_a_person=True), begun_at, stop, lock)
        except Conflict:  # staff changed the source; who fetches from there now begins anew
            stop.wait(1)
        except (psycopg.Error, DatabaseError, InterfaceError):
            raise
        except Exception as fault:  # of our own making: staff shall see why no mail comes
            said = reasons.FETCHING_FAILED(error=f"{type(fault).__name__}: {fault}"[:500])
            mailboxes.note_error(self.mailbox_id, said)
            raise

    def _fetch(self, stop: threading.Event, lock: direct.Listening | None) -> None:
        mailbox = queries.mailbox_by_id(self.mailbox_id)
        if is_pop(mailbox.imap_url):
            while not stop.is_set():
                asked_at = queries.mailbox_by_id(self.mailbox_id).asked_at
                popping.pop_once(self.mailbox_id, stop)
                self._failures = 0
                self._pause(popping.EVERY_S, asked_at, stop, lock)
            return
        password, tokens = mailboxes.imap_password(mailbox), tokens_for(mailbox, Use.IMAP)
        with ImapConnection(mailbox.imap_url, password, tokens=tokens) as imap:
            while not stop.is_set():
                self._fetcher.round(imap, stop)
                self._failures = 0
                imap.wait(_IDLE_S)
                _keep(lock)

    def _pause(
        self, seconds: float, since: object, stop: threading.Event, lock: direct.Listening | None
    ) -> None:
        """Wait so long, or until staff want it looked into again."""
        for _ in range(max(1, round(seconds / _LOOK_FOR_WISHES_EVERY_S))):
            if (
                stop.wait(_LOOK_FOR_WISHES_EVERY_S)
                or queries.mailbox_by_id(self.mailbox_id).asked_at != since
            ):
                return
            _keep(lock)


def _keep(lock: direct.Listening | None) -> None:
    """Should the database have restarted, the lock is lost, and this says so."""
    if lock:
        lock.execute("SELECT 1")
