"""From the bytes of a mail to what a person would read (R-A15)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from tocsin.channels.base import Envelope, Inbound, InboundAttachment, Unreadable
from tocsin.channels.email import (
    addresses,
    auth,
    bodies,
    dates,
    files,
    machines,
    reasons,
    reply_address,
    tnef,
    words,
)
from tocsin.channels.email.addresses import Address
from tocsin.channels.email.fields import Fields
from tocsin.channels.email.limits import REFERENCES, Budget
from tocsin.channels.email.structure import Part, read_structure
from tocsin.kernel.references import find_references
from tocsin.kernel.text import charsets, invitations

_NOTHING = b"\r\n\t \x00"
_FIRST_BYTES = 1_000
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_BARE_ID = re.compile(r"[!-+\-.-:=?A-~]{1,250}@[!-+\-.-:=?A-~]{1,250}")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z0-9]+)*")
_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")


def read(raw: bytes, envelope: Envelope | None = None) -> Inbound:
    """Understand one message. Raises Unreadable, and nothing else, when there is nothing to understand."""
    if not raw[:_FIRST_BYTES].strip(_NOTHING) and not raw.strip(_NOTHING):
        raise Unreadable(reasons.EMPTY())
    try:
        return _Reader(_with_line_feeds(raw), envelope or {}).read()
    except Unreadable:
        raise
    except RecursionError:
        raise Unreadable(reasons.NESTED_TOO_DEEPLY()) from None
    except MemoryError:
        raise Unreadable(reasons.TOO_LARGE()) from None
    except Exception as error:  # the promise of this function: whatever a mail breaks, it breaks only itself
        raise Unreadable(reasons.UNREADABLE(error=f"{type(error).__name__}: {error}")) from error


def _with_line_feeds(raw: bytes) -> bytes:
    """Lines that end with a carriage return alone (old Macs) end with a line feed."""
    return raw.replace(b"\r", b"\n") if b"\r" in raw and b"\n" not in raw else raw


class _Reader:
    def __init__(self, raw: bytes, envelope: Envelope) -> None:
        self._raw, self._envelope, self._budget = raw, envelope, Budget()
        self._root: Part = read_structure(raw, self._budget)
        self._fields: Fields = self._root.fields
        self._hint = self._used_charset()

    def read(self) -> Inbound:
        if not self._fields.has_known() and not charsets.looks_written(self._raw):
            raise Unreadable(reasons.NO_MAIL())
        sender = self._sender()
        text, html, attachments = self._content()
        message_id = next(iter(self._ids("message-id")), "")
        in_reply_to, references = self._ids("in-reply-to"), self._ids("references")
        to, cc = self._people("to"), self._people("cc")
        subject = self._text("subject")
        token = self._reply_token(to + cc)
        is_answer = bool(in_reply_to or references or token or find_references(subject[:1000], "T"))
        asked = self._answers_asked(sender.address)
        is_first = not (in_reply_to or references or token)
        by_form = is_first and len(asked) == 1 and self._is_form(sender.address)
        machine = machines.classify(
            machines.Signs(
                self._root, self._envelope, sender.address, subject, text, message_id, is_answer, by_form
            )
        )
        return Inbound(
            channel="email",
            from_address=sender.address,
            from_name=sender.name,
            to=to,
            cc=cc,
            subject=subject,
            text=text,
            html=html,
            attachments=attachments,
            message_id=message_id,
            in_reply_to=in_reply_to,
            references=references,
            sent_at=self._sent_at(),
            language=self._language(),
            machine=machine.kind,
            bounces=machine.bounces,
            verified=auth.is_verified(self._raw, self._fields, sender.address, self._envelope),
            reply_token=token,
            fingerprint=_fingerprint(message_id, sender.address, text, html, attachments),
            defects=self._budget.defects,
            reply_to=tuple(one.address for one in asked),
            reply_to_name=asked[0].name if asked else "",
            by_form=by_form,
            disowned=auth.is_disowned(self._fields, sender.address, self._envelope),
        )

    def _used_charset(self) -> str:
        """The label most likely true for raw characters elsewhere: that of the first text."""
        return next((label for part in self._root.walk() if (label := bodies.charset_of(part))), "")

    def _text(self, name: str) -> str:
        return words.header_text(self._fields.first(name), self._hint)

    def _sender(self) -> Address:
        """The first From with an address; without one, whoever else the mail names as its sender."""
        if len(self._fields.all("from")) > 1:
            self._budget.note(reasons.TWO_SENDER_FIELDS())
        for name in ("from", "sender", "reply-to", "return-path", "x-envelope-from"):
            for raw in self._fields.all(name):
                found = addresses.read_addresses(raw, self._hint)
                if found:
                    self._note_sender(name, len(found))
                    return found[0]
        self._budget.note(reasons.NO_SENDER())
        envelope_sender = addresses.bare_address(str(self._envelope.get("mail_from") or ""))
        return Address(self._text("from")[:200], envelope_sender)

    def _answers_asked(self, sender: str) -> tuple[Address, ...]:
        """Where the mail asks for answers, other than at its sender; each once."""
        fields = self._fields.all("reply-to")
        found = (one for raw in fields for one in addresses.read_addresses(raw, self._hint))
        others = {one.address.lower(): one for one in found if one.address.lower() != sender.lower()}
        return tuple(others.values())

    def _is_form(self, sender: str) -> bool:
        known = {str(one).lower().removeprefix("@") for one in self._envelope.get("form_senders") or ()}
        return bool({sender.lower(), addresses.domain_of(sender)} & known)

    def _note_sender(self, name: str, count: int) -> None:
        if name != "from":
            self._budget.note(reasons.SENDER_ELSEWHERE(name=name.title()))
        elif count > 1:
            self._budget.note(reasons.SEVERAL_SENDERS())

    def _people(self, name: str) -> tuple[str, ...]:
        found = (one for raw in self._fields.all(name) for one in addresses.read_addresses(raw, self._hint))
        return tuple(dict.fromkeys(one.address for one in found))

    def _ids(self, name: str) -> tuple[str, ...]:
        """Message-IDs, each in its angle brackets; the first and the last of a list too long."""
        text = b" ".join(self._fields.all(name)).decode("ascii", "ignore")
        found = _MESSAGE_ID.findall(text) or [f"<{one}>" for one in _BARE_ID.findall(text)]
        distinct = tuple(dict.fromkeys(found))
        return distinct if len(distinct) <= REFERENCES else distinct[:1] + distinct[1 - REFERENCES :]

    def _sent_at(self) -> datetime | None:
        received_at = self._envelope.get("received_at")
        return dates.read_date(self._fields.first("date"), received_at, self._budget)

    def _language(self) -> str:
        match = _LANGUAGE.match(self._text("content-language"))
        return match.group(1).lower() if match else ""

    def _reply_token(self, known: tuple[str, ...]) -> str:
        candidates = [*map(str, self._envelope.get("rcpt_tos") or ()), *known]
        for name in _DELIVERED_TO:
            candidates.extend(self._people(name))
        return next((token for one in candidates if (token := reply_address.read(one))), "")

    def _content(self) -> tuple[str, str, tuple[InboundAttachment, ...]]:
        reading = bodies.read_bodies(self._root, self._hint, self._budget)
        attachments = files.read_files(reading.files, reading.uu_files, self._hint, self._budget)
        text, html = bodies.joined_text(reading.segments), bodies.joined_html(reading.segments)
        if not text.strip():
            text, html = self._text_of_files(reading.files, html)
        return text, html, tuple(attachments)

    def _text_of_files(self, parts: list[Part], html: str) -> tuple[str, str]:
        """What a mail says that has no text of its own: that of the mail, invitation or winmail.dat in it."""
        for part in parts:
            if part.content_type in ("message/rfc822", "message/global") and part.children:
                inner = bodies.read_bodies(part.children[0], self._hint, self._budget)
                return bodies.joined_text(inner.segments), html
            if part.content_type == "text/calendar":
                return invitations.summary(part.content()), html
            if part.content_type in tnef.TYPES:
                text, page = tnef.text_in(part.content(), self._budget)
                return text or bodies.text_of_page(page), html or page
        return bodies.said_before_parts(self._root), html


def _fingerprint(
    message_id: str, sender: str, text: str, html: str, attachments: tuple[InboundAttachment, ...]
) -> str:
    """Message-ID, From and what is said, as read: relays may change the transfer encoding on the way."""
    if not message_id:
        return ""
    digest = hashlib.sha256()
    for piece in (message_id, sender.lower(), " ".join(text.split()), " ".join(html.split())):
        digest.update(piece.encode("utf-8", "replace") + b"\x00")
    for attachment in attachments:
        digest.update(attachment.name.encode("utf-8", "replace") + b"\x00")
        digest.update(hashlib.sha256(attachment.content).digest())
    return digest.hexdigest()
