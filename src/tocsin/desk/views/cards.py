"""Files that say something by themselves: invitations and mails in the mail, each shown as a card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tocsin.channels.registry import attached_types, read_attached
from tocsin.console.components import Text
from tocsin.desk.queries import AttachmentView, MessageView
from tocsin.kernel.text import invitations
from tocsin.kernel.text.invitations import Invitation
from tocsin.mailroom import queries as mailroom

_KINDS: dict[str, Text] = {
    "request": gettext_lazy("Invitation"),
    "update": gettext_lazy("Invitation, changed"),
    "cancel": gettext_lazy("Called off"),
    "reply": gettext_lazy("Answer to an invitation"),
}
_ANSWERS: dict[str, Text] = {
    "ACCEPTED": gettext_lazy("Accepted"),
    "DECLINED": gettext_lazy("Declined"),
    "TENTATIVE": gettext_lazy("Perhaps"),
}
_MOST_CARDS = 20
# Bytes from which the heading of a mail in a mail is read.
_HEAD = 64 * 1024
_MOST_CARDS_ON_A_PAGE = 60


@dataclass(frozen=True)
class MeetingCard:
    """An invitation, in the reader's time. `words` is what stands for a mail that has nothing else to say."""

    file: AttachmentView
    invitation: Invitation
    words: str = ""
    kind: str = "meeting"

    @property
    def label(self) -> Text:
        """What becomes of the meeting."""
        return _KINDS[self.invitation.kind]

    @property
    def is_off(self) -> bool:
        """Whether it does not take place."""
        return self.invitation.kind == "cancel"

    @property
    def answer(self) -> Text:
        """What an invited person answered."""
        return _ANSWERS.get(self.invitation.answer, "")

    @property
    def when(self) -> str:
        """Day and hours, in the reader's zone where the sender's is known; '' where no day is named."""
        starts, ends = self.invitation.starts, self.invitation.ends
        if starts is None:
            return ""
        first, last = _local(starts), _local(ends) if ends is not None else None
        if not isinstance(first, datetime):
            until = f" – {_day(last)}" if last is not None and last > first else ""
            return _day(first) + until
        if not isinstance(last, datetime) or last <= first:
            return f"{_day(first)}, {_clock(first)}{_zone(first)}"
        until = _clock(last) if last.date() == first.date() else f"{_day(last)}, {_clock(last)}"
        return f"{_day(first)}, {_clock(first)} – {until}{_zone(first)}"


@dataclass(frozen=True)
class Heading:
    """Who sent it, what it is about, and when; '' and None where it does not say."""

    sender: str
    subject: str
    sent_at: datetime | None


@dataclass(frozen=True)
class NestedCard:
    """A mail inside the mail."""

    file: AttachmentView
    heading: Heading
    kind: str = "mail"


Card = MeetingCard | NestedCard


def cards_of(messages: Sequence[MessageView]) -> dict[int, list[Card]]:
    """The cards of each message by its id; one query, and none where there is nothing to show."""
    wanted = _wanted(messages)
    names = {file.sha256 for files in wanted.values() for file in files}
    heads = mailroom.blob_heads(names, invitations.LONGEST) if names else {}
    return {
        pk: _distinct([_card(file, heads.get(file.sha256, b"")) for file in files])
        for pk, files in wanted.items()
    }


def _wanted(messages: Sequence[MessageView]) -> dict[int, list[AttachmentView]]:
    """The files to read, of the newest messages where there are too many: they are read at every look."""
    wanted: dict[int, list[AttachmentView]] = {}
    left = _MOST_CARDS_ON_A_PAGE
    for message in reversed(messages):
        wanted[message.id] = _telling(message)[:left]
        left -= len(wanted[message.id])
    return wanted


def _telling(message: MessageView) -> list[AttachmentView]:
    types = {*invitations.TYPES, *attached_types()}
    return [file for file in message.attachments if file.content_type in types][:_MOST_CARDS]


def _card(file: AttachmentView, head: bytes) -> Card | None:
    if file.content_type in attached_types():
        return NestedCard(file, _heading(file.content_type, head[:_HEAD]))
    invitation = invitations.read_invitation(head)
    return MeetingCard(file, invitation, invitations.summary(head)) if invitation else None


def _heading(content_type: str, head: bytes) -> Heading:
    inner = read_attached(content_type, head)
    if inner is None:
        return Heading("", "", None)
    return Heading(inner.from_name or inner.from_address, inner.subject, inner.sent_at)


def _distinct(cards: Sequence[Card | None]) -> list[Card]:
    """Calendars send the same invitation twice, to be read in place and as a file."""
    found: dict[object, Card] = {}
    for card in cards:
        if card is not None:
            found.setdefault(card.invitation if isinstance(card, MeetingCard) else card.file.id, card)
    return list(found.values())


def _local(moment: datetime | date) -> datetime | date:
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        return timezone.localtime(moment)
    return moment


def _day(moment: date) -> str:
    return date_format(moment, "l j E Y")


def _clock(moment: datetime) -> str:
    return time_format(moment, "H:i")


def _zone(moment: datetime) -> str:
    """A time without a zone may mean any; say so."""
    words = _("the sender's local time")
    return "" if moment.tzinfo is not None else f" ({words})"
