"""Tell new from old in an HTML mail by the wrappers that mail clients put around the history (A16)."""

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from tocsin.kernel.text.hostile import LONGEST_HTML, is_buildable, readable
from tocsin.kernel.text.quotes import announces_answers_within, begins_header_block, is_attribution

# Everything from these on is history, whatever stands below.
_HEADER_IDS = frozenset(
    {"divrplyfwdmsg", "x_divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"}
)
_HEADER_CLASSES = frozenset({"outlookmessageheader", "yahoo_quoted", "protonmail_quote", "zmail_extra"})
# These hold history; text after them that is no signature is an answer within.
_QUOTE_CLASSES = frozenset({"gmail_quote", "gmail_quote_container", "moz-cite-prefix", "gmail_extra"})
_ATTRIBUTION_CLASSES = frozenset({"gmail_attr", "moz-cite-prefix"})
_SIGNATURE_CLASSES = frozenset({"gmail_signature", "moz-signature", "gmail_signature_prefix"})
_BORDER_TOP = re.compile(r"border-top:\s*solid\s+#(?:E1E1E1|B5C4DF)", re.I)
_LOOKED_AT = 600  # characters
_FORWARDED = re.compile(r"-{5,}\s*\S.{0,60}-{5,}")


def fold_html_quotes(html: str) -> tuple[str, str]:
    """Split a raw (not yet sanitised) HTML mail into what is new and the history, both as HTML.

    Sanitise each part afterwards. The second is empty where nothing can be folded safely: no known wrapper,
    answers written within the history, a forwarded mail, or nothing new above it.
    """
    root = _tree(html)
    start = _history_start(root) if root is not None else None
    if root is None or start is None or not _is_safe_to_fold(root, start):
        return html, ""
    folded = "".join(_detach_from(start))
    return _serialised(root), folded


def _tree(html: str) -> HtmlElement | None:
    if not html.strip() or len(html) > LONGEST_HTML or not is_buildable(html):
        return None
    try:
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        root = lxml_html.document_fromstring(readable(html).encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return root.find("body")


def _history_start(body: HtmlElement) -> HtmlElement | None:
    for element in body.iter():
        if element is not body and isinstance(element.tag, str) and _begins_history(element):
            return _with_attribution_above(element)
    return None


def _begins_history(element: HtmlElement) -> bool:
    classes = _classes(element)
    if _is_header(element, classes):
        return True
    if classes & _QUOTE_CLASSES:
        return True
    return element.tag == "blockquote" and (
        element.get("type") == "cite" or bool(_attribution_above(element))
    )


def _is_header(element: HtmlElement, classes: frozenset[str]) -> bool:
    identity = (element.get("id") or "").lower()
    if identity in _HEADER_IDS or classes & _HEADER_CLASSES:
        return True
    if element.tag == "div" and element.get("name") == "quote":
        return True
    style = element.get("style")
    return bool(style and _BORDER_TOP.search(style) and begins_header_block(_lines_of(element)))


def _classes(element: HtmlElement) -> frozenset[str]:
    return frozenset((element.get("class") or "").lower().split())


def _with_attribution_above(element: HtmlElement) -> HtmlElement:
    above = _attribution_above(element)
    if above is not None:
        return above
    previous = element.getprevious()
    return previous if previous is not None and previous.tag == "hr" else element


def _attribution_above(element: HtmlElement) -> HtmlElement | None:
    """The element before a quotation that says who wrote it, over empty lines."""
    previous = element.getprevious()
    for _ in range(3):
        if previous is None or (previous.tail or "").strip():
            return None
        if text := _text(previous):
            return previous if is_attribution(text) else None
        previous = previous.getprevious()
    return None


def _is_safe_to_fold(body: HtmlElement, start: HtmlElement) -> bool:
    own = _text_before(body, start)
    if not own.strip() or announces_answers_within(own):
        return False
    if _FORWARDED.search(_text(start)[:200]):
        return False
    headed = any(_is_header(element, _classes(element)) for element in _and_followers(start, 3))
    return headed or not any(part.strip() for part in _answers_within(start))


def _and_followers(element: HtmlElement, count: int) -> Iterator[HtmlElement]:
    following: HtmlElement | None = element
    while following is not None and count:
        yield following
        following, count = following.getnext(), count - 1


def _text_before(body: HtmlElement, start: HtmlElement) -> str:
    parts = [body.text or ""]
    around = set(start.iterancestors())
    for element in body.iterdescendants():
        if element is start:
            break
        if element.tag not in ("style", "script", "title"):
            parts.append(element.text or "")
        # The tail of an element that is still open here stands behind the start.
        if element not in around:
            parts.append(element.tail or "")
        if element.tag == "img":
            parts.append("[picture]")
    return " ".join(parts)


def _answers_within(start: HtmlElement) -> Iterator[str]:
    """Texts behind the start of the history that are neither quoted, nor attribution, nor signature."""
    if start.tag != "blockquote" and not is_attribution(_text(start)):
        yield from _loose_texts(start)
    at: HtmlElement | None = start
    while at is not None and at.tag != "body":
        yield at.tail or ""
        for sibling in at.itersiblings():
            yield from _loose_texts(sibling)
            yield sibling.tail or ""
        at = at.getparent()


def _loose_texts(element: HtmlElement) -> Iterator[str]:
    if not isinstance(element.tag, str) or element.tag in ("blockquote", "style", "script"):
        return
    if _classes(element) & (_ATTRIBUTION_CLASSES | _SIGNATURE_CLASSES) or is_attribution(_text(element)):
        return
    yield element.text or ""
    for child in element:
        yield from _loose_texts(child)
        yield child.tail or ""


def _text(element: HtmlElement) -> str:
    """The beginning of the text in one line; markers are short, so no more is ever looked at."""
    if not isinstance(element.tag, str):
        return ""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part[:_LOOKED_AT])
        length += len(part)
        if length > _LOOKED_AT:
            break
    return " ".join("".join(parts).split())


def _lines_of(element: HtmlElement) -> str:
    """The text with a line per <br> and block, enough to recognise a header block."""
    parts: list[str] = []
    for inner in element.iter():
        if inner.tag in ("br", "p", "div", "tr"):
            parts.append("\n")
        parts.append((inner.text or "").replace("\n", " ").replace("\r", ""))
        parts.append((inner.tail or "").replace("\n", " ").replace("\r", "") if inner is not element else "")
        if sum(map(len, parts[-2:])) > 4_000 or len(parts) > 300:
            break
    return "".join(parts)


def _detach_from(start: HtmlElement) -> Iterator[str]:
    """Takes `start` and all that follows it in the document out of the tree, as HTML."""
    at: HtmlElement | None = start
    inclusive = True
    while at is not None and at.tag != "body":
        parent = at.getparent()
        followers = list(at.itersiblings())
        if not inclusive and at.tail:
            yield str(lxml_html.tostring(_text_node(at.tail), encoding="unicode"))
            at.tail = None
        for element in [at, *followers] if inclusive else followers:
            yield str(lxml_html.tostring(element, encoding="unicode"))
            parent.remove(element)
        at, inclusive = parent, False


def _text_node(text: str) -> HtmlElement:
    span = lxml_html.Element("span")
    span.text = text
    return span


def _serialised(body: HtmlElement) -> str:
    inner = str(lxml_html.tostring(body, encoding="unicode"))
    return re.sub(r"^<body[^>]*>|</body>\s*$", "", inner)
