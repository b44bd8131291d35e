"""Literals for PostgreSQL: `%s::tsvector` to store, `%s::tsquery` to ask.

Written here, not by to_tsvector(), because the analyser is ours; valid for any text whatsoever.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from tocsin.kernel.search.analyser import Term, forms, lexemes, terms
from tocsin.kernel.text.stopwords import COMMON_FOLDED

Weight = Literal["A", "B", "C", "D"]
"""A for what names the thing (ID, subject), D for running text."""

# PostgreSQL's limits are 1 MB for one tsvector, 16,383 for a position, 255 positions for a lexeme. We stay
# well below: nobody ranks by the hundredth occurrence.
_MOST_BYTES = 600_000
_LAST_POSITION = 16_383
_MOST_POSITIONS = 16
_LONGEST_QUERY = 1_000  # characters
_MOST_WORDS = 24
_SHORTEST_PREFIX = 2


def to_tsvector_text(parts: Iterable[tuple[str, Weight]]) -> str:
    """A literal for `::tsvector` over the parts in their order, each with its weight.

    What comes after about 600 kB of lexemes is left out, so put the important parts first.
    """
    positions = _positions(parts)
    return " ".join(f"{quoted(lexeme)}:{','.join(places)}" for lexeme, places in positions.items())


def _positions(parts: Iterable[tuple[str, Weight]]) -> dict[str, list[str]]:
    positions: dict[str, list[str]] = {}
    size, place = 0, 0
    for text, weight in parts:
        for term in terms(text):
            place += 1
            here = f"{min(place, _LAST_POSITION)}{weight}"
            for lexeme in lexemes(term):
                places = positions.get(lexeme)
                if places is None:
                    size += len(lexeme.encode()) + 16
                    if size > _MOST_BYTES:
                        return positions
                    positions[lexeme] = [here]
                elif len(places) < _MOST_POSITIONS and places[-1] != here:
                    size += 2
                    places.append(here)
    return positions


def quoted(lexeme: str) -> str:
    """A lexeme as tsvector and tsquery literals want it."""
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def to_tsquery_text(query: str, prefix_last: bool = True) -> str:
    """A literal for `::tsquery`: all words of the query, each in any of its forms.

    With `prefix_last` the last word also matches as a beginning, for searching as you type. Empty when the
    query holds no word; an empty tsquery matches nothing, so callers show everything or ask for more.
    """
    return " & ".join(_asked(wanted, prefix) for wanted, prefix in query_terms(query, prefix_last))


def query_terms(query: str, prefix_last: bool) -> Iterator[tuple[Term, bool]]:
    """The terms a query insists on, with whether each is also a beginning."""
    found = list(terms(query[:_LONGEST_QUERY]))[:_MOST_WORDS]
    # A word is finished when something follows it.
    unfinished = prefix_last and bool(query) and not query[-1].isspace()
    for number, term in enumerate(found):
        prefix = unfinished and number == len(found) - 1
        if prefix or len(found) == 1 or not _is_common(term) or all(map(_is_common, found)):
            yield term, prefix


def _is_common(term: Term) -> bool:
    return term.whole is None and term.parts[0] in COMMON_FOLDED


def _asked(term: Term, prefix: bool) -> str:
    *first, last = term.parts
    spelled = " & ".join([*(_any_form(part, False) for part in first), _any_form(last, prefix)])
    if term.whole is None:
        return f"( {spelled} )"
    return f"( {_lexeme(term.whole, prefix)} | ( {spelled} ) )"


def _any_form(word: str, prefix: bool) -> str:
    own, *stems = forms(word)
    return "( " + " | ".join([_lexeme(own, prefix), *map(quoted, stems)]) + " )"


def _lexeme(lexeme: str, prefix: bool) -> str:
    return quoted(lexeme) + (":*" if prefix and len(lexeme) >= _SHORTEST_PREFIX else "")
