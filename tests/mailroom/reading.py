"""Fetching a mailbox as the worker does, round by round, and what a mail program beside it does."""

from __future__ import annotations

import imaplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.harness.mailservers import Dovecot

from tocsin.channels.email.imap import ImapConnection
from tocsin.mailroom.imapping import Fetcher
from tocsin.mailroom.models import Mailbox
from tocsin.mailroom.services import mailboxes


def read(mailbox: Mailbox, fetcher: Fetcher | None = None) -> int:
    """One connection with one round; how many messages came. `fetcher` remembers earlier rounds."""
    mailbox.refresh_from_db()
    with ImapConnection(mailbox.imap_url, mailboxes.imap_password(mailbox)) as imap:
        count = (fetcher or Fetcher(mailbox.pk)).round(imap, threading.Event())
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
