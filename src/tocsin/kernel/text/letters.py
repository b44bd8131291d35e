"""From the plain text of a letter to HTML and back: what we write, not what we are sent.

The text is what is kept and searched; the HTML is made from it when a mail is sent. Understood are
paragraphs, lists, `**bold**`, `` `code` ``, links, quoted lines, the "-- " above a signature, and
`![name]` where a picture belongs. Nothing else means anything, so that no sentence is spoilt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from html import escape, unescape
from itertools import groupby, pairwise

import css_inline

from tocsin.kernel.text.clean_html import sanitise_html
from tocsin.kernel.text.plain import html_to_text

SIGNATURE_MARK = "-- "
_DEEPEST_QUOTE = 6
_LONGEST_STYLED = 300_000
_LIST_ITEM = re.compile(r"\s{0,3}(?:[-*•]|(?P<number>\d{1,3})[.)])\s+(?P<said>\S.*)")
_QUOTED = re.compile(r"> ?")
_PICTURE = re.compile(r"!\[([^\[\]\n]{1,120})\]")
_PLACE = re.compile(r" ?!\[(?P<name>[^\[\]\n]{1,120})\]")
_PICTURE_FILE = re.compile(r"\.(?:png|jpe?g|gif|webp)$", re.IGNORECASE)
_SPAN = re.compile(
    r"(?P<link>\bhttps?://[^\s<>\"]{3,2000})"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})"
    r"|\*\*(?P<bold>[^\s*](?:[^*\n]{0,500}[^\s*])?)\*\*"
    r"|`(?P<code>[^`\n]{1,500})`"
    r"|!\[(?P<picture>[^\[\]\n]{1,120})\]",
    re.IGNORECASE,
)
_BLOCK = "margin:0 0 16px"
_QUOTE = "margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #8a8f98"
_SIGNED = "margin:0 0 16px;font-size:14px"
_LIST = "margin:0 0 16px;padding:0 0 0 24px"
_CODE = "font-family:Consolas,Menlo,monospace"
_IMAGE = "max-width:100%;height:auto"
_ANCHOR = re.compile(r'<a\b[^<>]*?\bhref="(?P<to>[^"<>]*)"[^<>]*>(?P<said>.*?)</a>', re.DOTALL)


def letter_html(text: str, pictures: Mapping[str, str] | None = None) -> str:
    """The letter as HTML, styled in place; `pictures` gives the Content-ID of each `![name]`."""
    return _blocks(text.replace("\r\n", "\n").rstrip().split("\n"), pictures or {}, 0)


def picture_names(text: str) -> list[str]:
    """The pictures that a letter shows among its words, each once, in their order."""
    return list(dict.fromkeys(_PICTURE.findall(text)))


def without_lost_pictures(text: str, files: Collection[str]) -> str:
    """The letter without the places of pictures that are not among the `files` which go with it.

    A line that held nothing else goes too. What is named must look like a picture's file (`![shot.png]`):
    `vec![1, 2]` is what somebody wrote. Quoted lines are another's and stay.
    """
    lines = text.split("\n")
    kept = [(line, line if line.startswith(">") else _without_lost(line, files)) for line in lines]
    return "\n".join(left for line, left in kept if left or not line.strip())


def _without_lost(line: str, files: Collection[str]) -> str:
    def place(match: re.Match[str]) -> str:
        name = match["name"]
        return match[0] if name in files or not _PICTURE_FILE.search(name) else ""

    left = _PLACE.sub(place, line)
    return line if left == line else left.strip()


def letter_text(text: str) -> str:
    """The letter for those who read plain text: a picture's place is its name in brackets."""
    return _PICTURE.sub(r"[\1]", text)


def mailable_html(html: str) -> str:
    """HTML from a program as it may be mailed: its `<style>` put in place, nothing in it that acts.

    Remote pictures stay; they are the writer's own.
    """
    if "<style" in html.lower() and len(html) < _LONGEST_STYLED:
        html = css_inline.CSSInliner(load_remote_stylesheets=False).inline(html)
    return sanitise_html(html, allow_remote=True).html


def text_of_letter_html(html: str) -> str:
    """The text of such HTML, with where its links lead."""
    return html_to_text(_ANCHOR.sub(_with_address, html))


def _with_address(match: re.Match[str]) -> str:
    said, to = match["said"], unescape(match["to"])
    scheme, _colon, place = to.partition("://")
    if scheme not in ("http", "https") or place.rstrip("/") in html_to_text(said):
        return said
    return f"{said} ({escape(to)})"


def _blocks(lines: Sequence[str], pictures: Mapping[str, str], depth: int) -> str:
    found = []
    for kind, group in groupby(_kinds(lines), key=lambda one: one[0]):
        found.append(_BLOCKS[kind]([line for _kind, line in group], pictures, depth))
    return "\n".join(one for one in found if one)


def _kinds(lines: Sequence[str]) -> list[tuple[str, str]]:
    """Each line with what it belongs to; what follows the mark of a signature does, up to an empty line."""
    found: list[tuple[str, str]] = []
    signed = False
    for line in lines:
        signed = line == SIGNATURE_MARK or (signed and bool(line.strip()) and not line.startswith(">"))
        found.append(("signature" if signed else _kind(line), line))
    return _without_gaps_in_lists(found)


def _kind(line: str) -> str:
    if line.startswith(">"):
        return "quote"
    item = _LIST_ITEM.match(line)
    if item:
        return "numbers" if item["number"] else "points"
    return "paragraph" if line.strip() else "blank"


def _without_gaps_in_lists(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A list with empty lines between its points is one list."""
    kept = []
    for number, one in enumerate(lines):
        around = [lines[at][0] for at in (number - 1, number + 1) if 0 <= at < len(lines)]
        if one[0] == "blank" and around in (["points"] * 2, ["numbers"] * 2):
            continue
        kept.append(one)
    return kept


def _paragraph(lines: list[str], pictures: Mapping[str, str], depth: int) -> str:
    return f'<p dir="auto" style="{_BLOCK}">{_lines(lines, pictures)}</p>'


def _signature(lines: list[str], pictures: Mapping[str, str], depth: int) -> str:
    """The mark stays: mail programs know a signature by it."""
    return f'<p dir="auto" style="{_SIGNED}">{_lines(lines, pictures)}</p>'


def _quote(lines: list[str], pictures: Mapping[str, str], depth: int) -> str:
    inner = [_QUOTED.sub("", line, count=1) for line in lines]
    if depth >= _DEEPEST_QUOTE:
        return _paragraph(inner, {}, depth)
    # The other's letter: no picture of ours is in it.
    return f'<blockquote style="{_QUOTE}">{_blocks(inner, {}, depth + 1)}</blockquote>'


def _list(lines: list[str], pictures: Mapping[str, str], depth: int) -> str:
    items = [found for line in lines if (found := _LIST_ITEM.match(line))]
    said = "".join(f'<li dir="auto">{_inline(one["said"], pictures)}</li>' for one in items)
    first = items[0]["number"]
    if first is None:
        return f'<ul style="{_LIST}">{said}</ul>'
    numbers = [int(one["number"]) for one in items]
    if any(after != before + 1 for before, after in pairwise(numbers)):
        return _paragraph(lines, pictures, depth)  # numbers that mean something are not counted anew
    return f'<ol start="{numbers[0]}" style="{_LIST}">{said}</ol>'


def _blank(lines: list[str], pictures: Mapping[str, str], depth: int) -> str:
    return ""


_BLOCKS: dict[str, Callable[[list[str], Mapping[str, str], int], str]] = {
    "paragraph": _paragraph,
    "signature": _signature,
    "quote": _quote,
    "points": _list,
    "numbers": _list,
    "blank": _blank,
}


def _lines(lines: Sequence[str], pictures: Mapping[str, str]) -> str:
    return "<br>\n".join(_inline(line, pictures) for line in lines)


def _inline(line: str, pictures: Mapping[str, str]) -> str:
    pieces, at = [], 0
    for match in _SPAN.finditer(line):
        pieces += [_escaped(line[at : match.start()]), _span(match, pictures)]
        at = match.end()
    return "".join([*pieces, _escaped(line[at:])])


def _span(match: re.Match[str], pictures: Mapping[str, str]) -> str:
    kind = match.lastgroup or ""
    said = match[kind]
    return _SPANS[kind](said) if kind != "picture" else _picture(said, pictures)


def _link(address: str) -> str:
    bare = address.rstrip(".,;:!?'»”’*_")
    while bare.endswith(")") and bare.count("(") < bare.count(")"):
        bare = bare[:-1].rstrip(".,;:!?")
    return f'<a href="{escape(bare)}">{escape(bare)}</a>{escape(address[len(bare) :])}'


def _mail(address: str) -> str:
    return f'<a href="mailto:{escape(address)}">{escape(address)}</a>'


def _wrapped(opening: str, closing: str, said: str) -> str:
    return f"{opening}{escape(said)}{closing}"


_SPANS: dict[str, Callable[[str], str]] = {
    "link": _link,
    "mail": _mail,
    "bold": partial(_wrapped, "<strong>", "</strong>"),
    "code": partial(_wrapped, f'<code style="{_CODE}">', "</code>"),
}


def _picture(name: str, pictures: Mapping[str, str]) -> str:
    if name not in pictures:
        return escape(f"[{name}]")
    return f'<img src="cid:{escape(pictures[name])}" alt="{escape(name)}" style="{_IMAGE}">'


def _escaped(text: str) -> str:
    """Indentation is kept; a second space would vanish."""
    return escape(text).replace("  ", "&nbsp; ")
