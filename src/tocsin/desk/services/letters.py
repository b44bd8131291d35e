"""What customers are told by the system, in their language."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import translation
from django.utils.translation import gettext, ngettext

from tocsin.desk import rules


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
        return _letter(
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
    """We have it, this is its number, and this is how the matter stands."""
    with translation.override(language):
        wait = gettext(
            "There is nothing you need to do. We will write to you again as soon as there is news."
        )
        return _letter(company, [_arrived(ref), news, wait])


def forwarded(*, ref: str, department: str, company: str, language: str) -> str:
    """Another department has it now (R-A08)."""
    with translation.override(language):
        passed_on = gettext(
            "We have passed your request %(ref)s on to %(department)s, where you can be helped best. "
            "There is nothing you need to do."
        )
        return _letter(company, [passed_on % {"ref": ref, "department": department}])


def signature(*, agent: str, department: str, company: str) -> str:
    """The lines under an agent's reply."""
    place = f"{department}, {company}" if department and company else department or company
    return "\n".join(["-- ", *(line for line in (agent, place) if line)])


def subject_or_default(subject: str, language: str) -> str:
    """A subject to show where the customer wrote none."""
    with translation.override(language):
        return subject or gettext("Your request")


def _arrived(ref: str) -> str:
    return gettext(
        "Thank you for writing to us. Your message has arrived, and your request has the number %(ref)s."
    ) % {"ref": ref}


def _letter(company: str, paragraphs: Iterable[str]) -> str:
    closing = gettext("Kind regards") + (f"\n{company}" if company else "")
    return "\n\n".join([gettext("Hello,"), *(part.strip() for part in paragraphs if part.strip()), closing])
