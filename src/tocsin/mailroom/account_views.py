"""Pages for staff: the accounts of channels, added, changed, tried, and how each fares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tocsin.channels.protocol import Channel
from tocsin.channels.registry import channel, channels
from tocsin.console.toasts import toast
from tocsin.kernel import clock
from tocsin.kernel.errors import BadSetting, NotFound
from tocsin.kernel.reasons import word
from tocsin.mailroom import queries, reasons, services
from tocsin.mailroom.forms import AccountForm
from tocsin.mailroom.models import Account
from tocsin.mailroom.services import watching
from tocsin.people import access
from tocsin.people.editing import edit
from tocsin.people.permissions import MANAGE_SETTINGS

manage = access.require(MANAGE_SETTINGS)

_ASIDE_SHOWN = 5
_SHOWN = ("name", "department_id", "language", "is_default", "is_enabled", "watches_silence")


@manage
@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts and how they fare."""
    return render(request, "mailroom/accounts.html", {"accounts": queries.account_health(_midnight())})


@manage
@require_GET
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """How one account fares, and what to do where it does not."""
    one = queries.account_by_id(account_id)
    health = queries.account_health(_midnight(), account_id)[0]
    context = {
        "one": health,
        "advice": health.kind.advice(one.last_trouble) if health.kind else "",
        "habit": watching.habit_of(one),
        "aside": queries.set_aside_items(None, account_id).items[:_ASIDE_SHOWN],
        "unmatched": queries.count_unmatched_bounces(account_id),
        "most_unmatched": queries.MOST_UNMATCHED,
        "webhook": _webhook_address(one) if health.kind and health.kind.can.webhook else "",
    }
    return render(request, "mailroom/account.html", context)


@manage
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Of which channel the new account is."""
    return render(request, "mailroom/account_choose.html", {"channels": list(channels().values())})


@manage
def add(request: HttpRequest, key: str) -> HttpResponse:
    """A new account."""
    kind = _kind(key)
    form = AccountForm(kind, request.POST or None, is_new=True)
    return _edit(request, kind, form, _("Add: %(channel)s") % {"channel": kind.label}, None)


@manage
def edit_account(request: HttpRequest, account_id: int) -> HttpResponse:
    """An account's settings; what is secret is never shown."""
    one = queries.account_by_id(account_id)
    kind = _kind(one.channel)
    initial = {name: getattr(one, name) for name in _SHOWN} | one.settings | _address(kind, one)
    form = AccountForm(kind, request.POST or None, initial=initial, is_new=False)
    return _edit(request, kind, form, str(one), account_id)


@manage
@require_POST
def look(request: HttpRequest, account_id: int) -> HttpResponse:
    """Look into it now, whatever pause it is in."""
    services.look_now(account_id, access.actor(request))
    toast(request, _("It is being looked into. Open this page again in a few seconds."))
    return redirect("mailroom:account", account_id)


@manage
@require_POST
def try_it(request: HttpRequest, account_id: int) -> HttpResponse:
    """Whether it works, asked of the other side now; nothing is sent."""
    one = queries.account_by_id(account_id)
    try:
        health = _kind(one.channel).health(queries.account_value(one))
    except BadSetting as unreadable:
        toast(request, word(unreadable.reason), tone="bad")
    else:
        words = _("It works: %(words)s") if health.ok else _("It does not work: %(words)s")
        toast(request, words % {"words": health.words}, tone="calm" if health.ok else "bad")
    return redirect("mailroom:account", account_id)


def _edit(
    request: HttpRequest, kind: Channel, form: AccountForm, title: str, account_id: int | None
) -> HttpResponse:
    def save(_values: dict[str, Any]) -> None:
        services.save_account(kind.key, account_id=account_id, actor=access.actor(request), **form.entered())

    return edit(request, form, title, "mailroom:accounts", save)


def _kind(key: str) -> Channel:
    if key not in channels():
        raise NotFound(reasons.NO_CHANNEL())
    return channel(key)


def _address(kind: Channel, one: Account) -> dict[str, str]:
    return {field.key: one.address for field in kind.fields if field.kind == "address"}


def _midnight() -> datetime:
    """When the reader's day began."""
    return timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)


def _webhook_address(one: Account) -> str:
    return settings.TOCSIN_URL + reverse("mailroom:webhook-root", args=[one.channel, str(one.pk)])
