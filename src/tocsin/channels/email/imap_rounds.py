"""Fetching by IMAP: what is new, round by round; and comparing what the server has with what we have.

What is in the spool is known by its source key, so nothing here has to be remembered but the last UID.
One message that the server will not give, or that ends the connection, keeps back no other: it is passed
over, and the comparison names it as missing and asks for it again.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from tocsin.channels.accounts import Account
from tocsin.channels.base import Retry
from tocsin.channels.email.filing import FilingRefused
from tocsin.channels.email.imap import Fetched, ImapConnection, Sized
from tocsin.channels.email.limits import BEGINNING, LARGEST_MAIL
from tocsin.channels.email.oauth import Use
from tocsin.channels.email.places import Comparison, Place, cut, imap_prefix, why_aside
from tocsin.channels.email.tokens import KeepSecrets, tokens_for
from tocsin.channels.email.uids import Uids
from tocsin.channels.hosting import Host, Post
from tocsin.kernel import clock

log = logging.getLogger(__name__)

COMPARE_EVERY = timedelta(hours=1)
_IDLE_S = 10.0
# A message with which the connection broke so often, alone, is passed over.
_MOST_LOSSES = 3
_TIMES_COMPARED = 20
_REFUSED_FILING_PAUSE = timedelta(minutes=1)
_MEMO = "imap"


def run(host: Host) -> None:
    """Fetch over one connection until told to stop. Raises Retry, ValueError, Superseded."""
    fetcher: Fetcher = host.memo.setdefault(_MEMO, Fetcher(host))
    with connected(host) as imap:
        while not host.stop.is_set():
            fetcher.round(imap)
            imap.wait(_IDLE_S)


def connected(host: Host) -> ImapConnection:
    """To the account's mailbox, by its password or its sign-in. Raises ValueError."""
    return connection_of(host.account, host.keep_secrets)


def connection_of(
    account: Account, keep_secrets: KeepSecrets | None = None, **options: float
) -> ImapConnection:
    """As `connected`, for a look; `options` are those of a connection."""
    tokens = tokens_for(account, Use.IMAP, keep_secrets)
    url, password = account.settings["fetch_url"], account.secrets.get("password", "")
    return ImapConnection(url, password, tokens=tokens, **options)


class Fetcher:
    """Fetches one mailbox; lives longer than its connections, and so knows what broke them."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._alone: set[int] = set()
        self._losses: Counter[int] = Counter()
        self._not_given = False
        self._looked_back_on: ImapConnection | None = None
        self._tidy_after = clock.now()

    def round(self, imap: ImapConnection) -> int:
        """Fetch and write down what is new, file away what is done, compare when it is time; how many came.

        Raises Retry, Superseded."""
        self._host.refresh()
        count = self._fetch_new(imap)
        if not self._host.stop.is_set() and self._wants_comparison():
            self.compare(imap)
            count += self._fetch_new(imap)  # what came meanwhile, since IDLE tells of it no more
        if not self._host.stop.is_set():
            self._host.note_success()
        return count

    def compare(self, imap: ImapConnection) -> None:
        """Find what is on the server and not with us, ask for it at once, and note how it stands."""
        self._find_place(imap)
        self._not_given = False
        there = imap.uids().up_to(self._place.last_uid)
        missing = Uids.of(self._host.unrecorded(self._prefix, there.ranges))
        self._keep(self._place.compared(Comparison(len(there), len(missing), str(missing))))
        if missing:
            log.warning("%s: not with us are %s; they are fetched now", self._host.account.address, missing)
            found = self._fetch_again(imap, missing)
            left = (missing - found) & imap.uids()
            there = there - (missing - found - left)
            self._keep(self._place.compared(Comparison(len(there), len(left), str(left), len(found))))

    @property
    def _place(self) -> Place:
        return Place.of(self._host.account)

    @property
    def _prefix(self) -> str:
        return imap_prefix(self._host.account.id, self._place)

    def _keep(self, place: Place) -> None:
        self._host.keep_state(place.kept())

    def _find_place(self, imap: ImapConnection) -> None:
        """Go on where we are, or from the beginning where the numbers mean other messages than they did."""
        place = self._place
        is_new_connection, self._looked_back_on = imap is not self._looked_back_on, imap
        if place.uid_validity == imap.uid_validity and not (
            is_new_connection and self._went_back(place, imap)
        ):
            return
        if place.uid_validity:
            log.warning(
                "%s has been numbered anew; it is read from its beginning", self._host.account.address
            )
        self._alone, self._losses = set(), Counter()
        self._keep(place.at_beginning(imap.uid_validity))

    def _went_back(self, place: Place, imap: ImapConnection) -> bool:
        """Whether the server was restored from an older copy under the same UIDVALIDITY.

        Its next UID is then one that we know, or, when new mail came since, known UIDs name messages that
        arrived at another time. Asked at the beginning of a connection: a restore ends them all, and later
        its next UID is out of date.
        """
        if not place.last_uid:
            return False
        if 0 < imap.uid_next <= place.last_uid:
            return True
        known = imap.uids().up_to(place.last_uid).last(_TIMES_COMPARED)
        arrived = self._host.arrivals([f"{self._prefix}{uid}" for uid in known])
        recorded = {key: one.envelope.get("received_at") for key, one in arrived.items()}
        return any(
            (before := recorded.get(f"{self._prefix}{uid}")) and before != at.isoformat()
            for uid, at in imap.arrival_times(known).items()
        )

    def _fetch_new(self, imap: ImapConnection) -> int:
        self._find_place(imap)
        new = imap.uids(self._place.last_uid)
        count, left = 0, len(new)
        self._host.note_waiting(left)
        for group in imap.groups(new):
            for part in self._parts(group):
                count += self._store(part, self._get(imap, part), left - len(part))
                left -= len(part)
            self._tidy(imap)
            if self._host.stop.is_set():
                return count
        if new:  # also those that the server did not even tell the size of are behind us
            self._take_in([], up_to=new.ranges[-1][1], waiting=0)
        self._tidy(imap)
        return count

    def _fetch_again(self, imap: ImapConnection, missing: Uids) -> Uids:
        """Those of these that could be had now; each alone, and those that broke connections last."""
        found, broke = Uids(), missing & Uids.of(self._losses)
        for uids in (missing - broke, broke):
            for group in imap.groups(uids, batch=1):
                messages = self._get(imap, group, patient=True)
                self._take_in(messages)
                found |= Uids.of(one.uid for one in messages)
        self._tidy(imap)
        return found

    def _store(self, asked: list[Sized], messages: list[Fetched], waiting: int) -> int:
        """Commit what was got of what was asked for; what was not is for the comparison."""
        self._not_given = self._not_given or len(messages) < len(asked)
        self._take_in(messages, up_to=asked[-1].uid, waiting=waiting)
        return len(messages)

    def _take_in(self, messages: list[Fetched], *, up_to: int = 0, waiting: int | None = None) -> None:
        """In one commit with how far we are: `up_to` is the last UID that was asked for."""
        place = self._place
        place = replace(place, last_uid=max(place.last_uid, up_to))
        whole = Uids.of(one.uid for one in messages if not one.whole_size)
        if whole and self._host.account.settings.get("afterwards", "keep") != "keep":
            place = replace(place, untidied=str(place.to_tidy | whole))
        posts = [_post(self._prefix, message) for message in messages]
        self._host.take_in(posts, state=place.kept(), waiting=waiting)

    def _parts(self, group: list[Sized]) -> list[list[Sized]]:
        """The group, or each alone where a connection broke in it before."""
        return [[one] for one in group] if any(one.uid in self._alone for one in group) else [group]

    def _get(self, imap: ImapConnection, group: list[Sized], *, patient: bool = False) -> list[Fetched]:
        first = group[0]
        if len(group) == 1 and not patient and self._losses[first.uid] >= _MOST_LOSSES:
            return []
        try:
            if first.size > LARGEST_MAIL:
                return imap.fetch_beginning(first, BEGINNING)
            return imap.fetch([one.uid for one in group])
        except Retry:
            self._alone.update(one.uid for one in group)
            if len(group) == 1:
                self._losses[first.uid] += 1
            raise

    def _tidy(self, imap: ImapConnection) -> None:
        """Move or delete what is committed; a refusal is shown and stops no fetching."""
        settings = self._host.refresh().settings  # what staff wish now: it can't be undone
        uids = self._place.to_tidy
        if not uids or clock.now() < self._tidy_after:
            return
        wished = settings.get("afterwards", "keep")
        try:
            imap.done_with(uids, f"move:{settings['move_to']}" if wished == "move" else wished)
        except FilingRefused as refused:
            self._keep(replace(self._place, tidy_error=refused.reason))
            self._tidy_after = clock.now() + _REFUSED_FILING_PAUSE
        else:
            left = self._place.to_tidy - uids
            self._keep(replace(self._place, untidied=str(left), tidy_error=""))

    def _wants_comparison(self) -> bool:
        at, asked_at = self._place.last_compared_at, self._host.asked_at
        if at is None or self._not_given or clock.now() - at >= COMPARE_EVERY:
            return True
        return asked_at is not None and asked_at > at


def _post(prefix: str, message: Fetched) -> Post:
    envelope = {"received_at": message.received_at.isoformat()} if message.received_at else {}
    envelope |= cut(message.whole_size)
    return Post(f"{prefix}{message.uid}", message.content, envelope, aside=why_aside(message.whole_size))
