"""Sentences written down once and read in many languages.

A reason is kept as a marked English sentence (`gettext_noop`) beside its values, as JSON in a text column,
and worded when somebody reads it. A plain text, such as a person's own words or what was kept before, is
shown as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext, override

_KEY = "sentences"
_MARK = f'{{"{_KEY}":'
_LONGEST_VALUE = 1000
_MOST = 20
# Only whole values: what a stranger's server wrote may look like a sentence of ours, and must not format.
_HOLE = re.compile(r"%\((\w+)\)s")


def keep(text: str, /, **values: object) -> str:
    """A sentence as it is kept: `text` is marked by `gettext_noop` and names its values as `%(name)s`."""
    return _packed([[text, {name: _value(value) for name, value in values.items()}]])


def join(*kept: str) -> str:
    """One or several as they are kept one after the other, plain texts among them."""
    sentences = [one for text in kept for one in _unpacked(text)]
    return _packed([_value(one) if isinstance(one, str) else one for one in sentences[:_MOST]])


def word(kept: str, language: str = "") -> str:
    """What is kept, in a language, else in the reader's."""
    if not language:
        return _worded(kept, gettext)
    with override(language):
        return _worded(kept, gettext)


def in_english(kept: str) -> str:
    """What is kept, as programs and logs read it: in English, whoever asks."""
    return _worded(kept, str)


def _packed(sentences: list[Any]) -> str:
    return json.dumps({_KEY: sentences}, ensure_ascii=False, separators=(",", ":"))


def _unpacked(kept: str) -> list[Any]:
    """Sentences as `[text, values]`, plain texts as they are."""
    if not kept.startswith(_MARK):
        return [kept] if kept else []
    try:
        found = json.loads(kept)[_KEY]
    except (ValueError, RecursionError):
        return [kept]
    return found if isinstance(found, list) and all(map(_is_sentence, found)) else [kept]


def _is_sentence(one: Any) -> bool:
    if not isinstance(one, list):
        return isinstance(one, str)
    return [type(part) for part in one] == [str, dict] and bool(one[0])


def _worded(kept: str, translated: Callable[[str], str]) -> str:
    return " ".join(_filled(one, translated) for one in _unpacked(kept))


def _filled(sentence: Any, translated: Callable[[str], str]) -> str:
    if isinstance(sentence, str):
        return sentence
    text, values = sentence
    return _HOLE.sub(lambda hole: str(values.get(hole[1], "")), translated(text))


def _value(value: object) -> str:
    """Storable, and short enough for a sentence."""
    text = str(value).replace("\x00", "").encode("utf-8", "replace").decode()
    return text[:_LONGEST_VALUE]
