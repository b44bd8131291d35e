"""The names that mail clients give to the wrappers of history and signature, as ids and classes.

They are the only ids and classes that the sanitiser lets through: without them nobody could tell the new
from the old once the mail is made safe.
"""

from collections.abc import Iterable
from enum import Enum

from lxml.html import HtmlElement


class Role(Enum):
    """What a wrapper holds."""

    HEADER = "header"
    """From here on, whatever follows, all is history."""
    QUOTED = "quoted"
    """History is inside; what follows may be new."""
    ATTRIBUTION = "attribution"
    """The line that says who wrote what follows."""
    SIGNATURE = "signature"


_ROLES = {
    "divrplyfwdmsg": Role.HEADER,
    "outlookmessageheader": Role.HEADER,
    "yahoo_quoted": Role.QUOTED,
    "protonmail_quote": Role.QUOTED,
    "zmail_extra": Role.QUOTED,
    "mail-editor-reference-message-container": Role.QUOTED,
    "ms-outlook-mobile-reference-message": Role.QUOTED,
    "mail-quote-collapse": Role.QUOTED,
    "gmail_attr": Role.ATTRIBUTION,
    "moz-cite-prefix": Role.ATTRIBUTION,
    "gmail_signature": Role.SIGNATURE,
    "moz-signature": Role.SIGNATURE,
    "signature": Role.SIGNATURE,
    "applemailsignature": Role.SIGNATURE,
    "applelinebreakatbeginningofsignature": Role.SIGNATURE,
    "ms-outlook-mobile-signature": Role.SIGNATURE,
    "composer_signature": Role.SIGNATURE,
    "ymail_android_signature": Role.SIGNATURE,
    "protonmail_signature_block": Role.SIGNATURE,
}
# Known, but of no role of their own: blockquotes carry it, and so does the wrapper around the attribution.
_OTHERS = frozenset({"gmail_quote"})
# Outlook writes x_ before the names in what it quotes, Yahoo a number of its own.
_MADE_LONGER = ("yahoo_quoted", "ymail_android_signature")


def known(names: str) -> str:
    """Those of these ids or classes that tell something, in the spelling used here; '' for none."""
    return " ".join(dict.fromkeys(mark for name in names.lower().split()[:20] if (mark := _mark(name))))


def role_of(element: HtmlElement) -> Role | None:
    """What this element says of itself."""
    if element.tag == "div" and element.get("name") == "quote":
        return Role.QUOTED
    return next((_ROLES[mark] for mark in _marks(element) if mark in _ROLES), None)


def is_cited(element: HtmlElement) -> bool:
    """Whether this is a quotation that a mail client made, and not somebody's indentation."""
    return element.tag == "blockquote" and (element.get("type") == "cite" or "gmail_quote" in _marks(element))


def _marks(element: HtmlElement) -> Iterable[str]:
    names = f"{element.get('id') or ''} {element.get('class') or ''}"
    return known(names).split() if not names.isspace() else ()


def _mark(name: str) -> str:
    name = name.removeprefix("x_")
    if name in _ROLES or name in _OTHERS:
        return name
    return next((mark for mark in _MADE_LONGER if mark in name), "")
