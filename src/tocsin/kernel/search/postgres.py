"""Literals for PostgreSQL: `%s::tsvector` to store, `%s::tsquery` to ask.

Written here, not by to_tsvector(), because the analyser is ours; valid for any text whatsoever.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal

from tocsin.kernel.search.analyser import (
    LONGEST_KNOWN,
    Term,
    compounds,
    forms,
    lexemes,
    terms,
    terms_of,
)
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
    positions = _positions(_places(parts))
    return " ".join(f"{lexeme}:{','.join(places)}" for lexeme, places in positions.items())


def _places(parts: Iterable[tuple[str, Weight]]) -> dict[str, list[str]]:
    """Where each compound stands, such as `7D`. Words repeat: what follows is done once for each."""
    places: dict[str, list[str]] = {}
    place = 0
    for text, weight in parts:
        for compound in compounds(text):
            place += 1
            known = places.get(compound)
            if known is None:
                places[compound] = [f"{min(place, _LAST_POSITION)}{weight}"]
            elif len(known) < _MOST_POSITIONS:
                known.append(f"{min(place, _LAST_POSITION)}{weight}")
    return places


def _positions(places: dict[str, list[str]]) -> dict[str, list[str]]:
    """Where each quoted lexeme stands."""
    positions: dict[str, list[str]] = {}
    size = 0
    for compound, here in places.items():
        for lexeme in _quoted_lexemes(compound):
            there = positions.get(lexeme)
            size += 2 * len(here) if there else len(lexeme.encode()) + 16
            if size > _MOST_BYTES:
                return positions
            positions[lexeme] = [*there, *here][:_MOST_POSITIONS] if there else here
    return positions


def _quoted_lexemes(compound: str) -> tuple[str, ...]:
    return _remembered(compound) if len(compound) <= LONGEST_KNOWN else _quote_all(compound)


def _quote_all(compound: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(quoted(lexeme) for term in terms_of(compound) for lexeme in lexemes(term)))


_remembered = lru_cache(maxsize=30_000)(_quote_all)


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
