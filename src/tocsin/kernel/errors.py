"""Errors that people read: each says what happened and what to do."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tocsin.kernel.reasons import Kept, in_english, plain, word


class Refused(Exception):
    """An act that can't be done as asked; nothing was changed.

    `reason` is one of ours; a text is for programmers and logs alone. `fields` names the inputs at fault, so
    that a form or the API can show the sentence beside them; each may have a reason of its own.
    """

    def __init__(self, reason: Kept | str, fields: Collection[str] | Mapping[str, Kept] = ()) -> None:
        self.reason = reason if isinstance(reason, Kept) else plain(reason)
        super().__init__(in_english(self.reason))
        self._at_fault = fields if isinstance(fields, Mapping) else dict.fromkeys(fields, self.reason)

    @property
    def message(self) -> str:
        """What happened and what to do, in the reader's language."""
        return word(self.reason)

    @property
    def fields(self) -> dict[str, str]:
        """The inputs at fault, each with what is wrong with it in the reader's language."""
        return {name: word(reason) for name, reason in self._at_fault.items()}


class BadSetting(ValueError):
    """A setting that can't be used; `reason` says what is wrong and repeats no secret."""

    def __init__(self, reason: Kept) -> None:
        super().__init__(in_english(reason))
        self.reason = reason


class NotFound(Refused):
    """There is no such thing, or not for this reader."""


class Forbidden(Refused):
    """They may not do this, whatever they enter."""


class Conflict(Refused):
    """Somebody else was quicker: the state is no longer what the act expected."""
