"""Answers made ready once: headers, bytes, packed bytes and entity tags, so that answering is a look-up."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

Headers = list[tuple[bytes, bytes]]

_SMALLEST_PACKED = 400
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
# A little old is fine for a minute while a fresh one is fetched, and for a day when the server is dead.
_AGE = b"public, max-age=%d, stale-while-revalidate=60, stale-if-error=86400"


@dataclass(frozen=True, slots=True)
class Variant:
    """One encoding of a document: what is sent first, its bytes, and the answer to one who has it already."""

    start: dict[str, Any]
    body: bytes
    unchanged: dict[str, Any]
    etag: bytes


@dataclass(frozen=True, slots=True)
class Prepared:
    """One document in plain and packed bytes."""

    plain: Variant
    packed: Variant

    def variant(self, accept_encoding: bytes) -> Variant:
        """The packed one for whoever takes it."""
        return (
            self.packed if b"gzip" in accept_encoding and b"gzip;q=0" not in accept_encoding else self.plain
        )


def prepare(content_type: str, body: bytes, status: int = 200) -> Prepared:
    """Make a document ready to be sent."""
    tag = hashlib.sha256(body).hexdigest()[:20].encode()
    common = _common_headers(content_type, body)
    plain = _variant(status, common, body, b'"%b"' % tag, [])
    if len(body) < _SMALLEST_PACKED:
        return Prepared(plain, plain)
    packed = gzip.compress(body, 9, mtime=0)
    return Prepared(
        plain, _variant(status, common, packed, b'"%b-gz"' % tag, [(b"content-encoding", b"gzip")])
    )


def redirect(location: str) -> Prepared:
    """An answer that sends the reader on, for good."""
    headers = [(b"location", location.encode("ascii", "ignore")), (b"content-length", b"0")]
    headers.append((b"cache-control", _AGE % 3600))
    one = Variant({"type": "http.response.start", "status": 301, "headers": headers}, b"", {}, b"")
    return Prepared(one, one)


def refusal(status: int, words: bytes, *extra: tuple[bytes, bytes]) -> Prepared:
    """A plain sentence for those who ask what can't be answered."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *extra]
    headers.append((b"content-length", b"%d" % len(words)))
    one = Variant({"type": "http.response.start", "status": status, "headers": headers}, words, {}, b"")
    return Prepared(one, one)


def _variant(status: int, common: Headers, body: bytes, etag: bytes, extra: Headers) -> Variant:
    headers = [*common, *extra, (b"etag", etag)]
    start = {"type": "http.response.start", "status": status}
    start["headers"] = [*headers, (b"content-length", b"%d" % len(body))]
    kept = [pair for pair in headers if pair[0] not in {b"content-type", b"content-encoding"}]
    return Variant(start, body, {"type": "http.response.start", "status": 304, "headers": kept}, etag)


def _common_headers(content_type: str, body: bytes) -> Headers:
    headers = [
        (b"content-type", content_type.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"access-control-allow-origin", b"*"),
        (b"cross-origin-resource-policy", b"cross-origin"),
        (b"cache-control", _AGE % (300 if "javascript" in content_type else 10)),
    ]
    if not content_type.startswith("text/html"):
        return [*headers, (b"vary", b"accept-encoding")]
    return [
        *headers,
        (b"vary", b"accept-encoding, accept-language"),
        (b"content-security-policy", _policy(body)),
    ]


def _policy(body: bytes) -> bytes:
    """Nothing may run or load but the style and the script that are in the page itself, by their hash."""
    parts = [b"default-src 'none'", b"img-src data:", b"connect-src 'self'"]
    parts += _hashes(b"style-src", _STYLE.findall(body)) + _hashes(b"script-src", _SCRIPT.findall(body))
    return b"; ".join([*parts, b"base-uri 'none'", b"form-action 'none'", b"frame-ancestors 'self'"])


def _hashes(directive: bytes, texts: Iterable[bytes]) -> list[bytes]:
    found = [b"'sha256-%b'" % base64.b64encode(hashlib.sha256(text).digest()) for text in texts]
    return [b" ".join([directive, *found])] if found else []


@lru_cache(maxsize=512)
def choose_language(accepted: bytes, languages: tuple[str, ...], default: str) -> str:
    """The reader's first language that we have, by `Accept-Language`; the company's when there is none."""
    wishes = []
    for number, part in enumerate(accepted[:500].decode("latin-1").lower().split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), number, tag.split("-")[0]))
        except ValueError:
            continue
    for rank, _number, language in sorted(wishes):
        if rank < 0 and language in languages:
            return language
    return default
