"""A customer's mail that a colleague forwarded to us becomes the customer's ticket, not the colleague's.

Only where the colleague proved to be who they say: whoever can make up a sender could else put words into a
customer's mouth. Other such mails become ordinary tickets; their page offers the change as one press.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.channels.base import Inbound, InboundAttachment
from tocsin.channels.registry import attached_types, read_attached
from tocsin.intake import reasons
from tocsin.intake.services.reading import Reading
from tocsin.kernel.reasons import Kept, join, plain
from tocsin.kernel.text import (
    Forwarded,
    clean_subject,
    fold_quotes,
    forwarded_mails,
    guess_language,
    is_forward,
    storable,
)
from tocsin.mailroom import queries as mailroom
from tocsin.people import queries as people
from tocsin.people.models import Staff

_LARGEST_INNER = 5 * 2**20


def hand_on(readings: Sequence[Reading]) -> list[Reading]:
    """The readings, with those forwarded by colleagues as their first writers' own; asks no table unless a
    proven sender forwards something."""
    candidates = {one.sender for one in readings if _may_be_handed_on(one)}
    colleagues = people.staff_by_addresses(candidates) if candidates else {}
    if not colleagues:
        return list(readings)
    ours = mailroom.our_addresses() | set(people.staff_by_addresses(_writers(readings, colleagues)))
    return [
        _handed_on(one, colleagues[one.sender], ours)
        if one.sender in colleagues and _may_be_handed_on(one)
        else one
        for one in readings
    ]


def _may_be_handed_on(reading: Reading) -> bool:
    inbound = reading.inbound
    return not inbound.machine and inbound.verified and not reading.has_clues and is_forward(inbound.subject)


def _writers(readings: Sequence[Reading], colleagues: dict[str, Staff]) -> set[str]:
    """Everybody named in what colleagues forward, to find the colleagues among them."""
    mails = [mail for one in readings if one.sender in colleagues for mail in _mails_in(one)]
    return {people.fold_address(mail.address) for mail in mails} | set(colleagues)


def _mails_in(reading: Reading) -> list[Forwarded]:
    """What stands in the text first, then what came as a file: a file beside a mail in the text was that
    mail's own, and who wrote it may have made it up."""
    files = [file for file in reading.inbound.attachments if file.content_type in attached_types()]
    inner = _inner(files[0]) if len(files) == 1 else None
    attached = [_as_forwarded(inner, reading)] if inner else []
    return [*forwarded_mails(reading.text, reading.inbound.subject), *attached]


def _inner(file: InboundAttachment) -> Inbound | None:
    if len(file.content) > _LARGEST_INNER:
        return None
    found = read_attached(file.content_type, file.content)
    return found if found and found.from_address else None


def _as_forwarded(inner: Inbound, reading: Reading) -> Forwarded:
    sent = inner.sent_at.strftime("%Y-%m-%d %H:%M %z") if inner.sent_at else ""
    address, name = inner.from_address, inner.from_name
    return Forwarded(address, name, inner.subject, sent, inner.text, reading.visible.strip())


def _handed_on(reading: Reading, colleague: Staff, ours: frozenset[str]) -> Reading:
    found = next((one for one in _mails_in(reading) if people.fold_address(one.address) not in ours), None)
    if found is None:
        return reading
    subject = found.subject or reading.inbound.subject
    text = storable(found.text)
    visible = fold_quotes(text).visible
    inbound = replace(
        reading.inbound, from_address=found.address, from_name=found.name, subject=subject, verified=False
    )
    return replace(
        reading,
        inbound=inbound,
        sender=people.fold_address(found.address),
        text=text,
        visible=visible,
        html="",  # it is laid out as the colleague's mail; the original holds it
        detected=guess_language(f"{clean_subject(subject)}\n{visible}"),
        addressees=(),
        copied=(),
        handed_on=_note(found, colleague),
    )


def _note(found: Forwarded, colleague: Staff) -> Kept:
    said = [reasons.FORWARDED_BY(name=colleague.name, address=colleague.email)]
    if found.sent:
        said.append(reasons.SENT_BY_CUSTOMER(moment=found.sent[:120]))
    return join(*said, plain(found.comment))
