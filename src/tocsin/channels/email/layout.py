"""How a letter of ours looks in a mail program: one column of the reader's own type, no tables.

No colours but those of links and lines, so that programs with a dark look can turn it as they do. Styles
stand on the elements, since Gmail and Outlook throw others away.
"""

from __future__ import annotations

from html import escape

from tocsin.channels.base import Outbound
from tocsin.kernel.text import letter_html

_TYPE = (
    "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5"
)
_PAGE = """<!doctype html>
<html{lang}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{title}</title>
</head>
<body style="margin:0;padding:16px;{type}">
<div style="max-width:640px;overflow-wrap:break-word;{type}">
{body}
</div>
</body>
</html>
"""


def html_page(outbound: Outbound) -> str:
    """The whole page for a mail's HTML part; '' where there is nothing to say."""
    body = outbound.html or (letter_html(outbound.text) if outbound.text.strip() else "")
    if not body:
        return ""
    lang = f' lang="{escape(outbound.language)}"' if outbound.language else ""
    return _PAGE.format(lang=lang, title=escape(outbound.subject), type=_TYPE, body=body)
