"""What the loader keeps at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.mailroom.models import Mailbox
    from tocsin.people.models import Staff


@dataclass(frozen=True)
class House:
    """The company's people and mailboxes, by key."""

    staff: dict[str, Staff]
    mailboxes: dict[str, Mailbox]

    def actor(self, key: str) -> str:
        """One of the staff, as the verbs name who acts."""
        return self.staff[key].actor
