"""Accounts of channels: added and changed by staff; those that the environment names made by themselves, so
that an empty installation works at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from tocsin.channels import accounts as values
from tocsin.channels.accounts import Entered, Field
from tocsin.channels.protocol import Channel
from tocsin.channels.registry import channel as channel_by_key
from tocsin.channels.registry import channels, label
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.kernel.locks import Lock
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.mailroom import events, queries, reasons, secrets
from tocsin.mailroom.models import Account
from tocsin.people.permissions import MANAGE_SETTINGS

log = logging.getLogger(__name__)

_SEEDING = Lock("mailroom.seed-accounts")


@transaction.atomic
def save_account(
    channel: str,
    *,
    account_id: int | None = None,
    address: str = "",
    name: str = "",
    department_id: int | None = None,
    language: str = "",
    is_default: bool = False,
    is_enabled: bool = True,
    watches_silence: bool = True,
    settings: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    actor: Actor = SYSTEM,
) -> Account:
    """Add an account of a channel, or change the one with this id.

    `settings` and `secrets` are what the channel's form asks for; what is left out, or secret and empty,
    stays as it is. Raises Refused naming the fields at fault, Conflict when the address is another account's,
    LookupError for a channel that there is not, Forbidden.
    """
    actor.check(MANAGE_SETTINGS)
    kind = channel_by_key(channel)
    account = _to_save(channel, account_id)
    before = _before(account)
    entered = kind.check(
        Entered(
            address=address.strip(),
            name=name.strip(),
            settings=_completed(kind, settings or {}, before),
            secrets=_with_present(kind, secrets or {}, before),
            state=before.state if before else {},
        ),
        before,
    )
    account.department_id, account.language = department_id, language
    account.is_enabled, account.watches_silence = is_enabled, watches_silence
    _write(kind, account, entered, is_default=is_default)
    emit(events.AccountSaved(account.pk), actor=actor)
    return account


def _write(kind: Channel, account: Account, entered: Entered, *, is_default: bool) -> None:
    account.folded = kind.fold(entered.address)
    if Account.objects.filter(channel=kind.key, folded=account.folded).exclude(pk=account.pk).exists():
        raise Conflict(reasons.ACCOUNT_THERE(), ["address"])
    account.address, account.name = entered.address, entered.name
    account.settings, account.state = dict(entered.settings), dict(entered.state)
    account.secrets = secrets.seal(entered.secrets)
    if not account.watches_silence:
        account.silent_alarm_at = None
    _choose_default(account, is_default=is_default)
    account.waiting, account.asked_at = 0, clock.now()
    account.version += 1
    account.save()


def _to_save(channel: str, account_id: int | None) -> Account:
    if account_id is None:
        return Account(channel=channel, version=0)
    return Account.objects.select_for_update().get(pk=account_id, channel=channel)


def _before(account: Account) -> values.Account | None:
    """As it was; sealed with another key, its secrets have to be entered anew."""
    return queries.account_value(account, lenient=True) if account.pk else None


def _completed(kind: Channel, given: Mapping[str, Any], before: values.Account | None) -> dict[str, Any]:
    """Every setting that the form asks for. Raises Refused for one that it does not, or that is no choice."""
    asked = {one.key: one for one in kind.fields if one.kind not in ("secret", "address")}
    unknown = [key for key in given if key not in asked]
    wrong = [key for key, one in asked.items() if key in given and _is_wrong(one, given[key])]
    if unknown or wrong:
        raise Refused(reasons.NOT_LIKE_THIS(), unknown + wrong)
    present = {key: one.default for key, one in asked.items()} | dict(before.settings if before else {})
    return {key: given.get(key, present[key]) for key in asked}


def _is_wrong(asked: Field, value: Any) -> bool:
    return asked.kind == "choice" and value not in dict(asked.choices)


def _with_present(kind: Channel, given: Mapping[str, str], before: values.Account | None) -> dict[str, str]:
    present = before.secrets if before else {}
    keys = [one.key for one in kind.fields if one.kind == "secret"]
    found = {key: given.get(key) or present.get(key, "") for key in keys}
    return {key: value for key, value in found.items() if value}


def _choose_default(account: Account, *, is_default: bool) -> None:
    others = Account.objects.filter(channel=account.channel, is_default=True).exclude(pk=account.pk)
    if is_default:
        others.update(is_default=False)
    account.is_default = is_default or not others.exists()


@transaction.atomic
def ensure_accounts() -> None:
    """The accounts that the environment names: made where there are none, changed where it says something
    else.

    Several loops and processes call this when they start: one of them does it, the others wait and find it
    done.
    """
    _SEEDING.hold()
    for kind in channels().values():
        _ensure(kind)


@dataclass(frozen=True)
class Senders:
    """The accounts by which messages may go out, by channel, and each channel's default."""

    by_channel: Mapping[str, frozenset[int]]
    defaults: Mapping[str, int]

    def account_id(self, channel: str, wanted: int | None) -> int:
        """The wanted one, if it is of the channel and in use; else the default. Raises Refused."""
        if wanted is not None and wanted in self.by_channel.get(channel, ()):
            return wanted
        if channel not in self.defaults:
            raise Refused(reasons.NOTHING_TO_WRITE_BY(channel=label(channel)), ["channel"])
        return self.defaults[channel]


def senders(of: Set[str]) -> Senders:
    """Of these channels; what the environment names is made where it is not there yet."""
    found = _senders(of)
    if of - found.defaults.keys():
        ensure_accounts()
        found = _senders(of)
    return found


def _senders(of: Set[str]) -> Senders:
    rows = Account.objects.filter(channel__in=of).order_by("-is_enabled", "-is_default", "pk")
    found = list(rows.values_list("channel", "pk", "is_enabled")) if of else []
    in_use = {key: frozenset(pk for one, pk, enabled in found if one == key and enabled) for key in of}
    return Senders(in_use, {key: pk for key, pk, _enabled in reversed(found)})


def _ensure(kind: Channel) -> None:
    present = Account.objects.select_for_update().filter(channel=kind.key, is_default=True).first()
    try:
        entered = kind.seed(_before(present) if present else None)
        if entered is None:
            return
        account = (
            present or Account.objects.filter(channel=kind.key, folded=kind.fold(entered.address)).first()
        )
        account = account or Account(channel=kind.key, version=0)
        before = _before(account)
        settings = _completed(kind, entered.settings, before)
        entered = kind.check(replace(entered, settings=settings), before)
        with transaction.atomic():
            _write(kind, account, entered, is_default=True)
            emit(events.AccountSaved(account.pk), actor=SYSTEM)
    except Refused as refused:
        log.error("the environment's settings for %s can't be used: %s", kind.key, refused)


@transaction.atomic
def keep_secrets(account_id: int, before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """The other side gave new secrets for these; not kept where staff entered others meanwhile."""
    account = Account.objects.select_for_update().filter(pk=account_id).first()
    if account is None:
        return
    present = secrets.unseal(account.secrets)
    if all(present.get(key, "") == value for key, value in before.items()):
        Account.objects.filter(pk=account_id).update(secrets=secrets.seal({**present, **now}))


def note_success(account_id: int) -> None:
    """The account was looked into and what was there is written down."""
    Account.objects.filter(pk=account_id).update(
        last_success_at=clock.now(), last_error=NOTHING, last_trouble=""
    )


def note_error(account_id: int, error: Kept, trouble: str = "", at: datetime | None = None) -> None:
    """The account could not be looked into; `error` is shown to staff and holds no secret."""
    Account.objects.filter(pk=account_id).update(
        last_error=error, last_error_at=at or clock.now(), last_trouble=trouble[:20]
    )


def note_waiting(account_id: int, count: int) -> None:
    """So many messages are on the source and not fetched yet."""
    Account.objects.filter(pk=account_id).exclude(waiting=count).update(waiting=count)


@transaction.atomic
def look_now(account_id: int, actor: Actor = SYSTEM) -> None:
    """Staff want the account looked into now, whatever pause it is in. Raises NotFound, Forbidden."""
    actor.check(MANAGE_SETTINGS)
    account = queries.account_by_id(account_id)
    Account.objects.filter(pk=account.pk).update(asked_at=clock.now())
    emit(events.AccountLookedInto(account.pk), actor=actor)


class KeptAccounts:
    """What channels may ask of the accounts (`channels.accounts.Accounts`)."""

    def of(self, channel: str) -> list[values.Account]:
        """Those of a channel that are in use, the default first."""
        return [
            queries.account_value(one, lenient=True) for one in queries.accounts(channel) if one.is_enabled
        ]

    def keep_secrets(self, account_id: int, before: Mapping[str, str], now: Mapping[str, str]) -> None:
        """As the function."""
        keep_secrets(account_id, before, now)
