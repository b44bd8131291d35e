"""The accounts of channels, and how they fare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from tocsin.channels import accounts as values
from tocsin.channels.accounts import Details
from tocsin.channels.protocol import Channel
from tocsin.channels.registry import channels
from tocsin.kernel import clock
from tocsin.kernel.errors import BadSetting, NotFound
from tocsin.mailroom import reasons, secrets
from tocsin.mailroom.models import Account, ArrivalHour, InboundItem, InboundState


@dataclass(frozen=True)
class AccountHealth:
    """An account and how it fares: what came, what waits to be opened and what was set aside, of its mail.
    `kind` is its channel, None where that is there no more."""

    account: Account
    kind: Channel | None
    details: Details
    backlog: int = 0
    set_aside: int = 0
    today: int = 0
    week: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether we look for what came, and are not only told."""
        return not self.details.arrives


def account_value(row: Account, *, lenient: bool = False) -> values.Account:
    """An account as its channel sees it. Raises BadSetting where its secrets can't be read any more;
    `lenient`, it has none then."""
    try:
        secret = secrets.unseal(row.secrets)
    except BadSetting:
        if not lenient:
            raise
        secret = {}
    return values.Account(
        id=row.pk,
        channel=row.channel,
        address=row.address,
        name=row.name,
        language=row.language,
        is_default=row.is_default,
        settings=row.settings,
        secrets=secret,
        state=row.state,
    )


def accounts(channel: str = "") -> list[Account]:
    """All, or those of a channel; by channel, the default first."""
    rows = Account.objects.select_related("department").order_by("channel", "-is_default", "address")
    return list(rows.filter(channel=channel) if channel else rows)


def accounts_to_run() -> list[Account]:
    """Those that are in use and whose channel has something to run for them."""
    known = channels()
    return [
        one
        for one in Account.objects.filter(is_enabled=True, channel__in=list(known))
        if known[one.channel].runs(account_value(one, lenient=True))
    ]


def our_addresses() -> frozenset[str]:
    """Of our accounts; folded."""
    return frozenset(Account.objects.exclude(folded="").values_list("folded", flat=True))


def account_by_id(account_id: int) -> Account:
    """Raises NotFound."""
    found = Account.objects.select_related("department").filter(pk=account_id).first()
    if found is None:
        raise NotFound(reasons.NO_ACCOUNT())
    return found


def default_account(channel: str) -> Account | None:
    """Where what names no account of the channel goes, and by which what names none goes out."""
    return Account.objects.filter(channel=channel, is_default=True).first()


def sending_account(channel: str, wanted: Account | None) -> Account | None:
    """By which account of the channel a message goes: the wanted one, if it is of the channel and in use (no
    query then), else the default. None where there is none."""
    if wanted and wanted.channel == channel and wanted.is_enabled:
        return wanted
    return default_account(channel)


def can_send(account: Account) -> bool:
    """Whether messages go out by it."""
    return account.is_enabled and account.channel in channels() and channels()[account.channel].can.sends


def asked_at(account_id: int) -> datetime | None:
    """When staff last wanted the account looked into."""
    return Account.objects.filter(pk=account_id).values_list("asked_at", flat=True).first()


def account_health(midnight: datetime, account_id: int | None = None) -> list[AccountHealth]:
    """All accounts, or one, with what came since the reader's midnight and in seven days (counted by hour),
    what waits and what was set aside (few by nature)."""
    unfinished = InboundItem.objects.filter(state__in=[InboundState.SPOOLED, InboundState.SET_ASIDE])
    counts = unfinished.values_list("account_id", "state").annotate(Count("id"))
    found = {(pk, state): count for pk, state, count in counts}
    hours = ArrivalHour.objects.filter(hour__gt=clock.now() - timedelta(days=7))
    today = Coalesce(Sum("count", filter=Q(hour__gte=midnight)), 0)
    sums = hours.values("account_id").annotate(today=today, week=Sum("count"))
    came = {one["account_id"]: (one["today"], one["week"]) for one in sums}
    return [
        AccountHealth(
            one,
            channels().get(one.channel),
            _details(one),
            found.get((one.pk, "spooled"), 0),
            found.get((one.pk, "set_aside"), 0),
            *came.get(one.pk, (0, 0)),
        )
        for one in accounts()
        if account_id in (None, one.pk)
    ]


def _details(row: Account) -> Details:
    kind = channels().get(row.channel)
    return kind.details(account_value(row, lenient=True)) if kind else Details()


def arrival_hours(account_id: int, since: datetime) -> list[tuple[datetime, int]]:
    """The hours from then on in which somebody looked, and how many messages came in each."""
    rows = ArrivalHour.objects.filter(account_id=account_id, hour__gte=since).order_by("hour")
    return list(rows.values_list("hour", "count"))


def silent_accounts() -> list[Account]:
    """Those that have been silent for longer than usual."""
    return list(Account.objects.filter(silent_alarm_at__isnull=False).order_by("last_arrival_at"))
