"""What a folder holds, as the room that fetches asks for it."""

from __future__ import annotations

from tocsin.channels.email.imap import Fetched, ImapConnection


def fetched(mailbox: ImapConnection, after: int = 0, *, batch: int = 50) -> list[Fetched]:
    """Every message after a UID, in order."""
    groups = mailbox.groups(mailbox.uids(after), batch)
    return [one for group in groups for one in mailbox.fetch([sized.uid for sized in group])]
