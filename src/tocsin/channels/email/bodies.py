"""What a mail says: its texts in reading order, as plain text and as HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tocsin.channels.email import encodings, reasons
from tocsin.channels.email.limits import HTML_CHARACTERS, TEXT_CHARACTERS, Budget
from tocsin.channels.email.structure import Part
from tocsin.kernel.text import charsets, html_to_text

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w:\-]{2,40})""", re.IGNORECASE)
_LINE_ENDS = re.compile(r"\r\n?|[\x0c\u0085\u2028\u2029]")
_OLD_NOTICE = re.compile(r"multi-?part|MIME", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]{0,200}>")
# Not decoded further than can be kept; one byte more, so that it is seen that something was cut.
_MOST_BYTES = TEXT_CHARACTERS * 4 + 1


@dataclass(frozen=True)
class Segment:
    """One piece of what is said; either may be ''. `plain` is None where only HTML was written."""

    plain: str | None
    html: str

    @cached_property
    def text(self) -> str:
        """As plain text; made of the HTML only when asked for, since most pages have a text beside them."""
        return text_of_page(self.html) if self.plain is None else self.plain


@dataclass
class Reading:
    """The segments in order, the parts that are files instead, and files found inside texts."""

    segments: list[Segment]
    files: list[Part]
    uu_files: list[encodings.UuFile]


def read_bodies(root: Part, hint: str, budget: Budget) -> Reading:
    """Tell text from files, and read the text."""
    reading = Reading([], [], [])
    reader = _BodyReader(reading, hint, budget)
    reading.segments.extend(reader.segments(root))
    return reading


def joined_text(segments: Iterable[Segment]) -> str:
    """All that is said, as plain text."""
    texts = (segment.text.strip("\n") for segment in segments)
    return "\n\n".join(text for text in texts if text.strip())


def joined_html(segments: list[Segment]) -> str:
    """All that is said as HTML; '' when none of it was HTML."""
    if not any(segment.html for segment in segments):
        return ""
    return "\n".join(segment.html or _as_html(segment.text) for segment in segments)


def is_file(part: Part) -> bool:
    """Whether a text part is meant as a file and not to be read in place."""
    disposition = part.fields.token("content-disposition")
    return disposition == "attachment" or (has_name(part) and disposition != "inline")


def has_name(part: Part) -> bool:
    """Whether a part gives itself a file name."""
    disposition = part.fields.first("content-disposition").lower()
    return b"filename" in disposition or any(name.startswith("name") for name in part.type.parameters)


def charset_of(part: Part) -> str:
    """The label, as written."""
    return part.type.raw("charset").decode("ascii", "ignore").strip()


class _BodyReader:
    def __init__(self, reading: Reading, hint: str, budget: Budget) -> None:
        self._reading, self._hint, self._budget = reading, hint, budget

    def segments(self, part: Part) -> Iterator[Segment]:
        if part.children and part.main_type == "multipart":
            yield from self._of_multipart(part)
        elif part.content_type in _TEXTS and not (is_file(part) and part.depth):
            yield from self._of_text(part)
        elif part.main_type != "multipart":
            self._reading.files.append(part)

    def _of_multipart(self, part: Part) -> Iterator[Segment]:
        if part.content_type == "multipart/alternative":
            yield from self._of_alternative(part)
            return
        for child in part.children:
            yield from self.segments(child)

    def _of_alternative(self, part: Part) -> Iterator[Segment]:
        """One thing said in several ways: the plainest text and the richest HTML of it."""
        ways = [list(self.segments(child)) for child in part.children]
        texts = [joined_text(way) for way in ways if way and not any(one.html for one in way)]
        pages = [way for way in ways if any(one.html for one in way)]
        text = next((one for one in texts if one.strip()), "")
        if pages:
            yield Segment(text or joined_text(pages[-1]), joined_html(pages[-1]))
        elif text:
            yield Segment(text, "")

    def _of_text(self, part: Part) -> Iterator[Segment]:
        if not self._budget.has_time():
            return
        may_hold_files = (
            part.content_type != "text/html" and part.raw.find(b"begin", part.start, part.end) >= 0
        )
        data = part.content() if may_hold_files else part.beginning(_MOST_BYTES)
        if part.content_type != "text/html" and b"begin" in data:
            found, data = encodings.split_uuencoded(data)
            self._reading.uu_files.extend(found)
        yield self._segment(part, data[:_MOST_BYTES])

    def _cut(self, text: str, most: int = TEXT_CHARACTERS) -> str:
        if len(text) > most:
            self._budget.note(reasons.TEXT_CUT(count=most))
        return text[:most]

    def _segment(self, part: Part, data: bytes) -> Segment:
        label = charset_of(part)
        if part.content_type == "text/html":
            page = _tidy(charsets.decode(data, label or _meta_charset(data), self._hint))
            page = self._cut(page, HTML_CHARACTERS)
            return Segment(None, page)
        text = self._cut(_tidy(charsets.decode(data, label, self._hint)))
        if part.content_type in ("text/enriched", "text/richtext"):
            text = _TAGS.sub("", text)
        elif part.type.raw("format").lower() == b"flowed":
            text = unflow(text, delete_space=part.type.raw("delsp").lower() == b"yes")
        return Segment(text, "")


_TEXTS = {"text/plain", "text/html", "text/enriched", "text/richtext"}


def unflow(text: str, *, delete_space: bool = False) -> str:
    """Soft line breaks of format=flowed joined (RFC 3676); quotes and the signature mark kept."""
    lines: list[str] = []
    open_depth = -1
    for raw in text.split("\n"):
        content = raw.lstrip(">")
        depth = len(raw) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        piece = content[:-1] if flows and delete_space else content
        if depth == open_depth and content != "-- ":
            lines[-1] += piece
        else:
            lines.append((">" * depth + " " if depth else "") + piece)
        open_depth = depth if flows else -1
    return "\n".join(lines)


def text_of_page(page: str) -> str:
    """HTML as text; where it is beyond reading, without its tags at least."""
    try:
        return html_to_text(page)[:TEXT_CHARACTERS]
    except (ValueError, RecursionError, MemoryError):
        return html.unescape(_TAGS.sub(" ", page))[:TEXT_CHARACTERS]


def said_before_parts(root: Part) -> str:
    """What stands before the first boundary, unless it is the usual word to old mail programs."""
    if not root.children or root.main_type != "multipart":
        return ""
    preamble = root.raw[root.start : min(root.children[0].header_at, root.start + TEXT_CHARACTERS)]
    text = _tidy(charsets.decode(preamble.rpartition(b"\n--")[0])).strip()
    return "" if _OLD_NOTICE.search(text) else text


def _tidy(text: str) -> str:
    return _LINE_ENDS.sub("\n", text)


def _meta_charset(data: bytes) -> str:
    match = _META_CHARSET.search(data[:4_000])
    return match.group(1).decode("ascii", "ignore") if match else ""


def _as_html(text: str) -> str:
    return "<div>" + html.escape(text).replace("\n", "<br>\n") + "</div>"
