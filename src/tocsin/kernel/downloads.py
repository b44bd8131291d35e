"""Files on their way to a browser, piece by piece: whatever their size, one piece is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import quote

from django.http import HttpRequest, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase

_KEPT_S = 86_400


class Download(StreamingHttpResponse):
    """A file that nothing runs in: `piece(0)`, `piece(1)` … until None.

    Pieces are asked for one by one, as the browser takes them, by whichever thread is free then: each stands
    by itself and holds nothing of the database open.
    """

    def __init__(
        self,
        piece: Callable[[int], bytes | None],
        name: str,
        content_type: str = "application/octet-stream",
        *,
        inline: bool = False,
        size: int | None = None,
    ) -> None:
        super().__init__(_pieces(piece), content_type=content_type)
        disposition = "inline" if inline else "attachment"
        self["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name, safe='')}"
        self["Content-Security-Policy"] = "default-src 'none'; sandbox"
        self["X-Content-Type-Options"] = "nosniff"
        if size is not None:
            self["Content-Length"] = str(size)


def kept_by_the_browser(response: HttpResponseBase, request: HttpRequest, name: str) -> HttpResponseBase:
    """The answer with leave to keep it for a day; short where the browser has it already.

    `name` changes when the content does.
    """
    tag = f'"{name}"'
    if request.headers.get("If-None-Match") == tag:
        response.close()
        response = HttpResponseNotModified()
    response["ETag"] = tag
    response["Cache-Control"] = f"private, max-age={_KEPT_S}"
    return response


def _pieces(piece: Callable[[int], bytes | None]) -> Iterator[bytes]:
    number = 0
    while (data := piece(number)) is not None:
        yield data
        number += 1
