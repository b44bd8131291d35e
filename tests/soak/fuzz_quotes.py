"""Fuzzing what stands between a mail and a page: the folding of quotes, in text and in HTML (A16).

No written line is lost or doubled, nothing is raised, nothing takes long, and no script comes through.
"""

from __future__ import annotations

from html.parser import HTMLParser
from types import ModuleType

from tests.soak import fuzzing

_NEVER = {"script", "iframe", "object", "embed", "base", "meta", "link", "form"}
_ADDRESSES = {"href", "src", "action", "formaction", "background", "poster", "xlink:href"}


class _Browser(HTMLParser):
    """Looks at a page as a browser does, for what must not be in it."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in _NEVER, tag
        for name, value in attrs:
            assert not name.startswith("on"), (tag, name)
            address = "".join((value or "").split()).lower()
            assert not (name in _ADDRESSES and address.startswith(("javascript:", "vbscript:"))), value


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
    clean = text_room.sanitise_html(page)
    safe = getattr(clean, "html", clean)
    browser = _Browser()
    browser.feed(safe)
    browser.close()
    text_room.html_to_text(page)
    text_room.fold_html_quotes(safe)


def _written(text: str) -> list[str]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line.rstrip() for line in lines if line.strip()]


def seeds() -> list[bytes]:
    """The replies that the tests fold."""
    from tests.kernel.replies import INLINE, REPLIES

    return [b"t" + one.replace("✂\n", "").encode() for one in [*REPLIES.values(), *INLINE.values()]]


def main() -> None:
    """The command."""
    wanted = fuzzing.arguments()
    fuzzing.set_up_django()
    with fuzzing.instrumented(wanted.engine):
        from tocsin.kernel import text
    fuzzing.fuzz("quotes", target(text), seeds(), wanted)


if __name__ == "__main__":
    main()
