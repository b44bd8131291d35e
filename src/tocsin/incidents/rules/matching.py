"""Whether a ticket's text speaks of what is broken (R-C11).

A name or word matches in any of its grammatical forms and without regard to accents; a name of several
words matches where they stand together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import zip_longest

from tocsin.incidents.rules.trouble import TROUBLE
from tocsin.kernel.search.analyser import forms, terms

_LOOKED_AT = 20_000  # characters; what lies beyond is a log, not a letter
# What a signature says of its writer is not what the mail is about.
_LABELLED_ADDRESS = re.compile(r"(?:e-?mail|mail|web|www|url|site)\s*[:=]\s*\S*\w[@.]\w\S*", re.IGNORECASE)
_ADDRESS = re.compile(r"\S+@\S+|(?:https?://|www\.)\S+", re.IGNORECASE)
_WRITTEN = re.compile(r"\w+(?:-\w+)?")

# Everyday words that share a stem with what customers call a part and mean something else:
# almost (почта, mail), percent (pošta), runs (correo), house (домен, domain), sit (site).
_FALSE_FRIENDS = frozenset({"почти", "posto", "corre", "дом", "дома", "дому", "доме", "sit"})

Word = frozenset[str]


class Verdict(StrEnum):
    """What to do with a ticket."""

    ATTACH = "attach"
    SUGGEST = "suggest"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Phrase:
    """A name or word to look for. `said_as` is how it was given, for the reason that people read."""

    said_as: str
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Vocabulary:
    """What an incident is known by: `strong` attaches, `weak` only suggests."""

    strong: tuple[Phrase, ...]
    weak: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What is to be done, and what says so, in the writer's own word; empty when nothing was found."""

    verdict: Verdict
    phrase: str = ""


class Text:
    """A text whose words are taken apart once, however many incidents it is held against."""

    def __init__(self, written: str) -> None:
        self.written = written
        self.words = words_of(written)
        self.places: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            for form in word:
                self.places.setdefault(form, []).append(place)


def vocabulary(names_and_words: Iterable[str], hints: Iterable[str] = ()) -> Vocabulary:
    """Of an incident whose components are called so; `hints` (such as the service's name) are weak."""
    return _vocabulary(tuple(names_and_words), tuple(hints))


@lru_cache(maxsize=200)
def _vocabulary(names_and_words: tuple[str, ...], hints: tuple[str, ...]) -> Vocabulary:
    return Vocabulary(_phrases(names_and_words), (*_phrases(hints), *_trouble()))


def judge(text: Text | str, known_by: Vocabulary, *, in_audience: bool) -> Finding:
    """Attach: the customer is in the audience and the text says what is broken. Weaker: suggest."""
    text = Text(text) if isinstance(text, str) else text
    strong = find(text, known_by.strong)
    if strong:
        return Finding(Verdict.ATTACH if in_audience else Verdict.SUGGEST, _as_written(strong, text.written))
    weak = find(text, known_by.weak) if in_audience else None
    return Finding(Verdict.SUGGEST, _as_written(weak, text.written)) if weak else Finding(Verdict.NOTHING)


def find(text: Text, phrases: Iterable[Phrase]) -> Phrase | None:
    """The first of `phrases` that stands in the text."""
    return next((phrase for phrase in phrases if _stands(phrase, text)), None)


def _as_written(phrase: Phrase, text: str) -> str:
    """The word of the text that is the phrase; a phrase of several words as it was given."""
    if len(phrase.words) == 1:
        for written in _WRITTEN.findall(_without_addresses(text)):
            if any(_same(phrase.words[0], word) for word in _words(written)):
                return str(written)
    return phrase.said_as


def words_of(text: str) -> list[Word]:
    """The words of a text, each in all its forms; addresses left out."""
    return _words(_without_addresses(text))


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(" ", _LABELLED_ADDRESS.sub(" ", text[:_LOOKED_AT]))


def _phrases(given: Iterable[str]) -> tuple[Phrase, ...]:
    phrases = (Phrase(said, tuple(_words(said))) for said in dict.fromkeys(given))
    return tuple(phrase for phrase in phrases if phrase.words)


def _words(text: str) -> list[Word]:
    parts = [part for term in terms(text) for part in term.parts]
    joined = (
        part for part, after in zip_longest(parts, parts[1:], fillvalue="") if not _is_e_of_mail(part, after)
    )
    return [_forms(part) for part in joined if part not in _FALSE_FRIENDS]


def _is_e_of_mail(part: str, after: str) -> bool:
    """`e-mail` and `e mail` are the word `mail`."""
    return part == "e" and after.startswith("mail")


@lru_cache(maxsize=20_000)
def _forms(part: str) -> Word:
    """All forms of a word; `email` is the word `mail`."""
    found = set(forms(part))
    is_mail = part.startswith("email")
    return frozenset(found | set(forms(part[1:]))) if is_mail else frozenset(found)


@lru_cache(maxsize=1)
def _trouble() -> tuple[Phrase, ...]:
    return _phrases(TROUBLE)


def _stands(phrase: Phrase, text: Text) -> bool:
    starts = {place for form in phrase.words[0] for place in text.places.get(form, ())}
    return any(_stands_at(phrase, text.words, start) for start in starts)


def _stands_at(phrase: Phrase, words: Sequence[Word], start: int) -> bool:
    there = words[start : start + len(phrase.words)]
    return len(there) == len(phrase.words) and all(map(_same, phrase.words, there))


def _same(one: Word, other: Word) -> bool:
    return not one.isdisjoint(other)
