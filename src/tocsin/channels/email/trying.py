"""Trying a mailbox before somebody relies on it: its way out and the place its mail is fetched from."""

from __future__ import annotations

from django.conf import settings

from tocsin.channels.accounts import Account
from tocsin.channels.base import Health, Retry
from tocsin.channels.email import imap_rounds, pop_rounds
from tocsin.channels.email.pop import is_pop
from tocsin.channels.email.routes import way_of_setting
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import word

_PATIENCE_S = 5.0


def health(account: Account) -> Health:
    """Whether the mail servers take our connection; of those that send, one that does is enough."""
    ways = [(name, getattr(settings, name)) for name in ("TOCSIN_SMTP_URL", "TOCSIN_SMTP_FALLBACK_URL")]
    sending = [_sends(name, url) for name, url in ways if url or name == "TOCSIN_SMTP_URL"]
    fetching = [_fetches(account)] if account.settings.get("fetch_url") else []
    ok = any(one.ok for one in sending) and all(one.ok for one in fetching)
    return Health(ok, " · ".join(one.words for one in (*sending, *fetching)))


def _sends(setting: str, url: str) -> Health:
    way = way_of_setting(setting, url, patience_s=_PATIENCE_S)
    try:
        return Health(True, f"{way.server}: {way.check()}")
    except Retry as problem:
        return Health(False, word(problem.reason))
    finally:
        way.close()


def _fetches(account: Account) -> Health:
    url = str(account.settings["fetch_url"])
    try:
        if is_pop(url):
            with pop_rounds.connection_of(account, timeout=_PATIENCE_S) as pop:
                count = len(pop.names())
        else:
            with imap_rounds.connection_of(account, timeout=_PATIENCE_S) as imap:
                count = len(imap.uids())
    except (Retry, BadSetting) as problem:
        return Health(False, word(problem.reason))
    return Health(True, f"{url}: {count}")
