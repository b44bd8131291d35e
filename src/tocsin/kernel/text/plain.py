"""The text of an HTML mail, laid out about as it was seen."""

import re

import html_text
from lxml import html as lxml_html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from tocsin.kernel.text.hostile import is_buildable, readable, strip_tags
from tocsin.kernel.text.html_lines import lines_of

# Stands for a quotation while the text around it is laid out; in no text that people write.
_PLACE = "\ue0f1{}\ue0f1"
_PLACES = re.compile("\ue0f1([0-9]{1,4})\ue0f1")
_MOST_QUOTATIONS = 200
# Each level is read once more than the one around it; what is quoted deeper gets no more marks.
_DEEPEST_QUOTATION = 20
_MARKED = re.compile(r"<blockquote|signature", re.IGNORECASE)


def html_to_text(html: str) -> str:
    """Reads at most a megabyte; quotations get a `>` before each line and signatures `--` above them, as
    they have in plain text.

    Never raises: what no parser takes is stripped of its tags.
    """
    return _text_of(html, 0)


def _text_of(html: str, depth: int) -> str:
    html = readable(html)
    if not is_buildable(html):
        return strip_tags(html).strip()
    try:
        is_marked = depth < _DEEPEST_QUOTATION and _MARKED.search(html)
        return _marked_up(html, depth) if is_marked else str(html_text.extract_text(html))
    except (LxmlError, ValueError, RecursionError, AssertionError):
        return strip_tags(html).strip()


def _marked_up(html: str, depth: int) -> str:
    root = lxml_html.document_fromstring(html.replace("\ue0f1", "").encode(), parser=_parser())
    body = root.find("body")
    if body is None:
        return str(html_text.extract_text(root))
    lines = lines_of(body)
    for signature in lines.signatures[:_MOST_QUOTATIONS]:
        mark = signature.makeelement("p")
        mark.text = "--"
        signature.addprevious(mark)
    quotations = [one for one in lines.quotations if one.tag == "blockquote"][:_MOST_QUOTATIONS]
    texts = [_set_aside(one, number, depth) for number, one in enumerate(quotations)]
    return _PLACES.sub(lambda match: texts[int(match[1])], str(html_text.extract_text(root)))


def _set_aside(quotation: HtmlElement, number: int, depth: int) -> str:
    """The quotation's text with its marks; in the tree only its place remains."""
    inner = lxml_html.tostring(quotation, encoding="unicode", with_tail=False)
    text = _text_of(re.sub(r"^<blockquote\b[^>]*>|</blockquote>\s*$", "", inner), depth + 1)
    for child in list(quotation):
        quotation.remove(child)
    quotation.text = _PLACE.format(number)
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _parser() -> lxml_html.HTMLParser:
    return lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
