"""Bytes written down once, named by what they are (rule 2)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from tocsin.kernel.bulk import server_cursor

PIECE_BYTES = 2**20
_STATEMENT_BYTES = 4 * PIECE_BYTES

# Whoever comes second waits for the first to commit and then adds nothing.
# Blobs and pieces in one statement: the keys between them are checked at commit.
_INSERT = """
WITH blobs AS (
    INSERT INTO mailroom_blob (sha256, size)
    SELECT * FROM unnest(%b::text[], %b::bigint[]) ON CONFLICT DO NOTHING
)
INSERT INTO mailroom_blobpiece (blob_id, number, data)
SELECT * FROM unnest(%b::text[], %b::int[], %b::bytea[]) ON CONFLICT DO NOTHING
"""


Bytes = bytes | bytearray
"""What is to be kept; what was just received need not be copied for it."""


def blob_name(content: Bytes) -> str:
    """The name under which these bytes are kept: their SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def keep_blob(content: Bytes) -> str:
    """Write bytes down in the caller's transaction and return their name; the same bytes are kept once."""
    return keep_blobs([content])[0]


def keep_blobs(contents: Iterable[Bytes]) -> list[str]:
    """As `keep_blob`, for many; the names in the order given."""
    names: list[str] = []
    new: dict[str, Bytes] = {}
    for content in contents:
        name = blob_name(content)
        names.append(name)
        new[name] = content
    with server_cursor() as cursor:
        wanted = sorted(new)  # in one order everywhere, so that two writers can't wait for each other
        blobs, sizes = wanted, [len(new[name]) for name in wanted]
        for names_of, numbers, pieces in _statements((name, new[name]) for name in wanted):
            cursor.execute(_INSERT, [blobs, sizes, names_of, numbers, pieces])
            blobs, sizes = [], []
    return names


def _statements(contents: Iterable[tuple[str, Bytes]]) -> Iterator[tuple[list[str], list[int], list[bytes]]]:
    blobs: list[str] = []
    numbers: list[int] = []
    pieces: list[bytes] = []
    size = 0
    for name, number, piece in _pieces(contents):
        blobs.append(name)
        numbers.append(number)
        pieces.append(piece)
        size += len(piece)
        if size >= _STATEMENT_BYTES:
            yield blobs, numbers, pieces
            blobs, numbers, pieces, size = [], [], [], 0
    yield blobs, numbers, pieces


def _pieces(contents: Iterable[tuple[str, Bytes]]) -> Iterator[tuple[str, int, bytes]]:
    for name, content in contents:
        for number, start in enumerate(range(0, len(content), PIECE_BYTES)):
            yield name, number, bytes(memoryview(content)[start : start + PIECE_BYTES])
