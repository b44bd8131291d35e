"""Moving and deleting messages of the folder an IMAP client has open, without touching anybody else's.

A bare EXPUNGE removes whatever anybody has marked as deleted, so it is never said: MOVE (RFC 6851) where
offered, else COPY, the mark, and UID EXPUNGE (RFC 4315). A server that knows neither keeps the marked
messages until the mailbox's owner cleans it up.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Collection
from typing import Any

from imap_tools.utils import encode_folder

from tocsin.channels.email import reasons
from tocsin.channels.email.uids import Uids
from tocsin.kernel.reasons import Kept, in_english, join, plain

# Longer command lines are refused by many servers.
_AT_ONCE = 500
_IS_THERE = re.compile(r"ALREADYEXISTS|already exists", re.IGNORECASE)


class FilingRefused(Exception):
    """The server would not move or delete, and why; the connection is as good as before."""

    def __init__(self, reason: Kept) -> None:
        super().__init__(in_english(reason))
        self.reason = reason


def move(client: Any, offers: Collection[str], uids: Uids, folder: str) -> None:
    """Move these into `folder`, which is made when missing. Those that are gone already are no fault.

    Raises FilingRefused, and whatever ends a connection.
    """
    name, verb = encode_folder(folder), "MOVE" if "MOVE" in offers else "COPY"
    for chunk in uids.chunks(_AT_ONCE):
        _put(client, verb, chunk, name)
        if verb == "COPY":
            _delete(client, offers, chunk)


def delete(client: Any, offers: Collection[str], uids: Uids) -> None:
    """Delete these for good. Raises FilingRefused, and whatever ends a connection."""
    for chunk in uids.chunks(_AT_ONCE):
        _delete(client, offers, chunk)


def _delete(client: Any, offers: Collection[str], uids: Uids) -> None:
    _tell(client, "STORE", str(uids), "+FLAGS.SILENT", r"(\Deleted)")
    if "UIDPLUS" in offers:
        _tell(client, "EXPUNGE", str(uids))
        if any(_tell(client, "SEARCH", f"UID {uids}")):  # OK is also said by servers that ignored it
            raise FilingRefused(reasons.MAIL_STAYS())


def _put(client: Any, verb: str, uids: Uids, name: bytes) -> None:
    """Whether the folder is there is told by trying: LIST would take a `%` or `*` for any name."""
    try:
        _tell(client, verb, str(uids), name)
    except FilingRefused as refusal:
        _make(client, name, refusal)
        _tell(client, verb, str(uids), name)


def _make(client: Any, name: bytes, refusal: FilingRefused) -> None:
    """The folder, if it is not there; else it was refused for another reason, which is raised again."""
    try:
        kind, words = client.create(name)
    except (imaplib.IMAP4.abort, imaplib.IMAP4.readonly):
        raise
    except imaplib.IMAP4.error as error:
        kind, words = "BAD", [str(error).encode()]
    if kind != "OK":
        said = _said(words)
        if _IS_THERE.search(said):
            raise refusal
        raise FilingRefused(join(refusal.reason, reasons.FOLDER_NOT_MADE(words=said)))
    client.subscribe(name)


def _tell(client: Any, *command: Any) -> list[Any]:
    client.untagged_responses.clear()
    try:
        kind, words = client.uid(*command)
    except (imaplib.IMAP4.abort, imaplib.IMAP4.readonly):
        raise
    except imaplib.IMAP4.error as error:  # BAD, or a command that this server does not know
        raise FilingRefused(plain(f"{command[0]}: {str(error)[:200]}")) from None
    if kind != "OK":
        raise FilingRefused(plain(f"{command[0]}: {_said(words)}"))
    return list(words)


def _said(words: list[Any]) -> str:
    said = b" ".join(word for word in words if isinstance(word, bytes))
    return " ".join(said.decode("utf-8", "replace").split())[:200]
