"""What customers are told by the system, in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext

from tocsin.kernel.text import SIGNATURE_MARK


def forwarded(*, ref: str, department: str, company: str, language: str) -> str:
    """Another department has it now (R-A08)."""
    with translation.override(language):
        passed_on = gettext(
            "We have passed your request %(ref)s on to %(department)s, where you can be helped best. "
            "There is nothing you need to do."
        )
        return letter(company, [passed_on % {"ref": ref, "department": department}])


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


def letter(company: str, paragraphs: Iterable[str]) -> str:
    """A whole mail in the active language: a greeting, these paragraphs, a closing in the company's name."""
    closing = gettext("Kind regards") + (f"\n{company}" if company else "")
    return "\n\n".join([gettext("Hello,"), *(part.strip() for part in paragraphs if part.strip()), closing])
