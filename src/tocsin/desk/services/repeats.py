"""The same thing said twice: from two tabs with one draft, by a double press, after going back; and two
answers by two people, neither of whom saw the other's."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from tocsin.desk import reasons
from tocsin.desk.models import Message, MessageKind
from tocsin.desk.rules import PEOPLES_MARKS
from tocsin.desk.services.records import File
from tocsin.desk.services.writing import NewMessage
from tocsin.kernel.errors import Conflict
from tocsin.kernel.reasons import Kept
from tocsin.mailroom import queries as mailroom

# A reminder in the same words some days later is meant; two calls that nobody answered are two notes.
_REPEATS_WITHIN = {MessageKind.AGENT: timedelta(days=1), MessageKind.NOTE: timedelta(minutes=5)}
_LOST = ("failed", "bounced")


class SaidAlready(Conflict):
    """It stands in the conversation. When it `differs`, only another text of the same page does, and the
    words at hand must not be lost."""

    def __init__(self, earlier: Message, *, differs: bool = False) -> None:
        super().__init__(_reason(earlier.kind, differs=differs))
        self.differs = differs


class AnsweredMeanwhile(Conflict):
    """Somebody else answered the customer after the page at hand was shown; the words must not be lost."""

    def __init__(self, theirs: Message) -> None:
        by_name = reasons.ANSWERED_MEANWHILE(name=theirs.from_name)
        super().__init__(by_name if theirs.from_name else reasons.COLLEAGUE_ANSWERED_MEANWHILE())


def refuse_to_answer_twice(message: NewMessage, seen: int | None) -> None:
    """Raises AnsweredMeanwhile when an answer that is not its author's is newer than the newest message that
    they had `seen`. Its ticket must be locked. A program sees nothing, and is never asked."""
    if seen is None:
        return
    theirs = Message.objects.filter(ticket_id=message.ticket_id, kind=MessageKind.AGENT, pk__gt=seen)
    if message.author_id is not None:
        theirs = theirs.exclude(author_id=message.author_id)
    newest = theirs.order_by("-pk").first()
    if newest:
        raise AnsweredMeanwhile(newest)


def refuse_a_repeat(message: NewMessage, files: Sequence[File]) -> None:
    """Raises SaidAlready when its page was used (`once_key`), or its author just said the same and the
    customer has said nothing since. Its ticket must be locked, so that two at once see each other.

    Said by a program, which has no page, it is never a repeat: programs have `Idempotency-Key`.
    """
    if not message.once_key:
        return
    from_page = Message.objects.filter(once_key=message.once_key).first()
    if from_page:
        raise SaidAlready(from_page, differs=not _is_the_same(from_page, message, files))
    last = _last_of(message)
    if last and _is_the_same(last, message, files) and not _was_lost(last):
        raise SaidAlready(last)


def _last_of(message: NewMessage) -> Message | None:
    """What its author said last, if the customer has not spoken since."""
    since = message.at - _REPEATS_WITHIN[MessageKind(message.kind)]
    said = Message.objects.filter(ticket_id=message.ticket_id, at__gt=since)
    last = said.filter(kind=message.kind, author_id=message.author_id).order_by("-at", "-pk").first()
    if last is None or message.author_id is None:
        return None
    answered = said.filter(kind=MessageKind.CUSTOMER, machine__in=PEOPLES_MARKS, at__gte=last.at)
    return None if answered.exists() else last


def _is_the_same(earlier: Message, message: NewMessage, files: Sequence[File]) -> bool:
    """In the same words, with the same files, to the same people."""
    recipients = (
        (earlier.ticket_id, earlier.to_addresses, earlier.cc_addresses),
        (message.ticket_id, list(message.to_addresses), list(message.cc_addresses)),
    )
    if recipients[0] != recipients[1] or earlier.text.strip() != message.text.strip():
        return False
    there = earlier.attachments.values_list("name", "blob_id")
    return sorted(there) == sorted((file.name, hashlib.sha256(file.content).hexdigest()) for file in files)


def _was_lost(message: Message) -> bool:
    """Whether it reached nobody, so that saying it again makes sense."""
    found = mailroom.deliveries_by_id([message.delivery_id]) if message.delivery_id else {}
    return any(one.state in _LOST for one in found.values())


def _reason(kind: str, *, differs: bool) -> Kept:
    if differs:
        return reasons.SAID_DIFFERENTLY()
    return reasons.NOTE_LEFT() if kind == MessageKind.NOTE else reasons.ANSWER_SENT()
