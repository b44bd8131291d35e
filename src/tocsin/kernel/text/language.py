"""Guess the language of a message, or say that it is not sure (rule 4 of the house)."""

import re
from collections import Counter
from collections.abc import Sequence

from tocsin.kernel.text.stopwords import STOP_WORDS

_LOOKED_AT = 600
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_NOT_WORDS = ("@", "://", "www.")
_GREEK = re.compile(r"[α-ωάέήίόύώϊϋΐΰἀ-῾]+")
_CYRILLIC = re.compile(r"[а-џѐґ]+")

# Letters that tell relatives apart: (letters, language, weight of a word that holds one).
_TELLING = {
    "latin": (("ñ¿¡", "es", 2), ("ćđ", "hr", 2), ("čšž", "hr", 1), ("čšž", "sl", 1), ("ß", "de", 2),
              ("äöü", "de", 1), ("ãõ", "pt", 2), ("çêèœ", "fr", 1), ("ąęłśźż", "pl", 2), ("ìò", "it", 2)),
    "cyrillic": (("ыэё", "ru", 2), ("іїєґ", "uk", 3), ("ђјљњћџ", "sr", 3), ("ъ", "bg", 1)),
}  # fmt: skip
_SCRIPT_LANGUAGES = {
    "cyrillic": ("ru", "uk", "bg", "sr"),
    "latin": ("en", "es", "hr", "de", "fr", "it", "pt", "nl", "pl", "sl", "greeklish"),
}
# Decisive on their own: nobody opens a mail with these in another language.
_DECISIVE = {
    "работает": "ru", "здравствуйте": "ru", "пожалуйста": "ru", "спасибо": "ru", "gracias": "es",
    "hola": "es", "poštovani": "hr", "geehrte": "de", "grüße": "de", "danke": "de", "regards": "en",
    "hello": "en", "thanks": "en", "dear": "en",
}  # fmt: skip


def _languages_of_words() -> dict[str, dict[str, tuple[str, ...]]]:
    table: dict[str, dict[str, tuple[str, ...]]] = {}
    for script, languages in _SCRIPT_LANGUAGES.items():
        words = {word for language in languages for word in STOP_WORDS[language]}
        table[script] = {w: tuple(la for la in languages if w in STOP_WORDS[la]) for w in words}
    return table


_WORD_LANGUAGES = _languages_of_words()


def guess_language(text: str, among: Sequence[str] = ("en", "el", "hr", "es", "ru", "de")) -> str | None:
    """The language of `text` when it is surely one of `among`, else None.

    Looks at the first 600 characters. Quoted lines, links and addresses do not count. Short, mixed and
    ambiguous texts are None: the caller falls back to the mailbox's language, then the company's.
    """
    head = _own_words(text[:_LOOKED_AT].lower().replace("’", "'"))
    words = _WORD.findall(head)
    guess = _by_script(head, words)
    return guess if guess in among else None


def _own_words(head: str) -> str:
    if ">" in head:
        head = "\n".join(line for line in head.split("\n") if not line.startswith(">"))
    if any(mark in head for mark in _NOT_WORDS):
        head = " ".join(chunk for chunk in head.split() if not any(mark in chunk for mark in _NOT_WORDS))
    return head


def _by_script(head: str, words: list[str]) -> str | None:
    if not head.isascii():
        if greek := _GREEK.findall(head):
            return _greek(greek, words)
        cyrillic = _CYRILLIC.findall(head)
        if cyrillic:
            return _best("cyrillic", cyrillic, head) if len(cyrillic) * 2 >= len(words) else None
    return _best("latin", words, head)


def _greek(greek: list[str], words: list[str]) -> str | None:
    # Technical mails are full of Latin words, so Greek need not be the majority.
    if len(greek) * 4 < len(words):
        return None
    return "el" if sum(map(len, greek)) >= 6 else None


def _best(script: str, words: list[str], head: str) -> str | None:
    scores = _scores(script, words, head)
    ranking = scores.most_common(2)
    if not ranking:
        return None
    language, score = ranking[0]
    second = ranking[1][1] if len(ranking) > 1 else 0
    enough = len(words) >= (3 if script == "latin" else 1) and score >= 3 and score * 6 >= len(words)
    # Relatives share many of these words, so the lead must be clear.
    clear = score - second >= 2 and score * 2 >= second * 3
    return language if enough and clear else None


def _scores(script: str, words: list[str], head: str) -> Counter[str]:
    known = _WORD_LANGUAGES[script]
    scores: Counter[str] = Counter()
    for word, times in Counter(words).items():
        times = min(times, 4)
        for language in known.get(word, ()):
            scores[language] += times
        if word in _DECISIVE:
            scores[_DECISIVE[word]] += 2
    if not head.isascii():
        present = set(head)
        for letters, language, weight in _TELLING[script]:
            seen = sum(head.count(letter) for letter in present.intersection(letters))
            scores[language] += weight * min(seen, 4)
    return scores
