"""Reasons are kept once, as codes with values, and read in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tocsin.incidents.reasons import ANSWERS_NOTICE, NAMES_IT_AND_AFFECTED
from tocsin.kernel import reasons
from tocsin.kernel.reasons import Kept, Reason, in_english, join, plain, word


@pytest.fixture
def declare() -> Iterator[type[Reason]]:
    """Codes of a test's own, gone when it ends."""
    before = dict(reasons._declared)
    yield Reason
    reasons._declared.clear()
    reasons._declared.update(before)


def test_a_code_is_read_in_the_readers_language() -> None:
    kept = NAMES_IT_AND_AFFECTED(phrase="почта")
    with override("hr"):
        read = word(kept)
    assert "почта" in read
    assert read != in_english(kept) == "It says “почта”, and the customer is affected."
    with override("el"):
        assert word(kept, "hr") == read
        assert in_english(kept) == "It says “почта”, and the customer is affected."


def test_what_is_kept_is_a_code_with_values() -> None:
    kept = NAMES_IT_AND_AFFECTED(phrase="mail")
    assert kept == '{"reasons":[["incidents.names_it_and_affected",{"phrase":"mail"}]]}'
    assert reasons.as_data(join(kept, plain("550 no"))) == [
        {
            "code": "incidents.names_it_and_affected",
            "values": {"phrase": "mail"},
            "text": "It says “mail”, and the customer is affected.",
        },
        {"code": "", "values": {}, "text": "550 no"},
    ]


def test_several_are_read_one_after_the_other(declare: type[Reason]) -> None:
    few, end = declare("test.few", "One of %(count)s."), declare("test.end", "End.")
    kept = join(few(count=2), "a word of old", end())
    assert in_english(kept) == "One of 2. a word of old End."
    assert in_english(join(kept, kept)) == " ".join([in_english(kept)] * 2)
    assert reasons.words_of(join(kept, kept)) == ["One of 2.", "a word of old", "End."]
    assert join() == join("") == ""
    assert join("550 no") == "550 no"


def test_numbers_dates_and_reasons_inside_are_written_as_their_reader_does(declare: type[Reason]) -> None:
    one = declare("test.one", "%(count)s by %(day)s, since: %(why)s")
    kept = one(count=1_000_000, day=date(1970, 1, 2), why=join(ANSWERS_NOTICE(), plain("550 no")))
    assert in_english(kept) == "1,000,000 by 2 January 1970, since: It answers our notice about this. 550 no"
    with override("es"):
        assert word(kept).startswith("1\xa0000\xa0000 by 2 enero 1970, since: Responde")
    assert reasons.as_data(kept)[0]["values"] == {
        "count": 1_000_000,
        "day": "1970-01-02",
        "why": "It answers our notice about this. 550 no",
    }


def test_a_code_is_found_and_a_sentence_is_not_looked_at() -> None:
    kept = join(plain("first"), NAMES_IT_AND_AFFECTED(phrase="mail"))
    assert NAMES_IT_AND_AFFECTED.is_in(kept)
    assert not ANSWERS_NOTICE.is_in(kept)
    assert not NAMES_IT_AND_AFFECTED.is_in(in_english(kept))
    assert NAMES_IT_AND_AFFECTED.mark(phrase="mail") in kept
    assert NAMES_IT_AND_AFFECTED.mark(phrase="mai") not in kept
    forged = NAMES_IT_AND_AFFECTED(phrase=ANSWERS_NOTICE.mark())
    assert ANSWERS_NOTICE.mark() not in forged


@pytest.mark.parametrize("language", ["en", "el", "hr", "es", "ru"])
def test_a_code_of_a_newer_edition_still_says_what_it_can(declare: type[Reason], language: str) -> None:
    kept = declare("test.newer", "From %(place)s with %(count)s.")(place="there", count=3)
    bare = declare("test.bare", "Bare.")()
    del reasons._declared["test.newer"], reasons._declared["test.bare"]
    read = word(join(kept, bare), language)
    for piece in ("test.newer", "place: there", "count: 3", "test.bare"):
        assert piece in read
    assert "%(" not in read


@pytest.mark.parametrize(
    ("code", "text"), [("no_room", "x"), ("Room.Code", "x"), ("incidents.attached", "x")]
)
def test_a_code_is_well_formed_and_declared_once(declare: type[Reason], code: str, text: str) -> None:
    with pytest.raises(ValueError, match="is not well formed, or is declared twice"):
        declare(code, "x")


@pytest.mark.parametrize("values", [{}, {"phrase": "a", "other": "b"}, {"other": "b"}])
def test_a_code_takes_its_own_values_only(values: dict[str, str]) -> None:
    with pytest.raises(TypeError, match="needs the values"):
        NAMES_IT_AND_AFFECTED(**values)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "The message is empty.",
        "100 % of it, %(never)s filled",
        '{"reasons":',
        '{"reasons":7}',
        '{"reasons":[["%(x)s"]]}',
        '{"reasons":[["",{}]]}',
        '{"reasons":[[["%(x)s",{}],{}]]}',
        ANSWERS_NOTICE(),
    ],
)
def test_words_of_others_and_what_looks_like_ours_are_shown_as_they_are(words: str) -> None:
    kept = plain(str(words))
    assert word(kept) == in_english(kept) == words
    assert word(join(kept, ANSWERS_NOTICE())).startswith(words)
    assert reasons.is_plain(kept) is bool(words)


def test_what_a_stranger_wrote_never_formats(declare: type[Reason]) -> None:
    kept = declare("test.says", "%(who)s says %(text)s")(who="%(text)s", text="%(who)999s %d %")
    assert word(kept) == "%(text)s says %(who)999s %d %"


def test_what_was_kept_wrongly_is_shown_and_breaks_nothing() -> None:
    for odd in (
        '{"reasons":[["a.b",{"x":[[[[[]]]]]}]]}',
        '{"reasons":[["a.b",{"x":{"date":7}}]]}',
        '{"reasons":[',
    ):
        assert word(odd)
        assert in_english(odd)
        assert reasons.as_data(odd)


@given(st.text(st.characters()), st.text(st.characters()))
def test_whatever_is_kept_is_storable_and_comes_back(text: str, words: str) -> None:
    kept = join(NAMES_IT_AND_AFFECTED(phrase=text), plain(words))
    kept.encode()
    assert "\x00" not in kept
    assert isinstance(kept, Kept)
    assert in_english(kept).startswith("It says “")
