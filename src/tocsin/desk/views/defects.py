"""What had to be repaired when a mail was read, in a sentence for people; the reader speaks in marks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.console.components import Text

_SENTENCES: list[tuple[re.Pattern[str], Text]] = [
    (re.compile(pattern), sentence)
    for pattern, sentence in (
        (
            r"written through (?P<address>\S+)",
            gettext_lazy(
                "Written through %(address)s. Answers go to the address that was entered there; "
                "nobody has confirmed it."
            ),
        ),
        (
            r"asks for answers at (?P<address>.+)",
            gettext_lazy(
                "It asks for answers at %(address)s. They go to its sender all the same, since "
                "nobody has confirmed that both are one."
            ),
        ),
        (r"no sender$", gettext_lazy("The mail names no sender.")),
        (
            r"no From; read from (?P<name>[\w-]+)",
            gettext_lazy("The mail has no “From”; its sender was taken from “%(name)s”."),
        ),
        (r"more than one From", gettext_lazy("The mail names its sender twice; the first counts.")),
        (r"more than one sender", gettext_lazy("The mail comes from several people; the first counts.")),
        (
            r"the date cannot be true: (?P<date>[\d-]+)",
            gettext_lazy("The mail is dated %(date)s, which can't be; it is shown by when it arrived."),
        ),
        (
            r"the date cannot be read",
            gettext_lazy("The mail's date can't be read; it is shown by when it arrived."),
        ),
        (
            r"the text is longer than (?P<count>[\d,]+)",
            gettext_lazy("The text is longer than %(count)s characters; the original has the rest."),
        ),
        (
            r"more than (?P<count>\d+) parts",
            gettext_lazy("The mail has more than %(count)s parts; the original has the rest."),
        ),
        (
            r"nested deeper",
            gettext_lazy("Mails are packed into mails too deeply; the innermost is kept as a file."),
        ),
        (
            r"reading took longer",
            gettext_lazy("Reading took too long and was stopped; the original has the rest."),
        ),
        (
            r"header longer than",
            gettext_lazy("The mail's header is longer than is read; the original has the rest."),
        ),
        (
            r"the layout is too",
            gettext_lazy("The layout is too long or too tangled to be shown whole; the original has it."),
        ),
        (r"winmail\.dat cannot", gettext_lazy("The file winmail.dat, made by Outlook, can't be opened.")),
        (
            r"a multipart without parts|the last part is not closed",
            gettext_lazy("The mail is damaged or cut off; what could be read of it is shown."),
        ),
        (
            r"a header line without|no blank line between|no header$",
            gettext_lazy("The mail's header is damaged; what could be read of it is shown."),
        ),
    )
]


def sentences(marks: Iterable[str]) -> list[str]:
    """A sentence for each mark, none twice."""
    return list(dict.fromkeys(_sentence(mark) for mark in marks))


def _sentence(mark: str) -> str:
    for pattern, sentence in _SENTENCES:
        if match := pattern.match(mark):
            return str(sentence) % _values(match.groupdict())
    return _("Something had to be repaired when this was read: %(mark)s.") % {"mark": mark}


def _values(found: dict[str, str]) -> dict[str, str]:
    if "date" in found:
        found["date"] = date_format(date.fromisoformat(found["date"]), "j E Y")
    return found
