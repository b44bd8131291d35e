"""What customers are told by the system, in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from tocsin.desk import rules
from tocsin.kernel.text import SIGNATURE_MARK


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
    """We have it, this is its number, and this is how the incident stands."""
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


# {agent}, {department} and {company} are filled in; a line in which nothing is left goes.
DEFAULT_SIGNATURE = "{agent}\n{department}, {company}"
_FILLED_IN = ("agent", "department", "company")
_LONGEST_QUOTE = 200  # lines: what is further down, the customer has in their own copy


def signature(*, agent: str, department: str, company: str, template: str = DEFAULT_SIGNATURE) -> str:
    """The lines under an agent's reply, below the mark by which mail programs know a signature."""
    names = {"agent": agent, "department": department, "company": company}
    lines = [_filled(line, names) for line in template.strip().splitlines()]
    return "\n".join([SIGNATURE_MARK, *(line for line in lines if line is not None)])


def _filled(line: str, names: Mapping[str, str]) -> str | None:
    """The line with its names; None where it held nothing but names that are missing."""
    asked = [name for name in _FILLED_IN if f"{{{name}}}" in line]
    for name in asked:
        line = line.replace(f"{{{name}}}", names[name])
    missing = [name for name in asked if not names[name]]
    line = line.strip().strip(",").strip() if missing else line.rstrip()
    return None if missing and not line else line


def is_signed(text: str, signature: str) -> bool:
    """Whether the agent signed already: with the same lines at the end, or with a mark of their own."""
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    own = [line.rstrip() for line in signature.splitlines()[1:]]
    marked = any(line in (SIGNATURE_MARK, SIGNATURE_MARK.rstrip()) for line in lines[-12:])
    return marked or bool(own and lines[-len(own) :] == own)


def quotation(text: str, *, who: str, at: datetime, language: str) -> str:
    """What the customer wrote last, as an answer carries it: who wrote when, and the lines after `>`."""
    with translation.override(language):
        moment = timezone.localtime(at, ZoneInfo(settings.TIME_ZONE))
        when = date_format(moment, "DATETIME_FORMAT")
        opening = gettext("On %(date)s, %(name)s wrote:") % {"date": when, "name": who}
    lines = text.strip().splitlines()
    kept = [*lines[:_LONGEST_QUOTE], *(["[…]"] if len(lines) > _LONGEST_QUOTE else [])]
    return "\n".join([opening, *(f"> {line}".rstrip() for line in kept)])


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
