"""Where a query's words stand in a text, for marking them on screen."""

import re

from tocsin.kernel.search.analyser import forms
from tocsin.kernel.search.postgres import query_terms
from tocsin.kernel.text import fold

_LONGEST_TEXT = 100_000  # characters; what lies beyond is shown without marks
# A word as typed: combining marks and soft hyphens stand inside it.
_WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u00ad\u200b-\u200d]+[^\W_]*)*")


def highlight(text: str, query: str) -> list[tuple[int, int]]:
    """(start, end) of every word of `text` that the query finds, in order, none overlapping.

    Compounds (addresses, IDs) are marked part by part. The last word of the query counts as a beginning.
    """
    wanted, beginnings = _wanted(query)
    if not wanted:
        return []
    return [
        match.span()
        for match in _WORD.finditer(text, 0, _LONGEST_TEXT)
        if _is_wanted(fold(match[0]), wanted, beginnings)
    ]


def _wanted(query: str) -> tuple[set[str], tuple[str, ...]]:
    wanted: set[str] = set()
    beginnings: tuple[str, ...] = ()
    for term, prefix in query_terms(query, prefix_last=True):
        for part in term.parts:
            wanted.update(forms(part))
        if prefix and len(term.parts[-1]) > 1:
            beginnings = (term.parts[-1],)
    return wanted, beginnings


def _is_wanted(word: str, wanted: set[str], beginnings: tuple[str, ...]) -> bool:
    return word.startswith(beginnings) or not wanted.isdisjoint(forms(word))
