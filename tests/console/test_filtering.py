"""The editor of filters: what comes back from its form, what its buttons do, and how it is drawn."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from tocsin.console import filtering
from tocsin.console.filtering import Draft, DraftGroup
from tocsin.kernel import filters

CONTEXT = filters.Context(now=datetime(2026, 11, 21, 10, tzinfo=UTC))
_COLOURS = filters.Choices(
    every=lambda _context: [filters.Option("red", "Red"), filters.Option("blue", "Blue")]
)
_SHOPS = [filters.Option(f"s{number}", f"Shop {number}") for number in range(30)]
_SEARCHED = filters.Choices(
    find=lambda _context, typed: [one for one in _SHOPS if str(one.label).startswith(typed)][:5],
    named=lambda _context, values: [one for one in _SHOPS if one.value in values],
)
FIELDS = (
    filters.Field("name", "Name", filters.Text(), 1),
    filters.Field("colour", "Colour", filters.Choice(_COLOURS, absent=("",)), 2),
    filters.Field("shop", "Shop", filters.Choice(_SEARCHED), 3),
    filters.Field("shelf", "Shelf", filters.Number(), 4),
    filters.Field("at", "At", filters.Moment(absent=(None,)), 5),
    filters.Field("sold", "Sold", filters.Flag(), 6),
    filters.Field("marks", "Marks", filters.Several(), 7),
)
SAID = {
    "version": 1,
    "all": [
        {"field": "name", "is": "contains", "value": "x & y"},
        {
            "any": [
                {"field": "colour", "is": "one_of", "value": ["red", "blue"]},
                {"field": "shelf", "is": "less", "value": 3},
                {"all": [{"field": "sold", "is": "equals", "value": False}, {"field": "at", "is": "empty"}]},
            ]
        },
        {"field": "at", "is": "within", "value": "7d"},
        {"field": "marks", "is": "has_any", "value": ["a b", "c"]},
    ],
}


@pytest.fixture(autouse=True)
def _things() -> Any:
    with filters.registered("thing", *FIELDS):
        yield


def form(text: str) -> QueryDict:
    """As a browser sends it: a line for each input."""
    data = QueryDict(mutable=True)
    for line in text.strip().splitlines():
        name, _equals, value = line.strip().partition("=")
        data.appendlist(name, value.replace("\\n", "\r\n"))
    return data


def drawn(draft: DraftGroup, **more: Any) -> str:
    editor = filtering.editor("thing", draft, CONTEXT, **more)
    return render_to_string("console/parts/filter_editor.html", {"editor": editor})


def sent(html: str) -> QueryDict:
    """What a browser would send of these inputs, untouched."""
    from lxml.html import fromstring

    page = fromstring(f"<form>{html}</form>")
    data = QueryDict(mutable=True)
    for name, value in page.form_values():
        data.appendlist(name, value)
    return data


# --- The form -------------------------------------------------------------------------------------


def test_a_filter_goes_through_the_form_unchanged() -> None:
    wanted = filters.compile("thing", SAID, CONTEXT)
    back = filtering.draft_from(sent(drawn(filtering.draft_of(wanted.tree))))
    assert back
    said, places = filtering.said("thing", back)
    assert filters.compile("thing", said, CONTEXT).as_json() == SAID
    assert places["all[1].any[2].all[1]"] == (1, 2, 1)


def test_lines_without_a_field_are_left_out_and_places_still_fit() -> None:
    draft = DraftGroup(
        "any", (Draft(), Draft("name", "contains", ("x",)), DraftGroup("all", (Draft(), Draft("shelf"))))
    )
    said, places = filtering.said("thing", draft)
    assert said == {
        "version": 1,
        "any": [
            {"field": "name", "is": "contains", "value": "x"},
            {"all": [{"field": "shelf", "is": "equals", "value": ""}]},
        ],
    }
    assert places == {"any[0]": (1,), "any[1]": (2,), "any[1].all[0]": (2, 1)}


def test_a_list_of_texts_is_written_in_lines_and_a_span_in_two_parts() -> None:
    draft = filtering.draft_from(
        form(r"""
        c.join=all
        c.0.field=marks
        c.0.is=has_any
        c.0.value=one\n\ntwo
        c.1.field=at
        c.1.is=within
        c.1.value=3
        c.1.unit=h
        """)
    )
    assert draft == DraftGroup(
        "all", (Draft("marks", "has_any", ("one", "two")), Draft("at", "within", ("3h",)))
    )


def test_another_field_begins_without_the_old_value() -> None:
    draft = filtering.draft_from(
        form("c.join=all\nc.0.was=name\nc.0.field=shelf\nc.0.is=contains\nc.0.value=x")
    )
    assert draft == DraftGroup("all", (Draft("shelf"),))


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("add:", ["a", ["b"], ""]),
        ("add:.1", ["a", ["b", ""]]),
        ("add:.0", ["a", ["b"]]),
        ("add:.7", ["a", ["b"]]),
        ("group:", ["a", ["b"], [""]]),
        ("group:.1", ["a", ["b", [""]]]),
        ("remove:.0", [["b"]]),
        ("remove:.1", ["a"]),
        ("remove:.1.0", ["a", []]),
        ("remove:.1.7", ["a", ["b"]]),
        ("remove:", ["a", ["b"]]),
        ("jump:.0", ["a", ["b"]]),
        ("add:x", ["a", ["b"], ""]),
    ],
)
def test_what_the_buttons_do(do: str, expected: list[Any]) -> None:
    data = form(f"do={do}\nc.join=all\nc.0.field=a\nc.1.join=any\nc.1.0.field=b")
    draft = filtering.draft_from(data)

    def shape(group: DraftGroup) -> list[Any]:
        return [shape(one) if isinstance(one, DraftGroup) else one.field for one in group.members]

    assert draft
    assert shape(draft) == expected
    assert drawn(draft, do=do)


def test_a_group_is_joined_the_other_way() -> None:
    draft = filtering.draft_from(form("do=group:\nc.join=any"))
    assert draft == DraftGroup("any", (DraftGroup("all", (Draft(),)),))


_NAMES = st.from_regex(r"c(\.[0-9]{1,4}){0,6}\.(join|field|is|value|unit|was|x)", fullmatch=True)
_VALUES = st.sampled_from(
    ["all", "any", "name", "shop", "at", "within", "7d", "x", "", "add:.0", "remove:.1", "\0"]
)


@given(st.dictionaries(_NAMES | st.just("do"), _VALUES, max_size=25))
def test_any_form_is_read_and_drawn(sent_by_somebody: dict[str, str]) -> None:
    data = QueryDict(mutable=True)
    data.update({"c.join": "all"} | sent_by_somebody)
    draft = filtering.draft_from(data)
    assert draft
    assert drawn(draft, do=data.get("do", ""))
    said, places = filtering.said("thing", draft)
    try:
        filters.compile("thing", said, CONTEXT)
    except filters.BadFilter as wrong:
        assert drawn(draft, problems=wrong.fields, places=places)


# --- As it is drawn ---------------------------------------------------------------------------------


def test_an_empty_editor_begins_with_a_line() -> None:
    html = drawn(DraftGroup(), do="open")
    assert html.count("filter-line") == 1
    assert 'name="c.0.field"' in html
    assert "autofocus" in html


def test_the_cursor_goes_where_something_came_or_went() -> None:
    two = DraftGroup("all", (Draft("name"), Draft("shelf")))
    for do, name in (("add:", "c.1.field"), ("remove:.1", "c.1.field"), ("remove:.5", "c.1.field")):
        assert f'name="{name}"' in drawn(two, do=do).split("autofocus")[0].rpartition("<select")[2]
    emptied = DraftGroup("all", (DraftGroup("any"),))
    assert 'id="c.0.add"' in drawn(emptied, do="remove:.0.0").split("autofocus")[0].rpartition("<button")[2]


def test_what_is_wrong_stands_beside_its_line() -> None:
    draft = DraftGroup("all", (Draft("name", "contains", ("x",)), Draft("shelf", "less", ("many",))))
    said, places = filtering.said("thing", draft)
    with pytest.raises(filters.BadFilter) as caught:
        filters.compile("thing", said, CONTEXT)
    html = drawn(draft, problems=caught.value.fields, places=places)
    assert "whole number" in html.split('name="c.1.field"')[1]
    assert html.count("field-error") == 1
    assert "too long" in drawn(draft, problems={"": "too long"})


def test_values_that_are_offered_no_longer_stay_chosen_and_many_are_searched() -> None:
    assert 'value="s7"' in drawn(DraftGroup("all", (Draft("shop", "equals", ("s7",)),)))
    html = drawn(DraftGroup("all", (Draft("shop", "one_of", ("s7", "s29")),)))
    assert html.count("checked") == 2
    assert "Shop 29" in html
    found = filtering.found("thing", "shop", "Shop 1", CONTEXT)
    assert [one.value for one in found] == ["s1", "s10", "s11", "s12", "s13"]
    for key in ("colour", "name", "nothing"):
        assert filtering.found("thing", key, "x", CONTEXT) == ()


def test_a_filter_in_words() -> None:
    said = filtering.in_words(filters.compile("thing", SAID, CONTEXT))
    assert said == [
        "Name contains x & y",
        "(Colour is one of Red, Blue or Shelf is less than 3 or (Sold is No and At is empty))",
        "At is within the last 7 days",
        "Marks has any of a b, c",
    ]
    either = filters.compile("thing", {"any": SAID["all"][2:]}, CONTEXT)
    assert filtering.in_words(either) == ["At is within the last 7 days or Marks has any of a b, c"]
    assert filtering.in_words(filters.compile("thing", {}, CONTEXT)) == []
