"""An HTML mail as lines of text, each with the place in the tree where it begins.

So the rules that find history in plain text (`quotes`) find it in HTML too: quotations get their `>`, and
what only the wrappers of the mail clients say is written out as the line that says it in plain text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from tocsin.kernel.text import client_marks
from tocsin.kernel.text.client_marks import Role
from tocsin.kernel.text.quotes import announces_forwarding, ends_with_attribution, is_dashes

_BLOCKS = frozenset(
    [
        *(
            "address",
            "article",
            "blockquote",
            "center",
            "dd",
            "details",
            "div",
            "dl",
            "dt",
            "figure",
            "footer",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
        *("section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    ]
)
_APART = frozenset(["p", "blockquote", "table", "hr", "ul", "ol", "pre"])  # empty lines around them
_UNSEEN = frozenset(["script", "style", "head", "title", "noscript", "template"])
_ORIGINAL = "-----Original Message-----"
RULE = "_" * 20
"""What a horizontal line is written as."""
_SIGNATURE = "--"
_BEGINNING = 300  # characters of a wrapper that are looked at
_WRAPPED_ATTRIBUTION = 3  # lines


@dataclass(frozen=True)
class Place:
    """Before the character at `offset` of the text in `element`, or of the text after it (`behind`)."""

    element: HtmlElement
    behind: bool = False
    offset: int = 0


@dataclass
class Lines:
    """The lines of a tree as `texts`, where each begins (None where it is empty), the outermost elements
    that hold quotations, and those that hold a signature and do not say so in words."""

    texts: list[str] = field(default_factory=list)
    places: list[Place | None] = field(default_factory=list)
    quotations: list[HtmlElement] = field(default_factory=list)
    signatures: list[HtmlElement] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _place: Place | None = None
    _quoted: bool = False

    def end_line(self) -> None:
        """What was said so far is a line."""
        if self._place is None:
            self._parts.clear()
            return
        text = " ".join("".join(self._parts).split())
        self.texts.append(f"> {text}" if self._quoted else text)
        self.places.append(self._place)
        self._parts.clear()
        self._place = None

    def empty_line(self) -> None:
        """A line with nothing in it, never two."""
        self.end_line()
        if self.texts and self.texts[-1]:
            self.texts.append("")
            self.places.append(None)

    def say(self, words: str, place: Place, *, quoted: bool) -> None:
        """Go on with the line; its place and mark are those of the first words in it."""
        if self._place is None and words.strip():
            self._place, self._quoted = place, quoted
        self._parts.append(words)

    def say_line(self, words: str, place: Place, *, quoted: bool) -> None:
        """A line of its own."""
        self.end_line()
        self.say(words, place, quoted=quoted)
        self.end_line()

    def last_written(self, count: int) -> list[str]:
        """The last lines that are not empty, over at most two empty ones."""
        found: list[str] = []
        for text in reversed(self.texts[-count - 2 :]):
            if text:
                found.insert(0, text)
        return found[-count:]


def lines_of(body: HtmlElement) -> Lines:
    """Lay the tree out as text. Takes time in proportion to its size."""
    lines = Lines()
    _Reader(lines).element(body, quoted=False, verbatim=False)
    lines.end_line()
    return lines


class _Reader:
    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def element(self, element: HtmlElement, *, quoted: bool, verbatim: bool) -> None:
        self._begin(element.tag)
        quotes_here = not quoted and self._begins_quotation(element)
        if quotes_here:
            self._lines.quotations.append(element)
        quoted = quoted or quotes_here
        if not quoted:
            self._say_role(element)
        verbatim = verbatim or element.tag == "pre"
        self._text(element.text, Place(element), quoted, verbatim)
        for child in element:
            self._child(child, quoted, verbatim)
            self._text(child.tail, Place(child, behind=True), quoted, verbatim)
        self._end(element.tag)

    def _begin(self, tag: str) -> None:
        if tag in _APART:
            self._lines.empty_line()
        elif tag in _BLOCKS:
            self._lines.end_line()

    _end = _begin

    def _child(self, child: HtmlElement, quoted: bool, verbatim: bool) -> None:
        if not isinstance(child.tag, str) or child.tag in _UNSEEN:
            return
        if child.tag == "br":
            self._lines.end_line()
        elif child.tag == "img":
            self._lines.say("[picture]", Place(child), quoted=quoted)
        elif child.tag == "hr":
            self._lines.say_line(RULE, Place(child), quoted=quoted)
        else:
            self.element(child, quoted=quoted, verbatim=verbatim)

    def _begins_quotation(self, element: HtmlElement) -> bool:
        if client_marks.is_cited(element):
            return True
        role = client_marks.role_of(element)
        if role in (Role.QUOTED, Role.ATTRIBUTION):
            return not announces_forwarding(_beginning(element))
        return element.tag == "blockquote" and ends_with_attribution(
            self._lines.last_written(_WRAPPED_ATTRIBUTION)
        )

    def _say_role(self, element: HtmlElement) -> None:
        role = client_marks.role_of(element)
        place = Place(element)
        if role is Role.HEADER and not announces_forwarding(_beginning(element)):
            self._lines.say_line(_ORIGINAL, place, quoted=False)
        elif role is Role.SIGNATURE and not any(map(is_dashes, self._lines.last_written(1))):
            self._lines.say_line(_SIGNATURE, place, quoted=False)
            self._lines.signatures.append(element)

    def _text(self, text: str | None, place: Place, quoted: bool, verbatim: bool) -> None:
        if not text:
            return
        if not verbatim:
            self._lines.say(_collapsed(text), place, quoted=quoted)
            return
        offset = 0
        for line in text.splitlines(keepends=True):
            self._verbatim_line(line, Place(place.element, place.behind, offset), quoted)
            offset += len(line)

    def _verbatim_line(self, line: str, place: Place, quoted: bool) -> None:
        self._lines.say(line, place, quoted=quoted)
        if line[-1:] in "\r\n":
            if line.strip():
                self._lines.end_line()
            else:
                self._lines.empty_line()


def _collapsed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _beginning(element: HtmlElement) -> str:
    parts: list[str] = []
    for part in element.itertext():
        parts.append(part[:_BEGINNING])
        if sum(map(len, parts)) > _BEGINNING:
            break
    return "".join(parts)
