"""A customer's mail that a colleague forwarded to us becomes the customer's ticket, not the colleague's.

Only where the colleague proved to be who they say: whoever can make up a sender could else put words into a
customer's mouth. Other such mails become ordinary tickets; their page offers the change as one press.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.channels.base import Inbound, InboundAttachment
from tocsin.channels.registry import attached_types, read_attached
from tocsin.desk.permissions import WORK_TICKETS
from tocsin.intake import reasons
from tocsin.intake.services.parsing import InboundMessage, language_of
from tocsin.kernel.reasons import Kept, join, plain
from tocsin.kernel.text import (
    Forwarded,
    fold_quotes,
    forwarded_mails,
    is_forward,
    storable,
)
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people
from tocsin.people.models import Staff

_LARGEST_INNER = 5 * 2**20


def apply_forwarding(batch: Sequence[InboundMessage]) -> list[InboundMessage]:
    """The batch, with those forwarded by colleagues as their first writers' own; asks no table unless a
    proven sender forwards something."""
    candidates = {one.sender for one in batch if _may_be_handed_over(one)}
    colleagues = people.staff_by_addresses(candidates, WORK_TICKETS) if candidates else {}
    if not colleagues:
        return list(batch)
    writers = people.staff_by_addresses(_writers(batch, colleagues), WORK_TICKETS)
    ours = mailroom.our_addresses() | set(writers)
    return [
        _as_first_writers(one, colleagues[one.sender], ours)
        if one.sender in colleagues and _may_be_handed_over(one)
        else one
        for one in batch
    ]


def _may_be_handed_over(message: InboundMessage) -> bool:
    inbound = message.inbound
    return (
        not inbound.machine
        and inbound.verified
        and not message.points_to_something
        and is_forward(inbound.subject)
    )


def _writers(batch: Sequence[InboundMessage], colleagues: dict[str, Staff]) -> set[str]:
    """Everybody named in what colleagues forward, to find the colleagues among them."""
    theirs = [one for one in batch if one.sender in colleagues]
    return {one.fold(mail.address) for one in theirs for mail in _mails_in(one)} | set(colleagues)


def _mails_in(message: InboundMessage) -> list[Forwarded]:
    """What stands in the text first, then what came as a file: a file beside a mail in the text was that
    mail's own, and who wrote it may have made it up."""
    files = [file for file in message.inbound.attachments if file.content_type in attached_types()]
    inner = _inner(files[0]) if len(files) == 1 else None
    attached = [_as_forwarded(inner, message)] if inner else []
    return [*forwarded_mails(message.text, message.inbound.subject), *attached]


def _inner(file: InboundAttachment) -> Inbound | None:
    if len(file.content) > _LARGEST_INNER:
        return None
    found = read_attached(file.content_type, file.content)
    return found if found and found.from_address else None


def _as_forwarded(inner: Inbound, message: InboundMessage) -> Forwarded:
    sent = inner.sent_at.strftime("%Y-%m-%d %H:%M %z") if inner.sent_at else ""
    address, name = inner.from_address, inner.from_name
    return Forwarded(address, name, inner.subject, sent, inner.text, message.visible_text.strip())


def _as_first_writers(message: InboundMessage, colleague: Staff, ours: frozenset[str]) -> InboundMessage:
    found = next((one for one in _mails_in(message) if message.fold(one.address) not in ours), None)
    if found is None:
        return message
    subject = found.subject or message.inbound.subject
    text = storable(found.text)
    visible = fold_quotes(text).visible
    inbound = replace(
        message.inbound, from_address=found.address, from_name=found.name, subject=subject, verified=False
    )
    return replace(
        message,
        inbound=inbound,
        sender=message.fold(found.address),
        text=text,
        visible_text=visible,
        html="",  # it is laid out as the colleague's mail; the original holds it
        detected_language=language_of(subject, visible),
        to=(),
        cc=(),
        forward_note=_note(found, colleague),
    )


def _note(found: Forwarded, colleague: Staff) -> Kept:
    said = [reasons.FORWARDED_BY(name=colleague.name, address=colleague.email)]
    if found.sent:
        said.append(reasons.SENT_BY_CUSTOMER(moment=found.sent[:120]))
    return join(*said, plain(found.comment))
