"""Literals for PostgreSQL: `%s::tsvector` to store, `%s::tsquery` to ask.

Written here, not by to_tsvector(), because the analyser is ours; valid for any text whatsoever.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
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
_MOST_POSITIONS = 16  # of a word; of a stem, up to so many more
_SURELY_FITTING = 15_000  # characters: five forms of each, of four bytes a letter, are within the bound
_LONGEST_QUERY = 1_000  # characters
_MOST_WORDS = 24
_SHORTEST_PREFIX = 2


def to_tsvector_text(parts: Iterable[tuple[str, Weight]]) -> str:
    """A literal for `::tsvector` over the parts in their order, each with its weight.

    What comes after about 600 kB of lexemes is left out, so put the important parts first.
    """
    parts = list(parts)
    positions = _positions(_places(parts))
    if sum(len(text) for text, _weight in parts) > _SURELY_FITTING:
        positions = _within_bounds(positions)
    return " ".join(map("".join, positions.items()))


def _places(parts: Iterable[tuple[str, Weight]]) -> dict[str, list[str]]:
    """Where each compound stands, such as `7D`. Words repeat: what follows is done once for each."""
    places: dict[str, list[str]] = {}
    place = 0
    for text, weight in parts:
        names = _PLACES[weight]
        for compound in compounds(text):
            place += 1
            name = names[place] if place < _NAMED_PLACES else f"{min(place, _LAST_POSITION)}{weight}"
            known = places.get(compound)
            if known is None:
                places[compound] = [name]
            elif len(known) < _MOST_POSITIONS:
                known.append(name)
    return places


# Written beforehand: most texts are shorter.
_NAMED_PLACES = 2_000
_PLACES: dict[str, list[str]] = {
    weight: [f"{place}{weight}" for place in range(_NAMED_PLACES)] for weight in "ABCD"
}


def _positions(places: dict[str, list[str]]) -> dict[str, str]:
    """Where each quoted lexeme stands, such as `:7D,12D`."""
    positions: dict[str, str] = {}
    for compound, here in places.items():
        written = ":" + ",".join(here)
        for lexeme in _remembered(compound) if len(compound) <= LONGEST_KNOWN else _quote_all(compound):
            there = positions.setdefault(lexeme, written)
            if there is not written and there.count(",") < _MOST_POSITIONS - 1:
                positions[lexeme] = f"{there},{written[1:]}"
    return positions


def _within_bounds(positions: dict[str, str]) -> dict[str, str]:
    size = 0
    for count, (lexeme, places) in enumerate(positions.items()):
        size += len(lexeme.encode()) + 2 * places.count(",") + 16
        if size > _MOST_BYTES:
            return dict(islice(positions.items(), count))
    return positions


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
