"""Slots: what rooms put into the frame, in order, by permission, and never at the page's expense."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory


@pytest.fixture
def slots() -> Iterator[Any]:
    from tocsin.console import slots

    with slots.emptied():
        yield slots


def rendered(name: str, subject: object = None) -> str:
    context = Context({"request": RequestFactory().get("/"), "subject": subject})
    return Template(f'{{% load console %}}{{% slot "{name}" subject %}}').render(context)


def greeting(text: str) -> Any:
    """A piece's context for the template of failed pieces' neighbour: any template with a title will do."""
    return lambda request, subject: {"title": text, "text": str(subject or "")}


def test_pieces_stand_in_their_order(slots: Any) -> None:
    slots.fill("side_panel", slots.Piece(20, "console/parts/empty.html", greeting("second")))
    slots.fill("side_panel", slots.Piece(10, "console/parts/empty.html", greeting("first")))
    page = rendered("side_panel")
    assert page.index("first") < page.index("second")


def test_who_may_not_see_does_not(slots: Any) -> None:
    slots.fill(
        "top_bar", slots.Piece(10, "console/parts/empty.html", greeting("secret"), lambda request: False)
    )
    assert "secret" not in rendered("top_bar")


def test_a_piece_may_stay_out(slots: Any) -> None:
    slots.fill("side_panel", slots.Piece(10, "console/parts/empty.html", lambda request, subject: None))
    assert rendered("side_panel").strip() == ""


def test_a_failing_piece_is_a_quiet_line_and_its_neighbour_stands(slots: Any) -> None:
    def fails(request: HttpRequest, subject: object) -> dict[str, Any]:
        raise RuntimeError("broken on purpose")

    slots.fill("side_panel", slots.Piece(10, "console/parts/empty.html", fails))
    slots.fill("side_panel", slots.Piece(20, "console/parts/empty.html", greeting("neighbour")))
    page = rendered("side_panel")
    assert "could not be shown" in page and "neighbour" in page and "on purpose" not in page


def test_a_failing_permission_check_hides_its_piece(slots: Any) -> None:
    def fails(request: HttpRequest) -> bool:
        raise RuntimeError("broken on purpose")

    slots.fill("top_bar", slots.Piece(10, "console/parts/empty.html", greeting("secret"), fails))
    assert "secret" not in rendered("top_bar")


def test_what_a_piece_says_is_escaped(slots: Any) -> None:
    slots.fill("side_panel", slots.Piece(10, "console/parts/empty.html", greeting("<script>")))
    assert "<script>" not in rendered("side_panel")


def test_an_entry_whose_page_is_missing_is_left_out(slots: Any) -> None:
    slots.add_navigation(slots.NavigationEntry(10, "Nowhere", "inbox", "nowhere:at-all"))
    slots.add_navigation(slots.NavigationEntry(20, "Guide", "inbox", "console:styleguide", keys="g x"))
    context = Context({"request": RequestFactory().get("/console/styleguide/")})
    page = Template("{% load console %}{% navigation %}").render(context)
    assert "Nowhere" not in page
    assert 'aria-current="page"' in page and 'data-key="g x"' in page


def test_a_failing_badge_leaves_the_entry(slots: Any) -> None:
    def fails(request: HttpRequest) -> int:
        raise RuntimeError("broken on purpose")

    slots.add_navigation(slots.NavigationEntry(20, "Guide", "inbox", "console:styleguide", badge=fails))
    context = Context({"request": RequestFactory().get("/")})
    assert "Guide" in Template("{% load console %}{% navigation %}").render(context)


@pytest.mark.parametrize("fault", [OperationalError, InterfaceError])
def test_the_companys_name_is_left_out_when_it_cannot_be_asked(slots: Any, fault: type[Error]) -> None:
    assert slots.company_name() == ""
    slots.offer_company(lambda: "Tophost")
    assert slots.company_name() == "Tophost"

    def away() -> str:
        raise fault("the connection is closed")

    slots.offer_company(away)
    assert slots.company_name() == ""


def test_a_slot_that_no_page_has_is_refused_at_start(slots: Any) -> None:
    with pytest.raises(KeyError, match="no page has a slot 'side_panle'"):
        slots.fill("side_panle", slots.Piece(10, "console/parts/empty.html"))
    slots.declare("kitchen", "beside the stove; subject: the cook")
    slots.fill("kitchen", slots.Piece(10, "console/parts/empty.html", greeting("Salt")))
    assert "Salt" in rendered("kitchen")


def test_rooms_mark_a_list_by_one_question_each_and_one_that_fails_is_left_out(slots: Any) -> None:
    from tocsin.console.components import Chip

    asked: list[list[int]] = []

    def due(request: HttpRequest, ids: Any) -> dict[int, list[Chip]]:
        asked.append(list(ids))
        return {2: [Chip("due")]}

    def broken(request: HttpRequest, ids: Any) -> dict[int, list[Chip]]:
        raise RuntimeError("broken on purpose")

    slots.mark_rows(slots.RowMarks(20, "ticket", lambda request, ids: {2: [Chip("I-1")], 3: [Chip("I-2")]}))
    slots.mark_rows(slots.RowMarks(15, "ticket", broken))
    slots.mark_rows(slots.RowMarks(10, "ticket", due))
    slots.mark_rows(slots.RowMarks(10, "customer", due))
    slots.mark_rows(slots.RowMarks(10, "ticket", due, visible=lambda request: False))
    found = slots.chips_of("ticket", RequestFactory().get("/"), [1, 2, 3])
    assert found == {2: (Chip("due"), Chip("I-1")), 3: (Chip("I-2"),)}
    assert asked == [[1, 2, 3]]
    assert slots.chips_of("ticket", RequestFactory().get("/"), []) == {}
