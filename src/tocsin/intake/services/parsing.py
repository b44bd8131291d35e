"""What came in, understood before any table is asked: its words, its language, what it points to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tocsin.channels.base import Inbound
from tocsin.channels.registry import fold
from tocsin.desk.services import LONGEST_MESSAGE_ID, MOST_REFERENCES
from tocsin.intake import reasons
from tocsin.kernel.reasons import NOTHING, Kept
from tocsin.kernel.references import find_references, parse_reference
from tocsin.kernel.text import (
    SafeHtml,
    clean_subject,
    fold_quotes,
    guess_language,
    html_to_text,
    is_forward,
    sanitise_html,
    storable,
)

if TYPE_CHECKING:
    from tocsin.mailroom.models import Account
    from tocsin.mailroom.queries import ParsedInbound


@dataclass(frozen=True)
class InboundMessage:
    """One thing that came in. Addresses are folded, texts as a table takes them."""

    inbound_id: int
    inbound: Inbound
    account: Account | None
    received_at: datetime
    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    text: str
    # Without the quoted history that `text` still has.
    visible_text: str
    html: str
    defects: tuple[Kept, ...]
    detected_language: str | None
    # Message-IDs that it answers, the nearest first.
    answered_ids: tuple[str, ...]
    # Ticket references in the signed reply address and in the subject; check digits are right.
    reply_ref: str
    subject_refs: tuple[str, ...]
    # A colleague forwarded it: what an internal note says of that.
    forward_note: Kept = NOTHING
    # A form's mailer sent it for `sender`: that mailer's address.
    form_mailer: str = ""
    # Where a proven sender asks for the answers, too.
    also_to: tuple[str, ...] = ()

    @property
    def message_id(self) -> str:
        """Its own Message-ID, in a length that an index takes."""
        return self.inbound.message_id[:LONGEST_MESSAGE_ID]

    def fold(self, address: str) -> str:
        """What an address on its sender's channel is found by."""
        return fold(self.inbound.sender_channel, address)

    @property
    def points_to_something(self) -> bool:
        """Whether it answers something or names a ticket."""
        return bool(self.answered_ids or self.reply_ref or self.subject_refs)


def understand(parsed: ParsedInbound) -> InboundMessage:
    """Its words, cleaned, with quoted history folded away, and what it points to."""
    inbound = parsed.inbound
    text = storable(inbound.text or (html_to_text(inbound.html) if inbound.html else ""))
    visible_text = fold_quotes(text, forwarded=is_forward(inbound.subject)).visible
    layout = sanitise_html(inbound.html) if inbound.html else SafeHtml("")
    nearest_first = dict.fromkeys([*inbound.in_reply_to, *reversed(inbound.references)])
    return InboundMessage(
        inbound_id=parsed.id,
        inbound=inbound,
        account=parsed.account,
        received_at=parsed.received_at,
        sender=fold(inbound.sender_channel, inbound.from_address),
        to=tuple(fold(inbound.channel, one) for one in inbound.to),
        cc=tuple(fold(inbound.channel, one) for one in inbound.cc),
        text=text,
        visible_text=visible_text,
        html=storable(layout.html),
        defects=inbound.defects + ((reasons.LAYOUT_CUT(),) if layout.cut else ()),
        detected_language=language_of(inbound.subject, visible_text),
        answered_ids=tuple(one[:LONGEST_MESSAGE_ID] for one in nearest_first if one)[:MOST_REFERENCES],
        reply_ref=parse_reference(inbound.reply_token, "T") or "" if inbound.reply_token else "",
        subject_refs=tuple(find_references(inbound.subject[:1000], "T")),
    )


def language_of(subject: str, text: str) -> str | None:
    """The language it is written in, when that is sure."""
    return guess_language(f"{clean_subject(subject)}\n{text}")
