"""Fetching by IMAP: what is new, round by round; and comparing what the server has with what we have.

What is in the spool is known by its source key, so nothing here has to be remembered but the last UID.
One message that the server will not give, or that ends the connection, keeps back no other: it is passed
over, and the comparison names it as missing and asks for it again.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from datetime import timedelta

from tocsin.channels.base import Retry
from tocsin.channels.email.filing import FilingRefused
from tocsin.channels.email.imap import Fetched, ImapConnection, Sized
from tocsin.channels.email.uids import Uids
from tocsin.kernel import clock
from tocsin.kernel.errors import Conflict
from tocsin.mailroom import queries
from tocsin.mailroom.models import Afterwards, Mailbox
from tocsin.mailroom.services import fetching, mailboxes
from tocsin.mailroom.services.fetching import Place

log = logging.getLogger(__name__)

COMPARE_EVERY = timedelta(hours=1)
# A message with which the connection broke so often, alone, is passed over.
_MOST_LOSSES = 3
_TIMES_COMPARED = 20
_REFUSED_FILING_PAUSE = timedelta(minutes=1)


class Fetcher:
    """Fetches one mailbox; lives longer than its connections, and so knows what broke them."""

    def __init__(self, mailbox_id: int) -> None:
        self.mailbox_id = mailbox_id
        self._alone: set[int] = set()
        self._losses: Counter[int] = Counter()
        self._not_given = False
        self._looked_back_on: ImapConnection | None = None
        self._tidy_after = clock.now()

    def round(self, imap: ImapConnection, stop: threading.Event) -> int:
        """Fetch and write down what is new, file away what is done, compare when it is time; how many came.

        Raises Retry, Conflict."""
        count = self._fetch_new(imap, stop)
        if not stop.is_set() and self._wants_comparison():
            self.compare(imap)
            count += self._fetch_new(imap, stop)  # what came meanwhile, since IDLE tells of it no more
        if not stop.is_set():
            mailboxes.note_success(self.mailbox_id)
        return count

    def compare(self, imap: ImapConnection) -> None:
        """Find what is on the server and not with us, ask for it at once, and note how it stands."""
        place = self._place(imap)
        mailbox = queries.mailbox_by_id(self.mailbox_id)
        self._not_given = False
        there = imap.uids().up_to(mailbox.last_uid)
        missing = queries.unrecorded(place.prefix, there)
        mailboxes.note_comparison(self.mailbox_id, queries.Comparison(len(there), len(missing), str(missing)))
        if missing:
            log.warning("%s: not with us are %s; they are fetched now", mailbox.address, missing)
            found = self._fetch_again(place, imap, missing)
            left = (missing - found) & imap.uids()
            there = there - (missing - found - left)
            mailboxes.note_comparison(
                self.mailbox_id, queries.Comparison(len(there), len(left), str(left), len(found))
            )

    def _place(self, imap: ImapConnection) -> Place:
        """Where we are; from the beginning where the numbers mean other messages than they did."""
        mailbox = queries.mailbox_by_id(self.mailbox_id)
        is_new_connection, self._looked_back_on = imap is not self._looked_back_on, imap
        if mailbox.uid_validity == imap.uid_validity and not (
            is_new_connection and self._went_back(mailbox, imap)
        ):
            return Place.of(mailbox)
        if mailbox.uid_validity:
            log.warning("%s has been numbered anew; it is read from its beginning", mailbox.address)
        self._alone, self._losses = set(), Counter()
        return fetching.begin_anew(self.mailbox_id, imap.uid_validity)

    def _went_back(self, mailbox: Mailbox, imap: ImapConnection) -> bool:
        """Whether the server was restored from an older copy under the same UIDVALIDITY.

        Its next UID is then one that we know, or, when new mail came since, known UIDs name messages that
        arrived at another time. Asked at the beginning of a connection: a restore ends them all, and later
        its next UID is out of date.
        """
        if not mailbox.last_uid:
            return False
        if 0 < imap.uid_next <= mailbox.last_uid:
            return True
        known = imap.uids().up_to(mailbox.last_uid).last(_TIMES_COMPARED)
        recorded = queries.arrival_times(Place.of(mailbox).prefix, known)
        return any(recorded.get(uid, at) != at for uid, at in imap.arrival_times(known).items())

    def _fetch_new(self, imap: ImapConnection, stop: threading.Event) -> int:
        place = self._place(imap)
        new = imap.uids(queries.mailbox_by_id(self.mailbox_id).last_uid)
        count, left = 0, len(new)
        mailboxes.note_waiting(self.mailbox_id, left)
        for group in imap.groups(new):
            for part in self._parts(group):
                count += self._store(place, part, self._get(imap, part), left - len(part))
                left -= len(part)
            self._tidy(place, imap)
            if stop.is_set():
                return count
        if new:  # also those that the server did not even tell the size of are behind us
            fetching.store_fetched(place, [], up_to=new.ranges[-1][1], waiting=0)
        self._tidy(place, imap)
        return count

    def _fetch_again(self, place: Place, imap: ImapConnection, missing: Uids) -> Uids:
        """Those of these that could be had now; each alone, and those that broke connections last."""
        found, broke = Uids(), missing & Uids.of(self._losses)
        for uids in (missing - broke, broke):
            for group in imap.groups(uids, batch=1):
                messages = self._get(imap, group, patient=True)
                fetching.store_fetched(place, messages)
                found |= Uids.of(one.uid for one in messages)
        self._tidy(place, imap)
        return found

    def _store(self, place: Place, asked: list[Sized], messages: list[Fetched], waiting: int) -> int:
        """Commit what was got of what was asked for; what was not is for the comparison."""
        self._not_given = self._not_given or len(messages) < len(asked)
        fetching.store_fetched(place, messages, up_to=asked[-1].uid, waiting=waiting)
        return len(messages)

    def _parts(self, group: list[Sized]) -> list[list[Sized]]:
        """The group, or each alone where a connection broke in it before."""
        return [[one] for one in group] if any(one.uid in self._alone for one in group) else [group]

    def _get(self, imap: ImapConnection, group: list[Sized], *, patient: bool = False) -> list[Fetched]:
        first = group[0]
        if len(group) == 1 and not patient and self._losses[first.uid] >= _MOST_LOSSES:
            return []
        try:
            if first.size > fetching.LARGEST_MAIL:
                return imap.fetch_beginning(first, fetching.BEGINNING)
            return imap.fetch([one.uid for one in group])
        except Retry:
            self._alone.update(one.uid for one in group)
            if len(group) == 1:
                self._losses[first.uid] += 1
            raise

    def _tidy(self, place: Place, imap: ImapConnection) -> None:
        """Move or delete what is committed; a refusal is shown and stops no fetching.

        Raises Conflict when the noted numbers are no more of this source: here they may mean other mail."""
        mailbox = queries.mailbox_by_id(self.mailbox_id)
        if Place.of(mailbox) != place:
            raise Conflict("The mailbox is fetched from elsewhere now.")
        uids = Uids.parse(mailbox.untidied)
        if not uids or clock.now() < self._tidy_after:
            return
        after = f"move:{mailbox.move_to}" if mailbox.afterwards == Afterwards.MOVE else mailbox.afterwards
        try:
            imap.done_with(uids, after)
            fetching.note_tidied(self.mailbox_id, uids)
        except FilingRefused as refused:
            fetching.note_tidy_error(self.mailbox_id, refused.reason)
            self._tidy_after = clock.now() + _REFUSED_FILING_PAUSE

    def _wants_comparison(self) -> bool:
        mailbox = queries.mailbox_by_id(self.mailbox_id)
        at = mailbox.compared_at
        if at is None or self._not_given or clock.now() - at >= COMPARE_EVERY:
            return True
        return mailbox.asked_at is not None and mailbox.asked_at > at
