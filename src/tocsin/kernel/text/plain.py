"""The text of an HTML mail, laid out about as it was seen."""

import html_text
from lxml.etree import LxmlError

from tocsin.kernel.text.hostile import LONGEST_HTML, is_buildable, strip_tags


def html_to_text(html: str) -> str:
    """Reads at most `LONGEST_HTML` characters. Never raises: what no parser takes is stripped of its tags."""
    html = html[:LONGEST_HTML].replace("\x00", "")
    if not is_buildable(html):
        return strip_tags(html).strip()
    try:
        return str(html_text.extract_text(_encodable(html)))
    except (LxmlError, ValueError, RecursionError, AssertionError):
        return strip_tags(html).strip()


def _encodable(html: str) -> str:
    """Without lone surrogates, which broken charsets leave behind and lxml refuses."""
    return html.encode("utf-8", "replace").decode("utf-8")
