"""Bytes to text, whatever their label says: missing, unknown or untrue."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from tocsin.kernel.text.guessing import guess

# Labels that mail programs use for what the codec of another name reads better (WHATWG's table, shortened).
_BETTER = {
    "ascii": "us-ascii", "us-ascii": "us-ascii", "ansi_x3.4-1968": "us-ascii", "646": "us-ascii",
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ansi": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "korean": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext", "big5": "big5hkscs", "x-big5": "big5hkscs",
    "iso-8859-8-i": "iso8859_8", "iso-8859-8-e": "iso8859_8", "iso-8859-7-i": "iso8859_7",
    "greek": "iso8859_7",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-mac-greek": "mac_greek",
    "x-mac-cyrillic": "mac_cyrillic", "x-cp1250": "cp1250", "x-cp1251": "cp1251", "x-user-defined": "",
    "win-1251": "cp1251", "win1251": "cp1251", "windows1251": "cp1251", "koi8": "koi8_r", "koi": "koi8_r",
    "unicode-1-1-utf-7": "utf-7", "utf8mb4": "utf-8", "unicode": "utf-8", "utf": "utf-8",
    "unknown-8bit": "", "x-unknown": "", "unknown": "", "8bit": "", "binary": "", "none": "", "null": "",
    "default": "", "default_charset": "", "iso-8859-16": "iso8859_16",
}  # fmt: skip
# With bytes 0x80–0x9F, control characters in ISO's table, it is Windows' table after all.
_WINDOWS_TWIN = {
    "iso8859-2": "cp1250", "iso8859-5": "cp1251", "iso8859-7": "cp1253", "iso8859-8": "cp1255",
    "iso8859-6": "cp1256", "iso8859-13": "cp1257",
}  # fmt: skip
_MANY_BYTES = {"gb18030", "cp949", "cp932", "euc_jp", "big5hkscs", "iso2022_jp_ext", "utf-16", "utf-16-le",
               "utf-16-be", "utf-32", "utf-7", "hz", "johab", "iso2022_kr"}  # fmt: skip
_C1 = re.compile(rb"[\x80-\x9f]")
_SAMPLE = 20_000
# Not the escapes of Japanese mail, which are of text.
_CONTROL = re.compile(rb"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_PRINTABLE = re.compile(rb"[\t\n\r\x20-\x7e]")
# NUL is refused by PostgreSQL, lone surrogates by UTF-8; the others are never meant to be read.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufeff\ufffc]")


def decode(data: bytes, declared: str = "", hint: str = "") -> str:
    """The text of `data`. `declared` is its own label, `hint` one used elsewhere in the same mail."""
    if data.isascii() and b"\x1b" not in data and declared.lower() not in _SEVEN_BIT_CODES:
        return clean(data.decode("ascii"))
    return clean(_decode_eight_bit(data, _known(declared), _known(hint)))


def clean(text: str) -> str:
    """Without what cannot be stored or seen: NUL, lone surrogates, control characters, byte order marks."""
    return _UNWANTED.sub("", text)


def looks_written(data: bytes) -> bool:
    """Whether somebody may have written these bytes, in whatever charset; False only for what is plainly a
    program's, such as a picture, an archive, or noise. A third of noise is printable, a tenth control."""
    sample = data[:_SAMPLE].replace(b"\x00", b"")
    controls, printable = len(_CONTROL.findall(sample)), len(_PRINTABLE.findall(sample))
    return controls * 20 <= len(sample) or printable * 5 >= len(sample) * 3


@lru_cache(maxsize=256)
def _known(label: str) -> str:
    """The codec for a label, '' when there is none."""
    name = label.strip(" \t\"'<>;,").lower().split("*")[0]
    name = re.sub(r"^(cs|charset=|_)", "", name).replace(" ", "-")[:40]
    name = _BETTER.get(name, name)
    if re.fullmatch(r"(windows|cp|ibm|win)[-_ ]?\d{3,4}", name):
        name = "cp" + re.sub(r"\D", "", name)
    return _codec_name(name)


def _codec_name(name: str) -> str:
    try:
        codec = codecs.lookup(name) if name and name.isascii() else None
    except (LookupError, ValueError):
        return ""
    # Codecs such as "hex" or "rot13" are no charsets, and "undefined" refuses whatever it is given.
    is_charset = codec and getattr(codec, "_is_text_encoding", True) and codec.name not in _PYTHON_ONLY
    return codec.name if codec and is_charset else ""


# Text codecs of Python's own that no mail is written in.
_PYTHON_ONLY = frozenset({"undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape"})


def _decode_eight_bit(data: bytes, declared: str, hint: str) -> str:
    text = _as_utf8(data) if declared not in _MANY_BYTES_NAMES else None
    if text is not None:
        return text
    if declared and declared not in ("utf-8", "ascii"):
        text = _exactly(data, declared) or _as_utf8(data) or _with_few_gaps(data, declared)
    elif declared == "utf-8":
        text = _mostly_utf8(data)
    if text is None and hint and hint not in ("utf-8", "ascii", declared):
        text = _exactly(data, hint) or _with_few_gaps(data, hint)
    return guess(data) if text is None else text


def _as_utf8(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _exactly(data: bytes, codec: str) -> str | None:
    """None where the label is plainly untrue: some bytes mean nothing in it."""
    try:
        return data.decode(_true_codec(data, codec))
    except UnicodeError:
        return None


def _true_codec(data: bytes, codec: str) -> str:
    return _WINDOWS_TWIN.get(codec, codec) if _C1.search(data) else codec


def _with_few_gaps(data: bytes, codec: str) -> str | None:
    """A cut at the end is forgiven, and in long texts a damaged character here and there."""
    text = data.decode(_true_codec(data, codec), "replace")
    gaps = text.count("\ufffd") - text.endswith("\ufffd")
    return text if gaps <= len(data) // 100 else None


def _mostly_utf8(data: bytes) -> str | None:
    """UTF-8 with a damaged character here and there; None when it is something else."""
    text = data.decode("utf-8", "replace")
    letters = sum(1 for letter in text[:20_000] if letter > "\x7f" and letter != "\ufffd")
    return text if letters > 3 * text[:20_000].count("\ufffd") else None


_SEVEN_BIT_CODES = {"utf-7", "unicode-1-1-utf-7", "hz", "hz-gb-2312", "utf-16", "utf-16le", "utf-16be"}
_MANY_BYTES_NAMES = {codecs.lookup(name).name for name in _MANY_BYTES}
