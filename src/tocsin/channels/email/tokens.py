"""Access tokens of mailboxes that are signed in to by OAuth2, for fetching their mail and sending as them.

A process keeps one source of tokens for each mailbox and use. What they are made from is read from the
account each time, so that a refresh token that another process was given, or staff entered, is used next.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from tocsin.channels.accounts import Account, accounts
from tocsin.channels.base import Retry
from tocsin.channels.email import reasons
from tocsin.channels.email.oauth import OAuth, Tokens, Use
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept

KeepSecrets = Callable[[Mapping[str, str], Mapping[str, str]], None]

_AFTER_S = 300.0
_kept: dict[tuple[int, Use], Tokens] = {}
_lock = threading.Lock()


def oauth_of(account: Account) -> OAuth | None:
    """The sign-in by OAuth2; None where a password is used. Raises BadSetting when its secrets can't be read
    any more."""
    provider = account.settings.get("sign_in", "")
    if not provider:
        return None
    return OAuth(
        provider,
        account.settings.get("oauth_client_id", ""),
        account.secrets.get("oauth_client_secret", ""),
        account.secret("oauth_refresh_token"),
        account.settings.get("oauth_tenant", ""),
    )


def tokens_for(account: Account, use: Use, keep_secrets: KeepSecrets | None = None) -> Tokens | None:
    """Where the mailbox's access tokens come from; None when it has a password. Raises BadSetting."""
    oauth = oauth_of(account)
    if oauth is None:
        return None
    keep = keep_secrets or (lambda before, now: accounts().keep_secrets(account.id, before, now))

    def keep_refresh_token(before: OAuth, now: OAuth) -> None:
        keep(_secrets(before), _secrets(now))

    with _lock:
        tokens = _kept.setdefault((account.id, use), Tokens(oauth, keep_refresh_token, use=use))
    tokens.use_from_now(oauth)
    return tokens


def tokens_to_send(address: str) -> Tokens:
    """Those of the mailbox with this address, for sending. Raises Retry with what to do."""
    folded = address.strip().casefold()
    account = next((one for one in accounts().of("email") if one.address.casefold() == folded), None)
    if account is None:
        raise _not_now(reasons.NO_SUCH_MAILBOX(address=address))
    try:
        tokens = tokens_for(account, Use.SMTP)
    except BadSetting as unreadable:
        wrong = reasons.SIGN_IN_UNREADABLE(address=address, reason=unreadable.reason)
        raise _not_now(wrong) from None
    if tokens is None:
        raise _not_now(reasons.NO_SIGN_IN(address=address))
    return tokens


def _secrets(oauth: OAuth) -> dict[str, str]:
    return {"oauth_client_secret": oauth.client_secret, "oauth_refresh_token": oauth.refresh_token}


def _not_now(reason: Kept) -> Retry:
    return Retry(_AFTER_S, reason, connection=True)
