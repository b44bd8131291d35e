"""Access tokens of mailboxes that are signed in to by OAuth2, for fetching their mail and sending as them.

A process keeps one source of tokens for each mailbox and use. What they are made from is read from the
mailbox each time, so that a refresh token that another process was given, or staff entered, is used next.
"""

from __future__ import annotations

import threading
from functools import partial

from tocsin.channels.base import Retry
from tocsin.channels.email.oauth import Tokens, Use
from tocsin.kernel.errors import BadSetting
from tocsin.kernel.reasons import Kept
from tocsin.mailroom import reasons
from tocsin.mailroom.models import Mailbox
from tocsin.mailroom.services import mailboxes

_AFTER_S = 300.0
_kept: dict[tuple[int, Use], Tokens] = {}
_lock = threading.Lock()


def tokens_for(mailbox: Mailbox, use: Use) -> Tokens | None:
    """Where the mailbox's access tokens come from; None when it has a password. Raises BadSetting."""
    oauth = mailboxes.imap_oauth(mailbox)
    if oauth is None:
        return None
    keep = partial(mailboxes.keep_oauth, mailbox.pk)
    with _lock:
        tokens = _kept.setdefault((mailbox.pk, use), Tokens(oauth, keep, use=use))
    tokens.use_from_now(oauth)
    return tokens


def tokens_to_send(address: str) -> Tokens:
    """Those of the mailbox with this address, for sending. Raises Retry with what to do."""
    mailbox = Mailbox.objects.filter(address__iexact=address).first()
    if mailbox is None:
        raise _not_now(reasons.NO_MAILBOX(address=address))
    try:
        tokens = tokens_for(mailbox, Use.SMTP)
    except BadSetting as unreadable:
        wrong = reasons.SIGN_IN_UNREADABLE(address=address, reason=unreadable.reason)
        raise _not_now(wrong) from None
    if tokens is None:
        raise _not_now(reasons.NO_SIGN_IN(address=address))
    return tokens


def _not_now(reason: Kept) -> Retry:
    return Retry(_AFTER_S, reason, connection=True)
