"""Mailboxes, as the mailroom's tests add, change and run them."""

from __future__ import annotations

import threading
from typing import Any

from tocsin.channels.email.oauth import OAuth
from tocsin.channels.email.places import Place
from tocsin.channels.email.tokens import oauth_of
from tocsin.mailroom import queries, services
from tocsin.mailroom.hosting import Host
from tocsin.mailroom.models import Account

_COMMON = ("name", "department_id", "language", "is_default", "is_enabled", "watches_silence", "actor")


def save_mailbox(
    address: str = "support@example.test",
    *,
    account_id: int | None = None,
    fetch_url: str = "",
    oauth: OAuth | None = None,
    **values: Any,
) -> Account:
    """A mailbox, changed as its form changes it: what is secret and not said stays."""
    common = {key: values.pop(key) for key in _COMMON if key in values}
    secrets = {"password": values.pop("password", "")}
    settings = {"fetch_url": fetch_url, **values}
    if oauth:
        known = oauth.provider in ("", "google", "microsoft")
        settings |= {"sign_in": oauth.provider if known else "google"}
        settings |= {"oauth_client_id": oauth.client_id, "oauth_tenant": oauth.tenant}
        secrets |= {"oauth_client_secret": oauth.client_secret, "oauth_refresh_token": oauth.refresh_token}
    saved = services.save_account(
        "email", account_id=account_id, address=address, settings=settings, secrets=secrets, **common
    )
    if oauth and not known:  # one of the tests' own: staff can't choose it
        saved.settings["sign_in"] = oauth.provider
        saved.save(update_fields=["settings"])
    return saved


def place_of(account: Account) -> Place:
    """Where the mailbox is read, as it is kept now."""
    account.refresh_from_db()
    return Place.of(queries.account_value(account))


def keep_place(account: Account, **values: Any) -> None:
    """Another place than it was left at."""
    Account.objects.filter(pk=account.pk).update(state={**place_of(account).kept(), **values})


def sign_in_of(account: Account) -> OAuth | None:
    """Its sign-in by OAuth2, as it is kept now."""
    return oauth_of(queries.account_value(Account.objects.get(pk=account.pk)))


def host_of(account: Account, stop: threading.Event | None = None) -> Host:
    """Who runs it, as the worker does."""
    return Host(account.pk, stop or threading.Event())
