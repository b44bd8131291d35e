"""The sentences: what stands in the page's first line, in the banner and in the feeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tocsin.kernel.translated import in_language
from tocsin.statuspage.render.moments import listed
from tocsin.statuspage.rules import (
    IncidentState,
    PageState,
    faults,
    news_is_late,
    phase,
    running_maintenances,
)

_NAMES_SHOWN = 3
TONES = {
    "operational": "good",
    "under_maintenance": "plan",
    "degraded_performance": "warn",
    "partial_outage": "bad",
    "major_outage": "bad",
}


@dataclass(frozen=True)
class Sentence:
    """A sentence in one language with its moments left open as `{0}`, `{1}`.

    The page fills them with `<time>`, the banner with the reader's own clock.
    """

    text: str
    moments: tuple[datetime, ...] = ()

    def filled(self, show: Callable[[datetime], str]) -> str:
        """The whole sentence, its moments shown by `show`."""
        text = self.text
        for number, moment in enumerate(self.moments):
            text = text.replace(f"{{{number}}}", show(moment))
        return text

    def then(self, other: Sentence) -> Sentence:
        """This sentence and another after it."""
        shifted = other.filled(lambda at: f"{{{len(self.moments) + other.moments.index(at)}}}")
        return Sentence(f"{self.text} {shifted}".strip(), self.moments + other.moments)


def component_names(state: PageState, keys: tuple[str, ...], language: str) -> str:
    """`Mail, Web hosting and 4 others`."""
    found = [one for key in keys if (one := state.component(key))]
    names = [in_language(dict(one.name), language).replace("{", "(") for one in found]
    more = len(names) - _NAMES_SHOWN
    if more > 0:
        others = ngettext("%(count)d other", "%(count)d others", more) % {"count": more}
        names = [*names[:_NAMES_SHOWN], others]
    return listed(names, language)


def everything_works() -> Sentence:
    """The best sentence of all."""
    return Sentence(_("Everything works."))


def answer(state: PageState, language: str) -> Sentence:
    """The page's first line: the worst open matter, its next news, and how many more there are."""
    first, more = answer_parts(state, language)
    return first.then(more)


def answer_parts(state: PageState, language: str) -> tuple[Sentence, Sentence]:
    """The first line's two halves: what is, and what comes."""
    broken, planned = faults(state), running_maintenances(state)
    if not broken and not planned:
        return everything_works(), Sentence("")
    first, *rest = [*broken, *planned]
    coming = next_news(first, state.now)
    if rest:
        more = ngettext("%(count)d more matter is open.", "%(count)d more matters are open.", len(rest))
        coming = coming.then(Sentence(more % {"count": len(rest)}))
    return matter(state, first, language), coming


def matter(state: PageState, incident: IncidentState, language: str) -> Sentence:
    """One matter as it stands, in one sentence, without the next news."""
    names = component_names(state, incident.components, language)
    count = len(incident.components)
    if incident.is_maintenance:
        return _maintenance(incident, names or incident.title_in(language).replace("{", "("), state.now)
    if not names:
        return Sentence(
            _("There has been a fault since %(since)s.") % {"since": "{0}"}, (incident.started_at,)
        )
    stands = phase(incident, state.now)
    if stands == "resolved":
        return Sentence(ngettext("%(names)s works again.", "%(names)s work again.", count) % {"names": names})
    if stands == "monitoring":
        text = ngettext(
            "%(names)s should work again. We are watching it.",
            "%(names)s should work again. We are watching them.",
            count,
        )
        return Sentence(text % {"names": names})
    return Sentence(
        _fault_text(incident.impact, count) % {"names": names, "since": "{0}"}, (incident.started_at,)
    )


def _fault_text(impact: str, count: int) -> str:
    if impact == "critical":
        return ngettext(
            "%(names)s has been down since %(since)s.", "%(names)s have been down since %(since)s.", count
        )
    if impact == "major":
        return ngettext(
            "%(names)s has been down for some customers since %(since)s.",
            "%(names)s have been down for some customers since %(since)s.",
            count,
        )
    return ngettext(
        "%(names)s has not worked as it should since %(since)s.",
        "%(names)s have not worked as they should since %(since)s.",
        count,
    )


def _maintenance(incident: IncidentState, names: str, now: datetime) -> Sentence:
    words = {"names": names, "from": "{0}", "until": "{1}"}
    start = incident.begins_at
    end = incident.scheduled_until
    stands = phase(incident, now)
    if stands == "completed":
        return Sentence(_("Maintenance of %(names)s is done.") % words)
    if stands == "verifying":
        return Sentence(
            _("Maintenance of %(names)s is ending. We are checking that everything works.") % words
        )
    if stands == "scheduled" and end:
        text = _("Planned maintenance of %(names)s: from %(from)s until %(until)s.")
        return Sentence(text % words, (start, end))
    if stands == "scheduled":
        return Sentence(_("Planned maintenance of %(names)s: from %(from)s.") % words, (start,))
    if end:
        text = _("Maintenance of %(names)s is under way until %(until)s.")
        return Sentence(text % (words | {"until": "{0}"}), (end,))
    return Sentence(_("Maintenance of %(names)s is under way.") % words)


def next_news(incident: IncidentState, now: datetime) -> Sentence:
    """When to look again; empty when nothing was promised or it is over."""
    at = incident.next_update_at
    if at is None or phase(incident, now) in {"resolved", "completed"}:
        return Sentence("")
    if phase(incident, now) == "scheduled" and at == incident.begins_at:
        return Sentence("")  # the start itself was said already
    if news_is_late(incident, now):
        return Sentence(_("News was due at %(at)s and is late.") % {"at": "{0}"}, (at,))
    return Sentence(_("Next news at %(at)s.") % {"at": "{0}"}, (at,))


def condition_word(condition: str) -> str:
    """How a component stands, in a word or two."""
    return {
        "operational": _("Works"),
        "under_maintenance": _("Maintenance"),
        "degraded_performance": _("Degraded"),
        "partial_outage": _("Partly down"),
        "major_outage": _("Down"),
    }[condition]


def phase_word(stands: str) -> str:
    """Where a matter stands, in a word or two."""
    return {
        "investigating": _("Investigating"),
        "identified": _("Cause found"),
        "monitoring": _("Repaired, watching"),
        "resolved": _("Resolved"),
        "scheduled": _("Planned"),
        "in_progress": _("Under way"),
        "verifying": _("Checking"),
        "completed": _("Done"),
    }.get(stands, stands)


def duration(minutes: int) -> str:
    """`2 h 5 min`, at least a minute."""
    hours, rest = divmod(max(1, minutes), 60)
    parts = [_("%(count)d h") % {"count": hours}] if hours else []
    parts += [_("%(count)d min") % {"count": rest}] if rest else []
    return " ".join(parts)


def message_in(texts: Mapping[str, str], language: str, company_language: str) -> tuple[str, str]:
    """An update's text and its language: the reader's, else the company's, else English, else any."""
    for candidate in (language, company_language, "en", *texts):
        if texts.get(candidate):
            return texts[candidate], candidate
    return "", language


def maintenance_word(status: str, *, before_start: bool) -> str:
    """What an update of a maintenance says of it."""
    if status == "resolved":
        return phase_word("completed")
    if status == "monitoring":
        return phase_word("verifying")
    return phase_word("scheduled" if before_start else "in_progress")
