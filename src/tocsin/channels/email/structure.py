"""A mail's tree of parts.

Our own splitter and not the standard library's: that one makes a string of every line (a 40 MB attachment
takes seconds and ten times its size in memory) and recurses without a bound. This one only finds where
parts begin and end; nothing is copied before it is decoded. See docs/decisions/0005-mail-splitter.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tocsin.channels.email import encodings, reasons
from tocsin.channels.email.fields import Fields, read_fields
from tocsin.channels.email.limits import Budget
from tocsin.channels.email.parameters import Value, read_value

_TYPE = re.compile(r"[\w.+\-]+/[\w.+\-]+$")


@dataclass
class Part:
    """One part: its fields, and where its body lies in `raw`."""

    raw: bytes
    header_at: int
    start: int
    end: int
    fields: Fields
    type: Value
    depth: int
    children: list[Part] = field(default_factory=list)

    @property
    def content_type(self) -> str:
        """Such as `text/plain`, lower case."""
        return self.type.value

    @property
    def main_type(self) -> str:
        """The part before the slash."""
        return self.type.value.partition("/")[0]

    @property
    def whole(self) -> bytes:
        """Header and body as sent."""
        return self.raw[self.header_at : self.end]

    def content(self) -> bytes:
        """The body decoded from its transfer encoding."""
        return encodings.decode(self.raw, self._encoding, self.start, self.end)

    def beginning(self, most: int) -> bytes:
        """As `content`; where nothing is encoded, so that it costs nothing to stop, not more than `most`."""
        if encodings.keeps_bytes(self._encoding):
            return self.raw[self.start : min(self.end, self.start + most)]
        return self.content()

    @property
    def _encoding(self) -> str:
        return self.fields.token("content-transfer-encoding")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def read_structure(raw: bytes, budget: Budget) -> Part:
    """The tree of a whole message."""
    return _read_part(raw, 0, len(raw), budget, depth=0, default="text/plain")


def _read_part(raw: bytes, start: int, end: int, budget: Budget, depth: int, default: str) -> Part:
    fields, body = read_fields(raw, start, end, budget)
    part = Part(raw, start, body, end, fields, _type_of(fields, default), depth)
    if part.main_type == "multipart":
        _read_multipart(part, budget)
    elif part.content_type in ("message/rfc822", "message/global"):
        _read_nested(part, budget)
    return part


def _type_of(fields: Fields, default: str) -> Value:
    for raw in fields.all("content-type"):
        value = read_value(raw)
        if value.value == "text":
            return Value("text/plain", value.parameters)
        if _TYPE.match(value.value):
            return value
    return Value(default, read_value(fields.first("content-type")).parameters)


def _read_multipart(part: Part, budget: Budget) -> None:
    if not budget.takes_depth(part.depth + 1):
        return
    boundary = part.type.raw("boundary").rstrip()
    regions = _regions(part, boundary, budget) if boundary else []
    if not regions:
        regions = _regions(part, _sniffed_boundary(part), budget)
    default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
    for start, end in regions:
        if not budget.takes_part():
            return
        part.children.append(_read_part(part.raw, start, end, budget, part.depth + 1, default))
    if not regions:
        budget.note(reasons.NO_PARTS())
        part.type = Value("text/plain", part.type.parameters)


def _sniffed_boundary(part: Part) -> bytes:
    """The boundary that the body itself uses, when the header names none or another."""
    head = part.raw[part.start : min(part.end, part.start + 2_000)]
    match = re.search(rb"^--([^\s-][^\r\n]{0,80}?)[ \t]*\r?\n[Cc]ontent-", head, re.MULTILINE)
    return match.group(1) if match else b""


def _regions(part: Part, boundary: bytes, budget: Budget) -> list[tuple[int, int]]:
    """Where the parts between the boundary lines lie."""
    if not boundary:
        return []
    found: list[tuple[int, int]] = []
    opened = -1
    for at, after, closes in _boundary_lines(part, b"--" + boundary):
        if opened >= 0:
            found.append((opened, max(opened, _before_line_end(part.raw, at))))
        opened = -1 if closes else after
        if closes or len(found) > 1_000:
            return found
    if opened >= 0:
        budget.note(reasons.LAST_PART_OPEN())
        found.append((opened, part.end))
    return found


def _boundary_lines(part: Part, line: bytes) -> Iterator[tuple[int, int, bool]]:
    """Start of each boundary line, start of what follows it, and whether it is the closing one."""
    raw, end = part.raw, part.end
    at = raw.find(line, part.start, end)
    while at >= 0:
        after = at + len(line)
        if at == part.start or raw[at - 1 : at] == b"\n":
            stop = raw.find(b"\n", after, end)
            stop = end if stop < 0 else stop
            rest = raw[after : min(stop, after + 80)].strip()
            if rest in (b"", b"--") and stop - after < 80:
                yield at, min(stop + 1, end), rest == b"--"
            after = stop
        at = raw.find(line, after, end)


def _before_line_end(raw: bytes, at: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    if raw[at - 2 : at] == b"\r\n":
        return at - 2
    return at - 1 if raw[at - 1 : at] == b"\n" else at


def _read_nested(part: Part, budget: Budget) -> None:
    if not budget.takes_depth(part.depth + 1) or not budget.takes_part():
        return
    if part.fields.token("content-transfer-encoding") in ("base64", "quoted-printable"):
        raw = part.content()  # forbidden by RFC 2046, done all the same
        part.children.append(_read_part(raw, 0, len(raw), budget, part.depth + 1, "text/plain"))
    elif part.end > part.start:
        nested = _read_part(part.raw, part.start, part.end, budget, part.depth + 1, "text/plain")
        part.children.append(nested)
