"""Errors that people read: each says what happened and what to do."""

from __future__ import annotations

from tocsin.kernel.reasons import Kept, in_english


class Refused(Exception):
    """An act that can't be done as asked; nothing was changed.

    `fields` names the inputs at fault, so that a form or the API can show the sentence beside them.
    """

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class BadSetting(ValueError):
    """A setting that can't be used; `reason` says what is wrong and repeats no secret."""

    def __init__(self, reason: Kept) -> None:
        super().__init__(in_english(reason))
        self.reason = reason


class NotFound(Refused):
    """There is no such thing, or not for this reader."""


class Conflict(Refused):
    """Somebody else was quicker: the state is no longer what the act expected."""
