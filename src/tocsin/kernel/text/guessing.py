"""Which charset unlabelled bytes are in, told by how words look in it.

Statistics over whole pages fail on a subject of four words, so this looks at what a reader would: letters
of one script, no capitals inside words, the script's frequent letters. charset-normalizer is asked only
when none of our customers' charsets fits.
"""

from __future__ import annotations

import re
from itertools import pairwise

from charset_normalizer import from_bytes

_SAMPLE = 4_000
_SINGLE = ("cp1253", "iso8859_7", "cp1251", "koi8_r", "cp1250", "cp1252", "cp866")
# Letters that text in this charset is written with every day, and the least share of them.
_DOUBLE = {
    "cp932": ("ぁ", "ヿ", 0.3), "euc_jp": ("ぁ", "ヿ", 0.3), "cp949": ("가", "힣", 0.85),
    "gb18030": ("一", "鿿", 0.6), "big5hkscs": ("一", "鿿", 0.6),
}  # fmt: skip
_FREQUENT = {
    "cp1253": "αοιετσνηυρπκμλςάίόέή", "iso8859_7": "αοιετσνηυρπκμλςάίόέή",
    "cp1251": "оеаинтсрвлкмдпуяы", "koi8_r": "оеаинтсрвлкмдпуяы", "cp866": "оеаинтсрвлкмдпуяы",
    "cp1250": "čćšžđńłęąőűřě", "cp1252": "áéíóúñüöäßçàèâêãõôîåøæëï¿¡€“”’–…",
}  # fmt: skip
_WEIGHTS = {
    codec: {letter: 2.0 - 1.6 * rank / len(letters) for rank, letter in enumerate(letters)}
    for codec, letters in _FREQUENT.items()
}
_WORD = re.compile(r"[^\W\d_]+")
_ALIEN = re.compile("[\x80-\x9f─-▟\ufffd]")
_ODD_SIGN = re.compile("[ªºµ¶¬¦§¤¢¥±²³¹¼½¾×÷¯¸¨ˇ˘˛˙˝¨΄΅΄ƒ†‡‰‹›ѓђћќўџєїјљњѕ]")


def guess(data: bytes) -> str:
    """Text from bytes that are neither ASCII nor UTF-8 and carry no true label."""
    best, codec = max((_score(data[:_SAMPLE], codec), codec) for codec in _SINGLE)
    if best > 0:
        return data.decode(codec, "replace")
    return _by_statistics(data) or data.decode("cp1252", "replace")


def _score(sample: bytes, codec: str) -> float:
    """Points per letter outside ASCII, from about -3 (never) to 2 (surely)."""
    text = sample.decode(codec, "replace")
    foreign = [letter for letter in text if letter > "\x7f"]
    weights = _WEIGHTS[codec]
    points = sum(weights.get(letter.lower(), -0.7) for letter in foreign)
    points -= 6 * len(_ALIEN.findall(text)) + 3 * len(_ODD_SIGN.findall(text))
    latin = codec in ("cp1250", "cp1252")
    points -= sum(_strangeness(word, latin) for word in _WORD.findall(text))
    return points / max(1, len(foreign))


def _strangeness(word: str, latin: bool) -> float:
    """Penalty for capitals inside a word, scripts mixed in a word, and accents side by side."""
    if word.isascii():
        return 0.0
    capitals_inside = sum(1 for before, letter in pairwise(word) if before.islower() > letter.islower())
    plain = sum(1 for letter in word if letter < "\x80")
    if latin:
        return 3.0 * capitals_inside + 1.5 * max(0, len(word) - plain - 1 - len(word) // 4)
    return 3.0 * capitals_inside + 3.0 * plain


def _by_statistics(data: bytes) -> str:
    for codec in _DOUBLE:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if _looks_east_asian(text, codec):
            return text
    match = from_bytes(data[:_SAMPLE]).best()
    return data.decode(match.encoding, "replace") if match else ""


def _looks_east_asian(text: str, codec: str) -> bool:
    """Whether the letters are those that the charset's own language writes every day."""
    first, last, share = _DOUBLE[codec]
    foreign = [letter for letter in text if letter > "\x7f"]
    hits = sum(1 for letter in foreign if first <= letter <= last)
    return hits >= 2 and hits > share * len(foreign)
