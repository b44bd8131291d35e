"""What keeps mail from being fetched, in kinds that say what to do about it."""

from __future__ import annotations

from enum import StrEnum

from tocsin.channels.base import Retry
from tocsin.kernel.reasons import Kept


class Trouble(StrEnum):
    """The kind of a failure to fetch."""

    LOGIN = "login"
    TOKEN = "token"  # noqa: S105  the name of a kind
    PLAIN = "plain"
    FOLDER = "folder"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


class FetchFailed(Retry):
    """A mailbox can't be looked into now; `trouble` says of what kind that is."""

    def __init__(self, after: float, reason: Kept, trouble: Trouble) -> None:
        super().__init__(after, reason, connection=True)
        self.trouble = trouble
