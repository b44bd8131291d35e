"""Fuzzing what stands between a mail and a page: the folding of quotes, in text and in HTML (A16).

No written line is lost or doubled, nothing is raised, nothing takes long, and no script comes through.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from types import ModuleType

from tests.soak import fuzzing

_NEVER = {"script", "iframe", "object", "embed", "base", "meta", "link", "form"}
_LOADS = re.compile(r"""<[^>]*\s(?:src|srcset|background|poster)\s*=\s*["']?\s*(?:https?:)?//""")
_ADDRESSES = {"href", "src", "action", "formaction", "background", "poster", "xlink:href"}


class _Browser(HTMLParser):
    """Looks at a page as a browser does, for what must not be in it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _NEVER, tag
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            address = "".join((value or "").split()).lower()
            assert not (name in _ADDRESSES and address.startswith(("javascript:", "vbscript:"))), value


class _Words(HTMLParser):
    """Collects what is written in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def target(text_room: ModuleType) -> fuzzing.Target:
    """What must hold for any text; the first byte chooses how it is taken."""

    def run(data: bytes) -> None:
        text = data[1:].decode("utf-8", "replace")
        if data[:1] == b"h":
            _html(text_room, text)
        else:
            _plain(text_room, text)

    return run


def _plain(text_room: ModuleType, text: str) -> None:
    found = text_room.fold_quotes(text)
    assert _written(found.visible) + _written(found.folded) == _written(text)
    assert found.visible.strip() or not text.strip()


def _html(text_room: ModuleType, page: str) -> None:
    stored = text_room.sanitise_html(page).html
    _look_at(stored)
    text_room.html_to_text(page)
    for pictures in (text_room.Pictures(lambda _name: None), text_room.Pictures(lambda _name: "/p", True)):
        shown = text_room.present_html(stored, pictures)
        _look_at(shown.new)
        _look_at(shown.history)
        assert pictures.from_elsewhere or not _LOADS.search(shown.new + shown.history)
    _loses_nothing(text_room, stored)


def _loses_nothing(text_room: ModuleType, stored: str) -> None:
    """What is new and what is folded are together what there was, in its order."""
    new, folded = text_room.fold_html_quotes(stored)
    if folded:
        assert _words(new) + _words(folded) == _words(stored)
        assert _words(new) or "<img" in new


def _words(page: str) -> str:
    reader = _Words()
    reader.feed(page)
    reader.close()
    return "".join("".join(reader.found).split())


def _look_at(page: str) -> None:
    browser = _Browser()
    browser.feed(page)
    browser.close()


def _written(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line.rstrip() for line in lines if line.strip()]


def seeds() -> list[bytes]:
    """The replies that the tests fold, and the pages that the clients write."""
    from tests.channels.corpus import histories
    from tests.kernel.replies import INLINE, REPLIES

    texts = [b"t" + one.replace("✂\n", "").encode() for one in [*REPLIES.values(), *INLINE.values()]]
    pages = [b"h" + case.raw.partition(b"\r\n\r\n")[2] for case in histories.CASES]
    return texts + pages


def main() -> None:
    """The command."""
    wanted = fuzzing.arguments()
    fuzzing.set_up_django()
    with fuzzing.instrumented(wanted.engine):
        from tocsin.kernel import text
    fuzzing.fuzz("quotes", target(text), seeds(), wanted)


if __name__ == "__main__":
    main()
