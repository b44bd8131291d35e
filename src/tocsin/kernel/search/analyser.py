"""Turn text into the words it is found by.

A query is two or three words, too short to tell its language, and mails mix languages. So the language is not
asked: a word is indexed as itself, folded (for names, numbers and finding as you type), and as its stem in
every language its script may stand for: Russian for Cyrillic, Greek for Greek, and English, Spanish and
Croatian (by the Serbian stemmer, its nearest relative) for Latin. A query word matches when any of its
own forms does. A word has two lexemes on average, since stemmers mostly agree or change nothing; what an odd
stem finds too much is ranked below what matches exactly.

Greek has a second, lighter stem, because the Snowball one splits common nouns: τιμολόγιο and τιμολογίου,
κωδικός and κωδικού part company.
"""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from tocsin.kernel.text import fold
from tocsin.kernel.text.folding import fold_letters

LONGEST_LEXEME = 120
"""Characters; longer ones (base64, keys) are cut, in the index and in the query alike."""

LONGEST_KNOWN = 40
"""Characters; words are few and come again and again, longer compounds are not worth their memory."""

_SHORTEST_STEMMED = 4
_LONGEST_STEMMED = 40
_MOST_PARTS = 12  # of one compound; a longer run is a list, not a name

# A compound holds together what people copy and paste whole: addresses, host names, file names, IDs.
_COMPOUND = re.compile(r"[^\W_]+(?:[-.@_+:/]{1,2}[^\W_]+)*")
_PART = re.compile(r"[^\W_]+")
_GREEK = re.compile(r"[α-ω]")
_CYRILLIC = re.compile(r"[а-џ]")
_LATIN = re.compile(r"[a-z]")
_GREEK_ENDING = re.compile(r"(?:ουσ|ων|ου|οσ|οι|εσ|ασ|ησ|εισ|εωσ|εων|ια|ιο|ιου|ιων|[αηουιεω])$")


@dataclass(frozen=True)
class Term:
    """One thing a text can be found by: its parts, and the whole where it is a compound."""

    whole: str | None
    parts: tuple[str, ...]


def compounds(text: str) -> list[str]:
    """What stands between spaces and brackets, folded, in order: words, addresses, file names, IDs."""
    return _COMPOUND.findall(fold(text))


def terms(text: str) -> Iterator[Term]:
    for found in compounds(text):
        yield from terms_of(found)


def terms_of(compound: str) -> tuple[Term, ...]:
    """A compound as terms: itself with its parts, or, where it is a long list, its parts alone."""
    parts = tuple(part[:LONGEST_LEXEME] for part in _PART.findall(compound))
    if len(parts) == 1:
        return (Term(None, parts),)
    if len(parts) > _MOST_PARTS:
        return tuple(Term(None, (part,)) for part in parts)
    return (Term(compound[:LONGEST_LEXEME], parts),)


def analyse(text: str) -> list[str]:
    """The lexemes of `text`, in its order, repeated as often as they occur."""
    return [lexeme for term in terms(text) for lexeme in lexemes(term)]


def lexemes(term: Term) -> Iterator[str]:
    if term.whole:
        yield term.whole
        yield from _domain(term.whole)
    for part in term.parts:
        yield from forms(part)


def _domain(whole: str) -> Iterator[str]:
    _, at, domain = whole.rpartition("@")
    if at and "." in domain:
        yield domain


@lru_cache(maxsize=30_000)
def forms(word: str) -> tuple[str, ...]:
    """A folded word and its stems, the word first, none twice."""
    if not _SHORTEST_STEMMED <= len(word) <= _LONGEST_STEMMED or not word.isalpha():
        return (word,)
    return tuple(dict.fromkeys((word, *_stems(word))))


def _stems(word: str) -> Iterator[str]:
    if _LATIN.search(word):
        for language in ("english", "spanish", "serbian"):
            yield _stem(language, word)
    elif _CYRILLIC.search(word):
        yield _stem("russian", word)
    elif _GREEK.search(word):
        yield _stem("greek", word)
        light = _GREEK_ENDING.sub("", word)
        if len(light) >= 3:
            yield light


def _stem(language: str, word: str) -> str:
    # The Serbian stemmer may answer with letters that folding had taken away.
    return fold_letters(_stemmer(language).stemWord(word)) or word


_own = threading.local()  # a stemmer keeps its state in itself, so threads must not share one


def _stemmer(language: str) -> "snowballstemmer.basestemmer.BaseStemmer":
    stemmers = _own.__dict__
    if language not in stemmers:
        stemmers[language] = snowballstemmer.stemmer(language)
    return stemmers[language]
