"""What the loader keeps at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.mailroom.models import Account
    from tocsin.people.models import Staff


@dataclass(frozen=True)
class House:
    """The company's people and mail accounts, by key."""

    staff: dict[str, Staff]
    accounts: dict[str, Account]

    def actor(self, key: str) -> str:
        """One of the staff, as the verbs name who acts."""
        return self.staff[key].actor
