"""Text conditions as one regular expression that PostgreSQL and Python read alike.

PostgreSQL has no unaccent here and its lower() depends on the server's locale, so a condition names the
letters themselves: `cafe` becomes `[cCçÇćĆ…][aAáÁ…][fF…][eEéÉ…]`, and both sides compare the same.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from tocsin.kernel.text.folding import fold_letters

# What the letters of the languages we serve come from; other scripts have neither case nor accents to fold.
_LETTERS = (
    range(0x20, 0x300),
    range(0x370, 0x530),
    range(0x1D00, 0x2000),
    range(0x2100, 0x2150),
    range(0xFF01, 0xFF5F),
)
# Accents written as characters of their own, and characters that are not seen; after any letter.
_MARKS = "[\u00ad\u0300-\u036f\u200b-\u200f\u2060\ufeff]*"
_SPACE = "[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"
_IS_SPACE = re.compile(_SPACE)


def folded(text: str) -> str:
    """What a needle comes down to, letter by letter; empty where nothing can be looked for."""
    letters = "".join(map(_plain, unicodedata.normalize("NFC", text)))
    return _IS_SPACE.sub(" ", letters).strip()


def insensitive(needle: str) -> str:
    """Matches `needle` whatever its case and accents, with any white space for a space."""
    return "".join(_SPACE if letter == " " else _class(letter) + _MARKS for letter in folded(needle))


def caseless(needle: str) -> str:
    """Matches `needle` in either case of A to Z and nothing else folded, as an address is compared."""
    return "".join(
        f"[{letter.lower()}{letter.upper()}]" if letter.isascii() and letter.isalpha() else re.escape(letter)
        for letter in needle
    )


def _plain(letter: str) -> str:
    """A letter without case and accents; one that folds to two (ß, æ) stays one."""
    plain = fold_letters(letter)
    return plain if len(plain) <= 1 else letter.lower()


@lru_cache(maxsize=1000)
def _class(plain: str) -> str:
    letters = _variants().get(plain, plain)
    return re.escape(plain) if len(letters) == 1 else f"[{''.join(map(re.escape, letters))}]"


@cache
def _variants() -> dict[str, str]:
    """For each plain letter every one that comes down to it."""
    found: dict[str, str] = {}
    for letter in (chr(code) for letters in _LETTERS for code in letters):
        plain = _plain(letter)
        found[plain] = found.get(plain, "") + letter
    return found
