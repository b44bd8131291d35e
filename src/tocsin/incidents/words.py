"""What customers are told of an incident, in their language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, override, to_locale
from django.utils.translation import gettext as _

from tocsin.incidents import links
from tocsin.incidents.models import Incident, Update
from tocsin.kernel import clock
from tocsin.notices.queries import Moment
from tocsin.people import queries as people

Texts = dict[str, dict[str, str]]


def notice_texts(incident: Incident, update: Update, moment: str) -> Texts:
    """Subject and text of a notice in every language that the update was written in."""
    said = {language: text for language, text in update.message.items() if text.strip()}
    return {language: _notice(incident, update, moment, language) for language in said}


def _notice(incident: Incident, update: Update, moment: str, language: str) -> dict[str, str]:
    with override(language):
        text = [_("Good day,"), *_state(incident, update, language), people.company_name()]
        return {"subject": _subject(incident, moment, language), "text": "\n\n".join(filter(None, text))}


def _state(incident: Incident, update: Update, language: str) -> list[str]:
    """What is, since when, when there is more, and where."""
    link = links.incident_page_url(incident.ref, language)
    return [
        update.message[language].strip(),
        _window(incident),
        _since(incident, language),
        _next_news(incident, update.next_update_at, language),
        _("All news: %(link)s") % {"link": link},
    ]


def _since(incident: Incident, language: str) -> str:
    if incident.scheduled_for or incident.resolved_at:
        return ""
    return _("Since: %(time)s.") % {"time": moment_words(incident.started_at, language)}


def _subject(incident: Incident, moment: str, language: str) -> str:
    """The moment and the title, in one line; a dash, since drafted titles have a colon of their own."""
    title = " ".join(incident.title_in(language).split())
    word = _moment_word(moment, planned=incident.scheduled_for is not None)
    if moment in (Moment.FAULT, Moment.SCHEDULED) and _says(title, word):
        return title
    return f"{word} – {title}"


def _says(title: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", title, re.IGNORECASE) is not None


def _moment_word(moment: str, *, planned: bool) -> str:
    if planned:
        return {
            Moment.SCHEDULED: _("Planned maintenance"),
            Moment.UPDATE: _("Update"),
            Moment.REPAIR: _("Done"),
        }[Moment(moment)]
    return {
        Moment.FAULT: _("Fault"),
        Moment.UPDATE: _("Update"),
        Moment.REPAIR: _("Resolved"),
    }[Moment(moment)]


def current_states(incident: Incident, update: Update, tickets: Iterable[tuple[int, str]]) -> dict[int, str]:
    """What tickets (id and language) that are attached on arrival are told, by id: the state, the next news,
    and the way out. Worded once in each language."""
    worded: dict[str, str] = {}
    found = {}
    for ticket_id, language in tickets:
        chosen = choose(update.message, language)
        if chosen not in worded:
            with override(chosen):
                worded[chosen] = "\n\n".join([*filter(None, _state(incident, update, chosen)), _way_out()])
        link = links.not_my_problem_url(incident.pk, ticket_id)
        found[ticket_id] = worded[chosen].replace(_LINK, link)
    return found


def way_out(incident: Incident, ticket_id: int, language: str) -> str:
    """The sentence with the *not my problem* link."""
    with override(language):
        return _way_out().replace(_LINK, links.not_my_problem_url(incident.pk, ticket_id))


# Stands for a ticket's own link: nobody can write it, since no text that is kept holds a NUL.
_LINK = "\x00"


def _way_out() -> str:
    return _("Is your matter another one? Tell us here, and we look at it at once: %(link)s") % {
        "link": _LINK
    }


def choose(message: Mapping[str, str], language: str) -> str:
    """The language of `message` that a reader gets: theirs, else English, else the first that is there."""
    said = [one for one, text in message.items() if text.strip()]
    wanted = (language, language.partition("-")[0], "en", *said)
    return next(one for one in wanted if one in said)


def _window(incident: Incident) -> str:
    if incident.scheduled_for is None or incident.scheduled_until is None or incident.resolved_at:
        return ""
    language = get_language() or "en"
    return _("From %(start)s to %(end)s.") % {
        "start": moment_words(incident.scheduled_for, language),
        "end": moment_words(incident.scheduled_until, language),
    }


def _next_news(incident: Incident, at: datetime | None, language: str) -> str:
    """Nothing once the time has passed: a promise that is broken already is not made again.

    Nor for the start of planned work, which was said already.
    """
    if at is None or at <= clock.now() or at == incident.scheduled_for:
        return ""
    return _("Next news: %(time)s at the latest.") % {"time": moment_words(at, language)}


def moment_words(at: datetime, language: str) -> str:
    """A time as people say it: `14:30 EET`, with the day where it is not today; in the company's zone."""
    local = at.astimezone(timezone.get_default_timezone())
    today = clock.now().astimezone(timezone.get_default_timezone()).date()
    time = f"{local:%H:%M %Z}"
    return (
        time if local.date() == today else f"{format_date(local, 'long', locale=_locale(language))}, {time}"
    )


def _locale(language: str) -> str:
    try:
        return str(Locale.parse(to_locale(language)))
    except (UnknownLocaleError, ValueError):
        return "en"
