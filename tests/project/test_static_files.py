"""Static files come whole, also while the program below is being changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import AsyncRequestFactory
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
    from servestatic.middleware import ServeStaticMiddleware

    static_files.collect(tmp_path, settings.STATIC_EDITION)
    settings.STATIC_ROOT = tmp_path

    async def nothing(request: Any) -> HttpResponse:
        return HttpResponse(status=404)

    async def fetch(path: str) -> tuple[Any, bytes]:
        response: Any = await ServeStaticMiddleware(nothing)(AsyncRequestFactory().get(path))
        if not response.streaming:
            return response, response.content
        return response, b"".join([part async for part in response])

    response, body = run_async(fetch(f"{settings.STATIC_URL}console/tocsin.css"))
    assert response.status_code == 200
    assert len(body) == int(response["Content-Length"])
    assert "max-age=31536000" in response["Cache-Control"]
    response, _body = run_async(fetch("/static/console/tocsin.css"))
    assert response.status_code == 404


@pytest.mark.parametrize("name", ["console/tocsin.js", "django_htmx/htmx.min.js"])
def test_pages_name_the_edition(name: str, settings: Any) -> None:
    from django.templatetags.static import static

    assert static(name) == f"/static/{settings.STATIC_EDITION}/{name}"
