"""Every part of an incident's notices, by what became of it; those that arrived nowhere first (R-D08)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tocsin.console import live
from tocsin.incidents import queries
from tocsin.kernel.paging import page
from tocsin.mailroom.queries import state_label
from tocsin.notices import queries as notices
from tocsin.notices.queries import SentNotice
from tocsin.people.access import require

_TONES = {"lost": "bad", "waiting": "calm", "sent": "good"}
_AT_ONCE = 2_000
# A spreadsheet takes what begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Row:
    """One recipient's part of one notice, as shown."""

    sent: SentNotice

    @property
    def group(self) -> str:
        """Which of `notices.GROUPS` it is of."""
        if self.sent.state in ("failed", "bounced", "unreachable"):
            return "lost"
        return "waiting" if self.sent.state in ("queued", "deferred", "sending") else "sent"

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
def export(request: HttpRequest, ref: str) -> StreamingHttpResponse:
    """All of them as CSV, line by line, however many there are."""
    incident = queries.incident_by_ref(ref)
    response = StreamingHttpResponse(_lines(incident.ref), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{incident.ref}-deliveries.csv"'
    return response


def _groups() -> list[tuple[str, str]]:
    return [("lost", _("Not reached")), ("waiting", _("On its way")), ("sent", _("Sent")), ("all", _("All"))]


class _Line:
    """What a CSV writer writes into; hands the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(matter_ref: str) -> Iterator[str]:
    writer = csv.writer(_Line())
    titles = ("notice", "customer", "address", "instead_of", "language", "ticket", "channel", "state")
    yield writer.writerow([*titles, "words", "written_at", "accepted_at"])
    rows = notices.recipients(matter_ref, "all").order_by("id")
    for one in rows.iterator(chunk_size=_AT_ONCE):
        row = Row(notices.as_sent(one))
        yield writer.writerow([_cell(value) for value in _values(row)])


def _values(row: Row) -> list[str]:
    sent = row.sent
    moments = (sent.written_at.isoformat(), sent.accepted_at.isoformat() if sent.accepted_at else "")
    texts = (sent.moment, sent.customer_name, sent.address, sent.instead_of, sent.language, sent.ticket_ref)
    return [*texts, sent.channel, sent.state, row.words, *moments]


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
