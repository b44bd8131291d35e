"""Moving and deleting messages of the folder an IMAP client has open, without touching anybody else's.

A bare EXPUNGE removes whatever anybody has marked as deleted, so it is never said: MOVE (RFC 6851) where
offered, else COPY, the mark, and UID EXPUNGE (RFC 4315). A server that knows neither keeps the marked
messages until the mailbox's owner cleans it up.
"""

from __future__ import annotations

import imaplib
from collections.abc import Collection
from typing import Any

from imap_tools.utils import encode_folder

from tocsin.channels.email.uids import Uids

# Longer command lines are refused by many servers.
_AT_ONCE = 500


class FilingRefused(Exception):
    """The server would not move or delete; its words, and the connection is as good as before."""


def move(client: Any, offers: Collection[str], uids: Uids, folder: str) -> None:
    """Move these into `folder`, which is made when missing. Those that are gone already are no fault.

    Raises FilingRefused, and whatever ends a connection.
    """
    name = encode_folder(folder)
    _make_sure_of(client, name)
    for chunk in uids.chunks(_AT_ONCE):
        if "MOVE" in offers:
            _tell(client, "MOVE", str(chunk), name)
        else:
            _tell(client, "COPY", str(chunk), name)
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
            raise FilingRefused("The server keeps them; perhaps we may only look into this folder.")


def _make_sure_of(client: Any, name: bytes) -> None:
    kind, found = client.list('""', name)
    if kind == "OK" and any(found):
        return
    kind, words = client.create(name)
    if kind != "OK":
        raise FilingRefused(f"The folder could not be made: {_said(words)}")
    client.subscribe(name)


def _tell(client: Any, *command: Any) -> list[Any]:
    client.untagged_responses.clear()
    try:
        kind, words = client.uid(*command)
    except (imaplib.IMAP4.abort, imaplib.IMAP4.readonly):
        raise
    except imaplib.IMAP4.error as error:  # BAD, or a command that this server does not know
        raise FilingRefused(f"{command[0]}: {str(error)[:200]}") from None
    if kind != "OK":
        raise FilingRefused(f"{command[0]}: {_said(words)}")
    return list(words)


def _said(words: list[Any]) -> str:
    said = b" ".join(word for word in words if isinstance(word, bytes))
    return " ".join(said.decode("utf-8", "replace").split())[:200]
