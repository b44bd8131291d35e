"""What the loader keeps at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.kernel.actors import Actor
    from tocsin.mailroom.models import Account
    from tocsin.people.models import Staff


@dataclass(frozen=True)
class House:
    """The company's people and mail accounts, by key."""

    staff: dict[str, Staff]
    accounts: dict[str, Account]

    def actor(self, key: str) -> Actor:
        """One of the staff, as they act."""
        return self.staff[key].actor
