"""What servers say became of our mails: reports (RFC 3464, 8098, 5965) and the plain words of old servers."""

from __future__ import annotations

import contextlib
import email
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message

from flufl.bounce import all_failures

from tocsin.channels.base import Bounce
from tocsin.channels.email.addresses import bare_address, domain_of
from tocsin.channels.email.fields import Fields, read_fields
from tocsin.channels.email.limits import Budget
from tocsin.channels.email.standing import is_nobody_there
from tocsin.channels.email.structure import Part
from tocsin.kernel.text import charsets

_READ_OF_PLAIN = 256 * 1024
_READ_FOR_DELAY = 2_000
_READ_FOR_NAMES = 8_000
_MOST_RECIPIENTS = 200
_LONGEST_WORDS = 1_000
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_CODE = re.compile(r"\b([45])\d\d[ -]")
_ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]{1,64}@[^\s<>\"'(),;:\[\]]{1,255}")
_RETURNED_TO = re.compile(r"^[> \t]*To:[ \t]*([^\r\n]{3,300})", re.MULTILINE)
_MESSAGE_ID = re.compile(rb"^[> \t]*Message-ID:\s*(<[^<>\s]{3,250}>)", re.IGNORECASE | re.MULTILINE)
_DAEMON = re.compile(
    r"^(mailer-daemon|postmaster|mail-daemon|mailerdaemon|bounce[sd]?|mdaemon|microsoftexchange)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(undeliver|delivery (status|fail|problem)|delivery has failed|mail delivery|failure notice"
    r"|returned mail|non[- ]?remis|unzustellbar|не доставлено|недоставлен|no se puede entregar"
    r"|μη παράδοση|δεν παραδόθηκε"
    r"|neisporučen|could not be delivered|delayed)", re.IGNORECASE,
)  # fmt: skip
# People forward bounces and ask about them.
_ANSWER = re.compile(r"\s*(re|fwd?|aw|wg|rv|πρθ|απ|proslijeđeno|odg|отв|пересл)\s?:", re.IGNORECASE)
_DELAYED = re.compile(
    r"delayed|will (keep trying|be retried|retry)|still trying|not yet been delivered|warning", re.IGNORECASE
)
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # what it cannot read is no news


@dataclass(frozen=True)
class Report:
    """`kind` is '' when it is no report; `bounces` are there for `bounce`, `delay` and read receipts."""

    kind: str = ""
    bounces: tuple[Bounce, ...] = ()


def read_report(root: Part) -> Report:
    """Delivery reports, read receipts and abuse reports, told by their parts before their announcement."""
    parts = {part.content_type: part for part in _outer_parts(root)}
    status = parts.get("message/delivery-status") or parts.get("message/global-delivery-status")
    if status:
        return _delivery_report(root, status)
    announced = root.type.raw("report-type").lower()
    if "message/feedback-report" in parts or announced == b"feedback-report":
        return Report("report")
    receipt = parts.get("message/disposition-notification")
    if receipt or announced == b"disposition-notification":
        return Report("receipt", _read_receipt(receipt) if receipt else ())
    return Report()


@dataclass(frozen=True)
class Hints:
    """What speaks for a bounce before its words are read; `returns_ours`: there is a mail of ours in it."""

    from_address: str
    subject: str
    null_sender: bool
    returns_ours: bool


def may_be_plain_bounce(fields: Fields, hints: Hints) -> bool:
    """Whether it is worth looking for a bounce in its words: two signs of four."""
    by_daemon = bool(_DAEMON.match(hints.from_address)) or "x-failed-recipients" in fields
    about_delivery = bool(_SUBJECT.search(hints.subject)) and not _ANSWER.match(hints.subject)
    return by_daemon + hints.null_sender + about_delivery + hints.returns_ours >= 2


def returns_mail_of(root: Part, own_domains: set[str]) -> bool:
    """Whether there is a header with a Message-ID that only we make in the text."""
    head = root.raw[root.start : min(root.end, root.start + _READ_OF_PLAIN)]
    if not any(domain.lower().encode() in head.lower() for domain in own_domains):  # as in nearly every mail
        return False
    found = _MESSAGE_ID.search(head)
    return bool(found) and domain_of(_angle(found.group(1)).strip("<>")) in own_domains  # type: ignore[union-attr]  # is there


def read_plain(root: Part, text: str) -> tuple[Bounce, ...]:
    """A bounce in plain words, those given up first; nothing when nobody is named in it."""
    failed, delayed = _named_recipients(root)
    failed = failed or ([] if delayed else _named_in_words(text))
    if not failed and not delayed:
        return ()
    words = _telling_lines(text)
    status = _status_in(words)
    goes_on = status.startswith("4") or (
        not status.startswith("5") and bool(_DELAYED.search(text[:_READ_FOR_DELAY]))
    )
    about = original_message_id(root)
    gone = not goes_on and is_nobody_there(words, status)
    given_up = (Bounce(one, about, status, not goes_on, words, goes_on, gone) for one in failed)
    tried = (Bounce(one, about, status, False, words, delayed=True) for one in delayed)
    return (*given_up, *tried)[:_MOST_RECIPIENTS]


def original_message_id(root: Part) -> str:
    """The Message-ID of the mail of ours that a report is about; '' when it does not say."""
    for part in _outer_parts(root):
        if part.content_type in ("message/rfc822", "message/global") and part.children:
            found = part.children[0].fields.first("message-id")
        elif part.content_type in ("text/rfc822-headers", "message/rfc822-headers"):
            raw = part.content()
            found = read_fields(raw, 0, len(raw), Budget())[0].first("message-id")
        else:
            continue
        if found:
            return _angle(found)
    match = _MESSAGE_ID.search(root.raw[root.start : root.start + _READ_OF_PLAIN])
    return _angle(match.group(1)) if match else ""


def _outer_parts(root: Part) -> list[Part]:
    """The parts of the report itself, not those of the mails it carries."""
    found = [root]
    for part in found:
        if part.main_type == "multipart" and len(found) < 50:
            found.extend(part.children)
    return found


def _angle(raw: bytes) -> str:
    match = re.search(rb"<[!-;=?-~]{1,250}>", raw)
    return match.group().decode("ascii") if match else ""


def _delivery_report(root: Part, status: Part) -> Report:
    recipients = [one for one in _status_blocks(status.content()) if _recipient(one)]
    failed = [one for one in recipients if one.token("action") == "failed" or _is_failure(one)]
    delayed = [one for one in recipients if one.token("action") == "delayed"]
    if failed or delayed:
        about = original_message_id(root)
        given_up = [_bounce(one, about, delayed=False) for one in failed]
        tried = [_bounce(one, about, delayed=True) for one in delayed]
        return Report("bounce" if failed else "delay", (*given_up, *tried)[:_MOST_RECIPIENTS])
    if recipients:
        about = original_message_id(root)
        went_on = (Bounce(_recipient(one), about, "", False, one.token("action")) for one in recipients)
        return Report("receipt", tuple(went_on)[:_MOST_RECIPIENTS])
    return Report("bounce", read_plain(root, ""))


def _read_receipt(receipt: Part) -> tuple[Bounce, ...]:
    """What became of our mail in the recipient's mail program (RFC 8098): `displayed`, `deleted`, …"""
    fields = next(iter(_status_blocks(receipt.content())), Fields())
    disposition = _text(fields, "disposition").rpartition(";")[2].partition("/")[0].strip().lower()
    about = _angle(fields.first("original-message-id"))
    if not disposition or not about:
        return ()
    return (Bounce(_recipient(fields), about, "", False, disposition[:_LONGEST_WORDS]),)


def _is_failure(block: Fields) -> bool:
    return not block.token("action") and _text(block, "status").startswith("5")


def _status_blocks(data: bytes) -> list[Fields]:
    """The groups of fields between blank lines."""
    blocks: list[Fields] = []
    position = 0
    while position < len(data) and len(blocks) < 200:
        fields, after = read_fields(data, position, len(data), Budget())
        blocks.append(fields)
        position = max(after, position + 1)
    return blocks


def _recipient(block: Fields) -> str:
    for name in ("original-recipient", "final-recipient"):
        found = bare_address(_text(block, name).rpartition(";")[2])
        if found:
            return found
    return ""


def _bounce(block: Fields, about: str, *, delayed: bool) -> Bounce:
    diagnosis = _text(block, "diagnostic-code")
    kind, semicolon, words = diagnosis.partition(";")
    words = words.strip() if semicolon and len(kind) < 20 else diagnosis
    status = _status_in(_text(block, "status")) or _status_in(diagnosis)
    permanent = not delayed and not _text(block, "status").startswith("4")
    words = words[:_LONGEST_WORDS]
    gone = permanent and is_nobody_there(words, status)
    return Bounce(_recipient(block), about, status, permanent, words, delayed, gone)


def _text(block: Fields, name: str) -> str:
    return " ".join(charsets.decode(block.first(name)).split())


def _status_in(words: str) -> str:
    match = _STATUS.search(words)
    if match:
        return match.group(1)
    code = _CODE.search(words)
    return f"{code.group(1)}.0.0" if code else ""


def _telling_lines(text: str) -> str:
    """The server's own words: the lines with its codes, else the first lines."""
    lines = [line.strip() for line in text[:20_000].splitlines() if line.strip()]
    telling = [line for line in lines if _STATUS.search(line) or _CODE.search(line)]
    return "\n".join((telling or lines)[:6])[:_LONGEST_WORDS]


def _named_recipients(root: Part) -> tuple[list[str], list[str]]:
    """Whom a plain bounce names: given up, and still tried."""
    message = _as_message(root)
    found: tuple[Iterable[bytes | str], Iterable[bytes | str]] = ((), ())
    with contextlib.suppress(Exception):  # whatever the library makes of what it does not know
        found = all_failures(message)
    delayed, failed = map(_addresses, found)
    if failed or delayed:
        return failed, [one for one in delayed if one not in failed]
    return _addresses(str(message.get("X-Failed-Recipients", "")).split(",")), []


def _named_in_words(text: str) -> list[str]:
    """In a style that nobody knows: the recipient of our mail below, where the words above it name them;
    without our mail, the only address that is named."""
    words = text[:_READ_FOR_NAMES]
    returned_to = _RETURNED_TO.search(words)
    above = words[: returned_to.start()] if returned_to else words
    named = {found for one in _ADDRESS.findall(above) if (found := bare_address(one))}
    if returned_to:
        named &= {bare_address(returned_to.group(1))}
    return list(named) if len(named) == 1 else []


def _addresses(raw: Iterable[bytes | str]) -> list[str]:
    texts = (one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in raw)
    return sorted({found for text in texts if (found := bare_address(charsets.clean(text)))})


def _as_message(root: Part) -> Message:
    return email.message_from_bytes(root.raw[:_READ_OF_PLAIN])
