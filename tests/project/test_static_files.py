"""Static files come whole, also while the program below is being changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from tests.harness.asynchronous import run as run_async

from tocsin.project import static_files


def test_the_edition_follows_every_byte(tmp_path: Path) -> None:
    style = tmp_path / "room" / "static" / "room" / "a.css"
    style.parent.mkdir(parents=True)
    style.write_text("a {}")
    before = static_files.edition(tmp_path)
    assert static_files.edition(tmp_path) == before
    style.write_text("b {}")
    assert static_files.edition(tmp_path) != before


def test_a_copy_is_made_once_and_whole(tmp_path: Path) -> None:
    static_files.collect(tmp_path, "one")
    copy = tmp_path / "one" / "console" / "tocsin.css"
    original = finders.find("console/tocsin.css")
    assert original and copy.read_bytes() == Path(original).read_bytes()
    made = copy.stat().st_ino
    static_files.collect(tmp_path, "one")
    assert copy.stat().st_ino == made
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_the_newest_editions_stay_for_open_pages(tmp_path: Path) -> None:
    for name in ("one", "two", "three", "four", "five", "six"):
        static_files.collect(tmp_path, name)
    kept = {path.name for path in tmp_path.iterdir()}
    assert "six" in kept and len(kept) == 4


def test_what_is_served_is_the_copy_and_may_be_kept(tmp_path: Path, settings: Any) -> None:
    settings.STATIC_ROOT = tmp_path

    async def nothing(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})

    async def fetch(path: str) -> tuple[int, dict[bytes, bytes], bytes]:
        said: list[Any] = []

        async def send(message: Any) -> None:
            said.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        await static_files.serving(nothing)(scope, None, send)
        return said[0]["status"], dict(said[0]["headers"]), b"".join(one["body"] for one in said[1:])

    status, headers, body = run_async(fetch(f"{settings.STATIC_URL}console/tocsin.css"))
    assert status == 200
    assert len(body) == int(headers[b"content-length"])
    assert b"max-age=31536000" in headers[b"cache-control"]
    assert headers[b"x-content-type-options"] == b"nosniff"
    assert run_async(fetch("/static/console/tocsin.css"))[0] == 404


@pytest.mark.parametrize("name", ["console/tocsin.js", "django_htmx/htmx.min.js"])
def test_pages_name_the_edition(name: str, settings: Any) -> None:
    from django.templatetags.static import static

    assert static(name) == f"/static/{settings.STATIC_EDITION}/{name}"
