"""Whether anything a reader could see has changed, without rendering it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from tocsin.statuspage.rules.conditions import just_repaired, news_is_late, phase, soon_planned
from tocsin.statuspage.rules.state import PageState

_NEVER = datetime(1, 1, 1, tzinfo=UTC)


def frame_fingerprint(state: PageState) -> str:
    """The same while that is which every page carries, those of long ago too: name, languages, zone."""
    frame = (state.company, state.url, state.language, state.languages, state.time_zone)
    return hashlib.sha256(repr(frame).encode()).hexdigest()[:16]


def fingerprint(state: PageState) -> str:
    """The same for two states that read the same.

    Time counts only by what it changes: the date, a maintenance that starts or ends, news that is
    late, a green banner that ends.
    """
    by_the_clock = (
        state.today.isoformat(),
        [phase(one, state.now) for one in state.incidents],
        [news_is_late(one, state.now) for one in state.incidents],
        [one.ref for one in just_repaired(state)],
        [one.ref for one in soon_planned(state)],
    )
    timeless = replace(state, now=_NEVER)
    return hashlib.sha256(repr((timeless, by_the_clock)).encode()).hexdigest()[:32]
