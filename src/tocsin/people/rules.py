"""What names are, and what counts of the company. Pure."""

from __future__ import annotations

from dataclasses import dataclass


def is_name(text: str) -> bool:
    """Whether it can be somebody's name: many programs write the address once more in its place."""
    return bool(text.strip()) and "@" not in text


@dataclass(frozen=True)
class Company:
    """What customers know the company by, and the languages they are told things in, its own first."""

    name: str
    language: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """Where a customer can be written to; `is_dead` when its server said that there is nobody."""

    channel: str
    value: str
    is_dead: bool = False
