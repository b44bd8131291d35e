"""The filter language: its JSON, its bounds, and text conditions that PostgreSQL and Python read alike."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tocsin.kernel import filters
from tocsin.kernel.errors import NotFound
from tocsin.kernel.filters import patterns, tree

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CONTEXT = filters.Context(now=NOW)
COLOURS = filters.Choices(
    every=lambda _context: [filters.Option("red", "Red"), filters.Option("blue", "Blue")]
)
FIELDS = (
    filters.Field("name", "Name", filters.Text()),
    filters.Field("colour", "Colour", filters.Choice(COLOURS, absent=("",)), index="few"),
    filters.Field("shelf", "Shelf", filters.Number(absent=(None,)), index="ordered"),
    filters.Field("at", "At", filters.Moment(absent=(None,))),
    filters.Field("sold", "Sold", filters.Flag()),
    filters.Field("marks", "Marks", filters.Several()),
)


@pytest.fixture(autouse=True)
def _things() -> Any:
    with filters.registered("thing", *FIELDS):
        yield


def thing(**values: Any) -> Any:
    return SimpleNamespace(
        **{"pk": 1, "name": "", "colour": "", "shelf": None, "at": None, "sold": False, "marks": []} | values
    )


def passes(said: dict[str, Any], zone: str = "UTC", **values: Any) -> bool:
    context = filters.Context(zone=ZoneInfo(zone), now=NOW)
    return filters.compile("thing", said, context).matches(thing(**values))


def condition(field: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"all": [{"field": field, "is": operator} | ({} if value is None else {"value": value})]}


def problems(said: Any) -> dict[str, str]:
    with pytest.raises(filters.BadFilter) as caught:
        filters.compile("thing", said, CONTEXT)
    return caught.value.fields


# --- JSON -----------------------------------------------------------------------------------------


def test_groups_nest_and_an_empty_one_says_nothing() -> None:
    red = {"field": "colour", "is": "equals", "value": "red"}
    sold = {"field": "sold", "is": "equals", "value": True}
    assert passes({"any": [red, {"all": [sold, {"any": []}]}]}, sold=True)
    assert not passes({"any": [red, {"all": [sold]}]}, colour="blue")
    assert passes({"all": [], "any": []})
    assert passes({"all": [{"any": []}]})
    assert filters.compile("thing", {"any": []}, CONTEXT).is_empty
    both = {"version": 1, "all": [sold], "any": [red, condition("name", "equals", "x")["all"][0]]}
    assert passes(both, sold=True, colour="red")
    assert passes(both, sold=True, name="X")
    assert not passes(both, sold=True)
    assert not passes(both, colour="red")


def test_what_was_read_is_written_the_same() -> None:
    said = {
        "version": 1,
        "all": [
            {"field": "colour", "is": "one_of", "value": ["red", "blue"]},
            {"any": [{"field": "shelf", "is": "greater", "value": 3}, {"field": "shelf", "is": "empty"}]},
        ],
    }
    assert filters.compile("thing", json.dumps(said), CONTEXT).as_json() == said


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ("{", ""),
        ("[" * 19_000, ""),
        (" " * 20_001, ""),
        ([], ""),
        ({"all": {}}, "all"),
        ({"some": []}, ""),
        ({"version": 2, "all": []}, "version"),
        ({"version": True, "all": []}, "version"),
        ({"all": ["red"]}, "all[0]"),
        ({"all": [{"field": "colour", "is": "equals", "value": "red", "not": 1}]}, "all[0]"),
        ({"all": [{"is": "equals", "value": "red"}]}, "all[0].field"),
        ({"all": [{"field": "colour", "value": "red"}]}, "all[0].is"),
        ({"all": [{"field": "price", "is": "equals", "value": "1"}]}, "all[0].field"),
        ({"all": [{"field": "colour", "is": "contains", "value": "red"}]}, "all[0].is"),
        ({"all": [{"field": "sold", "is": "empty"}]}, "all[0].is"),
        ({"all": [{"any": [{"field": "colour", "is": "equals", "value": "green"}]}]}, "all[0].any[0].value"),
        ({"all": [{"field": "colour", "is": "equals"}]}, "all[0].value"),
        ({"all": [{"field": "colour", "is": "equals", "value": ["red"]}]}, "all[0].value"),
        ({"all": [{"field": "colour", "is": "one_of", "value": []}]}, "all[0].value"),
        ({"all": [{"field": "colour", "is": "one_of", "value": [1]}]}, "all[0].value"),
        ({"all": [{"field": "colour", "is": "empty", "value": "red"}]}, "all[0].value"),
        ({"all": [{"field": "name", "is": "contains", "value": " \u00ad "}]}, "all[0].value"),
        ({"all": [{"field": "name", "is": "contains", "value": "a\x00b"}]}, "all[0].value"),
        ({"all": [{"field": "name", "is": "contains", "value": "a\ud800"}]}, "all[0].value"),
        ({"all": [{"field": "name", "is": "contains", "value": "a" * 201}]}, "all[0].value"),
        (
            {"all": [{"field": "name", "is": "one_of", "value": [f"{n:0100}" for n in range(11)]}]},
            "all[0].value",
        ),
        ({"all": [{"field": "shelf", "is": "less", "value": "many"}]}, "all[0].value"),
        ({"all": [{"field": "shelf", "is": "less", "value": True}]}, "all[0].value"),
        ({"all": [{"field": "shelf", "is": "less", "value": 2**31}]}, "all[0].value"),
        ({"all": [{"field": "shelf", "is": "less", "value": 1.5}]}, "all[0].value"),
        ({"all": [{"field": "at", "is": "before", "value": "2026-02-30"}]}, "all[0].value"),
        ({"all": [{"field": "at", "is": "before", "value": "0001-01-01"}]}, "all[0].value"),
        ({"all": [{"field": "at", "is": "equals", "value": "2026-02-20T10:00"}]}, "all[0].value"),
        ({"all": [{"field": "at", "is": "within", "value": "0d"}]}, "all[0].value"),
        ({"all": [{"field": "at", "is": "within", "value": "3661d"}]}, "all[0].value"),
        ({"all": [{"field": "sold", "is": "equals", "value": "perhaps"}]}, "all[0].value"),
        ({"all": [{"field": "marks", "is": "has_any", "value": ["\x00"]}]}, "all[0].value"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_its_place(said: Any, path: str) -> None:
    assert path in problems(said)


def test_every_place_at_fault_is_named_at_once() -> None:
    found = problems(
        {"any": [condition("shelf", "less", "x")["all"][0], condition("at", "on", "x")["all"][0]]}
    )
    assert set(found) == {"any[0].value", "any[1].is"}


def test_depth_and_size_are_bounded() -> None:
    deep: dict[str, Any] = condition("sold", "equals", True)
    for _ in range(tree.MOST_LEVELS - 1):
        deep = {"any": [deep]}
    assert filters.compile("thing", deep, CONTEXT)
    assert set(problems({"all": [deep]})) == {"all[0].any[0].any[0].any[0]"}
    one = condition("sold", "equals", True)["all"][0]
    assert filters.compile("thing", {"all": [one] * tree.MOST_CONDITIONS}, CONTEXT)
    assert "" in problems({"all": [one] * (tree.MOST_CONDITIONS + 1)})
    assert "all[0].value" in problems(condition("colour", "one_of", [str(n) for n in range(201)]))


def test_an_unknown_kind_and_a_field_declared_twice() -> None:
    with pytest.raises(NotFound):
        filters.compile("nothing", {}, CONTEXT)
    with pytest.raises(ValueError, match="name"):
        filters.register("thing", FIELDS[0])


# --- Values ---------------------------------------------------------------------------------------


def test_what_is_not_there_equals_nothing() -> None:
    assert passes(condition("shelf", "not", 3))
    assert not passes(condition("shelf", "less", 3))
    assert passes(condition("shelf", "empty"))
    assert passes(condition("shelf", "empty", True))
    assert not passes(condition("shelf", "empty", False))
    assert passes(condition("colour", "none_of", ["red", "blue"]))
    assert passes(condition("marks", "has_none", ["a"]))
    assert passes(condition("marks", "empty"))
    assert not passes(condition("marks", "has_all", ["a", "b"]), marks=["a"])
    assert passes(condition("marks", "has_all", ["a", "b"]), marks=["b", "c", "a"])


@pytest.mark.parametrize(
    ("operator", "value", "at", "passing"),
    [
        # Athens went from +03:00 to +02:00 in the night to 25 October 2026: that day has 25 hours.
        ("equals", "2026-10-25", "2026-10-24T21:00:00+00:00", True),
        ("equals", "2026-10-25", "2026-10-24T20:59:59+00:00", False),
        ("equals", "2026-10-25", "2026-10-25T21:59:59+00:00", True),
        ("equals", "2026-10-25", "2026-10-25T22:00:00+00:00", False),
        ("before", "2026-10-25", "2026-10-24T20:59:59+00:00", True),
        ("before", "2026-10-25", "2026-10-24T21:00:00+00:00", False),
        ("after", "2026-10-25", "2026-10-25T21:59:59+00:00", False),
        ("after", "2026-10-25", "2026-10-25T22:00:00+00:00", True),
        ("before", "2026-11-20T10:00+02:00", "2026-11-20T07:59:59+00:00", True),
        ("before", "2026-11-20T10:00", "2026-11-20T08:00:00+00:00", False),
        ("after", "2026-11-20T10:00", "2026-11-20T08:00:00+00:00", False),
        ("after", "2026-11-20T10:00", "2026-11-20T08:00:00.000001+00:00", True),
        ("within", "24h", "2026-11-20T10:00:00+00:00", True),
        ("within", "24h", "2026-11-20T09:59:59+00:00", False),
        ("within", "24h", "2026-11-21T10:00:01+00:00", False),
        ("older", "1w", "2026-11-14T09:59:59+00:00", True),
        ("older", "1w", "2026-11-14T10:00:00+00:00", False),
        ("within_next", "30m", "2026-11-21T10:30:00+00:00", True),
        ("within_next", "30m", "2026-11-21T09:59:59+00:00", False),
    ],
)
def test_days_are_the_readers_and_spans_end_now(operator: str, value: str, at: str, passing: bool) -> None:
    said = condition("at", operator, value)
    assert passes(said, "Europe/Athens", at=datetime.fromisoformat(at)) is passing


@pytest.mark.parametrize(
    ("operator", "value", "text", "passing"),
    [
        ("contains", "ΤΙΜΟΛΟΓΙΟΣ", "το τιμολόγιος μου", True),
        ("contains", "cetvrtak", "Idući ČETVRTAK", True),
        ("contains", "Đorđe", "dorde", True),
        ("contains", "ёлка", "Елка", True),
        ("contains", "мой", "мои", False),
        ("contains", "STRAßE", "Hauptstraße 3", True),
        ("contains", "ÆTHER", "Æther", True),
        ("contains", "cafe", "cafe\u0301", True),
        ("contains", "re: mail", "Re:\u00a0\n mail", True),
        ("contains", "50%_[a]", "is 50%_[A]", True),
        ("contains", "a.c", "abc", False),
        ("starts", "mail", "Mail is down", True),
        ("starts", "down", "Mail is down", False),
        ("ends", "DOWN", "Mail is down", True),
        ("equals", "mail", "mail\n", False),
        ("equals", "mail", "MAIL", True),
        ("one_of", ["a", "b"], "B", True),
        ("one_of", ["a", "b"], "ab", False),
        ("not_contains", "mail", "", True),
        ("contains", "漢字", "これは漢字です", True),
        ("contains", "🙂", "hello 🙂", True),
    ],
)
def test_text_is_compared_without_regard_to_case_and_accents(
    operator: str, value: Any, text: str, passing: bool
) -> None:
    assert passes(condition("name", operator, value), name=text) is passing


_TEXT = st.text(
    st.sampled_from(
        "aAáÁbsSßſkKKIiİıσςΣΆαёеЕйЙи\u0301\u0308ﬁﬀæ.*+?^$|()[]{}\\-&~# \n\t\u00a0\u00ad%_'\"🙂漢"
    ),
    max_size=8,
)


@pytest.mark.django_db
@settings(max_examples=300, deadline=None)
@given(
    needle=_TEXT,
    texts=st.lists(
        _TEXT | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
        min_size=1,
        max_size=5,
    ),
)
@example(needle="a", texts=["a\n"])
@example(needle="]", texts=["]", "\\]"])
def test_a_pattern_means_the_same_to_postgresql_and_python(needle: str, texts: list[str]) -> None:
    for pattern in (patterns.insensitive(needle), patterns.caseless(needle)):
        for whole in (rf"(?:{pattern})", rf"\A(?:{pattern})\Z"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT t ~ %s FROM unnest(%s::text[]) t", [whole, [*texts, needle]])
                by_database = [row[0] for row in cursor.fetchall()]
            assert by_database == [re.search(whole, text) is not None for text in [*texts, needle]]


@given(st.text(st.sampled_from("aàáčĆžŠđΣςσάΰёйЙ xyz"), min_size=1), st.text("abcαβγабв ", max_size=5))
def test_a_text_contains_itself_however_it_is_typed(text: str, around: str) -> None:
    if patterns.folded(text):
        assert re.search(patterns.insensitive(text), f"{around}{text.upper()}{around}")
        assert re.search(patterns.insensitive(text), f"{around}{text}{around}")


def test_the_longest_texts_are_no_burden() -> None:
    pattern = patterns.insensitive("aeiou" * 40)
    assert len(pattern) < 40_000
    assert re.search(pattern, "AEIOU" * 40)


# --- Which index answers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "reach"),
    [
        (condition("colour", "equals", "red"), "few"),
        (condition("colour", "not", "red"), ""),
        (condition("shelf", "equals", 1), "ordered"),
        ({"all": [condition("shelf", "equals", 1), condition("name", "contains", "x")]}, "ordered"),
        ({"any": [condition("shelf", "equals", 1), condition("colour", "equals", "red")]}, ""),
        ({"any": [condition("colour", "one_of", ["red"]), condition("colour", "equals", "red")]}, "few"),
        ({"all": []}, ""),
    ],
)
def test_it_is_known_what_an_index_answers(said: dict[str, Any], reach: str) -> None:
    assert filters.compile("thing", said, CONTEXT).reach() == reach
