"""What agents say in a ticket: replies to the customer, notes among themselves."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from tocsin.channels.registry import fold
from tocsin.desk import events, reasons, rules
from tocsin.desk.models import Message, MessageKind, Ticket
from tocsin.desk.queries.signatures import signature_for
from tocsin.desk.services import letters, records
from tocsin.desk.services.records import File, NewAttachment
from tocsin.desk.services.repeats import refuse_a_repeat, refuse_to_answer_twice
from tocsin.desk.services.statuses import change_status
from tocsin.desk.services.writing import NewMessage, new_message, note
from tocsin.desk.settings import QUOTE_LAST_MESSAGE
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict, Refused
from tocsin.kernel.events import emit
from tocsin.kernel.reasons import Kept
from tocsin.kernel.text import (
    letter_html,
    letter_text,
    mailable_html,
    picture_names,
    storable,
    tagged_subject,
    text_of_letter_html,
    without_lost_pictures,
)
from tocsin.mailroom import services as mailroom
from tocsin.mailroom.services import NewDelivery

# What every mail program shows.
_SHOWN_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@transaction.atomic
def reply(
    ref: str,
    text: str,
    *,
    actor: Actor,
    html: str = "",
    attachments: Sequence[File] = (),
    status: str = rules.ANSWERED,
    once_key: str | None = None,
    seen: int | None = None,
) -> Message:
    """Answer the customer and everybody they copied in; the ticket becomes `status` (answered).

    Mailed are `text` and, as the page beside it, `html`, made safe; either may be left out and is made of the
    other. A picture among the attachments whose name stands in the text as `![name]` is shown there; the
    place of one that is not among them is left out.
    With a `once_key`, which each opening of a page has, nothing is sent twice, however often the button is
    pressed and in however many tabs: the second raises SaidAlready, a Conflict. With the id of the newest
    message that the author had `seen`, another's answer after it raises AnsweredMeanwhile, a Conflict. Raises
    Refused for an empty text, an unknown status or a requester without an address, NotFound when there is no
    such ticket.
    """
    html = mailable_html(html) if html else ""
    text = text if text.strip() or not html else text_of_letter_html(html)
    text = without_lost_pictures(text, {file.name for file in attachments})
    _need_text(text)
    ticket = records.locked(ref, actor)
    _check_reply(ticket, status)
    files, pictures = _among_the_words(text, attachments)
    html = html or (letter_html(text, pictures) if pictures else "")
    said = _reply_message(ticket, letter_text(text), html, actor, once_key)
    refuse_a_repeat(said, attachments)
    refuse_to_answer_twice(said, seen)
    message = _save(said, files)
    _send(ticket, message, _letter(ticket, message, actor))
    _note_answered(ticket, status, message, actor)
    emit(events.ReplyWritten.of(ticket, message_id=message.pk), actor=actor)
    return message


@transaction.atomic
def add_note(
    ref: str,
    text: str | Kept,
    *,
    actor: Actor,
    attachments: Sequence[File] = (),
    once_key: str | None = None,
) -> Message:
    """An internal note, which the customer never sees (R-A07); ours are given as codes.

    Raises Refused for an empty text, NotFound, and SaidAlready as `reply`.
    """
    _need_text(text)
    ticket = records.locked(ref, actor)
    said = note(ticket, text, author_id=actor.staff_id)
    said.from_name, said.once_key = actor.name, once_key
    refuse_a_repeat(said, attachments)
    message = _save(said, attachments)
    records.update(ticket, message_count=ticket.message_count + 1)
    emit(events.NoteAdded.of(ticket, message_id=message.pk), actor=actor)
    return message


@transaction.atomic
def mark_read(ref: str, *, actor: Actor) -> bool:
    """Somebody has seen what came in; whether that was news. Raises NotFound."""
    ticket = records.locked(ref, actor)
    if not ticket.unread:
        return False
    records.update(ticket, unread=False)
    emit(events.TicketRead(ticket.ref), actor=actor)
    return True


def _need_text(text: str) -> None:
    if not text.strip():
        raise Refused(reasons.NOTHING_WRITTEN(), {"text": reasons.EMPTY()})


def _among_the_words(text: str, files: Sequence[File]) -> tuple[list[File], dict[str, str]]:
    """The files, those pictures marked that the text names; and the Content-ID of each by its name."""
    named = set(picture_names(text))
    pictures = {
        file.name: f"{uuid.uuid4().hex}@tocsin"
        for file in files
        if file.name in named and file.content_type in _SHOWN_PICTURES
    }
    placed: list[File] = [
        NewAttachment(file.name, file.content_type, file.content, pictures[file.name], inline=True)
        if file.name in pictures
        else file
        for file in files
    ]
    return placed, pictures


def _check_reply(ticket: Ticket, status: str) -> None:
    if status not in rules.STATUSES or status == rules.NEW:
        raise Refused(reasons.NOT_BY_ANSWER(status=status), ["status"])
    if not records.can_be_told(ticket):
        raise Refused(reasons.NO_ADDRESS())


def _reply_message(ticket: Ticket, text: str, html: str, actor: Actor, once_key: str | None) -> NewMessage:
    return NewMessage(
        ticket=ticket,
        kind=MessageKind.AGENT,
        channel=records.delivery_channel(ticket),
        author_id=actor.staff_id,
        from_name=actor.name,
        to_addresses=[ticket.requester_address],
        cc_addresses=ticket.copied_addresses,
        subject=tagged_subject(ticket.ref, letters.subject_or_default(ticket.subject, ticket.language)),
        text=storable(text),
        html=storable(html),
        once_key=once_key,
        at=clock.now(),
    )


def _save(said: NewMessage, files: Sequence[File]) -> Message:
    said.files = files
    try:
        with transaction.atomic():
            return new_message(said)
    except IntegrityError as error:
        raise Conflict(reasons.SENT_ALREADY()) from error


@dataclass(frozen=True)
class _Letter:
    """An answer as it is mailed: the words, whoever signs, and what it answers."""

    text: str
    html: str
    sender: str


def _letter(ticket: Ticket, message: Message, actor: Actor) -> _Letter:
    agent = actor.name if actor.staff_id else ""
    signature = signature_for(ticket, agent)
    signed = "" if letters.is_signed(message.text, signature.text) else signature.text
    below = "\n\n".join(part for part in (signed, _quotation(ticket)) if part)
    return _Letter(
        text=f"{message.text.rstrip()}\n\n{below}\n",
        html=f"{message.html}\n{letter_html(below)}" if message.html else "",
        sender=signature.sender,
    )


def _quotation(ticket: Ticket) -> str:
    """What the customer wrote last, where staff want it in answers; a phone call or a form is no letter."""
    if not QUOTE_LAST_MESSAGE.get():
        return ""
    said = ticket.messages.filter(
        kind=MessageKind.CUSTOMER, channel=records.delivery_channel(ticket), machine=""
    )
    last = said.order_by("-at", "-pk").first()
    if last is None or not last.visible_text.strip() or not _takes_part(ticket, last.from_address):
        return ""
    who = last.from_name or last.from_address
    return letters.quotation(last.visible_text, who=who, at=last.at, language=ticket.language)


def _takes_part(ticket: Ticket, address: str) -> bool:
    """Whether answers go to this address. Who asked before the ticket became somebody else's, such as a
    colleague who forwarded it with a remark, wrote for us and not for them."""
    recipients = (ticket.requester_address, *ticket.copied_addresses)
    channel = records.delivery_channel(ticket)
    return fold(channel, address) in {fold(channel, one) for one in recipients}


def _send(ticket: Ticket, message: Message, letter: _Letter) -> None:
    """One delivery for each recipient; the requester's is the message's own."""
    in_reply_to, references = records.thread_of([ticket.pk]).get(ticket.pk, ("", ()))
    recipients = dict.fromkeys([ticket.requester_address, *ticket.copied_addresses])
    ids = mailroom.write_deliveries(
        [
            NewDelivery(
                channel=message.channel,
                to_address=recipient,
                subject=message.subject,
                text=letter.text,
                html=letter.html,
                account_id=ticket.account_id,
                from_name=letter.sender,
                in_reply_to=in_reply_to,
                references=references,
                origin_ref=f"message:{message.pk}",
                reply_token=ticket.ref,
                attachments=_files_of(message),
                language=ticket.language,
            )
            for recipient in recipients
        ]
    )
    Message.objects.filter(pk=message.pk).update(delivery_id=ids[0])
    message.delivery_id = ids[0]


def _files_of(message: Message) -> tuple[tuple[Any, ...], ...]:
    columns = ("blob_id", "name", "content_type", "content_id", "inline")
    return tuple(message.attachments.order_by("id").values_list(*columns))


def _note_answered(ticket: Ticket, status: str, message: Message, actor: Actor) -> None:
    change_status(
        ticket,
        status,
        actor=actor,
        message_id=message.pk,
        at=message.at,
        first_answered_at=ticket.first_answered_at or message.at,
        message_count=ticket.message_count + 1,
        unread=False,
    )
