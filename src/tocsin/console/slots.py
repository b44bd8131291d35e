"""Places in pages that rooms fill from above (design §4): the console knows no room.

Whose page has a place names it with `declare`; rooms above put their pieces into it. Both happen in the
rooms' own `slots.py`, imported floor by floor when Django starts. Whether a reader may see a thing is decided
by the room through `visible(request)`; permissions live in people.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import Error
from django.http import HttpRequest

from tocsin.console.components import Chip, Text

log = logging.getLogger(__name__)

# The console's own; rooms declare those of their pages.
_FRAME = {
    "top_bar": "short texts beside the search, such as what one is on duty for",
    "red_alert": "the Red Alert button, always last in the top bar",
    "alert_bar": "the slim bar over every page while an alert is on",
    "account": "foot of the rail: who is signed in, sign out",
}


def everybody(request: HttpRequest) -> bool:
    """The default of `visible`: whoever sees the page."""
    return True


def nothing_to_add(request: HttpRequest, subject: Any) -> dict[str, Any]:
    """The default of `context`: the template needs nothing more."""
    return {}


@dataclass(frozen=True)
class Piece:
    """What a room puts into a slot. `context` returning None leaves the piece out for this subject.

    `topics` are those of events after which the frame's slots are shown anew.
    """

    order: int
    template: str
    context: Callable[[HttpRequest, Any], dict[str, Any] | None] = nothing_to_add
    visible: Callable[[HttpRequest], bool] = everybody
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class NavigationEntry:
    """A line of the left rail. `keys` is typed as `g i`; `badge` is a bounded count or a short text.

    A badge that digests of one of these `topics` keep right is called `number` there.
    """

    order: int
    label: Text
    icon: str
    url_name: str
    keys: str = ""
    badge: Callable[[HttpRequest], int | str | None] | None = None
    loud: bool = False
    visible: Callable[[HttpRequest], bool] = everybody
    number: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class PaletteCommand:
    """A line of the command palette (Ctrl K). `icon` is a lucide name."""

    order: int
    label: Text
    url_name: str
    icon: str = "corner-down-right"
    keys: str = ""
    visible: Callable[[HttpRequest], bool] = everybody


@dataclass(frozen=True)
class RowMarks:
    """What a room shows in the rows of lists of one kind of record, such as `ticket`.

    `load` is asked once a list, with its records' ids, and answers with the chips of those that have any.
    """

    order: int
    kind: str
    load: Callable[[HttpRequest, Collection[int]], Mapping[int, Sequence[Chip]]]
    visible: Callable[[HttpRequest], bool] = everybody


@dataclass
class _Registry:
    places: dict[str, str] = field(default_factory=lambda: dict(_FRAME))
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    row_marks: list[RowMarks] = field(default_factory=list)
    navigation: list[NavigationEntry] = field(default_factory=list)
    commands: list[PaletteCommand] = field(default_factory=list)
    search_url_name: str = ""
    home_url_name: str = ""
    company_name: Callable[[], str] | None = None


_registry = _Registry()
Item = TypeVar("Item", Piece, NavigationEntry, PaletteCommand, RowMarks)


def declare(slot: str, meaning: str) -> None:
    """Name a place of one's own pages: where it is, and what its pieces get as their subject."""
    _registry.places[slot] = meaning


def fill(slot: str, piece: Piece) -> None:
    """Put a piece into a slot. KeyError where no page has it: a slot is declared by a room below."""
    if slot not in _registry.places:
        raise KeyError(f"no page has a slot {slot!r}; there are: {', '.join(sorted(_registry.places))}")
    _registry.pieces.setdefault(slot, []).append(piece)


def mark_rows(marks: RowMarks) -> None:
    """Show chips in the rows of a kind of list."""
    _registry.row_marks.append(marks)


def add_navigation(entry: NavigationEntry) -> None:
    """Put a line into the rail; it appears in the palette too."""
    _registry.navigation.append(entry)


def add_command(command: PaletteCommand) -> None:
    """Put a line into the command palette."""
    _registry.commands.append(command)


def offer_search(url_name: str) -> None:
    """Name the page that the top bar's search leads to (`?q=`)."""
    _registry.search_url_name = url_name


def offer_home(url_name: str) -> None:
    """Name the page behind the mark at the top of the rail."""
    _registry.home_url_name = url_name


def offer_company(name: Callable[[], str]) -> None:
    """Say what the company is called on pages that strangers meet."""
    _registry.company_name = name


def places() -> dict[str, str]:
    """All slots with their meaning."""
    return dict(_registry.places)


def chips_of(kind: str, request: HttpRequest, ids: Collection[int]) -> dict[int, tuple[Chip, ...]]:
    """What rooms show in the rows of these records. A room that fails is left out of this list."""
    found: dict[int, tuple[Chip, ...]] = {}
    for marks in _shown([one for one in _registry.row_marks if one.kind == kind], request) if ids else ():
        try:
            loaded = marks.load(request, ids)
        except Exception:
            log.exception("the row marks %s failed; the rows stand without them", marks.load)
            continue
        for pk, chips in loaded.items():
            found[pk] = (*found.get(pk, ()), *chips)
    return found


def pieces(slot: str, request: HttpRequest) -> list[Piece]:
    """What this reader sees in a slot, in order."""
    return _shown(_registry.pieces.get(slot, []), request)


def topics_of(slot: str, request: HttpRequest) -> list[str]:
    """After which events a slot is shown anew for this reader."""
    return list(dict.fromkeys(topic for piece in pieces(slot, request) for topic in piece.topics))


def topics(request: HttpRequest) -> list[str]:
    """What every page of this reader hears of: the frame's slots and the rail's numbers."""
    shown = [topic for slot in _FRAME for topic in topics_of(slot, request)]
    return [*shown, *(topic for entry in navigation(request) for topic in entry.topics)]


def navigation(request: HttpRequest) -> list[NavigationEntry]:
    """The rail's lines for this reader, in order."""
    return _shown(_registry.navigation, request)


def commands(request: HttpRequest) -> list[PaletteCommand]:
    """The palette's own lines for this reader, in order."""
    return _shown(_registry.commands, request)


def search_url_name() -> str:
    """The search page's URL name; empty when no room offers one."""
    return _registry.search_url_name


def home_url_name() -> str:
    """The home page's URL name; empty when no room offers one."""
    return _registry.home_url_name


def company_name() -> str:
    """What the company is called; empty when no room says, or it cannot be asked now."""
    try:
        return _registry.company_name() if _registry.company_name else ""
    except Error:
        log.exception("the company's name could not be read")
        return ""


@contextmanager
def emptied() -> Iterator[None]:
    """For tests: nothing in any slot inside, the old pieces after."""
    global _registry
    before, _registry = _registry, _Registry(places=dict(_registry.places))
    try:
        yield
    finally:
        _registry = before


def _shown(items: Sequence[Item], request: HttpRequest) -> list[Item]:
    return sorted((item for item in items if _is_visible(item, request)), key=lambda item: item.order)


def _is_visible(item: Piece | NavigationEntry | PaletteCommand | RowMarks, request: HttpRequest) -> bool:
    """A check that fails hides its own item and nothing else."""
    try:
        return item.visible(request)
    except Exception:
        log.exception("whether %s is visible could not be decided; it is left out", item)
        return False
