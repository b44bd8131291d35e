"""Which words a recipient gets, and why some get none. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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


def why_unreachable(address: str, *, has_ticket: bool, refusal: str, bounced: bool) -> str:
    """The reason why nothing is sent, as in `models.Unreachable`; empty when it can be.

    `refusal` is how they said that they want none, '' where they did not. An answer to the customer's own
    ticket goes wherever there is an address: they asked us.
    """
    if not address:
        return "no_address"
    if has_ticket:
        return ""
    if refusal:
        return refusal
    return "bounced" if bounced else ""
