"""Fetching by POP3: what the spool does not have yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.channels.accounts import Account
from tocsin.channels.email.limits import LARGEST_MAIL
from tocsin.channels.email.oauth import Use
from tocsin.channels.email.places import Comparison, Place, cut, moment, pop_key, why_aside
from tocsin.channels.email.pop import PopConnection, Popped, lasting_names
from tocsin.channels.email.tokens import KeepSecrets, tokens_for
from tocsin.channels.hosting import Host, Post
from tocsin.kernel import clock

EVERY_S = 60.0
_COMPARE_EVERY = timedelta(hours=1)
_STORE_MAILS = 50
_STORE_BYTES = 8 * 2**20
_MEMO = "pop3"


@dataclass(frozen=True)
class _Seen:
    """What the server holds and was found in the spool."""

    keys: set[str]
    asked_at: datetime | None
    since: datetime


def run(host: Host) -> None:
    """Look every minute until told to stop. Raises Retry, ValueError, Superseded."""
    while not host.stop.is_set():
        pop_once(host)
        host.pause(EVERY_S)


def pop_once(host: Host) -> int:
    """Fetch and write down what is new; how many messages. Raises Retry, ValueError, Superseded.

    What is known already is told by the spool's own source keys, so every look is a comparison with the
    server, too.
    """
    account, count = host.refresh(), 0
    url = account.settings["fetch_url"]
    with connection_of(account, host.keep_secrets) as pop:
        names = pop.names()
        lasting = lasting_names(url, names)
        keys = {uidl: pop_key(account.id, name) for uidl, name in lasting.items()}
        known = _known(host, set(keys.values()))
        new = {uidl: number for uidl, number in names.items() if keys[uidl] not in known}
        host.note_waiting(len(new))
        for group in _groups(pop.fetch(new, LARGEST_MAIL)):
            host.take_in([_post(keys[one.uidl], one) for one in group])
            count += len(group)
            if host.stop.is_set():
                return count
        since = moment(Place.of(account).afterwards_since)
        if account.settings.get("afterwards") == "delete" and since:
            here = _wholly_here(host, list(keys.values()), since)
            host.refresh()  # what staff wish now: it can't be undone
            pop.delete(names[uidl] for uidl in names if keys[uidl] in here)
        refused = ", ".join(f"{uidl[:40]} ({words})" for uidl, words in pop.refused.items())
    host.note_waiting(0)
    comparison = Comparison(len(names), len(pop.refused), refused)
    host.keep_state(Place.of(host.account).compared(comparison).kept())
    host.note_success()
    return count


def connection_of(
    account: Account, keep_secrets: KeepSecrets | None = None, **options: float
) -> PopConnection:
    """To the account's mailbox, by its password or its sign-in; `options` are those of a connection. Raises
    ValueError."""
    tokens = tokens_for(account, Use.POP, keep_secrets)
    url, password = account.settings["fetch_url"], account.secrets.get("password", "")
    return PopConnection(url, password, tokens=tokens, **options)


def _post(key: str, message: Popped) -> Post:
    return Post(key, message.content, cut(message.whole_size), aside=why_aside(message.whole_size))


def _known(host: Host, keys: set[str]) -> set[str]:
    """Those of these that are in the spool, which is asked for few: thousands may be kept on the server for
    ever. All are asked for when staff want it compared, and every hour."""
    seen: _Seen | None = host.memo.get(_MEMO)
    if seen is None or seen.asked_at != host.asked_at or clock.now() - seen.since >= _COMPARE_EVERY:
        seen = _Seen(set(), host.asked_at, clock.now())
    here = (seen.keys & keys) | host.known(list(keys - seen.keys))
    host.memo[_MEMO] = _Seen(here, seen.asked_at, seen.since)
    return here


def _wholly_here(host: Host, keys: list[str], since: datetime) -> set[str]:
    """Those of these that came in since then, and not their beginning alone."""
    arrivals = host.arrivals(keys).items()
    return {key for key, one in arrivals if one.at >= since and "whole_size" not in one.envelope}


def _groups(messages: Iterable[Popped]) -> Iterator[list[Popped]]:
    """What is stored together; also what was fetched before a fault comes out, ahead of the fault."""
    group: list[Popped] = []
    size = 0
    fault: Exception | None = None
    try:
        for message in messages:
            group.append(message)
            size += len(message.content)
            if len(group) >= _STORE_MAILS or size >= _STORE_BYTES:
                yield group
                group, size = [], 0
    except Exception as error:
        fault = error
    if group:
        yield group
    if fault:
        raise fault
