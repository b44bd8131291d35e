"""Make a customer's HTML safe to show (rule 8 of the house) without spoiling its look."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

import nh3

from tocsin.kernel.text import client_marks
from tocsin.kernel.text.hostile import LONGEST_HTML, is_buildable, readable, writable
from tocsin.kernel.text.own_styles import with_own_styles
from tocsin.kernel.text.plain import html_to_text


def _words(listed: str) -> set[str]:
    return set(listed.split())


_TAGS = _words("""
    a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del details
    dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav
    ol p pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr
    tt u ul var wbr
""")
_DROPPED_WITH_CONTENT = _words("""
    script style title head noscript iframe object embed svg math template textarea select audio video
""")
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "border", "hspace", "vspace", "loading", "referrerpolicy"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "col": {"span"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value", "type"},
    "blockquote": {"type"},
    "details": {"open"},
    "div": {"name"},
    "*": {"style", "dir", "lang", "align", "valign", "width", "height", "bgcolor", "title", "class", "id"},
}
_STYLES = _words("""
    color background background-color font font-family font-size font-style font-variant font-weight
    line-height letter-spacing word-spacing text-align text-decoration text-indent text-transform
    vertical-align white-space direction word-break overflow-wrap word-wrap display width height max-width
    max-height aspect-ratio border border-top border-right border-bottom border-left border-color
    border-style border-width border-radius border-collapse border-spacing border-top-color border-top-style
    border-top-width border-right-color border-right-style border-right-width border-bottom-color
    border-bottom-style border-bottom-width border-left-color border-left-style border-left-width padding
    padding-top padding-right padding-bottom padding-left margin margin-top margin-right margin-bottom
    margin-left list-style list-style-type table-layout clear float caption-side empty-cells quotes
""")
# Checked on the value before the CSS parser sees it; a backslash could hide any of the others. Of functions
# only colours remain: the others load something or reach into the page. Lengths by the window's size would
# grow with the frame that is made to fit.
_DANGEROUS_STYLE = re.compile(
    r"(?<![\w-])(?!(?:rgb|hsl)a?\()[\w-]*\s*\(|javascript:|@|\\|/\*|<|\d\s*[sld]?v(?:[hwib]|min|max)\b", re.I
)
_NEGATIVE = re.compile(r"^\s*margin[^:]*:.*-\s*[\d.]", re.I)
# Set when a mail is shown (`html_page`), never by the mail.
_OURS = frozenset({"loading", "referrerpolicy"})
_LINK = re.compile(r"\s*(?:https?://|mailto:|tel:)", re.I)
_REMOTE = re.compile(r"\s*(?:https?:)?//", re.I)
_INLINE_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*$", re.I)


@dataclass(frozen=True)
class SafeHtml:
    """HTML that may be shown inside our page. `blocked_images` remote pictures were held back; `cut` says
    that the mail was too long or too tangled to be shown whole, and that the original is needed."""

    html: str
    blocked_images: int = 0
    cut: bool = False


@dataclass
class SafeFilter:
    """Decides on one attribute at a time; remembers how many pictures it held back."""

    cid_to_url: Callable[[str], str | None] | None
    allow_remote: bool
    # nh3 cannot rename an attribute, so a held-back address gets a prefix that no mail can guess.
    held_back: str = field(default_factory=lambda: f"https://{secrets.token_hex(12)}.invalid/")
    blocked: int = 0

    def __call__(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return _safe_style(value)
        if attribute == "href":
            return value.strip() if _LINK.match(value) else None
        if attribute == "src":
            return self._picture(value)
        if attribute in ("class", "id"):
            return client_marks.known(value) or None
        if attribute == "name":
            return value if value == "quote" else None
        return None if attribute in _OURS else value

    def _picture(self, source: str) -> str | None:
        if source[:4].lower() == "cid:":
            return self.cid_to_url(source[4:].strip()) if self.cid_to_url else source
        if _REMOTE.match(source):
            address = source.strip() if source.strip()[:1] != "/" else "https:" + source.strip()
            if self.allow_remote:
                return address
            self.blocked += 1
            return self.held_back + address
        return self.data_picture(source)

    def data_picture(self, source: str) -> str | None:
        """A picture that is its own address."""
        return source if _INLINE_PICTURE.match(source) else None


def _safe_style(style: str) -> str | None:
    kept = [
        part
        for part in style.split(";")
        if part.strip() and not _DANGEROUS_STYLE.search(_spaced_once(part)) and not _NEGATIVE.match(part)
    ]
    return ";".join(kept) or None


def _spaced_once(part: str) -> str:
    """Runs of spaces take the pattern time that grows with their square."""
    return " ".join(part.split())


def sanitise_html(
    html: str, *, cid_to_url: Callable[[str], str | None] | None = None, allow_remote: bool = False
) -> SafeHtml:
    """Scripts, forms, frames and dangerous CSS go; tables, colours and fonts stay, style sheets in place.

    Remote pictures lose their `src` to `data-blocked-src` unless `allow_remote`. `cid_to_url` turns a
    Content-ID (without angle brackets) into the address of the attachment, or None to drop the picture;
    without it `cid:` addresses stay as they are. Never raises on any input.
    """
    cut = len(html) > LONGEST_HTML
    html = readable(html)
    if not is_buildable(html):
        return SafeHtml(f"<pre>{escape(html_to_text(html))}</pre>", cut=True)
    judge = SafeFilter(cid_to_url, allow_remote)
    clean = clean_by(judge, with_own_styles(html)).replace(f' src="{judge.held_back}', ' data-blocked-src="')
    return SafeHtml(writable(clean), judge.blocked, cut)  # a page may have spelled controls out


def clean_by(judge: Callable[[str, str, str], str | None], html: str) -> str:
    """What remains of `html` when `judge(tag, attribute, value)` has decided on each attribute."""
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=judge,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        filter_style_properties=_STYLES,
    )
