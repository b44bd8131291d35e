"""Every part of an incident's notices, by what became of it; those that arrived nowhere first (R-D08)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tocsin.console import live
from tocsin.incidents import queries
from tocsin.kernel.downloads import Download
from tocsin.kernel.paging import page
from tocsin.mailroom.queries import state_label
from tocsin.notices import queries as notices
from tocsin.notices.queries import SentNotice
from tocsin.people.access import require

_TONES = {"lost": "bad", "waiting": "calm", "sent": "good"}
_AT_ONCE = 2_000
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TITLES = (
    *("notice", "customer", "address", "instead_of", "language", "ticket", "channel", "state"),
    *("words", "written_at", "accepted_at"),
)


@dataclass(frozen=True)
class Row:
    """One recipient's part of one notice, as shown."""

    sent: SentNotice

    @property
    def group(self) -> str:
        """Which of `notices.GROUPS` it is of."""
        if self.sent.state in ("failed", "bounced", "unreachable"):
            return "lost"
        return "waiting" if self.sent.state in ("queued", "deferred") else "sent"

    @property
    def tone(self) -> str:
        """Of its sign."""
        return _TONES[self.group]

    @property
    def label(self) -> str:
        """What became of it."""
        return _("Not sent") if self.sent.state == "unreachable" else state_label(self.sent.state)

    @property
    def words(self) -> str:
        """The server's own, or why nothing was sent."""
        return self.sent.why or self.sent.answer


@require_safe
@require("see_customers")
def deliveries(request: HttpRequest, ref: str) -> HttpResponse:
    """A page of one group; without a choice, of those not reached while there are any."""
    live.mark(request)
    incident = queries.incident_by_ref(ref)
    counts = notices.group_counts(incident.ref)
    wanted = request.GET.get("state", "")
    group = wanted if wanted in counts else "lost" if counts["lost"] else "all"
    found = page(notices.recipients(incident.ref, group), by="id", cursor=request.GET.get("cursor"))
    context = {
        "incident": incident,
        "group": group,
        "groups": [(name, words, counts[name]) for name, words in _groups()],
        "rows": [Row(notices.as_sent(one)) for one in found.items],
        "next": found.next,
    }
    return render(request, "incidents/deliveries.html", context)


@require_safe
@require("see_customers")
def export(request: HttpRequest, ref: str) -> Download:
    """All of them as CSV, some thousand lines at a time, however many there are."""
    incident = queries.incident_by_ref(ref)
    pieces = _Csv(incident.ref, get_language() or settings.LANGUAGE_CODE)
    return Download(pieces, f"{incident.ref}-deliveries.csv", "text/csv; charset=utf-8")


def _groups() -> list[tuple[str, str]]:
    return [("lost", _("Not reached")), ("waiting", _("On its way")), ("sent", _("Sent")), ("all", _("All"))]


class _Csv:
    """The pieces of the file, in their order; between two of them only the last row's id is kept."""

    def __init__(self, record_ref: str, language: str) -> None:
        self._rows = notices.recipients(record_ref, "all").order_by("id")
        self._language = language
        self._last_id = 0

    def __call__(self, number: int) -> bytes | None:
        """The next rows, below their titles in piece 0; None after the last."""
        rows = list(self._rows.filter(id__gt=self._last_id)[:_AT_ONCE])
        if number and not rows:
            return None
        self._last_id = rows[-1].pk if rows else self._last_id
        lines: list[Sequence[str]] = [] if number else [_TITLES]
        with override(self._language):  # a piece may be asked for when the request's own is forgotten
            lines += [_values(Row(notices.as_sent(one))) for one in rows]
        return _written(lines)


def _written(lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([_cell(value) for value in line] for line in lines)
    return text.getvalue().encode()


def _values(row: Row) -> list[str]:
    sent = row.sent
    moments = (sent.written_at.isoformat(), sent.accepted_at.isoformat() if sent.accepted_at else "")
    texts = (sent.moment, sent.customer_name, sent.address, sent.instead_of, sent.language, sent.ticket_ref)
    return [*texts, sent.channel, sent.state, row.words, *moments]


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
