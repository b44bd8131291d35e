"""A mail's style sheets written into its elements, so that they hold nowhere else.

Sanitisers check one element's style at a time; a sheet could reach into what stands around the mail.
"""

import re

import css_inline

# No `<` within a tag: else each of a million unclosed tags is looked through to the end.
_STYLE = re.compile(r"<style\b[^<>]*>(.*?)(?:</style\s*>|$)", re.IGNORECASE | re.DOTALL)
_COLOURED_BODY = re.compile(r"<body\b(?=[^<>]{0,2000}?\b(?:bgcolor|background))", re.IGNORECASE)
_END_OF_BODY = re.compile(r"</body\s*>", re.IGNORECASE)
_LONGEST_SHEETS = 200_000  # characters
_MOST_WORK = 2_000_000  # rules times tags
_INLINER = css_inline.CSSInliner(
    load_remote_stylesheets=False, keep_style_tags=False, keep_link_tags=False, keep_at_rules=False
)


def with_own_styles(html: str) -> str:
    """The mail with its style sheets in place and the ground of its body kept, not yet made safe.

    Sheets that are too large, or that nobody can read, are left to the sanitiser, which drops them.
    """
    return _with_ground(_inlined(html))


def _inlined(html: str) -> str:
    sheets = _STYLE.findall(html) if "<style" in html.lower() else []
    rules = sum(sheet.count("{") for sheet in sheets)
    if not rules or sum(map(len, sheets)) > _LONGEST_SHEETS or rules * html.count("<") > _MOST_WORK:
        return html
    try:
        return _INLINER.inline(html)
    except (css_inline.InlineError, ValueError):
        return html


def _with_ground(html: str) -> str:
    """A body with a colour becomes a box with that colour: the body itself is ours."""
    if not _COLOURED_BODY.search(html):
        return html
    return _END_OF_BODY.sub("</div>", _COLOURED_BODY.sub("<div", html, count=1))
