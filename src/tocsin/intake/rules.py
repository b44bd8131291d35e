"""Intake's thinking: where a mail belongs, what is a machine's, whom we answer by ourselves. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, Literal, TypeVar

# --- Threading (R-A14) ----------------------------------------------------------------------------


T = TypeVar("T")


@dataclass(frozen=True)
class Clues(Generic[T]):
    """The tickets that a mail points to, by how much each clue is worth: existing tickets only."""

    # By References and In-Reply-To, the nearest message first.
    headers: Sequence[T] = ()
    # By the signed address we gave for replies.
    token: T | None = None
    # By `[T-…]` in the subject, with a right check digit.
    subject: Sequence[T] = ()

    @property
    def in_order(self) -> list[T]:
        """Each ticket once, the most trusted clue first."""
        token = [] if self.token is None else [self.token]
        return list(dict.fromkeys([*self.headers, *token, *self.subject]))


@dataclass(frozen=True)
class Place(Generic[T]):
    """Where a mail goes: into `joins`, or into a ticket of its own, which stands `near` another's."""

    joins: T | None = None
    near: T | None = None


def find_place(clues: Clues[T], may_join: Callable[[T], bool]) -> Place[T]:
    """The first ticket pointed to in which the sender takes part.

    Who points only to tickets of other people gets one of their own, beside the first of those.
    """
    pointed = clues.in_order
    joins = next((ticket for ticket in pointed if may_join(ticket)), None)
    return Place(joins) if joins is not None else Place(near=next(iter(pointed), None))


def is_participant(
    sender: str, *, requester: str, copied: Iterable[str], same_customer: bool, managed: bool
) -> bool:
    """Whether a sender belongs in a conversation: its requester, somebody copied in, or a management
    address of the same customer. Addresses are folded."""
    return sender == requester or sender in set(copied) or (same_customer and managed)


# --- Machine mail (R-A03) --------------------------------------------------------------------------

# What machines send in answer to a mail of ours; without a ticket to go to it tells nobody anything.
ANSWERING_MACHINES = frozenset({"auto-reply", "receipt", "delay"})


def is_noise(machine: str, *, answers_us: bool, joins: bool) -> bool:
    """Whether machine mail needs no ticket: an out-of-office reply to a notice, a receipt of nothing."""
    if joins or machine not in ANSWERING_MACHINES:
        return False
    return answers_us or machine != "auto-reply"


# --- Loops: robots that do not say what they are, and answer our automatic answers (R-A03) ----------

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# To one sender in an hour and in a day; in an outage, where each answer tells its state, more.
ANSWERS_A_SENDER = {HOUR: 5, DAY: 20}
STATES_A_SENDER = {HOUR: 30, DAY: 100}
# Each a new ticket within a minute after our answer to the one before: so many in a row, no person writes.
# In an outage somebody may, and is told its state each time (R-C11).
QUICK = timedelta(minutes=1)
QUICK_EXCHANGES_OF_A_SENDER = 3
QUICK_EXCHANGES_IN_AN_OUTAGE = 10
# Of one domain of whose senders we know no customer: a robot that writes from a new address each time. In the
# same words it may take its time: programs look into their mailbox every quarter of an hour, too.
EXCHANGES_IN_SAME_WORDS = 5
QUICK_EXCHANGES_OF_A_DOMAIN = 20
_WORDS_THAT_TELL = 20
_WITH_DIGITS = re.compile(r"\S*\d\S*")

# Where everybody may have an address: who writes from there has nothing to do with the others.
_PUBLIC_PROVIDERS = {
    "gmail", "googlemail", "yahoo", "hotmail", "outlook", "live", "msn", "gmx", "aol", "icloud", "me",
    "yandex", "ya", "mail", "rambler", "bk", "inbox", "web", "t-online", "freenet", "otenet", "forthnet",
    "hol", "in", "net", "inet", "protonmail", "proton", "zoho", "orange", "free", "libero", "telefonica",
}  # fmt: skip
_LABELS_OF_A_PROVIDER = 2


@dataclass(frozen=True)
class Exchange:
    """A ticket that we acknowledged: when it came, when it was answered, what it said (`bare_words`)."""

    came_at: datetime
    answered_at: datetime
    words: str = ""


def pause_for_sender(earlier: Sequence[Exchange], came_at: datetime, *, with_news: bool) -> int:
    """How many automatic answers in a day are reason to answer this sender no more; 0 while none are."""
    for window, most in (STATES_A_SENDER if with_news else ANSWERS_A_SENDER).items():
        count = sum(exchange.answered_at > came_at - window for exchange in earlier)
        if count >= most:
            return count
    quick = QUICK_EXCHANGES_IN_AN_OUTAGE if with_news else QUICK_EXCHANGES_OF_A_SENDER
    return quick if _is_back_and_forth(earlier, came_at, quick) else 0


def pause_for_domain(earlier: Sequence[Exchange], came_at: datetime, words: str) -> int:
    """As `pause_for_sender`, for the strangers of one domain together."""
    lately = _last(earlier, EXCHANGES_IN_SAME_WORDS)
    same_words = len(words) >= _WORDS_THAT_TELL and all(exchange.words == words for exchange in lately)
    if same_words and _is_back_and_forth(lately, came_at, EXCHANGES_IN_SAME_WORDS, within=DAY):
        return EXCHANGES_IN_SAME_WORDS
    quick = QUICK_EXCHANGES_OF_A_DOMAIN
    return quick if _is_back_and_forth(earlier, came_at, quick) else 0


def _is_back_and_forth(
    earlier: Sequence[Exchange], came_at: datetime, count: int, *, within: timedelta = QUICK
) -> bool:
    """Whether the last so many were each followed by the next in time, and not before we had answered."""
    if len(earlier) < count:
        return False
    last = _last(earlier, count)
    next_came_at = [*(one.came_at for one in last[1:]), came_at]
    pairs = zip(last, next_came_at, strict=True)
    return all(timedelta(0) < came - one.answered_at < within for one, came in pairs)


def _last(exchanges: Sequence[Exchange], count: int) -> Sequence[Exchange]:
    return sorted(exchanges, key=lambda exchange: exchange.came_at)[-count:]


def paced_domain(address: str) -> str:
    """The domain whose strangers are counted together; '' where everybody may have an address."""
    domain = address.rpartition("@")[2].casefold()
    labels = domain.split(".")
    is_public = len(labels) == _LABELS_OF_A_PROVIDER and labels[0] in _PUBLIC_PROVIDERS
    return "" if is_public else domain


def bare_words(text: str) -> str:
    """What is said without what a robot changes each time: words with digits."""
    return " ".join(_WITH_DIGITS.sub(" ", text.casefold()).split())


# --- Expected timeframe ---------------------------------------------------------------------------

Unit = Literal["minutes", "hours", "days"]


def timeframe(minutes: int) -> tuple[Unit, int]:
    """The unit to say it in and how many, never less than it is: whole hours from one hour on, days
    from two days on. Around the clock: the department's minutes are not business time (house rule 5)."""
    minutes = max(1, minutes)
    if minutes < 60 or (minutes < 120 and minutes % 60):
        return "minutes", minutes
    if minutes < 2 * 24 * 60:
        return "hours", -(-minutes // 60)
    return "days", -(-minutes // (24 * 60))


# --- Addresses and languages -----------------------------------------------------------------------


def bare_mailbox(address: str) -> str:
    """`support+tag@example.org` → `support@example.org`: what follows the plus is its own affair."""
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


# Names of mailboxes that nobody reads: programs that send on behalf of others, and accounts of web servers.
_UNREAD = re.compile(
    r"(?:^|[-_.+])(?:no|do[-_.]?not|donot|dont)[-_.]?(?:reply|respond|answer)(?:$|[-_.+\d])"
    r"|^(?:wordpress|www-?data|wwwrun|apache2?|nginx|httpd|nobody)$",
    re.IGNORECASE,
)


def is_unread(address: str) -> bool:
    """Whether its name says that nobody reads what is sent there."""
    return bool(_UNREAD.search(address.rpartition("@")[0]))


def is_within(address: str, domains: Iterable[str]) -> bool:
    """Whether the address is at one of these domains, or below one."""
    domain = address.rpartition("@")[2]
    return any(domain == one or domain.endswith(f".{one}") for one in domains)


def choose_language(
    *, declared: Iterable[str], detected: str | None, hints: Iterable[str], offered: Sequence[str]
) -> str:
    """The language to write to somebody in: declared, else surely detected, else the first hint that we
    speak (the mailbox's, then the company's), else the first offered."""
    for language in (*declared, detected or "", *hints):
        known = language.lower().replace("_", "-").partition("-")[0]
        if known in offered:
            return known
    return offered[0]
