"""The sentence for each problem that `rules.checks` finds."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tocsin.incidents.rules.checks import Problems
from tocsin.kernel.errors import Refused


def refuse(problems: Problems) -> None:
    """Raise Refused with a sentence for each field, when there are any problems."""
    if problems:
        fields = {field: sentence(code) for field, code in problems.items()}
        raise Refused(" ".join(dict.fromkeys(fields.values())), fields)


def sentence(code: str) -> str:
    """What is wrong and what to do, in the reader's language."""
    return {
        "no_title": _("Say in a few words what is broken."),
        "long_title": _("The title is too long. Up to 200 characters are shown."),
        "unknown_kind": _("The kind is unplanned or scheduled."),
        "unknown_impact": _("The impact is minor, major or critical."),
        "no_components": _("Choose at least one component, so that we know whom to tell."),
        "long_words": _("Up to 40 words of up to 60 characters each can be given."),
        "long_message": _("The message is too long. Up to 5,000 characters are sent."),
        "unknown_language": _("A text needs the code of its language, such as en or el."),
        "no_message": _("Write what customers are told, at least in English or in your company's language."),
        "no_next_update": _("Say when the next news comes. Silence is what worries people most."),
        "past_next_update": _("The next news must lie in the future."),
        "no_zone": _("The time needs a time zone, such as 2026-03-01T14:00:00+02:00."),
        "no_start": _("Say since when it is broken."),
        "future_start": _("The start lies in the future. For planned work choose a scheduled incident."),
        "old_start": _("The start lies more than 30 days back. Please check it."),
        "no_window": _("Planned work needs a beginning and an end."),
        "ends_before_start": _("The end must come after the beginning."),
        "past_window": _("This time is already over."),
        "unknown_status": _("The status is investigating, identified, monitoring or resolved."),
    }[code]
