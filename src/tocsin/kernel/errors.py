"""Errors that people read: each says what happened and what to do."""

from __future__ import annotations


class Refused(Exception):
    """An act that can't be done as asked; nothing was changed.

    `fields` names the inputs at fault, so that a form or the API can show the sentence beside them.
    """

    def __init__(self, message: str, fields: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields or {}


class NotFound(Refused):
    """There is no such thing, or not for this reader."""


class Conflict(Refused):
    """Somebody else was quicker: the state is no longer what the act expected."""
