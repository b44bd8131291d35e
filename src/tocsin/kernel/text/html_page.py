"""A customer's mail as a page for its frame: history folded, pictures held back, links made honest."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from lxml.html import HtmlElement

from tocsin.kernel.text.clean_html import SafeFilter, clean_by
from tocsin.kernel.text.html_quotes import body_of, inner_html, split_history
from tocsin.kernel.text.mail_colours import has_own_colours, without_neutral_colours

WAITING = "t-waiting"
"""The class of a picture that is not loaded."""
LEADS_TO = "t-leads"
"""The class of the word behind a link that says where it really leads."""

_ADDRESS_SHOWN = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?=[/:?#]|$)", re.I)
_TINY = re.compile(r"(?:^|[;\s])(?:max-)?(?:width|height)\s*:\s*[0-2](?:\.\d+)?(?:px|pt)?\s*(?:;|!|$)", re.I)
_HIDDEN = re.compile(r"(?:^|[;\s])display\s*:\s*none", re.I)
_LOCAL = (".local", ".internal", ".lan", ".home", ".localhost", ".localdomain", ".intranet", ".arpa")


@dataclass(frozen=True)
class MailPage:
    """What the frame shows: `new`, and the `history` behind its control ('' for none), both safe HTML.

    `waiting` pictures are not loaded until asked for; `trackers` (invisible pictures, which only tell the
    sender that the mail was read) never are. A mail with colours of its own needs a light ground.
    """

    new: str
    history: str = ""
    waiting: int = 0
    trackers: int = 0
    has_own_colours: bool = False


@dataclass(frozen=True)
class Pictures:
    """How pictures are shown: `of_mail` gives the address of the one that came under a Content-ID, or None.

    Remote ones are loaded only `from_elsewhere`, and never from `own_host` or a private network: there a
    picture's address could do something in the name of who looks at it.
    """

    of_mail: Callable[[str], str | None]
    from_elsewhere: bool = False
    own_host: str = ""


def present_html(html: str, pictures: Pictures, *, forwarded: bool = False) -> MailPage:
    """The page of what `sanitise_html` made. `forwarded`: its subject says so, and nothing is folded.

    What comes out has been through the sanitiser last. Never raises on any input.
    """
    body = body_of(html)
    if body is None:
        return MailPage(clean_by(_Shown(frozenset()), html))
    dresser = _Dresser(pictures)
    dresser.dress(body)
    coloured = has_own_colours(body)
    if not coloured:
        without_neutral_colours(body)
    history = None if forwarded else split_history(body)
    judge = _Shown(frozenset(dresser.addresses))
    return MailPage(
        new=clean_by(judge, inner_html(body)),
        history="" if history is None else clean_by(judge, inner_html(history)),
        waiting=dresser.waiting,
        trackers=dresser.trackers,
        has_own_colours=coloured,
    )


class _Shown(SafeFilter):
    """Lets through what the dresser put in, and nothing else that loads."""

    def __init__(self, addresses: frozenset[str]) -> None:
        super().__init__(None, allow_remote=False)
        self._addresses = addresses

    def __call__(self, tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return value if value in self._addresses else self.data_picture(value)
        if attribute == "class":
            return value if value in (WAITING, LEADS_TO) else None
        if attribute in ("id", "name"):
            return None
        if attribute in ("loading", "referrerpolicy"):
            return value
        return super().__call__(tag, attribute, value)


@dataclass
class _Dresser:
    pictures: Pictures
    waiting: int = 0
    trackers: int = 0
    addresses: set[str] = field(default_factory=set)

    def dress(self, body: HtmlElement) -> None:
        for element in list(body.iter("img", "a")):
            if element.tag == "img":
                self._picture(element)
            elif element.get("href"):
                _honest(element)

    def _picture(self, image: HtmlElement) -> None:
        image.attrib.pop("class", None)
        _keep_shape(image)
        source = image.attrib.pop("src", "")
        remote = image.attrib.pop("data-blocked-src", "")
        if remote:
            self._remote(image, remote)
        elif source[:4].lower() == "cid:":
            self._load(image, self.pictures.of_mail(source[4:].strip()))
        elif source[:5].lower() == "data:":
            image.set("src", source)

    def _remote(self, image: HtmlElement, address: str) -> None:
        if _is_invisible(image):
            self.trackers += 1
            image.drop_tree()
        elif not self.pictures.from_elsewhere:
            self.waiting += 1
            image.set("class", WAITING)
        elif _is_elsewhere(address, self.pictures.own_host):
            image.set("referrerpolicy", "no-referrer")
            self._load(image, address)

    def _load(self, image: HtmlElement, address: str | None) -> None:
        if address:
            self.addresses.add(address)
            image.set("loading", "lazy")
            image.set("src", address)


def _keep_shape(image: HtmlElement) -> None:
    """A picture that is narrowed to the page keeps the shape that the mail gives it."""
    style = image.get("style") or ""
    sizes = [_pixels(image.get(name), style, name) for name in ("width", "height")]
    if all(sizes):
        image.set("style", f"{style};aspect-ratio:{sizes[0]} / {sizes[1]}".lstrip(";"))


def _pixels(attribute: str | None, style: str, name: str) -> str:
    found = re.search(rf"(?:^|[;\s]){name}\s*:\s*([1-9]\d{{0,4}})px", style, re.I)
    plain = re.fullmatch(r"\s*([1-9]\d{0,4})(?:px)?\s*", attribute or "")
    return found[1] if found else plain[1] if plain else ""


def _is_invisible(image: HtmlElement) -> bool:
    """A picture of a dot or of nothing, which is there to be counted."""
    style = image.get("style") or ""
    sizes = [(image.get(name) or "").strip().removesuffix("px") for name in ("width", "height")]
    return any(size in ("0", "1", "2") for size in sizes) or bool(
        _TINY.search(style) or _HIDDEN.search(style)
    )


def _is_elsewhere(address: str, own_host: str) -> bool:
    parts = _split(address)
    host = ((parts and parts.hostname) or "").rstrip(".").lower()
    if not host or host == own_host.lower() or host.endswith(_LOCAL):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        # A name without a dot is a machine nearby, and so may be a number in disguise (0x7f.1, 2130706433).
        return "." in host and not host.rpartition(".")[2][:1].isdigit()


def _honest(link: HtmlElement) -> None:
    """The full address when one points at it; beside it the host where the words name another."""
    address = link.get("href")
    parts = _split(address)
    if parts is None or parts.scheme not in ("http", "https"):
        return
    link.set("title", address)
    host = _ascii(parts.hostname or "")
    shown = _ADDRESS_SHOWN.match(" ".join(link.text_content().split())[:300])
    misleads = shown is not None and not _same_place(_ascii(shown[1]), host)
    if misleads or parts.username is not None or "xn--" in host:
        warning = link.makeelement("span", {"class": LEADS_TO})
        warning.text = host
        warning.tail, link.tail = link.tail, None
        link.addnext(warning)


def _same_place(shown: str, host: str) -> bool:
    shown, host = shown.removeprefix("www."), host.removeprefix("www.")
    return shown == host or host.endswith("." + shown) or shown.endswith("." + host)


def _ascii(host: str) -> str:
    try:
        return host.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return host.lower()


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address.strip())
    except ValueError:
        return None
