"""The ninety-day bar of a component: good days are one shared drawing, only the others are told apart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.statuspage.render import moments, words
from tocsin.statuspage.rules import ComponentState, PageState, fault_days, ninety_days
from tocsin.statuspage.rules.ninety import DAYS, NinetyDays

_STEP, _WIDTH, _HEIGHT = 6, 4, 28
_KINDS = {"degraded_performance": "w", "partial_outage": "b", "major_outage": "b", "under_maintenance": "p"}

_FEW_DAYS = 7
"""With less history than this a share of the time says more about the installation than about the part."""

MANY = 24
"""With more components than this, only those with something to show get a bar: the page stays small."""

PATH = "M1 0" + f"m{_STEP} 0".join([f"h{_WIDTH}v{_HEIGHT}h-{_WIDTH}z"] * 90)
"""Ninety upright strokes in a box of 540 × 28."""


def bar(state: PageState, component: ComponentState, language: str) -> dict[str, Any]:
    """What the template draws: the days that were not all well, those before it existed, and words."""
    shown = ninety_days(state, component)
    faulty = fault_days(shown)
    summary = (
        ngettext("Faults on %(count)d day", "Faults on %(count)d days", faulty) % {"count": faulty}
        if faulty
        else _("No faults")
    )
    brief = len(state.components) > MANY
    return {
        "drawn": bool(shown.days) or not brief,
        "brief": brief,
        "summary": summary,
        "percent": _share(shown, state, language),
        "unknown": shown.known_from * _STEP,
        "days": [
            {
                "x": day.index * _STEP + 1,
                "kind": _KINDS[day.condition],
                "title": f"{moments.short_day(day.date, language)}: {words.condition_word(day.condition)}, "
                f"{words.duration(day.minutes)}",
            }
            for day in shown.days
        ],
    }


def _share(shown: NinetyDays, state: PageState, language: str) -> str:
    """How much of the time it worked; while it is known too briefly for that, since when it is known."""
    days_known = DAYS - 1 - shown.known_from
    if days_known < _FEW_DAYS:
        first_day = state.today - timedelta(days=days_known)
        return _("since %(at)s") % {"at": moments.short_day(first_day, language)}
    percent = moments.percent(shown.works_percent, language)
    return _("Worked %(percent)s of the time") % {"percent": percent}
