"""A mail as the desk reads it, before any table is asked: its words, its language, what it points to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from tocsin.channels.base import Inbound
from tocsin.desk.services.records import LONGEST_MESSAGE_ID, MOST_REFERENCES
from tocsin.intake import reasons, rules
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
from tocsin.people.queries import fold_address

if TYPE_CHECKING:
    from tocsin.mailroom.queries import Parcel


@dataclass(frozen=True)
class Reading:
    """One thing that came in, understood as far as that goes without the database."""

    inbound_id: int
    inbound: Inbound
    account: object
    received_at: datetime
    sender: str
    text: str
    visible: str
    html: str
    defects: tuple[Kept, ...]
    detected: str | None
    # Message-IDs that it answers, the nearest first.
    answers: tuple[str, ...]
    # Ticket references in the signed reply address and in the subject; check digits are right.
    token_ref: str
    subject_refs: tuple[str, ...]
    # Folded, of the To and of the Cc line.
    addressees: tuple[str, ...]
    copied: tuple[str, ...]
    # What the ticket's internal note says of the colleague who forwarded it; '' for everything else.
    handed_on: Kept = NOTHING
    # The mailer that brought it for who filled in a form; '' for everything else (`reply_to.py`).
    through: str = ""
    # Where a proven sender asks for the answers, too; folded.
    also_answer: tuple[str, ...] = ()

    @property
    def message_id(self) -> str:
        """Its own Message-ID, in a length that an index takes."""
        return self.inbound.message_id[:LONGEST_MESSAGE_ID]

    @property
    def everybody(self) -> tuple[str, ...]:
        """All whom it was addressed to."""
        return (*self.addressees, *self.copied)

    @property
    def has_clues(self) -> bool:
        """Whether it points to anything at all."""
        return bool(self.answers or self.token_ref or self.subject_refs)


def read(parcel: Parcel) -> Reading:
    """Understand one parcel. Pure thinking: no table is asked."""
    inbound = parcel.inbound
    text = storable(inbound.text or (html_to_text(inbound.html) if inbound.html else ""))
    visible = fold_quotes(text, forwarded=is_forward(inbound.subject)).visible
    layout = sanitise_html(inbound.html) if inbound.html else SafeHtml("")
    return Reading(
        inbound_id=parcel.id,
        inbound=inbound,
        account=parcel.account,
        received_at=parcel.received_at,
        sender=fold_address(inbound.from_address)[:320],
        text=text,
        visible=visible,
        html=storable(layout.html),
        defects=inbound.defects + ((reasons.LAYOUT_CUT(),) if layout.cut else ()),
        detected=guess_language(f"{clean_subject(inbound.subject)}\n{visible}"),
        answers=_answers(inbound),
        token_ref=parse_reference(inbound.reply_token, "T") or "" if inbound.reply_token else "",
        subject_refs=tuple(find_references(inbound.subject[:1000], "T")),
        addressees=tuple(map(fold_address, inbound.to)),
        copied=tuple(map(fold_address, inbound.cc)),
    )


def language_of(reading: Reading, *, declared: tuple[str, ...], company: str) -> str:
    """The language to write to the sender in (rule 4 of the house).

    What a form says was chosen by the person; what a mail's header says was often chosen by nobody.
    """
    chosen = reading.inbound.language
    by_hand = (chosen,) if reading.inbound.language_chosen else ()
    hints = (chosen, getattr(reading.account, "language", "") or "", company)
    offered = [code for code, _name in settings.LANGUAGES]
    return rules.choose_language(
        declared=(*declared, *by_hand), detected=reading.detected, hints=hints, offered=offered
    )


def _answers(inbound: Inbound) -> tuple[str, ...]:
    nearest_first = dict.fromkeys([*inbound.in_reply_to, *reversed(inbound.references)])
    return tuple(one[:LONGEST_MESSAGE_ID] for one in nearest_first if one)[:MOST_REFERENCES]
