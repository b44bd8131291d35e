"""Where we stand in a mailbox that is fetched, as its account remembers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from tocsin.channels.accounts import Account
from tocsin.channels.email import reasons
from tocsin.channels.email.limits import LARGEST_MAIL
from tocsin.channels.email.uids import Uids
from tocsin.kernel import clock
from tocsin.kernel.reasons import NOTHING, Kept

_LONGEST_LIST = 300


@dataclass(frozen=True)
class Comparison:
    """Received by the server against seen by us: of `on_server` messages (the new ones not counted) `missing`
    were not with us and could not be had, and `recovered` were not and could. `which` names the missing."""

    on_server: int = 0
    missing: int = 0
    which: str = ""
    recovered: int = 0

    @property
    def seen(self) -> int:
        """How many of them are with us."""
        return self.on_server - self.missing


@dataclass(frozen=True)
class Place:
    """What an account remembers of its mailbox.

    `numbering` counts how often the numbers began anew: the same UIDVALIDITY and UID may name another message
    since. `untidied` is what is in the spool and still has to be moved or deleted, as an IMAP set such as
    `17:40,52`; kept with the messages, so that a process that ends between the two leaves word of it. Mail
    fetched before `afterwards_since` stays as it was. `seeded` is the address that the environment gave.
    """

    uid_validity: int = 0
    last_uid: int = 0
    numbering: int = 0
    untidied: str = ""
    tidy_error: str = ""
    afterwards_since: str = ""
    compared_at: str = ""
    comparison: dict[str, Any] = field(default_factory=dict)
    seeded: str = ""

    @classmethod
    def of(cls, account: Account | None) -> Place:
        """As the account remembers it."""
        return cls.kept_in(account.state if account else {})

    @classmethod
    def kept_in(cls, state: Mapping[str, Any]) -> Place:
        """As a state holds it."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in state.items() if name in known})

    def kept(self) -> dict[str, Any]:
        """As the account's state."""
        return {name: value for name, value in asdict(self).items() if value}

    def at_beginning(self, uid_validity: int = 0) -> Place:
        """Of another numbering: all is fetched once more, and what we have is told by what it is."""
        return replace(
            self,
            uid_validity=uid_validity,
            last_uid=0,
            numbering=self.numbering + bool(self.uid_validity),
            untidied="",
            compared_at="",
            comparison={},
        )

    def compared(self, found: Comparison) -> Place:
        """The server's messages were compared with ours just now."""
        found = replace(found, which=found.which[:_LONGEST_LIST])
        return replace(self, compared_at=clock.now().isoformat(), comparison=asdict(found))

    @property
    def last_comparison(self) -> Comparison:
        """As it was last compared with the server."""
        return Comparison(**self.comparison)

    @property
    def last_compared_at(self) -> datetime | None:
        """When that was."""
        return moment(self.compared_at)

    @property
    def to_tidy(self) -> Uids:
        """What still has to be moved or deleted."""
        return Uids.parse(self.untidied)


def moment(text: str) -> datetime | None:
    """A moment as the state holds it."""
    return datetime.fromisoformat(text) if text else None


def imap_prefix(account_id: int, place: Place) -> str:
    """What the source keys of a mailbox's messages begin with; the UID follows."""
    again = f".{place.numbering}" if place.numbering else ""
    return f"imap:{account_id}:{place.uid_validity}{again}:"


def pop_key(account_id: int, name: str) -> str:
    """The source's own name for a message fetched by POP3."""
    return f"pop3:{account_id}:{name}"


def cut(whole_size: int) -> dict[str, Any]:
    """What the envelope says of a message of which only the beginning was taken."""
    return {"whole_size": whole_size} if whole_size else {}


def why_aside(whole_size: int) -> Kept:
    """Why a person is to look at a message of that size; '' for one that is here whole."""
    if not whole_size:
        return NOTHING
    return reasons.BEGINNING_ONLY(size=round(whole_size / 2**20), most=round(LARGEST_MAIL / 2**20))
