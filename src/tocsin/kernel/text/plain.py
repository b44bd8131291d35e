"""The text of an HTML mail, laid out about as it was seen."""

import html_text
from lxml.etree import LxmlError

from tocsin.kernel.text.hostile import is_buildable, readable, strip_tags


def html_to_text(html: str) -> str:
    """Reads at most a megabyte. Never raises: what no parser takes is stripped of its tags."""
    html = readable(html)
    if not is_buildable(html):
        return strip_tags(html).strip()
    try:
        return str(html_text.extract_text(html))
    except (LxmlError, ValueError, RecursionError, AssertionError):
        return strip_tags(html).strip()
