"""Fetching a mailbox as the worker does, round by round, and what a mail program beside it does."""

from __future__ import annotations

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager

from tests.harness.mailservers import Dovecot
from tests.mailroom.boxes import host_of

from tocsin.channels.email.imap_rounds import Fetcher, connected
from tocsin.mailroom.hosting import Host
from tocsin.mailroom.models import Account


def read(mailbox: Account, host: Host | None = None) -> int:
    """One connection with one round; how many messages came. `host` remembers earlier rounds."""
    host = host or host_of(mailbox)
    fetcher: Fetcher = host.memo.setdefault("imap", Fetcher(host))
    with connected(host) as imap:
        count = fetcher.round(imap)
    mailbox.refresh_from_db()
    return count


@contextmanager
def mail_program(dovecot: Dovecot, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
    """Somebody else in the same mailbox."""
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(dovecot.user, dovecot.password)
        client.select(folder)
        yield client


def count_in(dovecot: Dovecot, folder: str = "INBOX") -> int:
    """How many messages a folder has; -1 when there is no such folder."""
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(dovecot.user, dovecot.password)
        kind, found = client.select(folder, readonly=True)
        return int(found[0] or 0) if kind == "OK" else -1
