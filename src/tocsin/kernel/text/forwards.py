"""Mails that somebody forwarded inside their own: who wrote them first, and what.

Read are the blocks that Outlook, Gmail, Apple Mail, Thunderbird, Yandex and Mail.ru put above what they
forward, in the six languages of `quote_phrases`. Pure: nothing here decides whether to believe it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tocsin.kernel.text import quote_phrases as phrases
from tocsin.kernel.text.folding import fold
from tocsin.kernel.text.quotes import fold_quotes, is_forward

_RULED = re.compile(r"[-_=*\s]{2,}(?P<words>[^-_=*\s].{2,60}?)[-_=*\s:]*$")
_UNDERSCORES = re.compile(r"[_-]{8,}\s*$")
_LABEL = re.compile(r"[\s*]{0,4}(?P<label>[^\W\d_][^:*\n]{0,20}?)\s{0,2}\*?\s?:\*?\s*(?P<value>.*)$")
_QUOTED = re.compile(r"\s?>\s?")
_ADDRESS = re.compile(r"[\w.+'%&=~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_END = re.compile(
    r"end of forwarded|ende der weitergeleiteten|τελοσ προωθημεν|kraj proslijeden|fin del mensaje reenviado"
    r"|(?:завершение|конец) пересылаемого"
)
_MOST_LINES = 2_000
_MOST_MAILS = 6
_BLOCK_LINES = 14
_LONGEST_WRITER = 1_000
_FEWEST_LABELS, _FEWEST_AFTER_A_MARK = 3, 2


@dataclass(frozen=True)
class Forwarded:
    """A mail inside another: its writer, subject and time as its block says them, and its words.

    `comment` is what whoever forwarded it wrote above.
    """

    address: str
    name: str
    subject: str
    sent: str
    text: str
    comment: str


def forwarded_mails(text: str, subject: str = "") -> list[Forwarded]:
    """The mails forwarded in a text, the outermost first; nothing where it only quotes what it answers.

    A block without words that say so ("Forwarded message") counts only under a subject that does.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MOST_LINES]
    found: list[Forwarded] = []
    counts = is_forward(subject)
    at = 0
    while at < len(lines) and len(found) < _MOST_MAILS:
        head = _head(lines, at)
        counts = counts or bool(head and head.said)
        if head and counts:
            lines = [*lines[: head.begin], *_without_quoting(lines[head.begin :], head)]
            found.append(_mail(lines, head))
        at = head.end if head else at + 1
    return found


@dataclass(frozen=True)
class _Head:
    """The lines that announce a forwarded mail; `said` when they say that it is one."""

    begin: int
    end: int
    said: bool
    quoted: bool
    values: dict[str, str] = field(default_factory=dict)


def _head(lines: list[str], at: int) -> _Head | None:
    line = lines[at].strip()
    if not line:
        return None
    mark = _mark(line)
    start = _past_blanks(lines, at + 1) if mark else at
    quoted = start < len(lines) and _QUOTED.match(lines[start]) is not None
    if quoted and not mark:
        return None
    values, end = _labels([_QUOTED.sub("", one, count=1) if quoted else one for one in lines[start:][:40]])
    if mark == "forwarded" and not values:
        values, end = _attribution(lines[start : start + 3])
    fewest = _FEWEST_AFTER_A_MARK if mark else _FEWEST_LABELS
    enough = len(values) >= fewest or "attribution" in values
    values["from"] = values.get("from", "")[:_LONGEST_WRITER]
    if not enough or not _ADDRESS.search(values["from"]):
        return None
    return _Head(at, start + end, mark == "forwarded", quoted, values)


def _mark(line: str) -> str:
    """`forwarded` or `ruled` for a line that stands above a block, else ''."""
    if len(line) > 120:
        return ""
    if line.endswith(":") and fold(line.rstrip(":")) in phrases.FORWARDED_MESSAGE:
        return "forwarded"
    if _UNDERSCORES.match(line):
        return "ruled"
    match = _RULED.match(line) if line[0] in "-_=*" else None
    words = fold(match["words"]) if match else ""
    if words in phrases.FORWARDED_MESSAGE:
        return "forwarded"
    return "ruled" if words in phrases.ORIGINAL_MESSAGE else ""


def _past_blanks(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at].strip("> \t"):
        at += 1
    return at


def _labels(lines: list[str]) -> tuple[dict[str, str], int]:
    """The values of a block by what their labels stand for, and how many lines it has; a value may go on in
    the next line, or stand in it."""
    values: dict[str, str] = {}
    end, last = 0, ""
    for number, line in enumerate(lines[:_BLOCK_LINES]):
        match = _LABEL.match(line)
        role = phrases.HEADER_LABELS.get(fold(match["label"])) if match else None
        if match and role and role not in values:
            values[role], last, end = match["value"].strip(), role, number + 1
        elif last and line.strip() and (not values[last] or line[:1] in " \t" or _is_more_of(values[last])):
            values[last] = f"{values[last]} {line.strip()}".strip()
            end = number + 1
        elif not (match and values and line.strip()):
            break  # an unknown label among known ones, such as Reply-To, is passed over
    return values, end


def _is_more_of(value: str) -> bool:
    return value.endswith((",", ";", "<"))


def _attribution(lines: list[str]) -> tuple[dict[str, str], int]:
    """Yandex names date and writer in a line that ends with a colon."""
    for number, line in enumerate(lines):
        found = _ADDRESS.search(line)
        if found and line.rstrip().endswith(":"):
            date, comma, name = line[: found.start()].rpartition(",")
            rest = line[found.start() :].rstrip(" :")
            return {"from": f"{name}{rest}", "sent": date if comma else "", "attribution": "1"}, number + 1
    return {}, 0


def _without_quoting(lines: list[str], head: _Head) -> list[str]:
    """Apple Mail quotes what it forwards by one level."""
    return [_QUOTED.sub("", line, count=1) for line in lines] if head.quoted else lines


def _mail(lines: list[str], head: _Head) -> Forwarded:
    address, name = _writer(head.values["from"])
    said = [line for line in lines[head.end :] if not _is_end(line)]
    above = "\n".join(lines[: head.begin]).strip()
    return Forwarded(
        address=address,
        name=name,
        subject=head.values.get("subject", "").strip("* "),
        sent=head.values.get("sent", "").strip("* "),
        text="\n".join(said).strip("\n"),
        comment=fold_quotes(above).visible.strip() if above else "",
    )


def _is_end(line: str) -> bool:
    return line.startswith("--") and len(line) < 120 and _END.search(fold(line)) is not None


def _writer(value: str) -> tuple[str, str]:
    """`Maria <maria@x>`, `maria@x <mailto:maria@x>`, `Maria [mailto:maria@x]`, `"Maria" (maria@x)`.

    The last address is the writer's: before it stands a name, which may pose as somebody else's address.
    """
    address = _ADDRESS.findall(value)[-1]
    name = re.sub(r"(?:mailto:|[<\[(])+\s*$", "", value.partition(address)[0]).strip(" \t\"'*,;:<([")
    address = address.strip("'")
    return address, "" if "@" in name else name[:200]
