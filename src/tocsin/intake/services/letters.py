"""What customers are told when we have it, in their language."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext, ngettext

from tocsin.desk.services import letter, subject_or_default
from tocsin.intake import rules

__all__ = ["acknowledgement", "acknowledgement_with_news", "subject_or_default", "timeframe_words"]


def timeframe_words(minutes: int) -> str:
    """`within an hour`, `within 24 hours`, `within 2 days`, in the active language."""
    unit, count = rules.timeframe(minutes)
    if unit == "minutes":
        words = ngettext("within %(n)d minute", "within %(n)d minutes", count)
    elif unit == "days":
        words = ngettext("within %(n)d day", "within %(n)d days", count)
    elif count == 1:
        words = gettext("within an hour")
    else:
        words = ngettext("within %(n)d hour", "within %(n)d hours", count)
    return words % {"n": count} if "%" in words else words


def acknowledgement(*, ref: str, minutes: int, company: str, language: str) -> str:
    """We have it, this is its number, and then you will hear from us (R-A03)."""
    with translation.override(language):
        return letter(
            company,
            [
                _arrived(ref),
                gettext("We expect to answer you %(timeframe)s.") % {"timeframe": timeframe_words(minutes)},
                gettext(
                    "If you would like to add something, simply answer this message. "
                    "On the phone, the number is enough."
                ),
            ],
        )


def acknowledgement_with_news(*, ref: str, news: str, company: str, language: str) -> str:
    """We have it, this is its number, and this is how the incident stands."""
    with translation.override(language):
        wait = gettext(
            "There is nothing you need to do. We will write to you again as soon as there is news."
        )
        return letter(company, [_arrived(ref), news, wait])


def _arrived(ref: str) -> str:
    return gettext(
        "Thank you for writing to us. Your message has arrived, and your request has the number %(ref)s."
    ) % {"ref": ref}
