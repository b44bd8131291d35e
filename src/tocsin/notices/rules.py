"""Which words a recipient gets, and why some get none. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tocsin.people.rules import Way

LAST_RESORT = "en"


@dataclass(frozen=True)
class Words:
    """What one notice says in one language."""

    language: str
    subject: str
    text: str


def choose_language(languages: list[str], wanted: str) -> str:
    """The wanted language where there is a text in it, else English, else the first (R-D09).

    `pt-BR` is content with `pt`. Raises ValueError when there is no text at all.
    """
    for candidate in (wanted, wanted.partition("-")[0], LAST_RESORT):
        if candidate in languages:
            return candidate
    if not languages:
        raise ValueError("a notice without any text")
    return languages[0]


def choose_words(texts: Mapping[str, Mapping[str, str]], wanted: str) -> Words:
    """What a reader of `wanted` is told; never empty."""
    said = {language: text for language, text in texts.items() if text.get("text", "").strip()}
    language = choose_language(list(said), wanted)
    return Words(language, said[language].get("subject", ""), said[language]["text"])


@dataclass(frozen=True)
class Plan:
    """How somebody is told: their ways in the order in which they are tried; none, and why. `address` is the
    first, or the one that is known and can't be used; `instead_of` the one they would be told at if it could
    be reached."""

    ways: tuple[Way, ...] = ()
    address: str = ""
    instead_of: str = ""
    unreachable: str = ""


def plan(ways: Sequence[Way], *, worked: tuple[str, str] | None, has_ticket: bool, refusal: str) -> Plan:
    """How somebody with these ways, in their order, is told. `worked` is the way by which they were reached
    before, when another had failed; `refusal` is how they said that they want none, '' where they did not.

    An answer to the customer's own ticket goes wherever there is an address: they asked us.
    """
    if not ways:
        return Plan(unreachable="no_address")
    first = ways[0].value
    if refusal and not has_ticket:
        return Plan(address=first, unreachable=refusal)
    living = [way for way in ways if not way.is_dead]
    if not living:
        return Plan((ways[0],), first) if has_ticket else Plan(address=first, unreachable="bounced")
    living.sort(key=lambda way: (way.channel, way.value) != worked)  # keeps the order of all others
    return Plan(tuple(living), living[0].value, first if living[0].value != first else "")


def next_way(others: Sequence[Sequence[str]], usable: Collection[str]) -> tuple[str, str] | None:
    """The first of the `[channel, address]` that are left by which we can write; None where there is none."""
    return next(((channel, address) for channel, address in others if channel in usable), None)
