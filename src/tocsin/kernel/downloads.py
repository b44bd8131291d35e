"""Files on their way to a browser, piece by piece: whatever their size, one piece is in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import HttpRequest, HttpResponseNotModified, StreamingHttpResponse
from django.http.response import HttpResponseBase

_KEPT_S = 86_400


class Download(StreamingHttpResponse):
    """A file that nothing runs in: `piece(0)`, `piece(1)` … until None.

    Django reads an ordinary iterator to its end before an ASGI server gets the first byte, so pieces are
    asked for one by one, and between them the database connection is free.
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
        self._piece = piece
        disposition = "inline" if inline else "attachment"
        self["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name, safe='')}"
        self["Content-Security-Policy"] = "default-src 'none'; sandbox"
        self["X-Content-Type-Options"] = "nosniff"
        if size is not None:
            self["Content-Length"] = str(size)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        number = 0
        while (data := await sync_to_async(self._piece_alone)(number)) is not None:
            yield data
            number += 1

    def _piece_alone(self, number: int) -> bytes | None:
        try:
            return self._piece(number)
        finally:
            if not connection.in_atomic_block:
                connection.close()


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
