"""A conversation as the page shows it: messages, and between them what changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.console.components import Text
from tocsin.desk import queries
from tocsin.desk.models import Priority, Status, Ticket
from tocsin.desk.queries import HistoryEntry, MessageView
from tocsin.desk.views.cards import Card, cards_of
from tocsin.desk.views.looks import Look
from tocsin.desk.views.presenting import channel_sign
from tocsin.kernel.reasons import is_plain, words_of
from tocsin.kernel.references import parse_reference
from tocsin.kernel.text import is_only_signature
from tocsin.mailroom.queries import DeliveryView
from tocsin.people import queries as people

_TICKET_NAMED = re.compile(r"(\bT-[0-9]{7,19}\b)")
_TONES = {"sent": "good", "delivered": "good", "failed": "bad", "bounced": "bad", "complained": "bad"}
_WAITING = ("queued", "deferred")
_ICONS = {
    "status": "circle-dot",
    "assignee": "user-round",
    "department": "building",
    "priority": "signal-high",
    "requester": "user-pen",
    "undelivered": "mail-x",
}
_MACHINES: dict[str, Text] = {
    "auto-reply": gettext_lazy("Automatic answer"),
    "list": gettext_lazy("Mailing list"),
    "bounce": gettext_lazy("Could not be delivered"),
    "delay": gettext_lazy("Delivery is delayed"),
    "report": gettext_lazy("Report of a machine"),
    "receipt": gettext_lazy("Read receipt"),
}


@dataclass(frozen=True)
class Way:
    """A message's way to one recipient, in words."""

    delivery: DeliveryView

    @property
    def tone(self) -> str:
        """Of its sign."""
        return _TONES.get(self.delivery.state, "calm")

    @property
    def label(self) -> str:
        """Where it stands."""
        return _("Not delivered") if self.delivery.state == "failed" else self.delivery.state_label

    @property
    def explanation(self) -> Text:
        """What that means, before the moment that `at` gives."""
        if self.delivery.state == "deferred":
            return _("Not taken yet; it is tried until")
        if self.delivery.state in _WAITING:
            return _("Written down, and on its way since")
        if self.tone == "good":
            return _("Taken by the server")
        return _("The server's own words:") if is_plain(self.delivery.answer) else ""

    @property
    def at(self) -> datetime | None:
        """The moment that goes with the explanation."""
        if self.delivery.state == "deferred":
            return self.delivery.given_up_at
        if self.delivery.state in _WAITING:
            return self.delivery.created_at
        return self.delivery.accepted_at if self.tone == "good" else None


@dataclass(frozen=True)
class Said:
    """A message as a card; `kind` is customer, agent, note or system."""

    message: MessageView
    cards: Sequence[Card] = ()

    @property
    def look(self) -> Look:
        """How it is laid out."""
        return Look(self.message, self.cards)

    @property
    def key(self) -> str:
        """Unique in the conversation."""
        return f"m{self.message.id}"

    @property
    def kind(self) -> str:
        """Decides how it looks."""
        return self.message.kind

    @property
    def at(self) -> datetime:
        """When."""
        return self.message.at

    @property
    def who(self) -> str:
        """Who speaks."""
        if self.kind == "system":
            return _("Automatic mail")
        written_by_itself = self.kind == "note" and not self.message.author_id
        return "Tocsin" if written_by_itself else self.message.from_name or self.message.from_address

    @property
    def channel(self) -> tuple[str, Text]:
        """Icon and word of the channel."""
        return channel_sign(self.message.channel)

    @property
    def machine(self) -> Text:
        """What kind of machine wrote it; empty for a person."""
        return _MACHINES.get(self.message.machine, self.message.machine)

    @property
    def words(self) -> str:
        """What was newly said."""
        if self.message.said:  # a note of ours, in the reader's language
            return "\n\n".join(words_of(self.message.said))
        return self.message.visible_text or self.message.text

    @property
    def note(self) -> SafeString:
        """The words of a note; tickets that it names are one click away."""
        return format_html_join("", "{}", ((_linked(piece),) for piece in _TICKET_NAMED.split(self.words)))

    @property
    def quoted(self) -> str:
        """What was folded away: history and signature."""
        text, visible = self.message.text, self.words
        if not self.message.has_history or text == visible:
            return ""
        return text[len(visible) :].strip("\n") if text.startswith(visible) else text

    @property
    def folds_only_signature(self) -> bool:
        """Whether nothing but a signature was folded away."""
        return is_only_signature(self.quoted)

    @property
    def deliveries(self) -> list[Way]:
        """How it fares on its way to each recipient."""
        return [Way(one) for one in self.message.deliveries]

    @property
    def is_lost(self) -> bool:
        """Whether somebody did not get it."""
        return any(way.tone == "bad" for way in self.deliveries)


@dataclass(frozen=True)
class Changed:
    """A line between messages: what was done, by whom."""

    key: str
    at: datetime
    who: str
    words: str
    icon: str
    reason: str
    kind: str = "change"


def conversation_of(ticket: Ticket) -> list[Said | Changed]:
    """Everything that was said and done, oldest first; a fixed number of queries whatever its length."""
    messages = queries.conversation(ticket)
    cards = cards_of(messages)
    said = [Said(message, cards[message.id]) for message in messages]
    since = said[0].at if said else ticket.opened_at
    return sorted([*said, *_changes(ticket, since)], key=lambda entry: entry.at)


def _changes(ticket: Ticket, since: datetime) -> list[Changed]:
    rows = [row for row in queries.history(ticket) if row.at >= since and _is_shown(row)]
    names = _names(rows)
    return [_changed(row, names) for row in rows]


def _is_shown(row: HistoryEntry) -> bool:
    """An answer makes the ticket answered, and the customer's next mail opens it: the messages say so
    themselves."""
    says_itself = row.what == "status" and row.message_id and Status.CLOSED not in (row.old, row.new)
    return row.what in _ICONS and not says_itself


def _changed(row: HistoryEntry, names: dict[str, str]) -> Changed:
    return Changed(
        key=f"e{row.id}",
        at=row.at,
        who=names.get(row.actor, ""),
        words=_words(row, names),
        icon=_ICONS[row.what],
        reason=row.reason,
    )


def _words(row: HistoryEntry, names: dict[str, str]) -> str:
    what, new = row.what, row.new
    if what == "status":
        return _("Status: %(status)s") % {"status": dict(Status.choices).get(new, new)}
    if what == "priority":
        return _("Priority: %(priority)s") % {"priority": dict(Priority.choices).get(new, new)}
    if what == "requester":
        return _("Requester: %(address)s") % {"address": new}
    if what == "undelivered":
        return _("The answer did not reach %(address)s") % {"address": new}
    if what == "department":
        return _("Passed on to %(department)s") % {"department": names.get(f"department:{new}", new)}
    return (
        _("Assigned to %(name)s") % {"name": names.get(f"staff:{new}", new)}
        if new
        else _("Assigned to nobody")
    )


def _names(rows: list[HistoryEntry]) -> dict[str, str]:
    """Names behind the ids in these lines: staff, and departments where one was passed on to."""
    if not rows:
        return {}
    ids = {row.actor for row in rows} | {f"staff:{row.new}" for row in rows if row.what == "assignee"}
    numbers = [int(one[6:]) for one in ids if one.startswith("staff:") and one[6:].isdecimal()]
    names = {f"staff:{pk}": name for pk, name in people.staff_names(numbers).items()}
    if any(row.what == "department" for row in rows):
        names |= {f"department:{one.pk}": str(one) for one in people.departments()}
    return names


def _linked(piece: str) -> str:
    ref = parse_reference(piece, "T")
    return format_html('<a href="{}">{}</a>', reverse("desk:ticket", args=[ref]), ref) if ref else piece
