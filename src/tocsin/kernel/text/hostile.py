"""Bounds on HTML from outside, checked before any parser sees it.

Parsers build trees in time that grows with the square of the depth (20,000 nested <div> took a second,
100,000 half a minute), so what no mail program writes is refused by counting, in one pass.
"""

import re

LONGEST_HTML = 1_000_000
"""Characters of HTML that are read; what lies beyond is cut off and said to be cut."""

_DEEPEST = 400
_MOST_WORK = 4_000_000  # sum over all tags of the depth they stand at
_MOST_ENTITIES = 100_000  # html5ever takes quadratic time over them: a million took 14 seconds
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,30})")
# These close by themselves or hold nothing.
_NOT_NESTING = frozenset(
    [
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr", "o:p"),
        *("p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "dt", "dd", "colgroup"),
    ]
)
_UNSEEN = re.compile(r"<(script|style|head|title)\b[^<>]*>.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_ANY_TAG = re.compile(r"<[^<>]*>?")


def readable(html: str) -> str:
    """At most `LONGEST_HTML` characters, without what parsers refuse: control characters, and the lone
    surrogates that broken charsets leave behind."""
    return writable(html[:LONGEST_HTML]).encode("utf-8", "replace").decode("utf-8")


def writable(text: str) -> str:
    """Without the characters that no tree takes; a page can spell them out, too (`&#1;`)."""
    return _CONTROLS.sub("", text)


def is_buildable(html: str) -> bool:
    """Whether the tree of `html` can be built in reasonable time."""
    if html.count("&") > _MOST_ENTITIES:
        return False
    open_tags: dict[str, int] = {}
    depth = work = 0
    for closing, name in _TAG.findall(html):
        name = name.lower()
        if name not in _NOT_NESTING:
            if not closing:
                open_tags[name] = open_tags.get(name, 0) + 1
                depth += 1
            elif open_tags.get(name):
                open_tags[name] -= 1
                depth -= 1
        work += depth
        if depth > _DEEPEST or work > _MOST_WORK:
            return False
    return True


def strip_tags(html: str) -> str:
    """The text between the tags, without understanding them; in linear time."""
    return _ANY_TAG.sub(" ", _UNSEEN.sub(" ", html))
