"""Fold text so that the same word compares equal however it was typed."""

import unicodedata

# Letters that Unicode does not decompose, or that people leave the stroke off when they type.
_STROKED = {
    "đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th",
}  # fmt: skip
_HANGUL = range(0xAC00, 0xD7A4)
_REMEMBERED_LETTERS = 20_000


class _Letters(dict[int, str]):
    """Folds one character, computed on first sight; bounded, so that no mail can fill the memory."""

    def __missing__(self, code: int) -> str:
        folded = _fold_letter(chr(code))
        if len(self) < _REMEMBERED_LETTERS:
            self[code] = folded
        return folded


def _fold_letter(letter: str) -> str:
    # й is a letter of its own, not и with a mark; Hangul syllables are not letters with accents either.
    if letter in "йЙ":
        return "й"
    if ord(letter) in _HANGUL:
        return letter
    plain = _without_marks(unicodedata.normalize("NFKD", letter))
    plain = _without_marks(unicodedata.normalize("NFKD", plain.casefold()))
    return "".join(_STROKED.get(char, char) for char in plain)


def _without_marks(text: str) -> str:
    return "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Me", "Cf"))


_LETTERS = _Letters()


def fold_letters(text: str) -> str:
    """`fold` without touching the white space."""
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFC", text).translate(_LETTERS)
    return unicodedata.normalize("NFC", letters)


def fold(text: str) -> str:
    """Lower case, no accents, Greek ς as σ, č ć š ž đ as c c s z d, ё as е, one space between words.

    й stays itself; ligatures and full-width forms become plain letters; invisible characters (soft hyphens,
    direction marks) disappear. Folding twice changes nothing.
    """
    return " ".join(fold_letters(text).split())
