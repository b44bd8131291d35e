"""What a provider's reports make of a delivery. Pure; the order in which they come does not matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DELIVERED, DEFERRED, BOUNCED, REJECTED = "delivered", "deferred", "bounced", "rejected"
COMPLAINED, UNSUBSCRIBED = "complained", "unsubscribed"
KINDS = frozenset({DELIVERED, DEFERRED, BOUNCED, REJECTED, COMPLAINED, UNSUBSCRIBED})
_STATE_BY_KIND = {DELIVERED: "delivered", BOUNCED: "bounced", REJECTED: "failed"}
# Of two reports of the same second, the worse is believed.
_WEIGHT = {DELIVERED: 0, BOUNCED: 1, REJECTED: 2}


@dataclass(frozen=True)
class Said:
    """One report, as far as it matters here; a `final` bounce says that there is nobody."""

    kind: str
    at: datetime
    words: str = ""
    final: bool = False


@dataclass(frozen=True)
class Standing:
    """Where the delivery stands: its new state and the words for it, '' for both when nothing changes."""

    state: str = ""
    words: str = ""


def standing(state: str, reports: Iterable[Said]) -> Standing:
    """What all reports on a delivery, which stands at `state`, make of it together.

    A complaint outweighs everything: the mail was read. A final bounce outweighs a delivery, whichever is
    told later. Between the others the one that happened last counts.
    """
    all_of_them = sorted(reports, key=lambda one: (one.at, one.kind, one.words))
    decisive = _decisive(all_of_them)
    if decisive is None:
        return _delayed(state, all_of_them)
    new = "complained" if decisive.kind == COMPLAINED else _STATE_BY_KIND[decisive.kind]
    if new == "delivered" and _stands_by_another(state, all_of_them):
        return Standing()
    return Standing(new, decisive.words)


def _decisive(reports: list[Said]) -> Said | None:
    complaint = next((one for one in reports if one.kind == COMPLAINED), None)
    final = next((one for one in reports if one.kind == BOUNCED and one.final), None)
    if complaint or final:
        return complaint or final
    settled = [one for one in reports if one.kind in _WEIGHT]
    return max(settled, key=lambda one: (one.at, _WEIGHT[one.kind]), default=None)


def _delayed(state: str, reports: list[Said]) -> Standing:
    """The provider still tries: the words for it beside the delivery, as for a mail server's delay."""
    delays = [one for one in reports if one.kind == DEFERRED]
    return Standing("sent", delays[-1].words) if delays and state == "sent" else Standing()


def _stands_by_another(state: str, reports: list[Said]) -> bool:
    """Whether it came back by a mail to us, of which the provider knows nothing."""
    return state == "bounced" and all(one.kind != BOUNCED for one in reports)
