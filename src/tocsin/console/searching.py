"""What the search page and the palette show of each kind of things; rooms offer it in their `slots.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from tocsin.console.components import Text
from tocsin.console.slots import everybody
from tocsin.kernel import search

SHOWN = 5
"""Things of one kind."""


@dataclass(frozen=True)
class Result:
    """A thing that was found, as one line that leads to it."""

    href: str
    title: str
    text: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of things. `present(request, owners)` makes lines of what `kernel.search` found, in its order; a
    kind with a page of results of its own gives `find(request, query)` instead, for the palette alone.
    `departments(request)` are those whose things the reader sees, None for all; without it only what is
    everybody's is found."""

    kind: str
    order: int
    label: Text
    icon: str
    present: Callable[[HttpRequest, Sequence[int]], Sequence[Result]] | None = None
    find: Callable[[HttpRequest, str], Sequence[Result]] | None = None
    visible: Callable[[HttpRequest], bool] = everybody
    departments: Callable[[HttpRequest], Sequence[int] | None] | None = None


@dataclass(frozen=True)
class Section:
    """What was found of one kind."""

    label: Text
    icon: str
    results: Sequence[Result]


_kinds: dict[str, Kind] = {}


def offer(kind: Kind) -> None:
    """Let a kind of things be found."""
    _kinds[kind.kind] = kind


def withdraw(kind: str) -> None:
    """For tests: no longer."""
    del _kinds[kind]


def sections(request: HttpRequest, query: str, *, everything: bool = False) -> list[Section]:
    """What was found of each kind that the reader may see; with `everything` of those with a page of their
    own, too. One query and what each kind asks to present itself."""
    kinds = sorted((one for one in _kinds.values() if one.visible(request)), key=lambda one: one.order)
    presented = [one for one in kinds if one.present]
    seen = {one.kind: one.departments(request) for one in presented if one.departments}
    few = search.find_few(query, [one.kind for one in presented], SHOWN, seen)
    found = []
    for one in kinds:
        results: Sequence[Result] = ()
        if one.present and few.get(one.kind):
            results = one.present(request, few[one.kind])
        elif one.find and everything:
            results = one.find(request, query)
        found.append(Section(one.label, one.icon, results))
    return [section for section in found if section.results]
