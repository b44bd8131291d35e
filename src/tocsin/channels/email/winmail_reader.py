"""Opens one winmail.dat in a process of its own: `python winmail_reader.py SECONDS BYTES < winmail.dat`.

The library believes every number that a file names: one that says it has four billion properties keeps it
busy for hours, another takes all memory. So this process sets its own limits first, knows nothing of the
installation, and ends with them; `tnef.py` reads what it wrote.

Written is one line of JSON, and after it the bytes of the files. A text is `[kind, said]`: a `text` is one;
`page` and `bytes` are bytes (as Latin-1), in the code page that the file names or in an unknown one.
"""

from __future__ import annotations

import codecs
import json
import logging
import resource
import sys
from typing import Any

from tnefparse import TNEF

_CODEC = "bytes_as_surrogates"


class _Winmail(TNEF):  # type: ignore[misc]  # the library is untyped
    """Its strings stay bytes: the code page that it names may be missing, unknown or untrue."""

    named = ""

    @property
    def codepage(self) -> str:
        """Of the strings inside; the library takes nothing but the name of a codec."""
        return _CODEC

    @codepage.setter
    def codepage(self, named: str | None) -> None:
        self.named = named or ""


def main() -> None:
    """Read standard input, write standard output; exits with an error where nothing can be made of it."""
    _limit(seconds=int(sys.argv[1]), memory=int(sys.argv[2]))
    logging.disable(logging.CRITICAL)  # it complains about every unknown property
    codecs.register(
        lambda name: codecs.CodecInfo(codecs.ascii_encode, _escaped, name=name) if name == _CODEC else None
    )
    parsed = _Winmail(sys.stdin.buffer.read(), do_checksum=False)
    files = [(_said(_name(one)), _content(one.data)) for one in parsed.attachments]
    head = {
        "codepage": parsed.named,
        "text": _said(_asked(parsed, "body")),
        "html": _said(_asked(parsed, "htmlbody")),
        "files": [[name, len(content)] for name, content in files],
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    for _name_said, content in files:
        sys.stdout.buffer.write(content)


def _limit(*, seconds: int, memory: int) -> None:
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _codec(name: str) -> codecs.CodecInfo | None:
    return codecs.CodecInfo(codecs.ascii_encode, _escaped, name=name) if name == _CODEC else None


def _escaped(data: Any, errors: str = "strict", /) -> tuple[str, int]:
    raw = bytes(data)
    return raw.decode("ascii", "surrogateescape"), len(raw)


def _name(attachment: Any) -> object:
    """The long name, else the short one, whose bytes are in the sender's code page and not in UTF-8."""
    try:
        long_name = attachment.long_filename()
    except UnicodeError:
        long_name = ""
    return long_name or attachment._name


def _asked(parsed: Any, what: str) -> object:
    try:
        return getattr(parsed, what, "")
    except (ValueError, LookupError, TypeError):  # what the library makes of damaged properties
        return ""


def _said(value: object) -> list[str]:
    if isinstance(value, bytes):
        return ["bytes", value.rstrip(b"\x00").decode("latin-1")]
    text = str(value or "")
    if any("\udc80" <= letter <= "\udcff" for letter in text):
        return ["page", text.encode("ascii", "surrogateescape").decode("latin-1")]
    return ["text", text]


def _content(value: object) -> bytes:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else b""


if __name__ == "__main__":
    main()
