"""Tell new from old in an HTML mail (A16): by the rules for plain text and the clients' wrappers."""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from tocsin.kernel.text.hostile import LONGEST_HTML, is_buildable, readable, writable
from tocsin.kernel.text.html_lines import RULE, Place, lines_of
from tocsin.kernel.text.quotes import history_begins, is_dashes

# The colours that people answer in between the lines of what they were sent.
_ANSWER_COLOUR = re.compile(
    r"(?:^|[;\s])color\s*:\s*(?:red|\#f00|\#ff0000|\#c00000|rgb\(\s*255,\s*0,\s*0\s*\))\s*(?:;|!|$)", re.I
)
_EMPTY = frozenset(["br", "div", "p", "span", "b", "font"])
_ANSWER_FONTS = frozenset({"red", "#f00", "#ff0000", "#c00000", "ff0000"})


def fold_html_quotes(html: str, *, forwarded: bool = False) -> tuple[str, str]:
    """Split an HTML mail into what is new and the history with the signature, both as HTML.

    Sanitise each part afterwards. The second is empty where nothing can be folded safely: answers written
    within the history or in red, nothing new above it, or a `forwarded` mail (its subject says so), whose
    history is what we are to read.
    """
    body = body_of(html)
    folded = split_history(body) if body is not None and not forwarded else None
    if body is None or folded is None:
        return html, ""
    return inner_html(body), inner_html(folded)


def body_of(html: str) -> HtmlElement | None:
    """The tree of a mail's body; None when there is nothing in it or it can't be built in reasonable time."""
    if not html.strip() or len(html) > LONGEST_HTML or not is_buildable(html):
        return None
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        root = lxml_html.document_fromstring(readable(html).encode(), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return root.find("body")


def inner_html(body: HtmlElement) -> str:
    """What is in a body, as HTML."""
    inner = str(lxml_html.tostring(body, encoding="unicode", with_tail=False))
    return re.sub(r"^<body[^>]*>|</body>\s*$", "", inner)


def split_history(body: HtmlElement) -> HtmlElement | None:
    """Takes history and signature out of the tree and returns them in a body of their own, with the same
    elements around them, so that they look as before; None, and nothing changed, when all is to be shown."""
    lines = lines_of(body)
    begins = _above_rules(lines.texts, history_begins(lines.texts))
    place = next((found for found in lines.places[begins:] if found is not None), None)
    if place is None or not any(line and not is_dashes(line) for line in lines.texts[:begins]):
        return None
    if _has_coloured_answers(body, place):
        return None
    folded = _cut_off(body, place)
    _trim_end(body)
    return folded


def _above_rules(texts: list[str], begins: int) -> int:
    """The line that clients draw above the history goes with it."""
    cut = begins
    while begins < len(texts) and cut and texts[cut - 1] in ("", RULE):
        cut -= 1
        begins = cut if texts[cut] else begins
    return begins


def _cut_off(body: HtmlElement, place: Place) -> HtmlElement:
    """All from this place on, out of the tree, within copies of the elements that it stood in."""
    place = _climbed(place, body)
    element = place.element
    if place.behind:
        part = _shell(element.getparent())
        text = element.tail or ""
        part.text, element.tail = writable(text[place.offset :]), writable(text[: place.offset])
        _move_following(element, part)
        element = element.getparent()
    elif not place.offset:
        part = _shell(element.getparent())
        parent = element.getparent()
        _move_following(element, part)
        part.insert(0, element)
        element = parent
    else:
        part = _shell(element)
        text = element.text or ""
        part.text, element.text = writable(text[place.offset :]), writable(text[: place.offset])
        part.extend(list(element))
    while element is not body:
        outer = _shell(element.getparent())
        outer.append(part)
        part.tail, element.tail = writable(element.tail or ""), None
        _move_following(element, outer)
        element, part = element.getparent(), outer
    return part


def _climbed(place: Place, body: HtmlElement) -> Place:
    """The outermost element that begins at this place, so that no empty wrapper stays behind."""
    if place.behind or place.offset:
        return place
    element = place.element
    parent = element.getparent()
    while parent is not body and element.getprevious() is None and not (parent.text or "").strip():
        element, parent = parent, parent.getparent()
    return Place(element)


def _trim_end(body: HtmlElement) -> None:
    """Without the empty lines that stood above the history."""
    last = body
    while len(last) and not (last[-1].tail or "").strip():
        last = last[-1]
    while last is not body and last.tag in _EMPTY and not len(last) and not (last.text or "").strip():
        parent = last.getparent()
        parent.remove(last)
        last = parent[-1] if len(parent) and not (parent[-1].tail or "").strip() else parent


def _shell(element: HtmlElement) -> HtmlElement:
    """The element without what is in it; one whose names only a forgiving parser takes becomes a span."""
    try:
        return element.makeelement(element.tag, dict(element.attrib))
    except ValueError:
        return element.makeelement("span")


def _move_following(element: HtmlElement, to: HtmlElement) -> None:
    to.extend(list(element.itersiblings()))


def _has_coloured_answers(body: HtmlElement, place: Place) -> bool:
    """Whether something in the history is written in the colour of answers."""
    reached = False
    for element in body.iter():
        reached = reached or element is place.element
        if reached and isinstance(element.tag, str) and _is_answer(element):
            return True
    return False


def _is_answer(element: HtmlElement) -> bool:
    style = element.get("style")
    coloured = (style and _ANSWER_COLOUR.search(style)) or (
        element.tag == "font" and (element.get("color") or "").strip().lower() in _ANSWER_FONTS
    )
    return bool(coloured) and any(text.strip() for text in element.itertext())
