"""Header text: encoded words (RFC 2047) in every mutation, and raw 8-bit characters."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from tocsin.channels.email.encodings import from_base64
from tocsin.kernel.text import charsets

_LONGEST = 20_000
_HEAD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
# They turn the direction of what follows: `\u202egpj.exe` reads as exe.jpg.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BLANKS = re.compile(r"[\s\u2028\u2029\x85]+")


@dataclass
class _Word:
    """An encoded word: its bytes, and of base64 the letters, since the next word may go on with them."""

    charset: str
    data: bytes
    letters: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the letters end in the middle of a group of four."""
        return len(self.letters) % 4 != 0 and not self.letters.endswith("=")


def header_text(raw: bytes, hint: str = "") -> str:
    """One line of text from a raw field; `hint` is a charset used elsewhere in the mail."""
    text = plain_text(raw, hint)
    if "=?" in text:
        text = decode_words(text)
    return one_line(text)


def plain_text(raw: bytes, hint: str = "") -> str:
    """The field with 8-bit characters read and encoded words left as they are."""
    return charsets.decode(raw[:_LONGEST], "", hint)


def one_line(text: str) -> str:
    """Blanks and line ends as single blanks, nothing at the ends, nothing that turns the direction."""
    return _BLANKS.sub(" ", _TURNS.sub("", charsets.clean(text))).strip()


def decode_words(text: str) -> str:
    """Encoded words decoded; neighbours of one charset are joined first: some split a character."""
    pieces: list[str | _Word] = []
    position = 0
    while head := _HEAD.search(text, position):
        end = _end_of_word(text, head.end())
        _append_between(pieces, text[position : head.start()])
        _append_word(pieces, _read_word(head.group(1), head.group(2), text[head.end() : end]))
        position = min(end + 2, len(text))
    pieces.append(text[position:])
    return "".join(_as_text(piece) for piece in pieces)


def _end_of_word(text: str, start: int) -> int:
    """Where the word's text ends; an unfinished one ends with the field."""
    end = text.find("?=", start)
    # `=?utf-8?Q?=41?=`: the question mark before an equals sign may belong to the head already.
    return len(text) if end < 0 else end


def _append_between(pieces: list[str | _Word], between: str) -> None:
    """Blanks between two encoded words mean nothing."""
    if between.strip() or not pieces or isinstance(pieces[-1], str):
        pieces.append(between)


def _append_word(pieces: list[str | _Word], word: _Word) -> None:
    last = pieces[-1] if pieces else ""
    if not isinstance(last, _Word) or last.charset.lower() != word.charset.lower():
        pieces.append(word)
    elif last.is_open and word.letters and (len(last.letters) + len(word.letters)) % 4 == 0:
        cut = from_base64(_bytes(last.letters))
        whole = _base64_word(word.charset, last.letters + word.letters)
        pieces[-1] = _Word(word.charset, last.data.removesuffix(cut) + whole.data, whole.letters)
    else:
        last.data += word.data
        last.letters = word.letters


def _read_word(charset: str, kind: str, text: str) -> _Word:
    if kind in "bB":
        return _base64_word(charset, "".join(text.split()))
    return _Word(charset, binascii.a2b_qp(_bytes(text.replace("_", " ")), header=True))


def _base64_word(charset: str, letters: str) -> _Word:
    return _Word(charset, from_base64(_bytes(letters)), letters)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _as_text(piece: str | _Word) -> str:
    return piece if isinstance(piece, str) else charsets.decode(piece.data, piece.charset)
