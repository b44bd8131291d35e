"""Reasons, kept as codes with values and worded when somebody reads them, in the reader's language.

Each room declares its codes in its `reasons.py`; a channel declares its own. A code is never taken away and
never means anything else: what was kept years ago is still read. Words of others, such as a server's answer
or what a person typed, are kept as they are (`plain`), or as a value; they are never formatted.

What is kept is text: the words of others alone as they stand, everything else as JSON,
`{"reasons":[["room.code",{"name":"value"}],"words of others"]}`. No logic looks at a sentence: where a code
decides anything, `Reason.is_in` or `Reason.mark` finds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, gettext_noop, override

_KEY = "reasons"
_BEGINS = f'{{"{_KEY}":'
_LONGEST_VALUE = 1000
_LONGEST_WORDS = 4000
_MOST = 20
_DEEPEST = 3
_CODE = re.compile(r"[a-z]+\.[a-z0-9_]+")
# Only whole values: what a stranger's server wrote may look like a sentence of ours, and must not format.
_HOLE = re.compile(r"%\((\w+)\)s")
# A newer edition kept it, and this one reads it: while an update goes on, or after it was taken back.
_UNKNOWN = gettext_noop("A reason that this version does not know: %(code)s.")
_UNKNOWN_WITH = gettext_noop("A reason that this version does not know: %(code)s (%(values)s).")
_declared: dict[str, Reason] = {}


class Kept(str):
    """A reason as it is kept, or several; made by a `Reason`, `plain` and `join` alone."""

    __slots__ = ()


NOTHING = Kept()


class Reason:
    """A code and its English sentence, marked by `gettext_noop`, which names its values as `%(name)s`.

    Called with these values it gives the reason as it is kept. A number is written as its reader writes
    numbers, a `date` as they write dates; what is kept already is worded inside; everything else is text.
    """

    def __init__(self, code: str, text: str) -> None:
        if not _CODE.fullmatch(code) or code in _declared:
            raise ValueError(f"The code {code} is not well formed, or is declared twice.")
        self.code, self.text = code, text
        self.names = tuple(sorted(set(_HOLE.findall(text))))
        _declared[code] = self

    def __call__(self, **values: object) -> Kept:
        """As it is kept. Raises TypeError when other values are given than the sentence names."""
        return _packed([self._part(values)])

    def __repr__(self) -> str:
        return f"Reason({self.code})"

    def mark(self, **values: object) -> str:
        """What stands in every kept text that holds this code with these values, and in no other."""
        return _json(self._part(values))

    def is_in(self, kept: str) -> bool:
        """Whether this code stands in what is kept."""
        return any(isinstance(part, list) and part[0] == self.code for part in _parts(kept))

    def _part(self, values: Mapping[str, object]) -> list[Any]:
        if sorted(values) != list(self.names):
            raise TypeError(f"{self.code} needs the values {self.names}, not {sorted(values)}.")
        return [self.code, {name: _value(values[name]) for name in self.names}]


def declared() -> Mapping[str, Reason]:
    """Every code of the rooms that are loaded."""
    return _declared


def plain(words: object) -> Kept:
    """The words of somebody else, as they are; what looks like a reason of ours does not become one."""
    text = _storable(str(words), _LONGEST_WORDS)
    return _packed([text]) if text.startswith(_BEGINS) else Kept(text)


def join(*kept: str) -> Kept:
    """One or several as they are kept one after the other."""
    parts = [part for one in kept for part in _parts(one)][:_MOST]
    return plain(parts[0]) if len(parts) == 1 and isinstance(parts[0], str) else _packed(parts)


def is_plain(kept: str) -> bool:
    """Whether it says something, and all of it in the words of others."""
    parts = _parts(kept)
    return bool(parts) and all(isinstance(part, str) for part in parts)


def word(kept: str, language: str = "") -> str:
    """What is kept, in a language, else in the reader's."""
    if not language:
        return " ".join(words_of(kept))
    with override(language):
        return " ".join(words_of(kept))


def words_of(kept: str) -> list[str]:
    """Each of what is kept by itself, in the reader's language; none twice."""
    return list(dict.fromkeys(_worded(part, gettext) for part in _parts(kept)))


def in_english(kept: str) -> str:
    """What is kept, as programs and logs read it: in English, whoever asks."""
    if is_plain(kept):
        return " ".join(_parts(kept))
    with override("en"):
        return " ".join(_worded(part, str) for part in _parts(kept))


def as_data(kept: str) -> list[dict[str, Any]]:
    """For programs: each as `{code, values, text}`, the text in English; words of others have the code ''."""
    return [_as_datum(part) for part in _parts(kept)]


def _as_datum(part: Any) -> dict[str, Any]:
    code, values = ("", {}) if isinstance(part, str) else part
    shown = {name: _shown(value) for name, value in values.items()}
    return {"code": code, "values": shown, "text": in_english(_packed([part]))}


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return in_english(_packed(value))
    return value.get("date", "") if isinstance(value, dict) else value


def _packed(parts: list[Any]) -> Kept:
    return Kept(_json({_KEY: parts})) if parts else Kept()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _parts(kept: str) -> list[Any]:
    """Reasons as `[code, values]`, words of others as they are."""
    if not kept.startswith(_BEGINS):
        return [str(kept)] if kept else []
    try:
        found = json.loads(kept)[_KEY]
    except (ValueError, RecursionError):
        return [str(kept)]
    return found if isinstance(found, list) and all(map(_is_part, found)) else [str(kept)]


def _is_part(one: Any) -> bool:
    if not isinstance(one, list):
        return isinstance(one, str)
    return [type(piece) for piece in one] == [str, dict] and bool(one[0])


def _worded(part: Any, translated: Callable[[str], str], depth: int = 0) -> str:
    if isinstance(part, str):
        return part
    code, values = part
    said = {name: _said(value, translated, depth) for name, value in values.items()}
    if code not in _declared:
        return _of_unknown(code, said, translated)
    return _filled(translated(_declared[code].text), said)


def _of_unknown(code: str, said: Mapping[str, str], translated: Callable[[str], str]) -> str:
    values = "; ".join(f"{name}: {value}" for name, value in said.items())
    text = _UNKNOWN_WITH if values else _UNKNOWN
    return _filled(translated(text), {"code": code, "values": values})


def _filled(text: str, said: Mapping[str, str]) -> str:
    return _HOLE.sub(lambda hole: said.get(hole[1], ""), text)


def _said(value: Any, translated: Callable[[str], str], depth: int) -> str:
    """A value in words."""
    if isinstance(value, list):
        inner = value if depth < _DEEPEST and all(map(_is_part, value)) else []
        return " ".join(_worded(part, translated, depth + 1) for part in inner)
    if isinstance(value, int | float):
        return str(number_format(value, force_grouping=True))
    return _said_date(value) if isinstance(value, dict) else str(value)


def _said_date(value: Mapping[str, Any]) -> str:
    text = str(value.get("date", ""))
    try:
        return str(date_format(date.fromisoformat(text), "j E Y"))
    except ValueError:
        return text


def _value(value: object) -> Any:
    """As it is kept."""
    if isinstance(value, Kept):
        return list(_without_length(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, date):
        return {"date": value.isoformat()}
    return _storable(str(value), _LONGEST_VALUE)


def _without_length(kept: Kept) -> Iterator[Any]:
    """The parts of a kept value; words of others no longer than any value."""
    for part in _parts(kept):
        yield part[:_LONGEST_VALUE] if isinstance(part, str) else part


def _storable(text: str, longest: int) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:longest]


# --- What the kernel itself has to say ------------------------------------------------------------

FORBIDDEN = Reason("kernel.forbidden", gettext_noop("You may not do this: %(what)s."))
KEY_CHANGED = Reason(
    "kernel.key_changed", gettext_noop("The key has changed since this was saved. Enter it again.")
)
UNSTORABLE = Reason(
    "kernel.unstorable",
    gettext_noop(
        "Something here can't be stored: it holds a forbidden character, or is too long or too large."
    ),
)
PAGE_ADDRESS = Reason(
    "kernel.page_address", gettext_noop("This page address is not valid. Start again from the first page.")
)
NO_FILTERS = Reason("kernel.no_filters", gettext_noop("There are no filters of “%(kind)s”."))
NOT_ON_OR_OFF = Reason("kernel.not_on_or_off", gettext_noop("This is on or off."))
NO_CHOICE = Reason("kernel.no_choice", gettext_noop("There is no choice “%(value)s”."))
NOT_IN_BOUNDS = Reason("kernel.not_in_bounds", gettext_noop("A whole number from %(least)s to %(most)s."))
DURATION_NOT_IN_BOUNDS = Reason(
    "kernel.duration_not_in_bounds", gettext_noop("A duration from %(least)s to %(most)s.")
)
NO_TEXT = Reason("kernel.no_text", gettext_noop("This is not a text."))
TEXT_TOO_LONG = Reason("kernel.text_too_long", gettext_noop("At most %(most)s characters."))
TOO_MANY_LINES = Reason(
    "kernel.too_many_lines", gettext_noop("At most %(most)s lines of %(longest)s characters.")
)
NO_TEXT_IN_LANGUAGES = Reason(
    "kernel.no_text_in_languages", gettext_noop("This is not a text in several languages.")
)
NO_LANGUAGE = Reason("kernel.no_language", gettext_noop("There is no language “%(code)s”."))
NO_LIST = Reason("kernel.no_list", gettext_noop("This is not a list."))
