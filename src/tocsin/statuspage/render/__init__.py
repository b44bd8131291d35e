"""From the state to the bytes: pure, the same state gives the same bytes."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tocsin.statuspage.render import feeds, pages, v2
from tocsin.statuspage.render.banner import banner_json
from tocsin.statuspage.rules import PageState

_ROOM = Path(__file__).resolve().parent.parent
SCRIPT = "text/javascript; charset=utf-8"


class Rendered(NamedTuple):
    """What one address answers."""

    content_type: str
    body: bytes


def documents(state: PageState) -> dict[str, Rendered]:
    """Everything that the public pages answer, by path.

    Pages carry their language in the path (`/status/el/…`); which one `/status/…` shows is decided
    when it is asked for.
    """
    made = {path: Rendered(pages.HTML, body) for path, body in pages.pages(state)}
    made |= {path: Rendered(v2.JSON, body) for path, body in v2.json_documents(state)}
    made |= {path: Rendered(kind, body) for path, kind, body in feeds.feeds(state)}
    made["/status/banner.json"] = Rendered(v2.JSON, banner_json(state))
    made["/banner.js"] = made["/status/banner.js"] = Rendered(SCRIPT, banner_script())
    return made


def archive_documents(state: PageState, month: date) -> dict[str, Rendered]:
    """The pages of one month of long ago, which no publishing touches but one after an upgrade."""
    return {path: Rendered(pages.HTML, body) for path, body in pages.archive_pages(state, month)}


@lru_cache
def version() -> str:
    """Changes when the pages' program, looks or translations do, so that an upgrade renders all anew."""
    digest = hashlib.sha256()
    for path in sorted(_ROOM.rglob("*")):
        if path.suffix in {".py", ".html", ".css", ".js", ".mo"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@lru_cache
def banner_script() -> bytes:
    """The banner's program without its comments and indentation; its source stands to be read."""
    source = (_ROOM / "templates" / "statuspage" / "banner.js").read_text("utf-8")
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()
