"""A configured channel (a mailbox, a bot, a number, a gateway, a form) as its channel sees it, what its form
asks for, and what its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_noop

from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept, Reason

_NO_SECRET = Reason(
    "channels.no_secret",
    gettext_noop("The secret “%(key)s” of %(account)s can't be read. Enter it again in the settings."),
)
Text = str | Promise
"""Words for people: in the language that is on when they are shown."""


@dataclass(frozen=True)
class Account:
    """One account. `address` is ours, as people write to it ('' where the channel has none); `name` is what
    they see. `settings` and `secrets` are what staff entered, by the keys of the channel's fields; `state` is
    what the channel keeps for itself. The text of an account shows neither secrets nor state."""

    id: int
    channel: str
    address: str
    name: str = ""
    language: str = ""
    is_default: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    state: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def secret(self, key: str) -> str:
        """One of the secrets. Raises BadSetting when it is not there, or can't be read any more."""
        if key not in self.secrets:
            raise BadSetting(_NO_SECRET(key=key, account=self.address or self.channel))
        return self.secrets[key]


# --- What staff enter -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One thing that an account's form asks for, kept in `settings` under its key, or in `secrets`.

    `kind` is `text`, `secret` (never shown again; left empty, the present one stays), `choice` (of
    `choices`), `flag` or `address` (ours on the channel). `asked_if` names another field and the values with
    which this one is asked for; else it is hidden.
    """

    key: str
    label: Text
    kind: str = "text"
    help: Text = ""
    required: bool = False
    choices: tuple[tuple[str, Text], ...] = ()
    longest: int = 300
    default: str | bool = ""
    asked_if: tuple[str, tuple[str, ...]] | None = None


@dataclass(frozen=True)
class Entered:
    """What staff entered for an account; what is secret is complete, with what they left as it was. `state`
    is the account's new memory, such as where it stands in a mailbox that is now another."""

    address: str
    name: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    state: Mapping[str, Any] = field(default_factory=dict, repr=False)


# --- What an account's page shows -----------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One line: a label and what is so; `tone` is that of a pill with `mark` in it."""

    label: Text
    value: Text | int | datetime | None
    mark: Text = ""
    tone: str = "calm"
    hint: Text = ""

    @property
    def is_moment(self) -> bool:
        """Whether it is shown as how long ago."""
        return isinstance(self.value, datetime)


@dataclass(frozen=True)
class Section:
    """A card of facts; `words` stand below them, or alone."""

    title: Text
    facts: tuple[Fact, ...] = ()
    words: Text = ""
    icon: str = "info"


@dataclass(frozen=True)
class Warning:
    """Something that is wrong and does not stop the account: what, the other side's own words, what to do."""

    title: Text
    words: Kept
    remedy: Text = ""


@dataclass(frozen=True)
class Details:
    """What a channel shows of an account beside what holds for all. `brief` are the warnings of the list, a
    few words each; `arrives` says how messages come in, where we do not ask for them."""

    facts: tuple[Fact, ...] = ()
    sections: tuple[Section, ...] = ()
    warnings: tuple[Warning, ...] = ()
    brief: tuple[Text, ...] = ()
    arrives: Text = ""


# --- Where accounts are kept ----------------------------------------------------------------------


class Accounts(Protocol):
    """The room that keeps the accounts."""

    def of(self, channel: str) -> list[Account]:
        """Those of a channel that are in use. An account whose secrets can't be read has none."""

    def keep_secrets(self, account_id: int, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """The other side gave new secrets for these; not kept where staff entered others meanwhile."""


class _Nowhere:
    def of(self, channel: str) -> Iterable[Account]:
        return []

    def keep_secrets(self, account_id: int, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """Nobody keeps them."""


_kept_by: Accounts = _Nowhere()  # type: ignore[assignment]  # until the room that keeps them is there


def keep_accounts_in(room: Accounts) -> None:
    """Said once, by the room that keeps the accounts."""
    global _kept_by
    _kept_by = room


def accounts() -> Accounts:
    """Where the accounts are kept."""
    return _kept_by
